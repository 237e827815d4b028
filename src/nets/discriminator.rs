//! The discriminator: pictures, with labels if it is conditional, to logits, and to an auxiliary head's outputs if
//! it has one.
//!
//! A conditional discriminator adds a projection of its features on the class (Miyato & Koyama 2018,
//! arXiv 1802.05637, eq. 3), logit = h·w + b + h·E[y], or takes the label as an input. Label planes
//! concatenated with the picture (Mirza & Osindero 2014, arXiv 1411.1784) add a term that depends on the label
//! alone to the output of the first, linear layer. So does a learned plane added to the picture, without more
//! inputs: the first layer sees x + E[y].

use super::auxiliary_head::{AuxiliaryHead, AuxiliaryLoss};
use super::layers::{ActivationMemory, Mode, Side, Slopes, Stack, Traced};
use super::ops::{self, Bias};
use super::params::{Gradient, Init, Layout, ParamId, Weights};
use super::pictures_of;
use crate::data::CLASSES;
use crate::recipe::{Conditioning, Recipe};
use burn::tensor::Tensor;

/// The parameter that only some objectives have.
pub const LOGIT_BIAS: &str = "logit.bias";

#[derive(Debug)]
pub struct Discriminator {
    features: Stack,
    pub layout: Layout,
    weight: ParamId,       // [features]
    bias: Option<ParamId>, // [1]
    label_embedding: LabelEmbedding,
    head: Option<AuxiliaryHead>,
}

/// The label embedding E, by where it enters.
#[derive(Clone, Copy, Debug)]
enum LabelEmbedding {
    None,
    /// Features are projected on E[y]: [CLASSES, features].
    Projection(ParamId),
    /// E[y] is added to the picture: [CLASSES, picture size].
    Concatenation(ParamId),
}

/// A label's plane starts with half a picture's amplitude, in ±0.5.
const PLANE: Init = Init::FanIn(4);

/// A forward pass: the logits, and what the backward pass needs.
pub struct DiscriminatorTrace {
    /// [n, 1]
    pub logits: Tensor<2>,
    /// The input of the first layer, [n, picture size].
    seen: Tensor<2>,
    features: Traced,
    /// What each sample's features are multiplied with: w + E[y], [n or 1, features].
    direction: Tensor<2>,
    labels: Option<Tensor<2>>,
}

impl Discriminator {
    pub fn new(recipe: &Recipe) -> Self {
        let player = &recipe.discriminator;
        let picture = pictures_of(recipe.dataset);
        let mut builder = player.network.features(player.width, picture);
        if recipe.d_hidden > 0 {
            // Where only differences of logits count, a bias that keeps a unit on one side of its kink would
            // have rounding noise for a gradient, as below.
            builder = builder.unbiased_linear("hidden", recipe.d_hidden).leaky_relu();
        }
        let inputs = builder.outputs();
        let (features, mut layout) = builder.finish();
        let weight = layout.add("logit.weight", &[inputs], Init::FanIn(inputs));
        // Where only differences of logits count, its gradient would be rounding noise, which Adam
        // blows up to full steps.
        let bias = (!recipe.objective.is_shift_invariant())
            .then(|| layout.add(LOGIT_BIAS, &[1], Init::Zeros));
        let label_embedding = match recipe.conditioning {
            _ if !recipe.conditional => LabelEmbedding::None,
            Conditioning::Projection => {
                let init = Init::FanIn(inputs);
                LabelEmbedding::Projection(layout.add(
                    "projection.weight",
                    &[CLASSES, inputs],
                    init,
                ))
            }
            Conditioning::Concatenation => LabelEmbedding::Concatenation(layout.add(
                "label.plane",
                &[CLASSES, picture.size()],
                PLANE,
            )),
            // The auxiliary head predicts it instead.
            Conditioning::Auxiliary => LabelEmbedding::None,
        };
        let head = recipe
            .auxiliary_outputs()
            .map(|outputs| AuxiliaryHead::new(&mut layout, inputs, outputs));
        Self { features, layout, weight, bias, label_embedding, head }
    }

