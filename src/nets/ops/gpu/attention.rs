//! Attention, in the tensor library's operations.

use crate::nets::ops::Attended;
use burn::tensor::{Tensor, activation};

/// [n, places·width] to [n, places, width]
fn matrices(x: Tensor<2>, places: usize) -> Tensor<3> {
    let [n, features] = x.dims();
    x.reshape([n, places, features / places])
}

fn flat(x: Tensor<3>) -> Tensor<2> {
    let [n, places, width] = x.dims();
    x.reshape([n, places * width])
}

pub fn attend(query: Tensor<2>, key: Tensor<2>, value: Tensor<2>, places: usize) -> Attended {
    let [query, key, value] = [query, key, value].map(|x| matrices(x, places));
    let attention = activation::softmax(query.matmul(key.transpose()), 2);
    Attended { y: flat(attention.clone().matmul(value)), attention: flat(attention) }
}

pub fn attend_backward(
    g: Tensor<2>,
    inputs: [Tensor<2>; 3],
    attention: Tensor<2>,
    places: usize,
) -> [Tensor<2>; 3] {
    let [query, key, value] = inputs.map(|x| matrices(x, places));
    let [g, attention] = [g, attention].map(|x| matrices(x, places));
    let by_value = attention.clone().transpose().matmul(g.clone());
    let h = g.matmul(value.transpose());
    // By the scores before the softmax: a·(h − Σ a·h) with h the gradient by the attention.
    let mean = (h.clone() * attention.clone()).sum_dim(2);
    let scores = attention * (h - mean);
    let by_query = scores.clone().matmul(key);
    let by_key = scores.transpose().matmul(query);
    [by_query, by_key, by_value].map(flat)
}
