//! y = a + b: the end of a residual block.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear};
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Add;

fn sum(x: Vec<Tensor<2>>) -> Tensor<2> {
    let mut x = x.into_iter();
    match (x.next(), x.next()) {
        (Some(a), Some(b)) => a + b,
        _ => unreachable!("a sum has two inputs"),
    }
}

impl Layer for Add {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (sum(x), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        ask.inputs.iter().map(|&asked| asked.then(|| g.clone())).collect()
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Add {
    fn tangent(
        &self,
        _weights: &Weights,
        _at: At,
        u: &[Tensor<2>],
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        sum(u.to_vec())
    }
}
