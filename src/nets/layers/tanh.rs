//! y = tanh x: the generator's last layer, since pictures lie in [-1, 1].

use super::{Ask, At, Kept, Layer, Mode, by_input, only};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Tanh;

impl Layer for Tanh {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (ops::tanh(only(x)), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        by_input(ask.inputs, || ops::tanh_backward(g, at.y.clone()))
    }
}
