//! Products of matrices, a thread for each number of the result.

use super::super::{Bias, Weight};
use super::{THREADS, numbers, room, slice, sum_of_all, tensor, thread_each, workgroups};
use burn::tensor::Tensor;
use cubecl::prelude::*;

impl Bias {
    /// Its numbers and its scale, as kernels take them.
    pub(super) fn parts(bias: Option<Bias>) -> [Option<BufferArg>; 2] {
        match bias {
            Some(Bias { numbers: b, scale }) => {
                [Some(slice(&numbers(b))), scale.map(|scale| slice(&numbers(scale)))]
            }
            None => [None, None],
        }
    }
}

/// The bias of a channel, times a sample's scale; 0 without one.
#[cube]
pub fn biased(
    b: &ComptimeOption<&[f32]>,
    scale: &ComptimeOption<&[f32]>,
    channel: usize,
    sample: usize,
) -> f32 {
    let b: ComptimeOption<f32> = b.as_ref().map(|b| b[channel]);
    let scale: ComptimeOption<f32> = scale.as_ref().map(|scale| scale[sample]);
    b.unwrap_or(0.0f32) * scale.unwrap_or(1.0f32)
}

pub fn product(x: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    let [n, k] = x.dims();
    let m = w.numbers.dims()[0] / k;
    let (x, w) = (numbers(x), numbers(w.numbers.clone()));
    let y = room(&x, [n, m]);
    let (count, dim) = thread_each(&y);
    let [b, scale] = Bias::parts(b);
    product_kernel::launch(
        &y.client,
        count,
        dim,
        slice(&x),
        slice(&w),
        b.into(),
        scale.into(),
        slice(&y),
        k,
        m,
    );
    tensor(y)
}

#[cube(launch)]
fn product_kernel(
    x: &[f32],
    w: &[f32],
    b: ComptimeOption<&[f32]>,
    scale: ComptimeOption<&[f32]>,
    y: &mut [f32],
    k: usize,
    m: usize,
) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let column = ABSOLUTE_POS % m;
    let row = ABSOLUTE_POS / m;
    let mut sum = biased(&b, &scale, column, row);
    for i in 0..k {
        sum += x[row * k + i] * w[i * m + column];
    }
    y[ABSOLUTE_POS] = sum;
}

pub fn product_transposed(g: Tensor<2>, w: &Weight) -> Tensor<2> {
    let [n, m] = g.dims();
    let k = w.numbers.dims()[0] / m;
    let (g, w) = (numbers(g), numbers(w.numbers.clone()));
    let x = room(&g, [n, k]);
    let (count, dim) = thread_each(&x);
    transposed_kernel::launch(&x.client, count, dim, slice(&g), slice(&w), slice(&x), k, m);
    tensor(x)
}

#[cube(launch)]
fn transposed_kernel(g: &[f32], w: &[f32], x: &mut [f32], k: usize, m: usize) {
    if ABSOLUTE_POS >= x.len() {
        terminate!();
    }
    let column = ABSOLUTE_POS % k;
    let row = ABSOLUTE_POS / k;
    let mut sum = 0.0f32;
    for i in 0..m {
        sum += g[row * m + i] * w[column * m + i];
    }
    x[ABSOLUTE_POS] = sum;
}

pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (numbers(x), numbers(g));
    let w = room(&x, [k * m]);
    let (count, dim) = thread_each(&w);
    outer_kernel::launch(&w.client, count, dim, slice(&x), slice(&g), slice(&w), n, k, m);
    tensor(w)
}

#[cube(launch)]
fn outer_kernel(x: &[f32], g: &[f32], w: &mut [f32], n: usize, k: usize, m: usize) {
    if ABSOLUTE_POS >= w.len() {
        terminate!();
    }
    let column = ABSOLUTE_POS % m;
    let row = ABSOLUTE_POS / m;
    let mut sum = 0.0f32;
    for i in 0..n {
        sum += x[i * k + row] * g[i * m + column];
    }
    w[ABSOLUTE_POS] = sum;
}

pub fn row_products(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    let ([n, features], [rows, _]) = (x.dims(), y.dims());
    let (x, y) = (numbers(x), numbers(y));
    let products = room(&x, [n, 1]);
    let (count, dim) = workgroups(&products, n);
    let step = if rows == 1 { 0 } else { features };
    rows_kernel::launch(
        &products.client,
        count,
        dim,
        slice(&x),
        slice(&y),
        slice(&products),
        features,
        step,
    );
    tensor(products)
}

/// A workgroup for each row.
#[cube(launch)]
fn rows_kernel(x: &[f32], y: &[f32], products: &mut [f32], features: usize, step: usize) {
    let mut sums = Shared::new_slice(comptime!(THREADS as usize));
    let mut sum = 0.0f32;
    if CUBE_POS < products.len() {
        let mut i = UNIT_POS as usize;
        while i < features {
            sum += x[CUBE_POS * features + i] * y[CUBE_POS * step + i];
            i += comptime!(THREADS as usize);
        }
    }
    let sum = sum_of_all(sum, &mut sums);
    if UNIT_POS == 0 && CUBE_POS < products.len() {
        products[CUBE_POS] = sum;
    }
}
