//! Attention, sample by sample.

use crate::device::CpuTensor;
use crate::nets::ops::Attended;
use burn::tensor::Tensor;

/// y ← y + a·b for rows of b of length `m`, one for each number in a row of a.
#[inline(always)]
fn add_product(y: &mut [f32], a: &[f32], b: &[f32], m: usize) {
    let k = b.len() / m;
    for (y, a) in y.chunks_exact_mut(m).zip(a.chunks_exact(k)) {
        for (a, b) in a.iter().zip(b.chunks_exact(m)) {
            for (y, b) in y.iter_mut().zip(b) {
                *y += a * b;
            }
        }
    }
}

/// Rows as columns.
#[inline(always)]
fn transposed(a: &[f32], columns: usize) -> Vec<f32> {
    let rows = a.len() / columns;
    (0..a.len()).map(|i| a[i % rows * columns + i / rows]).collect()
}

/// Each row to positive numbers that sum up to 1: eˣ over their sum.
#[inline(always)]
fn softmax(rows: &mut [f32], columns: usize) {
    for row in rows.chunks_exact_mut(columns) {
        let largest = row.iter().fold(f32::NEG_INFINITY, |largest, x| largest.max(*x));
        let mut sum = 0.0;
        for x in row.iter_mut() {
            *x = (*x - largest).exp();
            sum += *x;
        }
        row.iter_mut().for_each(|x| *x /= sum);
    }
}

#[inline(always)]
pub fn attend(query: Tensor<2>, key: Tensor<2>, value: Tensor<2>, places: usize) -> Attended {
    let ([n, queries], [_, values]) = (query.dims(), value.dims());
    let [query, key, value] = [query, key, value].map(CpuTensor::of);
    let mut attention = vec![0.0; n * places * places];
    let mut y = vec![0.0; n * values];
    for (i, y) in y.chunks_exact_mut(values).enumerate() {
        let of = |tensor: &CpuTensor, size: usize| tensor.slice()[i * size..][..size].to_vec();
        let attention = &mut attention[i * places * places..][..places * places];
        let keys = transposed(&of(&key, queries), queries / places);
        add_product(attention, &of(&query, queries), &keys, places);
        softmax(attention, places);
        add_product(y, attention, &of(&value, values), values / places);
    }
    Attended {
        y: CpuTensor::tensor(y, [n, values]),
        attention: CpuTensor::tensor(attention, [n, places * places]),
    }
}

#[inline(always)]
pub fn attend_backward(
    g: Tensor<2>,
    [query, key, value]: [Tensor<2>; 3],
    attention: Tensor<2>,
    places: usize,
) -> [Tensor<2>; 3] {
    let ([n, values], [_, queries]) = (g.dims(), query.dims());
    let [g, query, key, value, attention] = [g, query, key, value, attention].map(CpuTensor::of);
    let [mut by_query, mut by_key] = [(); 2].map(|()| vec![0.0; n * queries]);
    let mut by_value = vec![0.0; n * values];
    let (depth, width) = (queries / places, values / places);
    for i in 0..n {
        let (q, v, a) = (i * queries, i * values, i * places * places);
        let g = &g.slice()[v..][..values];
        let attention = &attention.slice()[a..][..places * places];
        add_product(&mut by_value[v..][..values], &transposed(attention, places), g, width);
        // By the scores before the softmax: a·(h − Σ a·h) with h the gradient by the attention.
        let mut scores = vec![0.0; places * places];
        add_product(&mut scores, g, &transposed(&value.slice()[v..][..values], width), places);
        for (h, a) in scores.chunks_exact_mut(places).zip(attention.chunks_exact(places)) {
            let mean: f32 = h.iter().zip(a).map(|(h, a)| h * a).sum();
            h.iter_mut().zip(a).for_each(|(h, a)| *h = a * (*h - mean));
        }
        add_product(&mut by_query[q..][..queries], &scores, &key.slice()[q..][..queries], depth);
        let scores = transposed(&scores, places);
        add_product(&mut by_key[q..][..queries], &scores, &query.slice()[q..][..queries], depth);
    }
    [
        CpuTensor::tensor(by_query, [n, queries]),
        CpuTensor::tensor(by_key, [n, queries]),
        CpuTensor::tensor(by_value, [n, values]),
    ]
}
