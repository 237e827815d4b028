//! Fully connected layer: y = x W + b.

use super::{Ask, At, Contribution, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::ops::{self, Bias};
use crate::nets::params::{Init, Layout, ParamId, Weights};
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

    /// x·W + b.
    pub fn apply(&self, weights: &Weights, x: Tensor<2>) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::once(weights.flat(bias)));
        weights.weight(self.weight).product(x, bias)
    }

    /// The gradient by x: g·Wᵀ.
    pub fn by_input(&self, weights: &Weights, g: Tensor<2>) -> Tensor<2> {
        weights.weight(self.weight).product_transposed(g)
    }

    /// Adds the gradient by weight and bias.
    pub fn add_gradient(&self, x: &Tensor<2>, g: &Tensor<2>, own: Contribution) {
        own.into.add(self.weight, ops::outer(x.clone(), g.clone()));
        if let Some(bias) = self.bias {
            own.into.add(bias, ops::column_sums(g.clone(), own.scale.cloned(), self.outputs));
        }
    }
}

impl Layer for Linear {
    fn multiply_adds(&self) -> u64 {
        (self.inputs * self.outputs) as u64
    }

    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        (self.apply(weights, only(x)), Kept::Nothing)
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            self.add_gradient(&at.x[0], &g, own);
        }
        by_input(ask.inputs, || self.by_input(weights, g))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Linear {
    fn tangent(&self, weights: &Weights, _at: At, u: &[Tensor<2>], scale: &Tensor<2>) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::times(weights.flat(bias), scale));
        weights.weight(self.weight).product(u[0].clone(), bias)
    }
}
