//! One step of every combination of objective, penalty, networks and conditioning: finite, and it
//! changes both players. And a run that is saved and restored goes on as if nothing had happened.

use ganvas::data::{DatasetKind, Source};
use ganvas::device;
use ganvas::error::Error;
use ganvas::recipe::{
    Architecture, Augmentation, Codes, Conditioning, Described, InstanceNoise, Norm, Objective,
    OptimiserKind, Penalty, PenaltyKind, Player, Recipe, ScheduleKind, default_recipe,
};
use ganvas::train::Trainer;
use pollster::block_on;
use safetensors::SafeTensors;

fn tiny() -> Recipe {
    let mut recipe = default_recipe();
    recipe.dataset = DatasetKind::Drawn;
    recipe.latent = 4;
    recipe.batch = 4;
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.width = 4;
    }
    recipe
}

/// So many channels for a judge that no layer's units are all dead at once.
fn enough(network: Architecture) -> usize {
    if network == Architecture::BigGan { 12 } else { 4 }
}

fn trainer(recipe: &Recipe) -> Trainer {
    Trainer::new(recipe.clone(), device::cpu()).expect("a valid recipe")
}

/// Drawn digits without end, or some as MNIST's own.
fn source(dataset: DatasetKind) -> Source {
    let mut source = Source::new(dataset);
    if dataset != DatasetKind::Drawn {
        let digits = Source::new(DatasetKind::Drawn).batch(1, 0, 60).expect("drawn");
        source.add(digits, 60).expect("digits");
    }
    source
}

fn train(trainer: &mut Trainer, steps: usize) {
    let recipe = trainer.recipe().clone();
    let mut source = source(recipe.dataset);
    for _ in 0..steps {
        let target = trainer.step() + 1;
        while trainer.step() < target {
            if trainer.wants_batch() {
                let digits = source.batch(recipe.seed, trainer.batches(), recipe.batch);
                let digits = digits.expect("drawn digits never end");
                block_on(trainer.begin(digits)).expect("the CPU");
            } else {
                block_on(trainer.proceed()).expect("the CPU");
            }
        }
    }
}

/// All tensors whose names begin with `prefix`, as bytes.
fn tensors(checkpoint: &[u8], prefix: &str) -> Vec<(String, Vec<u8>)> {
    let file = SafeTensors::deserialize(checkpoint).expect("safetensors");
    let mut tensors: Vec<_> = file
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, view)| (name.to_string(), view.data().to_vec()))
        .collect();
    tensors.sort();
    tensors
}

