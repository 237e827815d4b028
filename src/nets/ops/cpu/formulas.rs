//! What is rare enough, or small enough, to be left to the tensor library.

use crate::device::CpuTensor;
use burn::tensor::{Tensor, activation};

pub fn row_products(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    (x * y).sum_dim(1)
}

pub fn concat_columns(a: Tensor<2>, b: Tensor<2>, times: f32) -> Tensor<2> {
    Tensor::cat(vec![a, b * times], 1)
}

pub fn narrow(whole: &Tensor<1>, at: usize, len: usize) -> Tensor<1> {
    whole.clone().narrow(0, at, len)
}

pub fn concat_rows(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    Tensor::cat(vec![a, b], 0)
}

/// log(1 + eˣ) = −log σ(−x).
pub fn mean_softplus(x: Tensor<2>) -> Tensor<1> {
    (-activation::log_sigmoid(-x)).mean()
}

pub fn square_sum(x: Tensor<2>, factor: f32) -> Tensor<1> {
    x.powi_scalar(2).sum() * factor
}

pub fn auxiliary_loss(
    outputs: Tensor<2>,
    targets: Tensor<2>,
    classes: usize,
    factor: f32,
) -> (Tensor<1>, Tensor<2>) {
    let [n, columns] = outputs.dims();
    let targets = CpuTensor::of(targets);
    let mut gradient = CpuTensor::of(outputs).into_vec();
    let mut loss = 0.0;
    for (row, targets) in
        gradient.chunks_exact_mut(columns).zip(targets.slice().chunks_exact(columns))
    {
        let (logits, codes) = row.split_at_mut(classes);
        let (one_hot, targets) = targets.split_at(classes);
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let log_sum = logits.iter().map(|x| (x - largest).exp()).sum::<f32>().ln();
        for (x, m) in logits.iter_mut().zip(one_hot) {
            let log_probability = *x - largest - log_sum;
            loss -= m * log_probability;
            *x = factor * (log_probability.exp() - m);
        }
        for (x, m) in codes.iter_mut().zip(targets) {
            let error = *x - m;
            loss += 0.5 * error * error;
            *x = factor * error;
        }
    }
    (CpuTensor::tensor(vec![factor * loss], [1]), CpuTensor::tensor(gradient, [n, columns]))
}
