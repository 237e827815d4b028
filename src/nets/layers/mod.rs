//! Layers, one file each: forward pass, backward pass and, where a layer is piecewise linear, its tangent. Gradients are
//! written out, not recorded by autodiff, so that the loss and the penalty can share passes (see [`super::network`]).
//!
//! Activations are [n, features]; feature maps lie in them channels-last, [n, side, side, channels].

mod add;
mod attention;
mod batch_norm;
mod concat;
mod conditional_norm;
mod constant;
mod conv;
mod filter;
mod frames;
mod label_embedding;
mod layer_norm;
mod leaky_relu;
mod linear;
mod modulated;
mod resample;
mod scale;
mod style_mixing;
mod tanh;
mod unit;

pub use add::Add;
pub use attention::Attention;
pub use batch_norm::{BatchNorm, ChannelStats};
pub use concat::{Concat, ConcatRows};
pub use conditional_norm::ConditionalNorm;
pub use constant::Constant;
pub use conv::{Conv, ConvTranspose};
pub use filter::{Filter, FilterShape};
pub use frames::{Film, Frames, Unroll};
pub use label_embedding::LabelEmbedding;
pub use layer_norm::LayerNorm;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use modulated::{Modulated, Modulation};
pub use resample::Resample;
pub use scale::Scale;
pub use style_mixing::StyleMixing;
pub use tanh::Tanh;
pub use unit::Unit;

use super::params::{Gradient, Weights};
use burn::tensor::Tensor;

/// A differentiable map from some activations to one.
pub trait Layer: std::fmt::Debug + Send + Sync {
    /// The output, and what the backward pass needs beside input and output.
    ///
    /// # Shapes
    /// x: [n, values] for each input; to [n, outputs]
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, mode: &mut Mode) -> (Tensor<2>, Kept);

    /// Vector-Jacobian products gᵀ·∂y/∂x at a forward pass in [`Mode::Train`]: by each input that is asked for, and
    /// by the layer's own parameters, added to the gradient if one is given.
    ///
    /// # Shapes
    /// g: [n, outputs]; to [n, values] for each input that was asked for
    fn backward(&self, weights: &Weights, at: At, g: Tensor<2>, ask: Ask)
    -> Vec<Option<Tensor<2>>>;

    /// The layer as one that a critic with a gradient penalty may have.
    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        None
    }

    /// Multiply-adds of products for one sample: in the forward pass, in the backward pass, and for the
    /// gradient by the weights, each.
    fn multiply_adds(&self) -> u64 {
        0
    }

    /// Whether what becomes of a sample depends on the others of its batch.
    fn couples_batch(&self) -> bool {
        false
    }
}

/// A layer that is a linear map around each of its inputs. Its gradient by its weights takes nothing of the forward
/// pass but the input, which may be a tangent.
pub trait PiecewiseLinear {
    /// That linear map, with the bias taken `scale` times: ∂y/∂x·u + scale·b.
    ///
    /// # Shapes
    /// u: [n, values] for each input, scale: [n, 1]; to [n, outputs]
    fn tangent(&self, weights: &Weights, at: At, u: &[Tensor<2>], scale: &Tensor<2>) -> Tensor<2>;
}

/// A layer's place in a forward pass.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// [n, values] for each input.
    pub x: &'a [Tensor<2>],
    /// [n, outputs]
    pub y: &'a Tensor<2>,
    pub kept: &'a Kept,
}

/// What a backward pass is for.
pub struct Ask<'a> {
    /// By which inputs.
    pub inputs: &'a [bool],
    pub weights: Option<Contribution<'a>>,
}

/// Where the gradient by the weights goes.
pub struct Contribution<'a> {
    pub into: &'a mut Gradient,
    /// How many times each sample's bias counts; once where it is absent. [n, 1]
    pub scale: Option<&'a Tensor<2>>,
}

/// The answer of a layer with one input, computed if it is asked for.
fn by_input(inputs: &[bool], compute: impl FnOnce() -> Tensor<2>) -> Vec<Option<Tensor<2>>> {
    vec![inputs[0].then(compute)]
}

/// The input of a layer that has one.
fn only(x: Vec<Tensor<2>>) -> Tensor<2> {
    match x.into_iter().next() {
        Some(x) => x,
        None => unreachable!("the graph gives a layer as many inputs as it was built with"),
    }
}

/// What else a layer saves for the backward pass.
#[derive(Clone, Debug, Default)]
#[allow(clippy::large_enum_variant, reason = "there is one for each layer of a batch")]
pub enum Kept {
    #[default]
    Nothing,
    /// Of a batch norm: the batch's own statistics.
    Stats(ChannelStats),
    /// Of a conditional batch norm: those, its input standardized, [n, inputs], and by which factors that is scaled,
    /// [n, channels].
    Conditional(Box<(ChannelStats, Tensor<2>, Tensor<2>)>),
    /// What the layer itself knows the meaning of.
    Tensors(Vec<Tensor<2>>),
}

impl Kept {
    /// The tensors that the same layer has kept.
    fn tensors(&self) -> &[Tensor<2>] {
        match self {
            Kept::Tensors(tensors) => tensors,
            _ => &[],
        }
    }
}

/// Where what is measured of a whole batch comes from: batch-norm statistics, and the mean style.
#[derive(Debug)]
pub enum Mode<'a> {
    /// From the batch itself.
    Train,
    /// From the batch itself, and noted down in the order of the layers.
    Measure(&'a mut Vec<Noted>),
    /// From an earlier measurement, taken off the front layer by layer. A truncation ψ below 1 draws styles towards
    /// their mean.
    Infer { noted: &'a mut std::vec::IntoIter<Noted>, truncation: f64 },
}

/// A layer's measurement.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are few, and most are of batch norms")]
pub enum Noted {
    Stats(ChannelStats),
    /// [1, style]
    MeanStyle(Tensor<2>),
}

impl Mode<'_> {
    /// The statistics that a batch norm with this input uses.
    fn stats(&mut self, x: &Tensor<2>, channels: usize) -> ChannelStats {
        let of_batch = || ChannelStats::of(x, channels);
        match self {
            Mode::Train => of_batch(),
            Mode::Measure(noted) => {
                let stats = of_batch();
                noted.push(Noted::Stats(stats.clone()));
                stats
            }
            Mode::Infer { noted, .. } => match noted.next() {
                Some(Noted::Stats(stats)) => stats,
                // Nothing was measured on this network.
                _ => of_batch(),
            },
        }
    }

    /// Styles for these samples: w, or w̄ + ψ(w − w̄) (Karras et al. 2019, arXiv 1812.04948, appendix B).
    fn truncated(&mut self, w: Tensor<2>) -> Tensor<2> {
        match self {
            Mode::Train => w,
            Mode::Measure(noted) => {
                noted.push(Noted::MeanStyle(w.clone().mean_dim(0)));
                w
            }
            Mode::Infer { noted, truncation } => match noted.next() {
                Some(Noted::MeanStyle(mean)) if *truncation < 1.0 => {
                    let mean = mean.expand(w.dims());
                    mean.clone() + (w - mean) * *truncation
                }
                _ => w,
            },
        }
    }
}
