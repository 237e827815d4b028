//! Drawing: with the moving average of the generator, which is what a visitor gets to see, and with the
//! weights of the moment, which go wrong first; and asking
//! the discriminator what it makes of pictures.

use super::nets::Nets;
use super::trainer::Trainer;
use crate::data::{CLASSES, Values};
use crate::device::read;
use crate::error::{Error, Result};
use crate::gan::game::Direction;
use crate::nets::layers::Mode;
use crate::nets::params::{Weights, rows};
use crate::nets::{Chance, GeneratorInput, Measured, Mixing, inputs, with_motion};
use crate::rng::{Stream, normals, stream, truncated_normals};
use crate::shape::Shape;
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use std::pin::Pin;

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
        let shortened = truncation < 1.0 && !self.nets.generators[0].has_styles();
        let bound = shortened.then_some(2.0 * truncation as f32);
        Latents { source: LatentSource::Drawn { rng, bound }, dim: self.nets.recipe.latent }
    }

    /// Latents that somebody gives, row by row.
    pub fn given_latents(&self, values: Vec<f32>) -> Latents {
        Latents { source: LatentSource::Given(values.into_iter()), dim: self.nets.recipe.latent }
    }

    /// Draws with the moving average of the generator: for each input the bytes of a picture, or of a point's numbers
    /// ([`crate::data::Values::into_bytes`]).
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a pixel is not a finite number; the device's own.
    pub async fn sample(&mut self, inputs: Inputs<'_>) -> Result<Vec<u8>> {
        let weights = self.nets.g.view(&self.ema);
        let mut measured = self.measured.take();
        let pixels = self.draw(&weights, &mut measured, inputs, 1.0).await;
        self.measured = measured;
        pixels
    }

    /// A network's input for a sample for show.
    pub(super) fn generator_input(&self, inputs: Inputs) -> GeneratorInput {
        let Nets { recipe, device, .. } = &self.nets;
        match inputs {
            Inputs::Pictures { pixels, direction } => {
                let size = recipe.shape_from(direction).map_or(1, Shape::size);
                GeneratorInput::Picture(inputs::pictures(pixels, size, device))
            }
            Inputs::Noise { latents, labels } => {
                self.latent_input(rows(latents.to_vec(), recipe.latent, device), labels)
            }
            Inputs::Mixed { latents, second, from, labels } => {
                let labels = self.nets.one_hot(labels);
                let z = |latents| rows(latents, recipe.latent, device);
                match recipe.generator.network.mixing() {
                    Some(Mixing::Motion) => {
                        let z = z(with_motion(latents, second, recipe.latent));
                        GeneratorInput::Noise { z, labels, chance: Chance::Shared }
                    }
                    Some(Mixing::Styles { .. }) | None => {
                        let chance = Chance::Mixed { second: z(second.to_vec()), from };
                        GeneratorInput::Noise { z: z(latents.to_vec()), labels, chance }
                    }
                }
            }
        }
    }

    /// A network's input for latents that are tensors already, [n, latent].
    pub(super) fn latent_input(&self, z: Tensor<2>, labels: &[u8]) -> GeneratorInput {
        GeneratorInput::Noise { z, labels: self.nets.one_hot(labels), chance: Chance::Shared }
    }

    /// Inputs in pieces of so many samples.
    fn pieces<'a>(&self, inputs: Inputs<'a>) -> Vec<Inputs<'a>> {
        let recipe = &self.nets.recipe;
        match inputs {
            Inputs::Noise { latents, labels } => {
                let latents = latents.chunks(SAMPLE_CHUNK * recipe.latent);
                let pieces = latents.zip(labels.chunks(SAMPLE_CHUNK));
                pieces.map(|(latents, labels)| Inputs::Noise { latents, labels }).collect()
            }
            Inputs::Mixed { latents, second, from, labels } => {
                let [latents, second] =
                    [latents, second].map(|all| all.chunks(SAMPLE_CHUNK * recipe.latent));
                let pieces = latents.zip(second).zip(labels.chunks(SAMPLE_CHUNK));
                let mixed =
                    |((latents, second), labels)| Inputs::Mixed { latents, second, from, labels };
                pieces.map(mixed).collect()
            }
            Inputs::Pictures { pixels, direction } => {
                let size = recipe.shape_from(direction).map_or(1, Shape::size);
                let pieces = pixels.chunks(SAMPLE_CHUNK * size);
                pieces.map(|pixels| Inputs::Pictures { pixels, direction }).collect()
            }
        }
    }

    /// In a box: it would be in a visitor's program wherever something is drawn.
    fn draw<'a>(
        &'a self,
        weights: &'a [Weights],
        measured: &'a mut Option<Measured>,
        inputs: Inputs<'a>,
        truncation: f64,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>>> + 'a>> {
        Box::pin(self.draw_unboxed(weights, measured, inputs, truncation))
    }

    async fn draw_unboxed(
        &self,
        weights: &[Weights],
        measured: &mut Option<Measured>,
        inputs: Inputs<'_>,
        truncation: f64,
    ) -> Result<Vec<u8>> {
        let Nets { recipe, generators, .. } = &self.nets;
        let translator =
            inputs.direction().and_then(|direction| recipe.game().translator(direction));
        let k = translator.unwrap_or_default();
        let (generator, weights) = (&generators[k], &weights[k]);
        let measured = measured.get_or_insert_with(|| {
            let latents = self.latents(Stream::Calibration, recipe.seed, CALIBRATION);
            let labels = in_rotation(CALIBRATION);
            match inputs {
                // Nothing is measured over pictures: each is translated by itself.
                Inputs::Pictures { .. } => Measured::default(),
                Inputs::Noise { .. } | Inputs::Mixed { .. } => {
                    let inputs = Inputs::Noise { latents: &latents, labels: &labels };
                    generator.measure(weights, &self.generator_input(inputs))
                }
            }
        });
        let shape = inputs.direction().and_then(|direction| recipe.shape_from(direction.other()));
        let shape = shape.unwrap_or(recipe.picture());
        let mut pixels = Vec::new();
        for piece in self.pieces(inputs) {
            let input = self.generator_input(piece);
            let values = read(generator.sample(weights, &input, measured, truncation)).await?;
            if values.iter().any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { step: self.step, what: "a drawing" });
            }
            pixels.extend(bytes_of(values, shape));
        }
        Ok(pixels)
    }

    /// Draws pictures with the weights of the moment, as training does: batch norm takes the statistics
    /// of these latents. The bytes of one for each input.
    ///
    /// # Errors
    /// The device's own.
    pub async fn draw_now(&self, inputs: Inputs<'_>) -> Result<Vec<u8>> {
        let input = self.generator_input(inputs);
        let images = self.nets.generators[0].forward(&self.g.view()[0], &input, &mut Mode::Train);
        Ok(bytes_of(read(images).await?, self.nets.recipe.picture()))
    }

    /// Both players as they are now, the generator by its moving average.
    pub fn freeze(&self) -> Frozen {
        Frozen {
            step: self.step,
            images_seen: self.images_seen(),
            generators: self.nets.g.view(&self.ema),
            measured: self.measured.clone(),
            discriminators: self.d.view().to_vec(),
        }
    }
}

