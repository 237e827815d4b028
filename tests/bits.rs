//! Whether a change of the code changes a run: every preset's first steps, as a hash of its losses and weights,
//! compared between two commits on one machine. Processors round differently, so no hash is committed.
//!
//!     git checkout BEFORE && GANVAS_BITS=/tmp/bits cargo test bits::   # writes the file, where there is none
//!     git checkout AFTER  && GANVAS_BITS=/tmp/bits cargo test bits::   # compares with it
//!
//! Without the variable it holds runs on several workers against runs on one, which needs no other commit.

use crate::common::training::{source, tensors, train, train_and, trainer};
use ganvas::data::DatasetKind;
use ganvas::recipe::{Recipe, presets};
use ganvas::train::replica::Replicas;
use ganvas::train::{Threads, Trainer};
use pollster::block_on;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

const STEPS: u64 = 5;
/// Of a batch, so that several workers share it and a step takes little time.
const BATCH: usize = 32;

/// The figures of the classic game as they were hashed first.
const ORDER: [&str; 4] = ["d_loss", "g_loss", "d_real", "d_fake"];

/// A preset on pictures that need no download.
fn small(recipe: &Recipe) -> Recipe {
    let dataset = match recipe.dataset {
        DatasetKind::Mnist => DatasetKind::Drawn,
        other => other,
    };
    Recipe { dataset, batch: BATCH, ..recipe.clone() }
}

/// A hash of all losses, weights and averages after some steps.
fn bits(recipe: &Recipe, replicas: Option<Rc<dyn Replicas>>) -> u64 {
    let mut trainer = trainer(recipe);
    trainer.set_replicas(replicas);
    train_and(&mut trainer, &mut source(recipe.dataset), STEPS, |_, _| {});
    hash(&mut trainer)
}

fn hash(trainer: &mut Trainer) -> u64 {
    let reports = block_on(trainer.reports()).expect("finite");
    let checkpoint = block_on(trainer.checkpoint()).expect("a checkpoint");
    let mut hasher = DefaultHasher::new();
    let names: Vec<&str> = trainer.recipe().game().figures().iter().map(|f| f.name()).collect();
    for report in reports {
        let mut figures: Vec<_> = names.iter().zip(report.figures).collect();
        figures.sort_by_key(|(name, _)| ORDER.iter().position(|other| other == *name));
        let bits = figures.into_iter().map(|(_, figure)| figure.map(f32::to_bits));
        bits.collect::<Vec<_>>().hash(&mut hasher);
    }
    tensors(&checkpoint, "").hash(&mut hasher);
    hasher.finish()
}

#[test]
fn every_preset_takes_the_same_steps_as_before_and_on_several_workers() {
    let mut found = BTreeMap::new();
    for preset in presets() {
        let recipe = small(&preset.recipe);
        let alone = bits(&recipe, None);
        let shared = bits(&recipe, Some(Rc::new(Threads::start(1))));
        assert_eq!(alone, shared, "{}: another run on two workers", preset.name);
        found.insert(preset.name, alone);
    }
    let Some(file) = std::env::var_os("GANVAS_BITS") else { return };
    let Ok(before) = std::fs::read_to_string(&file) else {
        return std::fs::write(file, serde_json::to_string_pretty(&found).unwrap()).unwrap();
    };
    let before: BTreeMap<String, u64> = serde_json::from_str(&before).unwrap();
    let changed: Vec<_> =
        before.iter().filter(|(name, bits)| found.get(*name) != Some(bits)).collect();
    assert!(changed.is_empty(), "these presets take other steps than before: {changed:?}");
}

/// A run that this program wrote before its redesign, which every later one must open and go on with.
const OLD_CHECKPOINT: &[u8] = include_bytes!("references/checkpoint-4.safetensors");

#[test]
fn a_checkpoint_of_format_4_still_opens_and_trains_on() {
    let mut trainer =
        Trainer::restore(OLD_CHECKPOINT, ganvas::device::cpu()).expect("an older checkpoint");
    assert_eq!((trainer.step(), trainer.batches()), (3, 6));
    let again = block_on(trainer.checkpoint()).expect("a checkpoint");
    assert!(tensors(&again, "") == tensors(OLD_CHECKPOINT, ""), "its numbers have changed");
    train(&mut trainer, 1);
    assert_eq!(trainer.step(), 4);
}

/// Everything that a checkpoint of a small run can hold.
fn rich() -> Recipe {
    let mut recipe = crate::common::training::tiny();
    (recipe.conditional, recipe.d_steps) = (true, 2);
    recipe.conditioning = ganvas::recipe::Conditioning::Projection;
    recipe.objective = ganvas::recipe::Objective::Hinge;
    (recipe.spectral_norm, recipe.lecam, recipe.d_hidden) = (true, 0.3, 3);
    recipe.generator.optimiser.beta1 = 0.5;
    recipe
}

/// Writes the fixture anew: only for a new format.
#[test]
#[ignore = "writes tests/references/checkpoint-4.safetensors"]
fn write_the_checkpoint() {
    let mut trainer = trainer(&rich());
    train(&mut trainer, 3);
    let bytes = block_on(trainer.checkpoint()).expect("a checkpoint");
    std::fs::write("tests/references/checkpoint-4.safetensors", bytes).unwrap();
}