#[test]
fn every_valid_combination_takes_a_finite_step_that_changes_all_weights() {
    let (mut valid, mut refused) = (0, 0);
    for &objective in Objective::ALL {
        for &kind in PenaltyKind::ALL {
            for &g in Architecture::ALL {
                for &d in Architecture::ALL {
                    for conditional in [false, true] {
                        // Only one generator has a choice of norms.
                        let norms =
                            if g == Architecture::Dcgan { Norm::ALL } else { &[Norm::Layer] };
                        for &norm in norms {
                            let mut recipe = tiny();
                            recipe.objective = objective;
                            recipe.penalty = Penalty { kind, gamma: 1.0 };
                            recipe.norm = norm;
                            recipe.generator = Player { network: g, ..recipe.generator };
                            let width = enough(d);
                            recipe.discriminator =
                                Player { network: d, width, ..recipe.discriminator };
                            recipe.conditional = conditional;
                            one_step(&recipe);
                            valid += 1;
                        }
                    }
                }
            }
        }
    }
    // What the players are told, and what the judge is asked.
    for &objective in Objective::ALL {
        for &kind in PenaltyKind::ALL {
            for &network in Architecture::ALL {
                for &conditioning in Conditioning::ALL {
                    for (conditional, categorical, continuous) in [
                        (true, false, 0),
                        (false, true, 0),
                        (false, false, 1),
                        (false, true, 4),
                        (true, true, 0),
                        (true, false, 1),
                        (false, true, 5),
                    ] {
                        let mut recipe = tiny();
                        recipe.objective = objective;
                        recipe.penalty = Penalty { kind, gamma: 1.0 };
                        recipe.generator.network = network;
                        recipe.discriminator.network = network;
                        recipe.discriminator.width = enough(network);
                        (recipe.conditional, recipe.conditioning) = (conditional, conditioning);
                        recipe.codes = Codes { categorical, continuous, weight: 0.5 };
                        match steps_or_is_refused(&recipe) {
                            true => valid += 1,
                            false => refused += 1,
                        }
                    }
                }
            }
        }
    }
    // What holds the judge back beside a penalty, for one architecture.
    for &objective in Objective::ALL {
        for &kind in PenaltyKind::ALL {
            for weight_clip in [0.0, 0.05] {
                for label_smoothing in [0.0, 0.1] {
                    for deviation in [0.0, 0.2] {
                        let mut recipe = tiny();
                        recipe.objective = objective;
                        recipe.penalty = Penalty { kind, gamma: 1.0 };
                        (recipe.weight_clip, recipe.label_smoothing) =
                            (weight_clip, label_smoothing);
                        recipe.instance_noise = InstanceNoise { deviation, fade: 3 };
                        match steps_or_is_refused(&recipe) {
                            true => valid += 1,
                            false => refused += 1,
                        }
                    }
                }
            }
        }
    }
    // What constrains either player beside that.
    for &objective in Objective::ALL {
        for &kind in PenaltyKind::ALL {
            for (i, &augment) in Augmentation::ALL.iter().enumerate() {
                for spectral_norm in [false, true] {
                    for lecam in [0.0, 0.3] {
                        let mut recipe = tiny();
                        recipe.objective = objective;
                        recipe.penalty = Penalty { kind, gamma: 1.0 };
                        let network = Architecture::ALL[i % Architecture::ALL.len()];
                        recipe.discriminator.network = network;
                        recipe.discriminator.width = enough(network);
                        (recipe.spectral_norm, recipe.lecam) = (spectral_norm, lecam);
                        (recipe.augment, recipe.orthogonal) = (augment, 0.01);
                        let problems = recipe.validate();
                        assert_eq!(problems.is_empty(), lecam == 0.0 || !objective.floats());
                        if problems.is_empty() {
                            one_step(&recipe);
                            valid += 1;
                        } else {
                            assert!(problems.iter().all(|p| p.path == "lecam"), "{problems:?}");
                            refused += 1;
                        }
                    }
                }
            }
        }
    }
    // Pictures in colours.
    for &network in Architecture::ALL {
        for (i, &kind) in PenaltyKind::ALL.iter().enumerate() {
            for conditional in [false, true] {
                let mut recipe = tiny();
                recipe.dataset = DatasetKind::StackedMnist;
                recipe.penalty.kind = kind;
                recipe.conditional = conditional;
                recipe.generator.network = network;
                recipe.discriminator.network = network;
                recipe.discriminator.width = enough(network);
                recipe.instance_noise.deviation = 0.1;
                recipe.augment = Augmentation::ALL[i % Augmentation::ALL.len()];
                match steps_or_is_refused(&recipe) {
                    true => valid += 1,
                    false => refused += 1,
                }
            }
        }
    }
    assert!(valid >= 3000 && refused >= 700, "only {valid} valid and {refused} refused");
}

/// Takes a step of a recipe that says that it can run, and sees that any other is refused with a reason.
fn steps_or_is_refused(recipe: &Recipe) -> bool {
    let problems = recipe.validate();
    if problems.is_empty() {
        one_step(recipe);
        return true;
    }
    assert!(problems.iter().all(|p| !p.reason.is_empty()), "{problems:?}");
    let made = Trainer::new(recipe.clone(), device::cpu());
    assert!(matches!(made, Err(Error::Recipe(said)) if said == problems));
    false
}

#[test]
fn what_makes_no_sense_together_is_refused_at_the_field_to_change() {
    let refused = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = tiny();
        change(&mut recipe);
        recipe.validate().into_iter().map(|problem| problem.path).collect::<Vec<_>>()
    };
    for &objective in Objective::ALL {
        let labelled = matches!(objective, Objective::Minimax | Objective::NonSaturating);
        let problems = refused(&|r| (r.objective, r.label_smoothing) = (objective, 0.1));
        assert_eq!(problems.is_empty(), labelled, "{objective:?}");
        assert!(labelled || problems == ["label_smoothing"]);
    }
    for &kind in PenaltyKind::ALL {
        let fights = matches!(kind, PenaltyKind::WganGp | PenaltyKind::Dragan);
        let problems = refused(&|r| (r.penalty.kind, r.weight_clip) = (kind, 0.1));
        assert_eq!(problems.is_empty(), !fights, "{kind:?}");
        assert!(!fights || problems == ["weight_clip"]);
    }
    assert_eq!(refused(&|r| r.dataset = DatasetKind::StackedMnist), ["conditional"]);
    assert_eq!(refused(&|r| r.codes.categorical = true), ["conditional"]);
    assert_eq!(refused(&|r| r.codes.continuous = 1), ["conditional"]);
    let unlabelled = |continuous| {
        refused(&|r| {
            (r.conditional, r.latent, r.codes.continuous) = (false, 2, continuous);
        })
    };
    assert_eq!(unlabelled(2), [""; 0]);
    assert_eq!(unlabelled(3), ["latent"]);
    assert_eq!(refused(&|r| (r.spectral_norm, r.weight_clip) = (true, 0.1)), ["weight_clip"]);
    for &objective in Objective::ALL {
        let problems = refused(&|r| (r.objective, r.lecam) = (objective, 0.3));
        assert_eq!(problems.is_empty(), !objective.floats(), "{objective:?}");
        assert!(!objective.floats() || problems == ["lecam"]);
    }
}

