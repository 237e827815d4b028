//! y = factor · x, with a factor that is not learned.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Scale {
    pub factor: f64,
}

impl Layer for Scale {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (only(x) * self.factor, Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        by_input(ask.inputs, || g * self.factor)
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Scale {
    fn tangent(
        &self,
        _weights: &Weights,
        _at: At,
        u: &[Tensor<2>],
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        u[0].clone() * self.factor
    }
}
