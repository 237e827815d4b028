//! y = x for x > 0, else slope · x. With slope 0 it is ReLU.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct LeakyRelu {
    pub slope: f64,
}

impl Layer for LeakyRelu {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (ops::leaky_relu(only(x), self.slope), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        by_input(ask.inputs, || ops::leaky_relu_backward(g, at.x[0].clone(), self.slope))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for LeakyRelu {
    fn tangent(
        &self,
        _weights: &Weights,
        at: At,
        u: &[Tensor<2>],
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        // Its Jacobian is diagonal: forward and back are the same.
        ops::leaky_relu_backward(u[0].clone(), at.x[0].clone(), self.slope)
    }
}