#[test]
fn clipped_weights_stay_between_their_bounds() {
    let mut trainer = trainer(&Recipe { weight_clip: 0.03, ..tiny() });
    train(&mut trainer, 3);
    let saved = block_on(trainer.checkpoint()).expect("a checkpoint");
    for (name, bytes) in tensors(&saved, "discriminator.") {
        let weights = bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b).abs());
        let largest = weights.fold(0.0, f32::max);
        assert!(name.contains(".optimiser.") || largest <= 0.03, "{name}: {largest}");
    }
}

#[test]
fn every_optimiser_and_schedule_takes_a_finite_step_that_changes_all_weights() {
    for &kind in OptimiserKind::ALL {
        for &schedule in ScheduleKind::ALL {
            for (beta1, clip, warm_up, burn_in) in [(0.0, 0.0, 0, 0), (0.5, 0.01, 3, 4)] {
                let mut recipe = tiny();
                for player in [&mut recipe.generator, &mut recipe.discriminator] {
                    (player.optimiser.kind, player.optimiser.beta1) = (kind, beta1);
                    (player.schedule.kind, player.schedule.warm_up) = (schedule, warm_up);
                    player.clip = clip;
                }
                recipe.burn_in.steps = burn_in;
                one_step(&recipe);
            }
        }
    }
}

fn one_step(recipe: &Recipe) {
    let mut trainer = trainer(recipe);
    let before = block_on(trainer.checkpoint()).expect("a checkpoint");
    train(&mut trainer, 1);
    let reports = block_on(trainer.reports()).unwrap_or_else(|e| panic!("{recipe:?}: {e}"));
    assert_eq!(reports.len(), 1);
    for loss in [reports[0].d_loss, reports[0].g_loss] {
        assert!(loss.is_some_and(f32::is_finite), "{recipe:?}: {reports:?}");
    }
    let after = block_on(trainer.checkpoint()).expect("a checkpoint");
    for player in ["generator.", "discriminator.", "ema."] {
        for ((name, old), (_, new)) in tensors(&before, player).iter().zip(tensors(&after, player))
        {
            // While the judge is sure of nothing, what a hinge says of its bias cancels out.
            let hinge = recipe.objective == Objective::Hinge && name.ends_with("logit.bias");
            // What is attended to counts nothing before the gate has opened.
            let behind_gate = name.contains("attention.") && !name.ends_with("gate");
            // The singular vector of a single column is a sign.
            let sign = name.ends_with("logit.weight.u");
            let exempt = name.contains(".optimiser.") || hinge || behind_gate || sign;
            assert!(exempt || old != &new, "{recipe:?}: {name} did not change");
        }
    }
}

#[test]
fn the_same_recipe_gives_the_same_run_and_another_seed_another() {
    let run = |seed| {
        let mut trainer = trainer(&Recipe { seed, ..tiny() });
        train(&mut trainer, 3);
        block_on(trainer.checkpoint()).expect("a checkpoint")
    };
    let first = run(1);
    assert_eq!(tensors(&first, ""), tensors(&run(1), ""));
    assert_ne!(tensors(&first, "generator."), tensors(&run(2), "generator."));
}

#[test]
fn a_restored_run_goes_on_as_if_it_had_never_stopped() {
    for beta1 in [0.0, 0.5] {
        let mut recipe = tiny();
        recipe.d_steps = 2;
        // All that is kept beside weights and optimisers.
        recipe.objective = Objective::NonSaturating;
        (recipe.spectral_norm, recipe.lecam) = (true, 0.3);
        recipe.generator.optimiser.beta1 = beta1;
        recipe.discriminator.optimiser.beta1 = beta1;

        let mut straight = trainer(&recipe);
        train(&mut straight, 5);

        let mut first = trainer(&recipe);
        train(&mut first, 2);
        let saved = block_on(first.checkpoint()).expect("a checkpoint");
        let mut second = Trainer::restore(&saved, device::cpu()).expect("a good checkpoint");
        assert_eq!((second.step(), second.images_seen()), (2, 16));
        train(&mut second, 3);

        let [a, b] = [straight, second].map(|t| block_on(t.checkpoint()).expect("a checkpoint"));
        assert_eq!(tensors(&a, ""), tensors(&b, ""), "β₁ {beta1}");
    }
}

