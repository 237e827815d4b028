//! Products of matrices.

use super::registers::Register;
use super::tile::{Panels, Plain, Rows, add_outer};
use crate::device::CpuTensor;
use crate::nets::ops::Weight;
use burn::tensor::Tensor;

#[inline(always)]
pub fn product_from<R: Register>(x: Tensor<2>, w: &Weight, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, k] = x.dims();
    let m = w.values.dims()[0] / k;
    let panels = R::packings(&w.packed).product.get_or_init(|| {
        let w = CpuTensor::of(w.values.clone());
        let w = w.slice();
        Panels::new(k, m, |i, j, row| row.copy_from_slice(&w[i * m + j..][..row.len()]))
    });
    let b = b.map(CpuTensor::of);
    multiply(x, panels, b.as_ref().map(CpuTensor::slice), [n, m])
}

#[inline(always)]
pub fn product_transposed<R: Register>(g: Tensor<2>, w: &Weight) -> Tensor<2> {
    let [n, m] = g.dims();
    let k = w.values.dims()[0] / m;
    let panels = R::packings(&w.packed).transposed.get_or_init(|| {
        let w = CpuTensor::of(w.values.clone());
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
#[inline(always)]
fn multiply<R: Register>(
    x: Tensor<2>,
    weight: &Panels<R>,
    start: Option<&[f32]>,
    shape: [usize; 2],
) -> Tensor<2> {
    let ([n, inputs], [_, outputs]) = (x.dims(), shape);
    let x = CpuTensor::of(x);
    let places: Vec<usize> = (0..n).map(|i| i * inputs).collect();
    let mut y = vec![0.0; n * outputs];
    let mut target = Plain { values: &mut y, width: outputs };
    weight.multiply(Rows::plain(x.slice(), &places, inputs), start, &mut target);
    CpuTensor::tensor(y, shape)
}

#[inline(always)]
pub fn outer<R: Register>(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (CpuTensor::of(x), CpuTensor::of(g));
    let places: Vec<usize> = (0..n).map(|i| i * k).collect();
    let mut total = vec![0.0; k * m];
    add_outer::<R>(Rows::plain(x.slice(), &places, k), g.slice(), m, &mut total);
    CpuTensor::tensor(total, [k * m])
}
