//! Presets that are meant to fail really do, in the way that their summaries say.

use ganvas::data::{DatasetKind, Source};
use ganvas::device;
use ganvas::recipe::{Recipe, presets};
use ganvas::train::{LossPoint, Trainer};
use pollster::block_on;

/// The last of some steps of a preset on drawn digits.
fn end(name: &str, steps: u64, change: impl FnOnce(&mut Recipe)) -> LossPoint {
    let preset = presets().into_iter().find(|preset| preset.name == name).expect("a preset");
    let mut recipe = preset.recipe;
    recipe.dataset = DatasetKind::Drawn;
    change(&mut recipe);
    let mut source = Source::new(recipe.dataset);
    let mut trainer = Trainer::new(recipe.clone(), device::cpu()).expect("a valid recipe");
    while trainer.step() < steps {
        if trainer.wants_batch() {
            let digits = source.batch(recipe.seed, trainer.batches(), recipe.batch);
            block_on(trainer.begin(digits.expect("drawn"))).expect("the CPU");
        } else {
            block_on(trainer.proceed()).expect("the CPU");
        }
    }
    *block_on(trainer.reports()).expect("finite").last().expect("a step")
}

#[test]
fn a_sure_judge_leaves_minimax_without_a_slope_and_the_other_loss_with_one() {
    use ganvas::recipe::Objective::NonSaturating;
    let g_loss = |point: LossPoint| point.g_loss.expect("a step of both");
    let vanished = g_loss(end("minimax-vanishing", 60, |_| {}));
    assert!(vanished.abs() < 0.01, "{vanished}");
    let mended = g_loss(end("minimax-vanishing", 60, |r| r.objective = NonSaturating));
    assert!(mended > 1.0, "{mended}");
}

#[test]
fn a_critic_without_bounds_grows_and_a_clipped_one_does_not() {
    let score = |point: LossPoint| point.d_real.expect("a step of both").abs();
    let free = score(end("wgan-unconstrained", 80, |_| {}));
    let held = score(end("wgan-unconstrained", 80, |r| r.weight_clip = 0.03));
    assert!(free > 50.0 && held < 20.0, "{free}, clipped {held}");
}
