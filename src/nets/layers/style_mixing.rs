//! One style w for every layer of a synthesis network, or from some layer on a second one's (Karras et al. 2019, arXiv
//! 1812.04948, section 3.1). Here styles are also drawn towards their mean by a truncation.

use super::{Ask, At, Kept, Layer, Mode};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

/// Takes [2n, length], the styles of all samples and then their second ones, and [n, layers], which part of the style
/// at each layer is the second one's; makes [n, layers·length].
#[derive(Debug)]
pub struct StyleMixing {
    pub layers: usize,
    pub length: usize,
}

impl Layer for StyleMixing {
    fn forward(&self, _weights: &Weights, x: Vec<Tensor<2>>, mode: &mut Mode) -> (Tensor<2>, Kept) {
        let [w, second] = [x[0].clone(), x[1].clone()];
        let [n, _] = second.dims();
        let first = mode.truncated(w.clone().narrow(0, 0, n));
        let of_layer = |layer: usize| {
            let other = w.clone().narrow(0, n, n) - first.clone();
            ops::add_scaled(first.clone(), other, second.clone().narrow(1, layer, 1))
        };
        (Tensor::cat((0..self.layers).map(of_layer).collect(), 1), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let second = &at.x[1];
        let of_layer = |layer: usize| g.clone().narrow(1, layer * self.length, self.length);
        let sum = |of: &dyn Fn(usize) -> Tensor<2>| {
            (1..self.layers).fold(of(0), |sum, layer| sum + of(layer))
        };
        let by_w = ask.inputs[0].then(|| {
            let by_second = sum(&|layer| of_layer(layer) * second.clone().narrow(1, layer, 1));
            ops::concat_rows(sum(&of_layer) - by_second.clone(), by_second)
        });
        // Which layers are mixed is drawn by lot.
        vec![by_w, None]
    }
}
