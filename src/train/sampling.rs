//! Drawing: with the moving average of the generator, which is what a visitor gets to see, and with the
//! weights of the moment, which go wrong first; and asking
//! the discriminator what it makes of pictures.

use super::trainer::Trainer;
use super::work::Nets;
use crate::data::CLASSES;
use crate::device::read;
use crate::error::{Error, Result};
use crate::nets::layers::Mode;
use crate::nets::params::{Weights, rows};
use crate::nets::{GeneratorInput, Measured, inputs};
use crate::rng::{Stream, normals, stream, truncated_normals};
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;

/// Latents behind the batch-norm statistics used for sampling; classes in equal shares.
const CALIBRATION: usize = 200;
/// Pictures drawn in one go, which bounds the memory of large samples.
const SAMPLE_CHUNK: usize = 250;

impl Trainer {
    /// Latents for `count` samples under `seed`, row by row.
    pub fn latents(&self, kind: Stream, seed: u64, count: usize) -> Vec<f32> {
        normals(&mut stream(seed, kind, 0), count * self.nets.recipe.latent)
    }

    /// Latents of samples under `seed`, for a truncation ψ in (0, 1]: below 1 the values are those of a normal
    /// distribution within ±2ψ, unless the generator has styles, which [`Frozen::sample`] draws towards their mean.
    pub fn sample_latents(&self, seed: u64, truncation: f64) -> Latents {
        let rng = Box::new(stream(seed, Stream::Samples, 0));
        let shortened = truncation < 1.0 && !self.nets.generator.has_styles();
        let bound = shortened.then_some(2.0 * truncation as f32);
        Latents { source: LatentSource::Drawn { rng, bound }, dim: self.nets.recipe.latent }
    }

    /// Latents that somebody gives, row by row.
    pub fn given_latents(&self, values: Vec<f32>) -> Latents {
        Latents { source: LatentSource::Given(values.into_iter()), dim: self.nets.recipe.latent }
    }

    /// Draws pictures with the moving average of the generator: the bytes of one for each label.
    /// An unconditional run ignores what the labels are.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is not a finite number; the device's own.
    pub async fn sample(&mut self, latents: &[f32], labels: &[u8]) -> Result<Vec<u8>> {
        let weights = self.nets.generator.layout.view(&self.ema);
        let mut measured = self.measured.take();
        let pixels = self.draw(&weights, &mut measured, latents, labels, 1.0).await;
        self.measured = measured;
        pixels
    }

    /// The generator's input for a sample for show.
    fn generator_input(&self, z: Tensor<2>, labels: &[u8]) -> GeneratorInput {
        GeneratorInput { z, labels: self.nets.one_hot(labels), source: None, chance: None }
    }

    async fn draw(
        &self,
        weights: &Weights,
        measured: &mut Option<Measured>,
        latents: &[f32],
        labels: &[u8],
        truncation: f64,
    ) -> Result<Vec<u8>> {
        let Nets { recipe, device, generator, .. } = &self.nets;
        let measured = measured.get_or_insert_with(|| {
            let z = self.latents(Stream::Calibration, recipe.seed, CALIBRATION);
            let z = rows(z, recipe.latent, device);
            generator.measure(weights, &self.generator_input(z, &in_rotation(CALIBRATION)))
        });
        let mut pixels = Vec::with_capacity(labels.len() * recipe.dataset.picture_size());
        let chunks = latents.chunks(SAMPLE_CHUNK * recipe.latent);
        for (z, labels) in chunks.zip(labels.chunks(SAMPLE_CHUNK)) {
            let z = rows(z.to_vec(), recipe.latent, device);
            let images =
                generator.sample(weights, &self.generator_input(z, labels), measured, truncation);
            let values = read(images).await?;
            if values.iter().any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { step: self.step, what: "a drawing" });
            }
            pixels.extend(inputs::to_bytes(&values));
        }
        Ok(pixels)
    }

    /// Draws pictures with the weights of the moment, as training does: batch norm takes the statistics
    /// of these latents. The bytes of one for each label.
    ///
    /// # Errors
    /// The device's own.
    pub async fn draw_now(&self, latents: &[f32], labels: &[u8]) -> Result<Vec<u8>> {
        let z = rows(latents.to_vec(), self.nets.recipe.latent, &self.nets.device);
        let input = self.generator_input(z, labels);
        let images = self.nets.generator.forward(self.g.view(), &input, &mut Mode::Train);
        Ok(inputs::to_bytes(&read(images).await?).collect())
    }

    /// Both players as they are now, the generator by its moving average.
    pub fn freeze(&self) -> Frozen {
        Frozen {
            step: self.step,
            images_seen: self.images_seen(),
            generator: self.nets.generator.layout.view(&self.ema),
            measured: self.measured.clone(),
            discriminator: self.d.view().clone(),
        }
    }
}

