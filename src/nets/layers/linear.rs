//! Fully connected layer: y = x W + b.

use super::{Layer, Mode, Trace};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Linear {
    weight: ParamId, // [inputs, outputs]
    bias: ParamId,   // [outputs]
}

impl Linear {
    pub fn new(layout: &mut Layout, name: &str, inputs: usize, outputs: usize) -> Self {
        Self {
            weight: layout.add(format!("{name}.weight"), &[inputs, outputs], Init::FanIn(inputs)),
            bias: layout.add(format!("{name}.bias"), &[outputs], Init::FanIn(inputs)),
        }
    }
}

impl Layer for Linear {
    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        x.matmul(weights.get(self.weight)) + weights.get::<1>(self.bias).unsqueeze()
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        g.matmul(weights.get::<2>(self.weight).transpose())
    }
}
