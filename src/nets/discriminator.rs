//! The discriminator: pictures, with labels if it is conditional, to logits, and to an auxiliary head's outputs if
//! it has one.
//!
//! A conditional discriminator adds a projection of its features on the class (Miyato & Koyama 2018,
//! arXiv 1802.05637, eq. 3), logit = h·w + b + h·E[y], or takes the label as an input. Label planes
//! concatenated with the picture (Mirza & Osindero 2014, arXiv 1411.1784) add a term that depends on the label
//! alone to the output of the first, linear layer. So does a learned plane added to the picture, without more
//! inputs: the first layer sees x + E[y].

use super::Architecture;
use super::auxiliary_head::{AuxiliaryHead, AuxiliaryLoss, AuxiliaryOutputs};
use super::graph::Graph;
use super::layers::{FilterShape, Mode};
use super::network::{ActivationMemory, Input, Network, Slopes, Stage, Traced};
use super::ops::{self, Bias};
use super::params::{Gradient, Init, Layout, ParamId, Weights};
use crate::describe::{Described, Paper, Words};
use crate::shape::Shape;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The parameter that only some objectives have.
pub const LOGIT_BIAS: &str = "logit.bias";

/// What a discriminator is built from.
#[derive(Clone, Copy, Debug)]
pub struct DiscriminatorSpec {
    pub network: Architecture,
    pub width: usize,
    /// What it judges.
    pub picture: Shape,
    /// Units of a fully connected layer before the logit, 0 for none.
    pub hidden: usize,
    /// Whether the logit has a bias: where only differences of logits count, its gradient would be rounding noise,
    /// which Adam blows up to full steps.
    pub logit_bias: bool,
    pub classes: usize,
    /// How it gets the class, if it does.
    pub conditioning: Option<Conditioning>,
    pub auxiliary: Option<AuxiliaryOutputs>,
}

/// How a conditional discriminator gets the label. The generator always gets it along with its latent vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Conditioning {
    /// logit = h·w + b + h·E\[y\] (Miyato & Koyama 2018, arXiv 1802.05637, eq. 3).
    Projection,
    /// The label is an input beside the picture (Mirza & Osindero 2014, arXiv 1411.1784, section 3.2).
    Concatenation,
    /// An auxiliary head on the discriminator's features predicts the label, and its cross entropy is added to
    /// both players' losses (Odena et al. 2016, arXiv 1610.09585, eq. 3).
    Auxiliary,
}

impl Described for Conditioning {
    fn words(self) -> Words {
        match self {
            Self::Projection => Words {
                label: "Projection",
                help: "Each digit has a learned embedding, whose dot product with the judge's features is added to the score.",
                paper: Some(Paper::new("Miyato & Koyama 2018", "https://arxiv.org/abs/1802.05637")),
            },
            Self::Concatenation => Words {
                label: "Concatenation",
                help: "The label is an extra input: a learned pattern for each digit, laid over the picture.",
                paper: Some(Paper::new("Mirza & Osindero 2014", "https://arxiv.org/abs/1411.1784")),
            },
            Self::Auxiliary => Words {
                label: "Auxiliary classifier",
                help: "The judge is not given the label but has to predict it with a second output; both players want it to be right.",
                paper: Some(Paper::new("Odena et al. 2016", "https://arxiv.org/abs/1610.09585")),
            },
        }
    }
}

#[derive(Debug)]
pub struct Discriminator {
    network: Network,
    /// Those of the network, of the logit and of the auxiliary head.
    pub layout: Layout,
    logit: Logit,
}

/// What makes logits of the network's output.
#[derive(Debug)]
enum Logit {
    /// One for each picture, from its features.
    Whole {
        weight: ParamId,       // [features]
        bias: Option<ParamId>, // [1]
        label_embedding: LabelEmbedding,
        head: Option<AuxiliaryHead>,
    },
    /// The network's output is a logit for each patch.
    Patches,
}