    /// Multiply-adds of one picture's forward pass: of the first layer, and of all up to the features.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.features.multiply_adds()
    }

    /// Activation memory of one picture.
    pub fn memory(&self) -> ActivationMemory {
        self.features.memory()
    }

    fn direction(&self, weights: &Weights, labels: Option<&Tensor<2>>) -> Tensor<2> {
        let weight = weights.flat(self.weight);
        match (self.label_embedding, labels) {
            (LabelEmbedding::Projection(embedding), Some(labels)) => {
                weights.weight(embedding).product(labels.clone(), Some(Bias::once(weight)))
            }
            _ => weight.unsqueeze(),
        }
    }

    /// The first layer's input: x, or x + E[y].
    fn seen(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Tensor<2> {
        match (self.label_embedding, labels) {
            (LabelEmbedding::Concatenation(planes), Some(labels)) => {
                x + weights.weight(planes).product(labels.clone(), None)
            }
            _ => x,
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
    /// x: [n, picture size], labels: one-hot [n, CLASSES], ignored if it has no label embedding;
    /// to [n, 1]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> Tensor<2> {
        let x = self.seen(weights, x, labels);
        let h = self.features.forward(weights, x, &Side::default(), &mut Mode::Train); // [n, features]
        self.logits(weights, h, self.direction(weights, labels))
    }

    /// Like [`Discriminator::forward`], and saves what the backward pass needs.
    pub fn trace(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> DiscriminatorTrace {
        let seen = self.seen(weights, x, labels);
        let features = self.features.trace(weights, seen.clone(), &Side::default());
        let direction = self.direction(weights, labels);
        let logits = self.logits(weights, features.y.clone(), direction.clone());
        DiscriminatorTrace { logits, seen, features, direction, labels: labels.cloned() }
    }

    /// The auxiliary head's loss on the pictures from row `first` on, see [`AuxiliaryHead::loss`]; none without a
    /// head or targets.
    ///
    /// # Shapes
    /// targets: [pictures, outputs of the head]
    pub fn auxiliary_loss(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        targets: Option<Tensor<2>>,
        first: usize,
        factor: f64,
    ) -> Option<AuxiliaryLoss> {
        let (head, targets) = self.head.as_ref().zip(targets)?;
        Some(head.loss(weights, &trace.features.y, targets, first, factor))
    }

    /// Whether the auxiliary head learns from real pictures, too.
    pub fn auxiliary_learns_from_reals(&self) -> bool {
        self.head.as_ref().is_some_and(AuxiliaryHead::learns_from_reals)
    }

    /// The slopes of the logits by the output of each layer.
    pub fn logit_slopes(&self, weights: &Weights, trace: &DiscriminatorTrace) -> Slopes {
        let direction = trace.direction.clone().expand(trace.features.y.dims());
        self.features.slopes(weights, &trace.features, direction)
    }

    /// The slopes of a loss with ∂loss/∂logit = `scale`, plus the auxiliary loss.
    ///
    /// # Shapes
    /// scale: [n, 1]
    pub fn loss_slopes(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        scale: &Tensor<2>,
        auxiliary: Option<&AuxiliaryLoss>,
    ) -> Slopes {
        let mut g = trace.direction.clone() * scale.clone();
        if let Some(auxiliary) = auxiliary {
            g = g + auxiliary.by_features.clone();
        }
        self.features.slopes(weights, &trace.features, g)
    }

    /// The gradient by the pictures, [n, picture size].
    pub fn input_gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        slopes: &Slopes,
    ) -> Tensor<2> {
        self.features.input_gradient(weights, &trace.features, slopes)
    }

    /// The gradient by the weights of a loss with ∂loss/∂logit = `scale`, plus the auxiliary loss. The slopes
    /// must be those of both ([`Discriminator::loss_slopes`]).
    ///
    /// # Shapes
    /// scale: [n, 1]; to [parameters]
    pub fn gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        slopes: &Slopes,
        scale: &Tensor<2>,
        auxiliary: Option<&AuxiliaryLoss>,
    ) -> Tensor<1> {
        let mut gradient = self.layout.gradient();
        self.features.gradient(&trace.features, slopes, None, &mut gradient);
        if let (LabelEmbedding::Concatenation(planes), Some(labels)) =
            (self.label_embedding, &trace.labels)
        {
            let by_pictures = self.input_gradient(weights, trace, slopes);
            gradient.add(planes, ops::outer(labels.clone(), by_pictures));
        }
        if let Some((head, auxiliary)) = self.head.as_ref().zip(auxiliary) {
            head.gradient(auxiliary, &mut gradient);
        }
        let h = trace.features.y.clone() * scale.clone();
        self.finish(trace, h, scale, gradient)
    }

    /// The same of that loss plus a penalty P on the input gradient, ∂P/∂(∇ₓ logit) = `by_slopes`. The slopes
    /// are those of the logits themselves, `by_pictures` those by the pictures (see `layers::stack`); so
    /// the auxiliary loss takes a backward pass of its own.
    ///
    /// # Shapes
    /// by_pictures, by_slopes: [n, picture size], scale: [n, 1]; to [parameters]
    pub fn penalised_gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        slopes: &Slopes,
        scale: &Tensor<2>,
        [by_pictures, by_slopes]: [Tensor<2>; 2],
        auxiliary: Option<&AuxiliaryLoss>,
    ) -> Tensor<1> {
        let sent = ops::add_scaled(by_slopes, trace.seen.clone(), scale.clone());
        let tangent = self.features.tangent(weights, &trace.features, sent, scale);
        let mut gradient = self.layout.gradient();
        self.features.gradient(&tangent, slopes, Some(scale), &mut gradient);
        // A plane moves the picture along a piece that is linear, where the penalty stays the same.
        if let (LabelEmbedding::Concatenation(planes), Some(labels)) =
            (self.label_embedding, &trace.labels)
        {
            gradient.add(planes, ops::outer(labels.clone(), by_pictures * scale.clone()));
        }
        if let Some((head, auxiliary)) = self.head.as_ref().zip(auxiliary) {
            let own = self.features.slopes(weights, &trace.features, auxiliary.by_features.clone());
            self.features.gradient(&trace.features, &own, None, &mut gradient);
            head.gradient(auxiliary, &mut gradient);
        }
        self.finish(trace, tangent.y, scale, gradient)
    }

    /// Adds the gradient of the last layer, for features `h` that are already scaled.
    fn finish(
        &self,
        trace: &DiscriminatorTrace,
        h: Tensor<2>,
        scale: &Tensor<2>,
        mut gradient: Gradient,
    ) -> Tensor<1> {
        if let (LabelEmbedding::Projection(embedding), Some(labels)) =
            (self.label_embedding, &trace.labels)
        {
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
