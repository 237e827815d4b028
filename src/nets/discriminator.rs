//! The judge: pictures, and labels if it is told them, to logits.
//!
//! A conditional judge adds a projection of its features on the class (Miyato & Koyama 2018,
//! arXiv 1802.05637, eq. 5): logit = h·w + b + h·E[y].

use super::layers::{Mode, Side, Slopes, Stack, Traced};
use super::ops::{self, Bias};
use super::params::{Gradient, Init, Layout, ParamId, Weights};
use crate::data::CLASSES;
use crate::recipe::Recipe;
use burn::tensor::Tensor;

/// The parameter that only some objectives have.
pub const LOGIT_BIAS: &str = "logit.bias";

#[derive(Debug)]
pub struct Discriminator {
    features: Stack,
    pub layout: Layout,
    weight: ParamId,            // [features]
    bias: Option<ParamId>,      // [1]
    embedding: Option<ParamId>, // [CLASSES, features]
}

/// What the judge makes of pictures, and how it came to it.
pub struct Verdict {
    /// [n, 1]
    pub logits: Tensor<2>,
    features: Traced,
    /// What each sample's features are multiplied with: w + E[y], [n or 1, features].
    direction: Tensor<2>,
    labels: Option<Tensor<2>>,
}

impl Discriminator {
    pub fn new(recipe: &Recipe) -> Self {
        let player = &recipe.discriminator;
        let builder = player.network.features(player.width);
        let inputs = builder.outputs();
        let (features, mut layout) = builder.finish();
        let weight = layout.add("logit.weight", &[inputs], Init::FanIn(inputs));
        // Where only differences of logits count, its gradient would be rounding noise, which Adam
        // blows up to full steps.
        let bias = (!recipe.objective.floats()).then(|| layout.add(LOGIT_BIAS, &[1], Init::Zeros));
        let embedding = recipe
            .conditional
            .then(|| layout.add("projection.weight", &[CLASSES, inputs], Init::FanIn(inputs)));
        Self { features, layout, weight, bias, embedding }
    }

    /// Multiply-adds of judging one picture: of the first layer, and of all that leads to its features.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.features.multiply_adds()
    }

    fn direction(&self, weights: &Weights, labels: Option<&Tensor<2>>) -> Tensor<2> {
        let weight = weights.flat(self.weight);
        match (self.embedding, labels) {
            (Some(embedding), Some(labels)) => {
                weights.weight(embedding).product(labels.clone(), Some(Bias::once(weight)))
            }
            _ => weight.unsqueeze(),
        }
    }

    fn logits(&self, weights: &Weights, h: Tensor<2>, direction: Tensor<2>) -> Tensor<2> {
        let logits = ops::row_products(h, direction);
        match self.bias {
            Some(bias) => logits + weights.get::<1>(bias).unsqueeze(),
            None => logits,
        }
    }

    /// # Shapes
    /// x: [n, PIXELS], labels: one-hot [n, CLASSES] for a conditional recipe; to [n, 1]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> Tensor<2> {
        let h = self.features.forward(weights, x, &Side::default(), &mut Mode::Train); // [n, features]
        self.logits(weights, h, self.direction(weights, labels))
    }

    /// Like [`Discriminator::forward`], and keeps what the way back needs.
    pub fn judge(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Verdict {
        let features = self.features.trace(weights, x, &Side::default());
        let direction = self.direction(weights, labels);
        let logits = self.logits(weights, features.y.clone(), direction.clone());
        Verdict { logits, features, direction, labels: labels.cloned() }
    }

    /// The slopes of Σ scale·logit by the output of each layer; of the logits themselves where
    /// `scale` is absent.
    ///
    /// # Shapes
    /// scale: [n, 1]
    pub fn back(&self, weights: &Weights, verdict: &Verdict, scale: Option<&Tensor<2>>) -> Slopes {
        let direction = verdict.direction.clone();
        let g = match scale {
            Some(scale) => direction * scale.clone(),
            None => direction.expand(verdict.features.y.dims()),
        };
        self.features.back(weights, &verdict.features, g)
    }

    /// The slopes by the pictures, [n, PIXELS].
    pub fn back_to_pictures(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        slopes: &Slopes,
    ) -> Tensor<2> {
        self.features.back_to_input(weights, &verdict.features, slopes)
    }

    /// The gradient by the weights of a loss with ∂loss/∂logit = `scale`. The slopes must be those of
    /// that loss.
    ///
    /// # Shapes
    /// scale: [n, 1]; to [parameters]
    pub fn gradient(&self, verdict: &Verdict, slopes: &Slopes, scale: &Tensor<2>) -> Tensor<1> {
        let mut gradient = self.layout.gradient();
        self.features.gradient(&verdict.features, slopes, None, &mut gradient);
        let h = verdict.features.y.clone() * scale.clone();
        self.finish(verdict, h, scale, gradient)
    }

    /// The same of that loss plus a penalty P on the input gradient. `sent` is scale·x + ∂P/∂(∇ₓ logit),
    /// and the slopes are those of the logits themselves (see `layers::stack`).
    ///
    /// # Shapes
    /// sent: [n, PIXELS], scale: [n, 1]; to [parameters]
    pub fn penalised_gradient(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        slopes: &Slopes,
        scale: &Tensor<2>,
        sent: Tensor<2>,
    ) -> Tensor<1> {
        let tangent = self.features.tangent(weights, &verdict.features, sent, scale);
        let mut gradient = self.layout.gradient();
        self.features.gradient(&tangent, slopes, Some(scale), &mut gradient);
        self.finish(verdict, tangent.y, scale, gradient)
    }

    /// Adds the last layer's part, for features `h` that each count as they are.
    fn finish(
        &self,
        verdict: &Verdict,
        h: Tensor<2>,
        scale: &Tensor<2>,
        mut gradient: Gradient,
    ) -> Tensor<1> {
        if let (Some(embedding), Some(labels)) = (self.embedding, &verdict.labels) {
            gradient.add(embedding, ops::outer(labels.clone(), h.clone()));
        }
        let [_, features] = h.dims();
        gradient.add(self.weight, ops::column_sums(h, None, features));
        if let Some(bias) = self.bias {
            gradient.add(bias, scale.clone().sum());
        }
        self.layout.flatten(gradient)
    }
}