/// The label embedding E, by where it enters.
#[derive(Clone, Copy, Debug)]
enum LabelEmbedding {
    None,
    /// Features are projected on E[y]: [classes, features].
    Projection(ParamId),
    /// E[y] is added to the picture: [classes, picture size].
    Concatenation(ParamId),
}

/// A label's plane starts with half a picture's amplitude, in ±0.5.
const PLANE: Init = Init::FanIn(4);

/// A forward pass: the logits, and what the backward pass needs.
pub struct DiscriminatorTrace {
    /// [n, 1], or [n, patches].
    pub logits: Tensor<2>,
    /// The input of the first layer, [n, picture size].
    seen: Tensor<2>,
    traced: Traced,
    /// What each sample's features are multiplied with: w + E[y], [n or 1, features].
    direction: Option<Tensor<2>>,
    labels: Option<Tensor<2>>,
}

/// What a loss on logits adds up from: its gradient by them, [n, logits], and the auxiliary loss.
#[derive(Clone, Copy)]
pub struct LogitLoss<'a> {
    pub by_logits: &'a Tensor<2>,
    pub auxiliary: Option<&'a AuxiliaryLoss>,
}

impl Discriminator {
    /// # Errors
    /// Why there is no such network, as a phrase that follows its name.
    pub fn new(spec: DiscriminatorSpec) -> Result<Self, String> {
        let graph = Graph::default();
        let picture = graph.input(Input::Picture, spec.picture);
        let mut features = spec.network.features(picture, spec.width)?;
        if spec.network.judges_patches() {
            let shape =
                FilterShape { biased: spec.logit_bias, gain: 1.0, ..FilterShape::new(1, 3) };
            let network = graph.finish(features.filter("logit", shape))?;
            let layout = network.layout.clone();
            return Ok(Self { network, layout, logit: Logit::Patches });
        }
        if spec.hidden > 0 {
            // Where only differences of logits count, a bias that keeps a unit on one side of its kink would
            // have rounding noise for a gradient.
            features = features.unbiased_linear("hidden", spec.hidden).leaky_relu();
        }
        let inputs = features.size();
        let network = graph.finish(features)?;
        let mut layout = network.layout.clone();
        let weight = layout.add("logit.weight", &[inputs], Init::FanIn(inputs));
        let biased = spec.logit_bias && spec.network.has_bias();
        let bias = biased.then(|| layout.add(LOGIT_BIAS, &[1], Init::Zeros));
        let label_embedding = match spec.conditioning {
            Some(Conditioning::Projection) => {
                let (shape, init) = ([spec.classes, inputs], Init::FanIn(inputs));
                LabelEmbedding::Projection(layout.add("projection.weight", &shape, init))
            }
            Some(Conditioning::Concatenation) => {
                let shape = [spec.classes, spec.picture.size()];
                LabelEmbedding::Concatenation(layout.add("label.plane", &shape, PLANE))
            }
            // The auxiliary head predicts it instead.
            Some(Conditioning::Auxiliary) | None => LabelEmbedding::None,
        };
        let head = spec.auxiliary.map(|outputs| AuxiliaryHead::new(&mut layout, inputs, outputs));
        let logit = Logit::Whole { weight, bias, label_embedding, head };
        Ok(Self { network, layout, logit })
    }