/// The latents of one sample after the other. Those that are drawn take no room, however many.
pub struct Latents {
    source: LatentSource,
    /// Latent dimension.
    dim: usize,
}

enum LatentSource {
    Given(std::vec::IntoIter<f32>),
    Drawn {
        rng: Box<ChaCha8Rng>,
        /// Within which they lie, on both sides of 0.
        bound: Option<f32>,
    },
}

impl Latents {
    /// Those of the next `count` samples, row by row.
    pub fn take(&mut self, count: usize) -> Vec<f32> {
        let n = count * self.dim;
        match &mut self.source {
            LatentSource::Given(values) => values.take(n).collect(),
            LatentSource::Drawn { rng, bound: Some(bound) } => truncated_normals(rng, n, *bound),
            LatentSource::Drawn { rng, bound: None } => normals(rng, n),
        }
    }
}

/// The players of a trainer at one step, to be asked while training goes on. Whatever they answer says nothing
/// against the run: latents may be given that no run would draw.
pub struct Frozen {
    pub step: u64,
    pub images_seen: u64,
    generator: Weights,
    measured: Option<Measured>,
    discriminator: Weights,
}

impl Frozen {
    /// As [`Trainer::sample`], by the trainer that these are from; styles, where the generator has such, are
    /// drawn towards their mean by a truncation ψ in (0, 1].
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when a pixel is not a finite number; the device's own.
    pub async fn sample(
        &mut self,
        trainer: &Trainer,
        latents: &[f32],
        labels: &[u8],
        truncation: f64,
    ) -> Result<Vec<u8>> {
        let drawn = trainer.draw(&self.generator, &mut self.measured, latents, labels, truncation);
        match drawn.await {
            Err(Error::NonFinite { what, .. }) => Err(Error::NoAnswer { what }),
            other => other,
        }
    }

    /// The discriminator's logits of pictures, one for each label; an unconditional run
    /// ignores what the labels are.
    ///
    /// # Errors
    /// The device's own.
    pub async fn logits(
        &self,
        trainer: &Trainer,
        pixels: &[u8],
        labels: &[u8],
    ) -> Result<Vec<f32>> {
        let nets = &trainer.nets;
        let mut logits = Vec::with_capacity(labels.len());
        let size = nets.recipe.dataset.picture_size();
        let chunks = pixels.chunks(SAMPLE_CHUNK * size);
        for (pixels, labels) in chunks.zip(labels.chunks(SAMPLE_CHUNK)) {
            let x = inputs::pictures(pixels, size, &nets.device);
            let one_hot = nets.one_hot(labels);
            let batch = nets.discriminator.forward(&self.discriminator, x, one_hot.as_ref());
            logits.extend(read(batch).await?);
        }
        Ok(logits)
    }
}

/// `count` classes in rotation: 0, 1, .. 9, 0, ..
pub fn in_rotation(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % CLASSES) as u8).collect()
}
