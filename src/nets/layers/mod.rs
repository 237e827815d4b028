//! Layers: each knows its forward pass and its vector-Jacobian product, so that any stack of them
//! has an exact input gradient as a forward network (see `gan::penalty`). One file per layer.
//! Activations are [n, features]; a convolution sees them as [n, channels, height, width].

mod batch_norm;
pub mod conv;
mod leaky_relu;
mod linear;
mod stack;
mod tanh;

pub use batch_norm::{BatchNorm, ChannelStats};
pub use conv::{Conv, ConvTranspose};
pub use leaky_relu::LeakyRelu;
pub use linear::Linear;
pub use stack::{Builder, Stack};
pub use tanh::Tanh;

use super::params::Weights;
use burn::tensor::Tensor;

/// A differentiable map between activations.
pub trait Layer: std::fmt::Debug + Send + Sync {
    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2>;

    /// Like [`Layer::forward`], and keeps what [`Layer::vjp`] needs of this input.
    fn forward_traced(&self, weights: &Weights, x: Tensor<2>) -> (Tensor<2>, Trace) {
        (self.forward(weights, x, &mut Mode::Train), None)
    }

    /// Vector-Jacobian product gᵀ·∂y/∂x at the traced input, itself differentiable by the weights.
    ///
    /// # Shapes
    /// g: [n, outputs] to [n, inputs]
    fn vjp(&self, weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2>;
}

/// What a layer remembers of an input for its vector-Jacobian product: the slope of an element-wise
/// layer at each element, [n, outputs]; nothing when the layer is linear.
pub type Trace = Option<Tensor<2>>;

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
