//! y = x for x > 0, else slope · x. With slope 0 it is ReLU.

use super::{Layer, Mode, Trace};
use crate::nets::params::Weights;
use burn::tensor::{Tensor, activation};

#[derive(Debug)]
pub struct LeakyRelu {
    pub slope: f64,
}

impl LeakyRelu {
    /// The slope at each element: 1 or `self.slope`.
    fn slopes(&self, trace: &Trace) -> Tensor<2> {
        let positive = trace.x.clone().greater_scalar(0.0).float();
        if self.slope == 0.0 { positive } else { positive * (1.0 - self.slope) + self.slope }
    }
}

impl Layer for LeakyRelu {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        if self.slope == 0.0 { activation::relu(x) } else { activation::leaky_relu(x, self.slope) }
    }

    fn vjp(&self, _weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        g * self.slopes(trace)
    }

    fn tangent(
        &self,
        _weights: &Weights,
        trace: &Trace,
        u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        u * self.slopes(trace)
    }
}
