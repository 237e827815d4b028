//! One step of every combination of objective, penalty, networks and conditioning: finite, and it
//! changes both players; and every other is refused.

use crate::common::training::*;
use ganvas::data::DatasetKind;
use ganvas::device;
use ganvas::error::Error;
use ganvas::recipe::{
    Architecture, Augmentation, Codes, Conditioning, Described, InstanceNoise, Norm, Objective,
    OptimiserKind, Penalty, PenaltyKind, Player, Recipe, ScheduleKind,
};
use ganvas::train::Trainer;
use pollster::block_on;

/// So many channels for a judge that no layer's units are all dead at once.
fn enough(network: Architecture) -> usize {
    if network == Architecture::BigGan { 12 } else { 4 }
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
                    for (conditional, categorical, continuous, weight) in [
                        (true, false, 0, 0.5),
                        (false, true, 0, 0.5),
                        (false, true, 0, 0.0),
                        (false, false, 1, 0.5),
                        (false, true, 4, 0.5),
                        (true, true, 0, 0.5),
                        (true, true, 2, 0.0),
                        (true, false, 1, 0.5),
                        (false, true, 5, 0.5),
                    ] {
                        let mut recipe = tiny();
                        recipe.objective = objective;
                        recipe.penalty = Penalty { kind, gamma: 1.0 };
                        recipe.generator.network = network;
                        recipe.discriminator.network = network;
                        recipe.discriminator.width = enough(network);
                        (recipe.conditional, recipe.conditioning) = (conditional, conditioning);
                        recipe.codes = Codes { categorical, continuous, weight };
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
                    for (lecam, d_hidden) in [(0.0, 0), (0.3, 0), (0.0, 6), (0.3, 6)] {
                        let mut recipe = tiny();
                        recipe.objective = objective;
                        recipe.penalty = Penalty { kind, gamma: 1.0 };
                        let network = Architecture::ALL[i % Architecture::ALL.len()];
                        recipe.discriminator.network = network;
                        recipe.discriminator.width = enough(network);
                        (recipe.spectral_norm, recipe.lecam) = (spectral_norm, lecam);
                        (recipe.augment, recipe.orthogonal) = (augment, 0.01);
                        recipe.d_hidden = d_hidden;
                        let problems = recipe.validate();
                        assert_eq!(
                            problems.is_empty(),
                            lecam == 0.0 || !objective.is_shift_invariant()
                        );
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
    // Codes that nobody reads are no rivals of a digit.
    assert_eq!(refused(&|r| (r.codes.categorical, r.codes.weight) = (true, 0.0)), [""; 0]);
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
        assert_eq!(problems.is_empty(), !objective.is_shift_invariant(), "{objective:?}");
        assert!(!objective.is_shift_invariant() || problems == ["lecam"]);
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
    // What an optimiser remembers only comes with the step.
    let weights = |checkpoint: &[u8], player: &str| {
        let mut kept = tensors(checkpoint, player);
        kept.retain(|(name, _)| !name.contains(".optimiser."));
        kept
    };
    for player in ["generator.", "discriminator.", "ema."] {
        let [before, after] = [&before, &after].map(|checkpoint| weights(checkpoint, player));
        assert_eq!(before.len(), after.len());
        for ((name, old), (same, new)) in before.iter().zip(&after) {
            assert_eq!(name, same);
            // While the judge is sure of nothing, what a hinge says of its bias cancels out.
            let hinge = recipe.objective == Objective::Hinge && name.ends_with("logit.bias");
            // What is attended to counts nothing before the gate has opened.
            let behind_gate = name.contains("attention.") && !name.ends_with("gate");
            // A singular vector of one number is a sign.
            let vector = name.ends_with(".u") || name.ends_with(".v");
            let sign = vector && old.len() == size_of::<f32>();
            let exempt = hinge || behind_gate || sign;
            assert!(exempt || old != new, "{recipe:?}: {name} did not change");
        }
    }
}
