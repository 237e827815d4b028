//! Products of matrices.

use super::tile::{Panels, Rows, add_outer};
use crate::device::Numbers;
use burn::tensor::Tensor;

pub fn product(x: Tensor<2>, w: Tensor<1>, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, k] = x.dims();
    let m = w.dims()[0] / k;
    let (x, w, b) = (Numbers::of(x), Numbers::of(w), b.map(Numbers::of));
    let (w, b) = (w.slice(), b.as_ref().map(Numbers::slice));
    let weight = Panels::new(k, m, b, |i, j, row| {
        row.copy_from_slice(&w[i * m + j..][..row.len()]);
    });
    multiply(x.slice(), n, k, &weight, m)
}

pub fn product_transposed(g: Tensor<2>, w: Tensor<1>) -> Tensor<2> {
    let [n, m] = g.dims();
    let k = w.dims()[0] / m;
    let (g, w) = (Numbers::of(g), Numbers::of(w));
    let w = w.slice();
    let weight = Panels::new(m, k, None, |j, first, row| {
        for (i, value) in (first..).zip(row) {
            *value = w[i * m + j];
        }
    });
    multiply(g.slice(), n, m, &weight, k)
}

/// Rows of `inputs` numbers times a weight with `outputs` columns.
fn multiply(x: &[f32], n: usize, inputs: usize, weight: &Panels, outputs: usize) -> Tensor<2> {
    let places: Vec<usize> = (0..n).map(|i| i * inputs).collect();
    let mut y = vec![0.0; n * outputs];
    weight.multiply(Rows::plain(x, &places, inputs), |row, column, sums| {
        y[row * outputs + column..][..sums.len()].copy_from_slice(sums);
    });
    Numbers::tensor(y, [n, outputs])
}

pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (Numbers::of(x), Numbers::of(g));
    let places: Vec<usize> = (0..n).map(|i| i * k).collect();
    let mut total = vec![0.0; k * m];
    add_outer(Rows::plain(x.slice(), &places, k), g.slice(), m, &mut total);
    Numbers::tensor(total, [k * m])
}
