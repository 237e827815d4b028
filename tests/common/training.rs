//! Training a small recipe on drawn digits, and what a checkpoint of it holds.

use ganvas::data::{Base, DatasetKind, Source};
use ganvas::device;
use ganvas::metrics::classifier::Classifier;
use ganvas::recipe::{Recipe, default_recipe, presets};
use ganvas::train::Trainer;
use pollster::block_on;
use safetensors::SafeTensors;
use std::rc::Rc;

/// The recipe of a preset.
pub fn preset(name: &str) -> Recipe {
    presets().into_iter().find(|preset| preset.name == name).expect("the preset").recipe
}

pub fn tiny() -> Recipe {
    let mut recipe = default_recipe();
    recipe.dataset = DatasetKind::Drawn;
    recipe.latent = 4;
    recipe.batch = 4;
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.width = 4;
    }
    recipe
}

pub fn trainer(recipe: &Recipe) -> Trainer {
    let mut trainer = Trainer::new(recipe.clone(), device::cpu()).expect("a valid recipe");
    trainer.set_classifier(Some(classifier()));
    trainer
}

/// The project's own.
pub fn classifier() -> Rc<Classifier> {
    Rc::new(Classifier::built_in(&device::cpu()).expect("the classifier that ships with ganvas"))
}

/// Drawn digits without end, or some as MNIST's own.
pub fn source(dataset: DatasetKind) -> Source {
    let mut source = Source::new(dataset.base());
    if dataset.base() == Base::Mnist {
        let digits = Source::new(Base::Drawn).digits(1, 0, 60).expect("drawn");
        source.add(digits, 60).expect("digits");
    }
    source
}

/// So many more steps of both players, on drawn digits.
pub fn train(trainer: &mut Trainer, steps: u64) {
    let mut source = source(trainer.recipe().dataset);
    let end = trainer.step() + steps;
    train_to(trainer, &mut source, end);
}

/// Steps of both players until so many are taken in all.
pub fn train_to(trainer: &mut Trainer, source: &mut Source, end: u64) {
    train_and(trainer, source, end, |_, _| {});
}

/// The same, with something done before each turn, counted from 0.
pub fn train_and(
    trainer: &mut Trainer,
    source: &mut Source,
    end: u64,
    mut before: impl FnMut(&mut Trainer, usize),
) {
    let (seed, batch) = (trainer.recipe().seed, trainer.recipe().batch);
    for turn in 0.. {
        if trainer.step() >= end {
            return;
        }
        before(trainer, turn);
        if trainer.wants_batch() {
            let dataset = trainer.recipe().data();
            let samples = source.batch(dataset, seed, trainer.batches(), batch);
            block_on(trainer.begin(samples.expect("digits enough"))).expect("the CPU");
        } else {
            block_on(trainer.proceed()).expect("the CPU");
        }
    }
}

/// All tensors whose names begin with `prefix`, as bytes.
pub fn tensors(checkpoint: &[u8], prefix: &str) -> Vec<(String, Vec<u8>)> {
    let file = SafeTensors::deserialize(checkpoint).expect("safetensors");
    let mut tensors: Vec<_> = file
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, view)| (name.to_string(), view.data().to_vec()))
        .collect();
    tensors.sort();
    tensors
}
