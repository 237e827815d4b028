//! y = tanh x: the generator's last layer, since pictures lie in [-1, 1].

use super::{Layer, Mode, Trace};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Tanh;

impl Layer for Tanh {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        ops::tanh(x)
    }

    fn vjp(&self, _weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        ops::tanh_backward(g, trace.y.clone())
    }

    fn tangent(
        &self,
        _weights: &Weights,
        _trace: &Trace,
        _u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        unreachable!("no critic has a tanh: a penalty's gradient would need its curvature")
    }
}
