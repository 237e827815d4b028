//! The judge: pictures, and labels if it is told them, to logits.
//!
//! A conditional judge adds a projection of its features on the class (Miyato & Koyama 2018,
//! arXiv 1802.05637, eq. 5): logit = h·w + b + h·E[y].

use super::layers::{Mode, Stack};
use super::params::{Init, Layout, ParamId, Weights};
use crate::data::CLASSES;
use crate::recipe::Recipe;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Discriminator {
    features: Stack,
    pub layout: Layout,
    weight: ParamId,            // [features]
    bias: ParamId,              // [1]
    embedding: Option<ParamId>, // [CLASSES, features]
}

/// Logits with their slopes by the input.
pub struct Scored {
    /// [n, 1]
    pub logits: Tensor<2>,
    /// ∇ₓ logit, [n, PIXELS]; differentiable by the weights.
    pub input_gradient: Tensor<2>,
}

impl Discriminator {
    pub fn new(recipe: &Recipe) -> Self {
        let player = &recipe.discriminator;
        let builder = player.network.features(player.width);
        let inputs = builder.outputs();
        let (features, mut layout) = builder.finish();
        let weight = layout.add("logit.weight", &[inputs], Init::FanIn(inputs));
        let bias = layout.add("logit.bias", &[1], Init::Zeros);
        let embedding = recipe
            .conditional
            .then(|| layout.add("projection.weight", &[CLASSES, inputs], Init::FanIn(inputs)));
        Self { features, layout, weight, bias, embedding }
    }

    /// What the features of each sample are multiplied with: w + E[y], [n or 1, features].
    fn direction(&self, weights: &Weights, labels: Option<&Tensor<2>>) -> Tensor<2> {
        let weight = weights.get::<1>(self.weight).unsqueeze();
        match (self.embedding, labels) {
            (Some(embedding), Some(labels)) => {
                labels.clone().matmul(weights.get(embedding)) + weight
            }
            _ => weight,
        }
    }

    fn logits(&self, weights: &Weights, h: Tensor<2>, direction: Tensor<2>) -> Tensor<2> {
        (h * direction).sum_dim(1) + weights.get::<1>(self.bias).unsqueeze()
    }

    /// # Shapes
    /// x: [n, PIXELS], labels: one-hot [n, CLASSES] for a conditional recipe; to [n, 1]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> Tensor<2> {
        let h = self.features.forward(weights, x, &mut Mode::Train); // [n, features]
        self.logits(weights, h, self.direction(weights, labels))
    }

    /// Logits and their exact input gradient, written as a forward network over the same weights,
    /// so that a penalty on it needs first-order differentiation only.
    pub fn score(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Scored {
        let [n, _] = x.dims();
        let (h, traces) = self.features.forward_traced(weights, x);
        let direction = self.direction(weights, labels);
        let [_, features] = direction.dims();
        let g = direction.clone().expand([n, features]);
        let input_gradient = self.features.vjp(weights, &traces, g);
        Scored { logits: self.logits(weights, h, direction), input_gradient }
    }
}
