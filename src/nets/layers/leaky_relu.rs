//! y = x for x > 0, else slope · x. With slope 0 it is ReLU.

use super::{Layer, Mode, Trace};
use crate::nets::params::Weights;
use burn::tensor::{Tensor, activation};

#[derive(Debug)]
pub struct LeakyRelu {
    pub slope: f64,
}

impl LeakyRelu {
    /// The slope at each element of `x`, as a constant: 1 or `self.slope`.
    fn slopes(&self, x: &Tensor<2>) -> Tensor<2> {
        let positive = x.clone().inner().greater_scalar(0.0).float();
        positive * (1.0 - self.slope) + self.slope
    }
}

impl Layer for LeakyRelu {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        if self.slope == 0.0 { activation::relu(x) } else { activation::leaky_relu(x, self.slope) }
    }

    fn forward_traced(&self, _weights: &Weights, x: Tensor<2>) -> (Tensor<2>, Trace) {
        let slopes = self.slopes(&x);
        (x * slopes.clone(), Some(slopes))
    }

    fn vjp(&self, _weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        g * trace.clone().expect("forward_traced of this layer keeps its slopes")
    }
}
