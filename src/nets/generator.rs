//! The artist: latents, and labels if it is told them, to pictures.

use super::layers::{ChannelStats, Mode, Stack, Traced};
use super::ops;
use super::params::{Layout, Weights};
use crate::data::CLASSES;
use crate::recipe::Recipe;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Generator {
    stack: Stack,
    pub layout: Layout,
}

impl Generator {
    pub fn new(recipe: &Recipe) -> Self {
        let classes = if recipe.asks_class() { CLASSES } else { 0 };
        let player = &recipe.generator;
        let (stack, layout) =
            (player.network).generator(recipe.latent + classes, player.width, recipe.norm).finish();
        Self { stack, layout }
    }

    /// Multiply-adds of drawing one picture: of the first layer, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.stack.multiply_adds()
    }

    /// Whether a picture depends on the others of its batch.
    pub fn ties_samples(&self) -> bool {
        self.stack.ties_samples()
    }

    /// # Shapes
    /// z: [n, latent], labels: one-hot [n, CLASSES] if it is asked for one; to [n, PIXELS] in [-1, 1]
    pub fn forward(
        &self,
        weights: &Weights,
        z: Tensor<2>,
        labels: Option<Tensor<2>>,
        mode: &mut Mode,
    ) -> Tensor<2> {
        self.stack.forward(weights, input(z, labels), mode)
    }

    /// Like [`Generator::forward`] in [`Mode::Train`], and keeps what the way back needs.
    pub fn draw(&self, weights: &Weights, z: Tensor<2>, labels: Option<Tensor<2>>) -> Traced {
        self.stack.trace(weights, input(z, labels))
    }

    /// The gradient by the weights of a loss whose gradient by the pictures is `g`.
    ///
    /// # Shapes
    /// g: [n, PIXELS]; to [parameters]
    pub fn gradient(&self, weights: &Weights, drawn: &Traced, g: Tensor<2>) -> Tensor<1> {
        let slopes = self.stack.back(weights, drawn, g);
        let mut gradient = self.layout.gradient();
        self.stack.gradient(drawn, &slopes, None, &mut gradient);
        self.layout.flatten(gradient)
    }

    /// Batch-norm statistics of these weights on a batch of latents, for [`Mode::Infer`].
    pub fn measure(
        &self,
        weights: &Weights,
        z: Tensor<2>,
        labels: Option<Tensor<2>>,
    ) -> Vec<ChannelStats> {
        let mut stats = Vec::new();
        self.forward(weights, z, labels, &mut Mode::Measure(&mut stats));
        stats
    }
}

/// How much louder than a one-hot row a generator hears its label. A 1 among sixteen normal numbers
/// or more would be drowned: digits then take half as many steps again (docs/recipes.md).
const LABEL_SCALE: f64 = 3.0;

/// [n, latent] or, with labels, [n, latent + CLASSES].
fn input(z: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<2> {
    match labels {
        Some(labels) => ops::beside(z, labels, LABEL_SCALE),
        None => z,
    }
}
