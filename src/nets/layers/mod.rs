//! Layers: each knows its forward pass and how to go back and along it. Gradients are written out
//! instead of recorded, because that is what lets a step share work between the loss and the penalty
//! (see `Stack`). One file per layer.
//!
//! Activations are [n, features]; feature maps lie in them channels-last, [n, side, side, channels].

mod batch_norm;
pub mod conv;
mod layer_norm;
mod leaky_relu;
mod linear;
mod stack;
mod tanh;

pub use batch_norm::{BatchNorm, ChannelStats};
pub use conv::{Conv, ConvTranspose};
pub use layer_norm::LayerNorm;
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use stack::{Builder, Slopes, Stack, Traced};
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

    /// Multiply-adds of products for one sample: on the way forward, on the way back, and for the
    /// gradient by the weights, each.
    fn multiply_adds(&self) -> u64 {
        0
    }

    /// Whether what becomes of a sample depends on the others of its batch.
    fn ties_samples(&self) -> bool {
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

/// What went into a layer and what came out.
#[derive(Clone, Debug)]
pub struct Trace {
    /// [n, inputs]
    pub x: Tensor<2>,
    /// [n, outputs]
    pub y: Tensor<2>,
    pub kept: Kept,
}

/// What else a layer wants to know on the way back.
#[derive(Clone, Debug)]
pub enum Kept {
    Nothing,
    /// Of a batch norm: the batch's own statistics.
    Stats(ChannelStats),
    /// Of a layer norm: its input standardized, [n, inputs], and by which factors, [n, 1].
    Standard {
        standard: Tensor<2>,
        inverse: Tensor<2>,
    },
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
