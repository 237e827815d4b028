//! A recorded step, of which a GPU and the CPU tell the same.

use super::{NETWORK, difference, gpu};
use crate::common::training::tiny;
use ganvas::data::{Base, Source};
use ganvas::device;
use ganvas::train::Trainer;
use pollster::block_on;
use safetensors::SafeTensors;
use std::collections::BTreeMap;

fn recorded(device: burn::tensor::Device) -> BTreeMap<String, Vec<f32>> {
    let recipe = tiny();
    let mut trainer = Trainer::new(recipe.clone(), device).expect("a valid recipe");
    trainer.record();
    let mut source = Source::new(Base::Drawn);
    while trainer.step() == 0 {
        let batch = source.batch(recipe.data(), recipe.seed, trainer.batches(), recipe.batch);
        block_on(async {
            match trainer.wants_batch() {
                true => trainer.begin(batch.expect("drawn")).await,
                false => trainer.proceed().await,
            }
        })
        .expect("it trains");
    }
    let file = block_on(trainer.recorded()).expect("it is told").expect("a whole step");
    let file = SafeTensors::deserialize(&file).expect("safetensors");
    let of = |(name, view): (String, safetensors::tensor::TensorView)| {
        (name, view.data().as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect())
    };
    file.tensors().into_iter().map(of).collect()
}

#[test]
fn a_recorded_step_is_the_same() {
    let Some(gpu) = gpu() else { return };
    let (want, got) = (recorded(device::cpu()), recorded(gpu.clone()));
    assert!(want.len() > 20 && want.keys().eq(got.keys()));
    for (name, want) in want {
        // After its move the one's judge is not quite the other's: Adam's first step is the slope's sign.
        let rounding =
            if name.contains("after") || name.contains("again") { 0.1 } else { 10.0 * NETWORK };
        if want.iter().any(|&value| value != 0.0)
            && let Some(reason) = difference(&got[&name], &want, rounding)
        {
            panic!("{name}: {reason}");
        }
    }
}
