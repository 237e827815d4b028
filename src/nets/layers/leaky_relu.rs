//! y = x for x > 0, else slope · x. With slope 0 it is ReLU.

use super::{Layer, Mode, Trace};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct LeakyRelu {
    pub slope: f64,
}

impl Layer for LeakyRelu {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        ops::leaky_relu(x, self.slope)
    }

    fn vjp(&self, _weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        ops::leaky_relu_backward(g, trace.x.clone(), self.slope)
    }

    fn tangent(
        &self,
        weights: &Weights,
        trace: &Trace,
        u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        // Its Jacobian is diagonal: forward and back are the same.
        self.vjp(weights, trace, u)
    }
}
