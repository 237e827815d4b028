//! One step of recipes in which every judge meets every pair of settings: finite, and it changes all weights of both
//! players; and what makes no sense together is refused.

use crate::common::pairs::{Pair, cover, pairs};
use crate::common::training::*;
use ganvas::data::DatasetKind;
use ganvas::device;
use ganvas::error::Error;
use ganvas::recipe::{
    Architecture, Augmentation, Codes, Conditioning, Described, InstanceNoise, Norm, Objective,
    OptimiserKind, PenaltyKind, Recipe, ScheduleKind,
};
use ganvas::train::Trainer;
use pollster::block_on;

/// A setting's values: the first one goes with all others, as far as these go with anything.
type Values = Vec<Box<dyn Fn(&mut Recipe)>>;

fn values<T: Copy + 'static>(all: &[T], set: impl Fn(&mut Recipe, T) + Copy + 'static) -> Values {
    let value =
        |&value: &T| Box::new(move |r: &mut Recipe| set(r, value)) as Box<dyn Fn(&mut Recipe)>;
    all.iter().map(value).collect()
}

/// The same of an enum, which has another first value.
fn values_from<T: Described + Copy + PartialEq + 'static>(
    first: T,
    set: impl Fn(&mut Recipe, T) + Copy + 'static,
) -> Values {
    let others = T::ALL.iter().copied().filter(|&other| other != first);
    values(&[first].into_iter().chain(others).collect::<Vec<_>>(), set)
}

/// All that may differ between recipes with the same judge, but for optimisers and schedules.
fn settings() -> Vec<Values> {
    // Only one generator has a choice of norms.
    let norms = |network: Architecture| match network {
        Architecture::Dcgan => Norm::ALL,
        _ => &[Norm::Layer],
    };
    let drawing = Architecture::ALL.iter().filter(|network| network.draws());
    let generators: Vec<_> = drawing.flat_map(|&g| norms(g).iter().map(move |&n| (g, n))).collect();
    vec![
        values_from(Objective::NonSaturating, |r, objective| r.objective = objective),
        values_from(PenaltyKind::None, |r, kind| r.penalty.kind = kind),
        values(&generators, |r, (network, norm)| (r.generator.network, r.norm) = (network, norm)),
        values(&[false, true], |r, conditional| r.conditional = conditional),
        values(Conditioning::ALL, |r, conditioning| r.conditioning = conditioning),
        values(
            &[
                (false, 0, 0.5),
                (true, 0, 0.5),
                (true, 0, 0.0),
                (false, 1, 0.5),
                (true, 4, 0.5),
                (true, 2, 0.0),
                (true, 5, 0.5), // more than there are latents
            ],
            |r, (categorical, continuous, weight)| {
                r.codes = Codes { categorical, continuous, weight };
            },
        ),
        values(&[0.0, 0.05], |r, clip| r.weight_clip = clip),
        values(&[0.0, 0.1], |r, smoothing| r.label_smoothing = smoothing),
        values(&[0.0, 0.2], |r, deviation| {
            r.instance_noise = InstanceNoise { deviation, fade: 3 };
        }),
        values(Augmentation::ALL, |r, augment| r.augment = augment),
        values(&[false, true], |r, norm| r.spectral_norm = norm),
        values(&[0.0, 0.3], |r, lecam| r.lecam = lecam),
        values(&[0, 6], |r, hidden| r.d_hidden = hidden),
        values(&[0.0, 0.01], |r, orthogonal| r.orthogonal = orthogonal),
        values(&[DatasetKind::Drawn, DatasetKind::StackedMnist], |r, dataset| r.dataset = dataset),
        values(&[0.0, 0.1], |r, weight| r.feature_distance = weight),
    ]
}

