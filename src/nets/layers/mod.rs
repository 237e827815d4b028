//! Layers, one file each: forward pass, vector-Jacobian product, tangent and parameter gradient. Gradients are
//! written out, not recorded by autodiff, so that the loss and the penalty can share passes (see `Stack`).
//!
//! Activations are [n, features]; feature maps lie in them channels-last, [n, side, side, channels].

mod attention;
mod batch_norm;
mod builder;
mod conditional_norm;
mod constant;
pub mod conv;
mod filter;
mod layer_norm;
mod leaky_relu;
mod linear;
mod modulated;
mod resample;
mod stack;
mod tanh;

pub use attention::Attention;
pub use batch_norm::{BatchNorm, ChannelStats};
pub use builder::Builder;
pub use conditional_norm::ConditionalNorm;
pub use constant::Constant;
pub use conv::{Conv, ConvTranspose};
pub use filter::{Filter, FilterShape};
pub use layer_norm::LayerNorm;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use modulated::{Modulated, Modulation};
pub use resample::Resample;
pub use stack::{ActivationMemory, Slopes, Stack, Traced};
pub use tanh::Tanh;

use super::params::{Gradient, Weights};
use burn::tensor::Tensor;

/// A differentiable map between activations.
pub trait Layer: std::fmt::Debug + Send + Sync {
    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2>;

    /// Like [`Layer::forward`] in [`Mode::Train`], and keeps what the other methods need.
    fn trace(&self, weights: &Weights, x: Tensor<2>) -> Trace {
        let y = self.forward(weights, x.clone(), &mut Mode::Train);
        Trace { x, y, kept: Kept::Nothing }
    }

    /// Vector-Jacobian product gᵀ·∂y/∂x at the traced input.
    ///
    /// # Shapes
    /// g: [n, outputs] to [n, inputs]
    fn vjp(&self, weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2>;

    /// The layer as the linear map that it is around the traced input, with its bias taken `scale`
    /// times: ∂y/∂x·u + scale·b. Only for layers that are piecewise linear.
    ///
    /// # Shapes
    /// u: [n, inputs], scale: [n, 1]; to [n, outputs]
    fn tangent(
        &self,
        weights: &Weights,
        trace: &Trace,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Tensor<2>;

    /// Multiply-adds of products for one sample: in the forward pass, in the backward pass, and for the
    /// gradient by the weights, each.
    fn multiply_adds(&self) -> u64 {
        0
    }

    /// Whether what becomes of a sample depends on the others of its batch.
    fn couples_batch(&self) -> bool {
        false
    }

    /// Adds the gradient of Σ g·y by the layer's own parameters, for an input with the given trace
    /// and a bias taken `scale` times. Nothing for a layer without parameters.
    ///
    /// # Shapes
    /// g: [n, outputs], scale: [n, 1] or 1 where it is absent
    fn gradient(
        &self,
        _trace: &Trace,
        _g: &Tensor<2>,
        _scale: Option<&Tensor<2>>,
        _into: &mut Gradient,
    ) {
    }
}

/// A stack's side inputs.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The style vectors of all styled layers, concatenated: [n, styles].
    pub styles: Option<Tensor<2>>,
    /// [n or 1, noise values]
    pub noise: Option<Tensor<2>>,
}

impl Side {
    /// Columns `from..from + length` of the styles.
    fn style(&self, [from, length]: [usize; 2]) -> Tensor<2> {
        match &self.styles {
            Some(styles) => styles.clone().narrow(1, from, length),
            None => unreachable!("a network with styled layers gets styles"),
        }
    }
}

/// A layer that only generators have: it may take side inputs, and has no tangent.
pub trait GeneratorLayer: std::fmt::Debug + Send + Sync {
    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    fn forward(&self, weights: &Weights, x: Tensor<2>, side: &Side, mode: &mut Mode) -> Tensor<2>;

    /// Like [`GeneratorLayer::forward`] in [`Mode::Train`], and saves what the backward pass needs.
    fn trace(&self, weights: &Weights, x: Tensor<2>, side: &Side) -> Trace;

    /// The backward pass: the gradient by the input and by the layer's part of the styles, if it takes one;
    /// accumulates the gradient by the layer's parameters.
    ///
    /// # Shapes
    /// g: [n, outputs] to [n, inputs] and [n, the layer's styles]
    fn backward(
        &self,
        weights: &Weights,
        trace: &Trace,
        g: Tensor<2>,
        side: &Side,
        into: &mut Gradient,
    ) -> (Tensor<2>, Option<Tensor<2>>);

    /// As [`Layer::multiply_adds`].
    fn multiply_adds(&self) -> u64 {
        0
    }

    /// As [`Layer::couples_batch`].
    fn couples_batch(&self) -> bool {
        false
    }
}

/// What went into a layer and what came out.
#[derive(Clone, Debug)]
pub struct Trace {
    /// [n, inputs]
    pub x: Tensor<2>,
    /// [n, outputs]
    pub y: Tensor<2>,
    pub kept: Kept,
}

/// What else a layer saves for the backward pass.
#[derive(Clone, Debug)]
pub enum Kept {
    Nothing,
    /// Of a batch norm: the batch's own statistics.
    Stats(ChannelStats),
    /// Of a conditional batch norm.
    Conditional(Box<Conditional>),
    /// What the layer itself knows the meaning of.
    Tensors(Vec<Tensor<2>>),
    /// Of a layer norm: its input standardized, [n, inputs], and by which factors, [n, 1].
    Standard {
        standard: Tensor<2>,
        inverse: Tensor<2>,
    },
}

/// What a conditional batch norm made of its input.
#[derive(Clone, Debug)]
pub struct Conditional {
    stats: ChannelStats,
    /// Its input standardized, [n, inputs], and by which factors that is scaled, [n, channels].
    standard: Tensor<2>,
    scale: Tensor<2>,
}

/// Where batch-norm statistics come from.
#[derive(Debug)]
pub enum Mode<'a> {
    /// From the batch itself.
    Train,
    /// From the batch itself, and noted down in the order of the layers.
    Measure(&'a mut Vec<ChannelStats>),
    /// From an earlier measurement, taken off the front layer by layer.
    Infer(&'a mut std::vec::IntoIter<ChannelStats>),
}

impl Mode<'_> {
    /// The statistics that a batch norm with this input uses.
    fn stats(&mut self, x: &Tensor<2>, channels: usize) -> ChannelStats {
        match self {
            Mode::Train => ChannelStats::of(x, channels),
            Mode::Measure(noted) => {
                let stats = ChannelStats::of(x, channels);
                noted.push(stats.clone());
                stats
            }
            Mode::Infer(stats) => {
                stats.next().expect("statistics were measured on this same stack")
            }
        }
    }
}
