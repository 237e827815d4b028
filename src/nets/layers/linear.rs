//! Fully connected layer: y = x W + b.

use super::{Layer, Mode, Trace};
use crate::nets::ops::{self, Bias};
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weight: ParamId,       // [inputs, outputs]
    bias: Option<ParamId>, // [outputs]
}

impl Linear {
    pub fn new(layout: &mut Layout, name: &str, inputs: usize, outputs: usize) -> Self {
        let start = Init::FanIn(inputs);
        Self::starting(layout, name, [inputs, outputs], start, Some(start))
    }

    /// With weights and biases that start in another way, or without biases.
    pub fn starting(
        layout: &mut Layout,
        name: &str,
        [inputs, outputs]: [usize; 2],
        weight: Init,
        bias: Option<Init>,
    ) -> Self {
        Self {
            inputs,
            outputs,
            weight: layout.add(format!("{name}.weight"), &[inputs, outputs], weight),
            bias: bias.map(|start| layout.add(format!("{name}.bias"), &[outputs], start)),
        }
    }
}

impl Layer for Linear {
    fn multiply_adds(&self) -> u64 {
        (self.inputs * self.outputs) as u64
    }

    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::once(weights.flat(bias)));
        weights.weight(self.weight).product(x, bias)
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        weights.weight(self.weight).product_transposed(g)
    }

    fn tangent(
        &self,
        weights: &Weights,
        _trace: &Trace,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::times(weights.flat(bias), scale));
        weights.weight(self.weight).product(u, bias)
    }

    fn gradient(
        &self,
        trace: &Trace,
        g: &Tensor<2>,
        scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        into.add(self.weight, ops::outer(trace.x.clone(), g.clone()));
        if let Some(bias) = self.bias {
            into.add(bias, ops::column_sums(g.clone(), scale.cloned(), self.outputs));
        }
    }
}