/// What pictures are made from.
#[derive(Clone, Copy, Debug)]
pub enum Inputs<'a> {
    /// A latent and a label for each; an unconditional run ignores what the labels are.
    Noise { latents: &'a [f32], labels: &'a [u8] },
    /// The same with second latents, which decide what [`Mixing`] says; of styles, those of layer `from` and beyond.
    Mixed { latents: &'a [f32], second: &'a [f32], from: usize, labels: &'a [u8] },
    /// The bytes of each picture that is translated, and which way.
    Pictures { pixels: &'a [u8], direction: Direction },
}

impl Inputs<'_> {
    /// Which way pictures are translated; none of noise.
    fn direction(self) -> Option<Direction> {
        match self {
            Self::Pictures { direction, .. } => Some(direction),
            Self::Noise { .. } | Self::Mixed { .. } => None,
        }
    }
}

/// Pictures for a discriminator, bytes each.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    pub pixels: &'a [u8],
    /// One for each; an unconditional run ignores what they are.
    pub labels: &'a [u8],
    /// What they were translated from, in a game whose discriminator sees that.
    pub given: &'a [u8],
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
    generators: Vec<Weights>,
    measured: Option<Measured>,
    discriminators: Vec<Weights>,
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
        inputs: Inputs<'_>,
        truncation: f64,
    ) -> Result<Vec<u8>> {
        let drawn = trainer.draw(&self.generators, &mut self.measured, inputs, truncation);
        match drawn.await {
            Err(Error::NonFinite { what, .. }) => Err(Error::NoAnswer { what }),
            other => other,
        }
    }

    /// The weights of the generator that draws from noise.
    pub(super) fn generator(&self) -> &Weights {
        &self.generators[0]
    }

    /// The discriminator's logits of pictures, one for each label: of one with a logit for each patch, their mean.
    ///
    /// # Errors
    /// The device's own.
    pub async fn logits(&self, trainer: &Trainer, judged: Judged<'_>) -> Result<Vec<f32>> {
        let nets = &trainer.nets;
        let mut logits = Vec::with_capacity(judged.labels.len());
        for (i, labels) in judged.labels.chunks(SAMPLE_CHUNK).enumerate() {
            let x = nets.judged(judged, i * SAMPLE_CHUNK..i * SAMPLE_CHUNK + labels.len());
            let one_hot = nets.one_hot(labels);
            let network = &nets.discriminators[0];
            let batch = network.forward(&self.discriminators[0], x, one_hot.as_ref());
            logits.extend(read(mean_of_patches(batch)).await?);
        }
        Ok(logits)
    }
}

/// What a generator made, as the bytes of [`Values::into_bytes`].
fn bytes_of(values: Vec<f32>, shape: Shape) -> Vec<u8> {
    match shape.side {
        1 => Values::Reals(values).into_bytes(),
        _ => inputs::to_bytes(&values).collect(),
    }
}

/// [n, patches] to [n, 1].
pub(super) fn mean_of_patches(logits: Tensor<2>) -> Tensor<2> {
    match logits.dims() {
        [_, 1] => logits,
        _ => logits.mean_dim(1),
    }
}

/// `count` classes in rotation: 0, 1, .. 9, 0, ..
pub fn in_rotation(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % CLASSES) as u8).collect()
}
