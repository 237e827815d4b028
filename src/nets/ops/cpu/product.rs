//! Products of matrices.

use super::tile::{Panels, Rows, add_outer};
use crate::device::Numbers;
use crate::nets::ops::Weight;
use burn::tensor::Tensor;

pub fn product(x: Tensor<2>, w: &Weight, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, k] = x.dims();
    let m = w.numbers.dims()[0] / k;
    let panels = w.laid_out.product.get_or_init(|| {
        let w = Numbers::of(w.numbers.clone());
        let w = w.slice();
        Panels::new(k, m, |i, j, row| row.copy_from_slice(&w[i * m + j..][..row.len()]))
    });
    let b = b.map(Numbers::of);
    multiply(x, panels, b.as_ref().map(Numbers::slice), [n, m])
}

pub fn product_transposed(g: Tensor<2>, w: &Weight) -> Tensor<2> {
    let [n, m] = g.dims();
    let k = w.numbers.dims()[0] / m;
    let panels = w.laid_out.transposed.get_or_init(|| {
        let w = Numbers::of(w.numbers.clone());
        let w = w.slice();
        Panels::new(m, k, |j, first, row| {
            for (i, value) in (first..).zip(row) {
                *value = w[i * m + j];
            }
        })
    });
    multiply(g, panels, None, [n, k])
}

/// Rows times a weight, to `shape`.
fn multiply(x: Tensor<2>, weight: &Panels, start: Option<&[f32]>, shape: [usize; 2]) -> Tensor<2> {
    let ([n, inputs], [_, outputs]) = (x.dims(), shape);
    let x = Numbers::of(x);
    let places: Vec<usize> = (0..n).map(|i| i * inputs).collect();
    let mut y = vec![0.0; n * outputs];
    weight.multiply(Rows::plain(x.slice(), &places, inputs), start, |row, column, sums| {
        y[row * outputs + column..][..sums.len()].copy_from_slice(sums);
    });
    Numbers::tensor(y, shape)
}

pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (Numbers::of(x), Numbers::of(g));
    let places: Vec<usize> = (0..n).map(|i| i * k).collect();
    let mut total = vec![0.0; k * m];
    add_outer(Rows::plain(x.slice(), &places, k), g.slice(), m, &mut total);
    Numbers::tensor(total, [k * m])
}