/// What the rules say, in words of its own.
fn makes_sense(recipe: &Recipe) -> bool {
    use Objective::{Minimax, NonSaturating, Relativistic, RelativisticAverage, Wasserstein};
    let Codes { categorical, continuous, weight } = recipe.codes;
    let reads = weight > 0.0 && (categorical || continuous > 0);
    let colours = recipe.dataset == DatasetKind::StackedMnist;
    let unit_slope = matches!(recipe.penalty.kind, PenaltyKind::WganGp | PenaltyKind::Dragan);
    let clipped = recipe.weight_clip > 0.0;
    let patches = recipe.discriminator.network == Architecture::Patch;
    let labels = matches!(recipe.objective, Minimax | NonSaturating);
    let shift_invariant =
        matches!(recipe.objective, Relativistic | RelativisticAverage | Wasserstein);
    let nonsense = [
        recipe.conditional && (reads || colours),
        continuous > recipe.latent,
        recipe.label_smoothing > 0.0 && !labels,
        clipped && (unit_slope || recipe.spectral_norm),
        recipe.lecam > 0.0 && shift_invariant,
        patches && (recipe.conditional || reads || recipe.d_hidden > 0),
        // All of these draw from noise.
        recipe.feature_distance > 0.0,
    ];
    !nonsense.contains(&true)
}

/// With no setting that another could object to.
fn plain(network: Architecture) -> Recipe {
    let mut recipe = tiny();
    recipe.penalty.gamma = 1.0;
    recipe.discriminator.network = network;
    // So many channels that no layer's units are all dead at once. A new network needs a test of its own below.
    recipe.discriminator.width = match network {
        Architecture::BigGan => 12,
        Architecture::Mlp
        | Architecture::Dcgan
        | Architecture::Residual
        | Architecture::StyleGan2
        | Architecture::Patch
        | Architecture::Unet
        | Architecture::Enlarger
        | Architecture::MocoGan
        | Architecture::Tgan
        | Architecture::Dirac => 4,
    };
    for setting in settings() {
        setting[0](&mut recipe);
    }
    recipe
}

fn every_pair_of_settings_takes_a_step_or_is_refused(network: Architecture) {
    let settings = settings();
    let sizes: Vec<usize> = settings.iter().map(Vec::len).collect();
    let with = |choices: &[(usize, usize)]| {
        let mut recipe = plain(network);
        choices.iter().for_each(|&(setting, value)| settings[setting][value](&mut recipe));
        recipe
    };
    let fits = |pair: Pair| makes_sense(&with(&pair));
    for pair in pairs(&sizes) {
        let recipe = with(&pair);
        let problems = recipe.validate();
        assert_eq!(problems.is_empty(), fits(pair), "{recipe:?}: {problems:?}");
        if !problems.is_empty() {
            assert!(problems.iter().all(|p| !p.reason.is_empty()), "{problems:?}");
            let made = Trainer::new(recipe, device::cpu());
            assert!(matches!(made, Err(Error::Recipe(said)) if said == problems));
        }
    }
    for row in cover(&sizes, fits) {
        let recipe = with(&row.into_iter().enumerate().collect::<Vec<_>>());
        assert_eq!(recipe.validate(), [], "nothing but pairs can be at odds: {recipe:?}");
        one_step(&recipe);
    }
}

#[test]
fn perceptrons_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::Mlp);
}

#[test]
fn dcgan_judges_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::Dcgan);
}

#[test]
fn residual_judges_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::Residual);
}

#[test]
fn stylegan2_judges_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::StyleGan2);
}

#[test]
fn biggan_judges_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::BigGan);
}

#[test]
fn judges_of_patches_take_a_step_with_every_pair_of_settings() {
    every_pair_of_settings_takes_a_step_or_is_refused(Architecture::Patch);
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
    assert_eq!(refused(&|r| r.feature_distance = 0.1), ["feature_distance"]);
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
    for figure in &reports[0].figures {
        assert!(figure.is_some_and(f32::is_finite), "{recipe:?}: {reports:?}");
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