#[test]
fn what_holds_the_players_back_is_felt() {
    let end = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = tiny();
        recipe.objective = Objective::NonSaturating;
        change(&mut recipe);
        let mut run = trainer(&recipe);
        train(&mut run, 3);
        block_on(run.checkpoint()).expect("a checkpoint")
    };
    let plain = end(&|_| {});
    let weights = |checkpoint: &[u8]| tensors(checkpoint, "generator.");
    for change in [
        (&|r: &mut Recipe| r.spectral_norm = true) as &dyn Fn(&mut Recipe),
        &|r| r.lecam = 0.3,
        &|r| r.augment = Augmentation::Translation,
        &|r| r.augment = Augmentation::Cutout,
        &|r| r.orthogonal = 0.01,
    ] {
        assert_ne!(weights(&plain), weights(&end(change)));
    }
    // Its averages are those of the logits that it has reported.
    let mut run = trainer(&Recipe { objective: Objective::Hinge, lecam: 0.3, ..tiny() });
    train(&mut run, 4);
    let reports = block_on(run.reports()).expect("finite");
    let follow = |of: &dyn Fn(usize) -> Option<f32>| {
        (0..4).fold(0.0, |mean, i| 0.99 * mean + 0.01 * of(i).expect("a step of both"))
    };
    let want = [follow(&|i| reports[i].d_real), follow(&|i| reports[i].d_fake)];
    let saved = block_on(run.checkpoint()).expect("a checkpoint");
    let (_, kept) = tensors(&saved, "discriminator.lecam.anchors").remove(0);
    for (kept, want) in kept.as_chunks().0.iter().zip(want) {
        let kept = f32::from_le_bytes(*kept);
        assert!((kept - want).abs() < 1e-6, "{kept}, not {want}");
    }
}

#[test]
fn a_broken_checkpoint_is_refused_with_a_reason() {
    let mut run = trainer(&tiny());
    train(&mut run, 1);
    let good = block_on(run.checkpoint()).expect("a checkpoint");
    let refusal = |bytes: &[u8]| match Trainer::restore(bytes, device::cpu()) {
        Ok(_) => panic!("accepted"),
        Err(error) => {
            assert_eq!(error.code(), "checkpoint-invalid");
            error.to_string()
        }
    };
    assert!(refusal(b"not a checkpoint").contains("safetensors"));
    assert!(refusal(&[]).contains("safetensors"));
    for cut in [1, 9, good.len() / 2, good.len() - 1] {
        assert!(refusal(&good[..cut]).contains("safetensors"), "cut at {cut}");
    }
    let replace = |from: &str, to: &str| {
        let at =
            good.windows(from.len()).position(|w| w == from.as_bytes()).expect("in the header");
        let mut bytes = good.clone();
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    assert!(refusal(&replace("ganvas-checkpoint-4", "ganvas-checkpoint-9")).contains("version"));
    assert!(refusal(&replace("up2.bias", "up3.bias")).contains("up2.bias"));
    assert!(refusal(&replace("\\\"latent\\\":4", "\\\"latent\\\":5")).contains("should be"));
    let mut nan = good.clone();
    let end = nan.len() - 4;
    nan[end..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(refusal(&nan).contains("finite"));
}

#[test]
fn one_player_can_step_alone() {
    let recipe = tiny();
    let mut source = Source::new(recipe.dataset);
    let mut batch =
        |t: &Trainer| source.batch(recipe.seed, t.batches(), recipe.batch).expect("drawn");
    let mut run = trainer(&recipe);
    let start = block_on(run.checkpoint()).expect("a checkpoint");

    let digits = batch(&run);
    block_on(run.step_discriminator(digits)).expect("the CPU");
    let after_d = block_on(run.checkpoint()).expect("a checkpoint");
    assert_eq!(tensors(&start, "generator."), tensors(&after_d, "generator."));
    assert_ne!(tensors(&start, "discriminator."), tensors(&after_d, "discriminator."));

    let digits = batch(&run);
    block_on(run.step_generator(digits)).expect("the CPU");
    let after_g = block_on(run.checkpoint()).expect("a checkpoint");
    assert_ne!(tensors(&after_d, "generator."), tensors(&after_g, "generator."));
    assert_eq!(tensors(&after_d, "discriminator."), tensors(&after_g, "discriminator."));

    let reports = block_on(run.reports()).expect("finite");
    assert_eq!(reports.iter().map(|r| r.step).collect::<Vec<_>>(), [1, 2]);
    assert!(reports[0].g_loss.is_none() && reports[0].d_loss.is_some());
    assert!(reports[1].d_loss.is_none() && reports[1].g_loss.is_some());
}
