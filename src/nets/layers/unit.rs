//! Each sample brought to a mean square of 1: StyleGAN's latents (Karras et al. 2018, arXiv 1710.10196, eq. 2).

use super::{Ask, At, Kept, Layer, Mode, by_input, only};
use crate::nets::ops;
use crate::nets::params::Weights;
use burn::tensor::Tensor;

/// Keeps the root of a sample of 0 finite.
const EPSILON: f64 = 1e-8;

#[derive(Debug)]
pub struct Unit;

/// 1/√(mean x² + ε), [n, 1]
fn inverse(x: &Tensor<2>) -> Tensor<2> {
    let [_, values] = x.dims();
    let mean = ops::row_products(x.clone(), x.clone()) / values as f64;
    (mean + EPSILON).sqrt().recip()
}

impl Layer for Unit {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        let x = only(x);
        let inverse = inverse(&x);
        (x * inverse, Kept::Nothing)
    }

    /// For y = r·x with r = (mean x² + ε)^(−1/2): r·g − r³·x·mean(g·x).
    fn backward(
        &self,
        _weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        by_input(ask.inputs, || {
            let x = at.x[0].clone();
            let [_, values] = x.dims();
            let r = inverse(&x);
            let along = ops::row_products(g.clone(), x.clone()) / values as f64;
            g * r.clone() - x * (r.clone() * r.clone() * r * along)
        })
    }
}
