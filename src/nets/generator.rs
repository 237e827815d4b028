//! The generator: latents, with labels if it is conditional, to pictures.

use super::layers::{ActivationMemory, Builder, ChannelStats, Mode, Stack, Traced};
use super::mapping::{Mapped, Mapping};
use super::params::{Layout, Weights, rows};
use super::pictures_of;
use crate::data::CLASSES;
use crate::recipe::Recipe;
use crate::rng::{Stream, normals, stream};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;

#[derive(Debug)]
pub struct Generator {
    mapping: Mapping,
    stack: Stack,
    pub layout: Layout,
    latent: usize,
    /// Noise values that the stack takes for each sample.
    noise: usize,
}

/// What a generator is made of: a mapping, and a synthesis in the same layout.
pub struct GeneratorParts {
    pub mapping: Mapping,
    pub synthesis: Builder,
}

impl From<Builder> for GeneratorParts {
    fn from(synthesis: Builder) -> Self {
        Self { mapping: Mapping::Concat, synthesis }
    }
}

/// A generator's input.
#[derive(Clone, Debug)]
pub struct GeneratorInput {
    /// [n, latent]
    pub z: Tensor<2>,
    /// One-hot [n, CLASSES] for a conditional recipe.
    pub labels: Option<Tensor<2>>,
    /// [n, values of [`Generator::chance`]] in training; otherwise all samples share one noise, and no style is
    /// mixed.
    pub chance: Option<Tensor<2>>,
}

/// Generated pictures, and what the backward pass needs.
#[derive(Clone)]
pub struct Drawn {
    /// [n, picture size], in [-1, 1]
    pub y: Tensor<2>,
    input: GeneratorInput,
    mapped: Mapped,
    traced: Traced,
}

/// What is measured of a generator's weights before it draws samples for show: the batch-norm statistics and
/// the mean style.
#[derive(Clone, Debug)]
pub struct Measured {
    stats: Vec<ChannelStats>,
    /// Of a mapping to styles, [1, length].
    mean: Option<Tensor<2>>,
}

impl Generator {
    pub fn new(recipe: &Recipe) -> Self {
        let classes = if recipe.asks_class() { CLASSES } else { 0 };
        let player = &recipe.generator;
        let GeneratorParts { mapping, synthesis } = player.network.generator(
            [recipe.latent, classes],
            player.width,
            recipe.norm,
            pictures_of(recipe.dataset),
        );
        let noise = synthesis.noise();
        let (stack, layout) = synthesis.finish();
        Self { mapping, stack, layout, latent: recipe.latent, noise }
    }

    /// Multiply-adds of drawing one picture: of the first layer, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.stack.multiply_adds()
    }

    /// Activation memory of one picture.
    pub fn memory(&self) -> ActivationMemory {
        self.stack.memory()
    }

    /// Whether a picture depends on the others of its batch.
    pub fn couples_batch(&self) -> bool {
        self.stack.couples_batch()
    }

    /// Whether training feeds it random values besides the latent.
    pub fn has_chance(&self) -> bool {
        self.noise > 0 || self.has_styles()
    }

    /// Those of one sample: noise for each layer that takes some, and what mixes styles. As many for each.
    pub fn chance(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut values = normals(rng, self.noise);
        values.extend(self.mapping.chance(self.latent, rng));
        values
    }

    fn map(
        &self,
        weights: &Weights,
        input: &GeneratorInput,
        truncation: Option<(f64, &Tensor<2>)>,
    ) -> Mapped {
        let mut noise = input.chance.clone();
        let mut mixing = None;
        if let Some(chance) = &input.chance {
            let [_, size] = chance.dims();
            noise = Some(chance.clone().narrow(1, 0, self.noise));
            mixing = Some(chance.clone().narrow(1, self.noise, size - self.noise));
        } else if self.noise > 0 {
            noise = Some(shared_noise(self.noise, &input.z.device()));
        }
        let mut mapped = self.mapping.map(weights, input, mixing, truncation);
        mapped.side.noise = noise;
        mapped
    }

    /// # Shapes
    /// To [n, picture size] in [-1, 1]
    pub fn forward(&self, weights: &Weights, input: &GeneratorInput, mode: &mut Mode) -> Tensor<2> {
        let Mapped { x, side, .. } = self.map(weights, input, None);
        self.stack.forward(weights, x, &side, mode)
    }

    /// Like [`Generator::forward`] in [`Mode::Train`], and saves what the backward pass needs.
    pub fn draw(&self, weights: &Weights, input: GeneratorInput) -> Drawn {
        let mapped = self.map(weights, &input, None);
        let traced = self.stack.trace(weights, mapped.x.clone(), &mapped.side);
        Drawn { y: traced.y.clone(), input, mapped, traced }
    }

    /// The gradient by the weights of a loss whose gradient by the pictures is `g`.
    ///
    /// # Shapes
    /// g: [n, picture size]; to [parameters]
    pub fn gradient(&self, weights: &Weights, drawn: &Drawn, g: Tensor<2>) -> Tensor<1> {
        let Drawn { input, mapped, traced, .. } = drawn;
        let mut gradient = self.layout.gradient();
        if let Some(by_styles) =
            self.stack.backward(weights, traced, g, &mapped.side, &mut gradient)
        {
            self.mapping.backward(weights, input, mapped, by_styles, &mut gradient);
        }
        self.layout.flatten(gradient)
    }

    /// What these weights make of a batch of latents on the whole, for [`Generator::sample`].
    pub fn measure(&self, weights: &Weights, input: &GeneratorInput) -> Measured {
        let mut stats = Vec::new();
        self.forward(weights, input, &mut Mode::Measure(&mut stats));
        Measured { stats, mean: self.mapping.mean(weights, input) }
    }

    /// Pictures for show, each by itself. A `truncation` ψ below 1 draws styles towards their mean.
    ///
    /// # Shapes
    /// To [n, picture size] in [-1, 1]
    pub fn sample(
        &self,
        weights: &Weights,
        input: &GeneratorInput,
        measured: &Measured,
        truncation: f64,
    ) -> Tensor<2> {
        let towards = measured.mean.as_ref().map(|mean| (truncation, mean));
        let Mapped { x, side, .. } =
            self.map(weights, input, towards.filter(|(psi, _)| *psi < 1.0));
        let mut stats = measured.stats.clone().into_iter();
        self.stack.forward(weights, x, &side, &mut Mode::Infer(&mut stats))
    }

    /// Whether a truncation draws styles towards their mean, instead of shortening latents.
    pub fn has_styles(&self) -> bool {
        matches!(self.mapping, Mapping::Styles(_))
    }
}

/// What all pictures for show share, so that a latent is always the same picture: [1, values].
fn shared_noise(size: usize, device: &Device) -> Tensor<2> {
    rows(normals(&mut stream(0, Stream::Chance, 0), size), size, device)
}
