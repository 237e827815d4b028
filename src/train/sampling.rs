//! Drawing with the moving average of the generator, which is what a visitor gets to see.

use super::trainer::Trainer;
use crate::data::{CLASSES, PIXELS};
use crate::device::read;
use crate::error::{Error, Result};
use crate::nets::inputs;
use crate::nets::layers::Mode;
use crate::nets::params::rows;
use crate::rng::{Stream, normals, stream};

/// Latents behind the batch-norm statistics used for sampling; classes in equal shares.
const CALIBRATION: usize = 200;
/// Pictures drawn in one go, which bounds the memory of large samples.
const SAMPLE_CHUNK: usize = 250;

impl Trainer {
    /// Latents for `count` samples under `seed`, row by row.
    pub fn latents(&self, kind: Stream, seed: u64, count: usize) -> Vec<f32> {
        normals(&mut stream(seed, kind, 0), count * self.nets.recipe.latent)
    }

    /// Draws pictures with the moving average of the generator: PIXELS bytes for each label.
    /// An unconditional run ignores what the labels are.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is not a finite number; the device's own.
    pub async fn sample(&mut self, latents: &[f32], labels: &[u8]) -> Result<Vec<u8>> {
        let weights = self.nets.generator.layout.view(&self.ema);
        let stats = match &self.stats {
            Some(stats) => stats.clone(),
            None => {
                let z = self.latents(Stream::Calibration, self.nets.recipe.seed, CALIBRATION);
                let z = rows(z, self.nets.recipe.latent, &self.nets.device);
                let stats = self.nets.generator.measure(
                    &weights,
                    z,
                    self.nets.one_hot(&in_rotation(CALIBRATION)),
                );
                self.stats.insert(stats).clone()
            }
        };
        let mut pixels = Vec::with_capacity(labels.len() * PIXELS);
        let chunks = latents.chunks(SAMPLE_CHUNK * self.nets.recipe.latent);
        for (z, labels) in chunks.zip(labels.chunks(SAMPLE_CHUNK)) {
            let z = rows(z.to_vec(), self.nets.recipe.latent, &self.nets.device);
            let mut mode = stats.clone().into_iter();
            let images = self.nets.generator.forward(
                &weights,
                z,
                self.nets.one_hot(labels),
                &mut Mode::Infer(&mut mode),
            );
            let values = read(images).await?;
            if values.iter().any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { step: self.step, what: "a drawing" });
            }
            pixels.extend(inputs::to_bytes(&values));
        }
        Ok(pixels)
    }
}

/// `count` classes in rotation: 0, 1, .. 9, 0, ..
pub fn in_rotation(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % CLASSES) as u8).collect()
}
