//! What is rare enough, or small enough, to be left to the tensor library.

use burn::tensor::{Tensor, activation};

pub fn row_products(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    (x * y).sum_dim(1)
}

pub fn beside(a: Tensor<2>, b: Tensor<2>, times: f32) -> Tensor<2> {
    Tensor::cat(vec![a, b * times], 1)
}

pub fn part(whole: &Tensor<1>, at: usize, len: usize) -> Tensor<1> {
    whole.clone().narrow(0, at, len)
}

pub fn stacked(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    Tensor::cat(vec![a, b], 0)
}

/// log(1 + eˣ) = −log σ(−x).
pub fn mean_softplus(x: Tensor<2>) -> Tensor<1> {
    (-activation::log_sigmoid(-x)).mean()
}

pub fn square_sum(x: Tensor<2>, factor: f32) -> Tensor<1> {
    x.powi_scalar(2).sum() * factor
}