    /// Multiply-adds of one picture's forward pass: of the first layer, and of all up to the features.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.network.multiply_adds()
    }

    /// Activation memory of one picture.
    pub fn memory(&self) -> ActivationMemory {
        self.network.memory()
    }

    /// Whether a gradient penalty is possible.
    pub fn is_piecewise_linear(&self) -> bool {
        self.network.is_piecewise_linear()
    }

    fn label_embedding(&self) -> LabelEmbedding {
        match self.logit {
            Logit::Whole { label_embedding, .. } => label_embedding,
            Logit::Patches => LabelEmbedding::None,
        }
    }

    fn head(&self) -> Option<&AuxiliaryHead> {
        match &self.logit {
            Logit::Whole { head, .. } => head.as_ref(),
            Logit::Patches => None,
        }
    }

    fn direction(&self, weights: &Weights, labels: Option<&Tensor<2>>) -> Option<Tensor<2>> {
        let Logit::Whole { weight, label_embedding, .. } = self.logit else { return None };
        let weight = weights.flat(weight);
        Some(match (label_embedding, labels) {
            (LabelEmbedding::Projection(embedding), Some(labels)) => {
                weights.weight(embedding).product(labels.clone(), Some(Bias::once(weight)))
            }
            _ => weight.unsqueeze(),
        })
    }

    /// The first layer's input: x, or x + E[y].
    fn seen(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Tensor<2> {
        match (self.label_embedding(), labels) {
            (LabelEmbedding::Concatenation(planes), Some(labels)) => {
                x + weights.weight(planes).product(labels.clone(), None)
            }
            _ => x,
        }
    }

    /// Of the network's output h.
    fn logits(&self, weights: &Weights, h: Tensor<2>, direction: Option<Tensor<2>>) -> Tensor<2> {
        let (Logit::Whole { bias, .. }, Some(direction)) = (&self.logit, direction) else {
            return h;
        };
        let logits = ops::row_products(h, direction);
        match bias {
            Some(bias) => logits + weights.get::<1>(*bias).unsqueeze(),
            None => logits,
        }
    }

    /// # Shapes
    /// x: [n, picture size], labels: one-hot [n, classes], ignored if it has no label embedding;
    /// to [n, 1], or [n, patches]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> Tensor<2> {
        let x = self.seen(weights, x, labels);
        let h = self.network.forward(weights, vec![x], &mut Mode::Train); // [n, features]
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
        let traced = self.network.trace(weights, vec![seen.clone()]);
        let direction = self.direction(weights, labels);
        let logits = self.logits(weights, traced.output(), direction.clone());
        DiscriminatorTrace { logits, seen, traced, direction, labels: labels.cloned() }
    }

    /// What its parts have made on the way to these logits.
    pub fn stages(&self, trace: &DiscriminatorTrace) -> Vec<Stage<'_>> {
        self.network.stages(&trace.traced)
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
        let (head, targets) = self.head().zip(targets)?;
        Some(head.loss(weights, &trace.traced.output(), targets, first, factor))
    }

    /// Whether the auxiliary head learns from real pictures, too.
    pub fn auxiliary_learns_from_reals(&self) -> bool {
        self.head().is_some_and(AuxiliaryHead::learns_from_reals)
    }

    /// The slopes of each picture's logit, or of the sum of its patches' logits.
    pub fn logit_slopes(&self, weights: &Weights, trace: &DiscriminatorTrace) -> Slopes {
        let h = trace.traced.output();
        let g = match &trace.direction {
            Some(direction) => direction.clone().expand(h.dims()),
            None => h.ones_like(),
        };
        self.network.slopes(weights, &trace.traced, g)
    }

    /// A loss's gradient by the network's output.
    fn by_output(&self, trace: &DiscriminatorTrace, loss: LogitLoss) -> Tensor<2> {
        let g = match &trace.direction {
            Some(direction) => direction.clone() * loss.by_logits.clone(),
            None => loss.by_logits.clone(),
        };
        match loss.auxiliary {
            Some(auxiliary) => g + auxiliary.by_features.clone(),
            None => g,
        }
    }

    /// The gradient of a loss by the pictures, [n, picture size].
    pub fn input_gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        loss: LogitLoss,
    ) -> Tensor<2> {
        let g = self.by_output(trace, loss);
        let by_input = self.network.backward(weights, &trace.traced, g, &[true], None);
        match by_input.into_iter().next().flatten() {
            Some(by_pictures) => by_pictures,
            None => trace.seen.zeros_like(),
        }
    }

    /// The gradient of a loss by the weights, [parameters].
    pub fn gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        loss: LogitLoss,
    ) -> Tensor<1> {
        let mut gradient = self.layout.gradient();
        let g = self.by_output(trace, loss);
        let plane = match (self.label_embedding(), &trace.labels) {
            (LabelEmbedding::Concatenation(planes), Some(labels)) => Some((planes, labels)),
            _ => None,
        };
        let asked = [plane.is_some()];
        let by_input =
            self.network.backward(weights, &trace.traced, g, &asked, Some(&mut gradient));
        let by_pictures = by_input.into_iter().next().flatten();
        if let Some(((planes, labels), by_pictures)) = plane.zip(by_pictures) {
            gradient.add(planes, ops::outer(labels.clone(), by_pictures));
        }
        if let Some((head, auxiliary)) = self.head().zip(loss.auxiliary) {
            head.gradient(auxiliary, &mut gradient);
        }
        let h = trace.traced.output() * loss.by_logits.clone();
        self.finish(trace, h, loss.by_logits, gradient)
    }

    /// The gradient of a loss plus a penalty P on the input gradient, ∂P/∂(∇ₓ logit) = `by_slopes`. The slopes
    /// are those of the logits themselves ([`Discriminator::logit_slopes`], see [`super::network`]); so
    /// the auxiliary loss takes a backward pass of its own, and so does a loss on logits of patches, of which each has
    /// slopes of its own.
    ///
    /// # Shapes
    /// by_slopes: [n, picture size]; to [parameters]
    pub fn penalised_gradient(
        &self,
        weights: &Weights,
        trace: &DiscriminatorTrace,
        slopes: &Slopes,
        by_slopes: Tensor<2>,
        loss: LogitLoss,
    ) -> Tensor<1> {
        let mut gradient = self.layout.gradient();
        let LogitLoss { by_logits, auxiliary } = loss;
        let mut add_own = |g: Tensor<2>| {
            self.network.backward(weights, &trace.traced, g, &[false], Some(&mut gradient));
        };
        let (sent, scale) = match self.logit {
            Logit::Whole { .. } => {
                let seen = trace.seen.clone();
                (ops::add_scaled(by_slopes, seen, by_logits.clone()), by_logits.clone())
            }
            Logit::Patches => {
                add_own(by_logits.clone());
                let [n, _] = by_slopes.dims();
                let none = Tensor::zeros([n, 1], &by_slopes.device());
                (by_slopes, none)
            }
        };
        if let Some(auxiliary) = auxiliary {
            add_own(auxiliary.by_features.clone());
        }
        let tangent = self.network.tangent(weights, &trace.traced, vec![sent], &scale);
        let Some(tangent) = tangent else {
            // Such a recipe is refused.
            unreachable!("a penalty goes with a piecewise linear discriminator")
        };
        self.network.gradient(weights, &tangent, slopes, &scale, &mut gradient);
        // A plane moves the picture along a piece that is linear, where the penalty stays the same.
        if let (LabelEmbedding::Concatenation(planes), Some(labels)) =
            (self.label_embedding(), &trace.labels)
        {
            let by_pictures = slopes.by_input() * by_logits.clone();
            gradient.add(planes, ops::outer(labels.clone(), by_pictures));
        }
        if let Some((head, auxiliary)) = self.head().zip(auxiliary) {
            head.gradient(auxiliary, &mut gradient);
        }
        self.finish(trace, tangent.output(), by_logits, gradient)
    }

    /// Adds the gradient of the last layer, for features `h` that are already scaled.
    fn finish(
        &self,
        trace: &DiscriminatorTrace,
        h: Tensor<2>,
        scale: &Tensor<2>,
        mut gradient: Gradient,
    ) -> Tensor<1> {
        if let Logit::Whole { weight, bias, label_embedding, .. } = self.logit {
            if let (LabelEmbedding::Projection(embedding), Some(labels)) =
                (label_embedding, &trace.labels)
            {
                gradient.add(embedding, ops::outer(labels.clone(), h.clone()));
            }
            let [_, features] = h.dims();
            gradient.add(weight, ops::column_sums(h, None, features));
            if let Some(bias) = bias {
                gradient.add(bias, scale.clone().sum());
            }
        }
        self.layout.flatten(gradient)
    }
}
