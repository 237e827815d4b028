//! What a run keeps to: its seed, its bounds, what it is saved with; and that a checkpoint which it cannot go on from
//! is refused.

use crate::common::training::*;
use crate::common::{close, reports};
use ganvas::data::{Base, Source};
use ganvas::device;
use ganvas::recipe::{Augmentation, Objective, Recipe};
use ganvas::train::Trainer;
use pollster::block_on;

#[test]
fn clipped_weights_stay_between_their_bounds() {
    let mut trainer = trainer(&Recipe { weight_clip: 0.03, ..tiny() });
    train(&mut trainer, 3);
    let saved = block_on(trainer.checkpoint()).expect("a checkpoint");
    let mut weights = tensors(&saved, "discriminator.");
    weights.retain(|(name, _)| !name.contains(".optimiser."));
    let weights = weights.iter().flat_map(|(_, bytes)| bytes.as_chunks().0);
    let sizes: Vec<f32> = weights.map(|&bytes| f32::from_le_bytes(bytes).abs()).collect();
    assert!(sizes.iter().all(|&size| size <= 0.03));
    assert!(sizes.contains(&0.03), "nothing was clipped");
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
    let reports = reports(&mut run);
    let follow = |of: &dyn Fn(usize) -> Option<f32>| {
        (0..4).fold(0.0, |mean, i| 0.99 * mean + 0.01 * of(i).expect("a step of both"))
    };
    let want = [follow(&|i| reports[i].d_real), follow(&|i| reports[i].d_fake)];
    let saved = block_on(run.checkpoint()).expect("a checkpoint");
    let (_, kept) = tensors(&saved, "discriminator.lecam.anchors").remove(0);
    let kept: Vec<f32> = kept.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
    close("the averages", &kept, &want, 1e-6);
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
    // Everywhere: the recipe stands in the account, too.
    let replace = |from: &str, to: &str| {
        let mut bytes = good.clone();
        let found = good.windows(from.len()).enumerate().filter(|(_, w)| *w == from.as_bytes());
        let places: Vec<usize> = found.map(|(at, _)| at).collect();
        assert!(!places.is_empty(), "{from} is not in the header");
        for at in places {
            bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        }
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
    let mut source = Source::new(Base::Drawn);
    let mut batch = |t: &Trainer| {
        let batch = source.batch(recipe.data(), recipe.seed, t.batches(), recipe.batch);
        batch.expect("drawn")
    };
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

    let reports = reports(&mut run);
    assert_eq!(reports.iter().map(|r| r.step).collect::<Vec<_>>(), [1, 2]);
    assert!(reports[0].g_loss.is_none() && reports[0].d_loss.is_some());
    assert!(reports[1].d_loss.is_none() && reports[1].g_loss.is_some());
}
