//! y = tanh x: the generator's last layer, since pictures lie in [-1, 1].

use super::{Layer, Mode, Trace};
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Tanh;

impl Layer for Tanh {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        x.tanh()
    }

    fn forward_traced(&self, _weights: &Weights, x: Tensor<2>) -> (Tensor<2>, Trace) {
        let y = x.tanh();
        // Not detached: the slope of a smooth layer has a gradient of its own.
        (y.clone(), Some(1.0 - y.powi_scalar(2)))
    }

    fn vjp(&self, _weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        g * trace.clone().expect("forward_traced of this layer keeps its slopes")
    }
}
