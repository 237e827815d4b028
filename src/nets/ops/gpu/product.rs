//! Products of matrices, a thread for each number of the result.

use super::super::{Bias, Weight};
use super::{THREADS, buffer, empty, slice, sum_of_all, tensor, thread_each, workgroups};
use crate::device::buffer::Buffer;
use burn::tensor::Tensor;
use cubecl::prelude::*;
use std::sync::OnceLock;

impl Bias {
    /// Its numbers and its scale, as kernels take them.
    pub(super) fn parts(bias: Option<Bias>) -> [Option<BufferArg>; 2] {
        match bias {
            Some(Bias { values: b, scale }) => {
                [Some(slice(&buffer(b))), scale.map(|scale| slice(&buffer(scale)))]
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
    let m = w.values.dims()[0] / k;
    let (x, w) = (buffer(x), buffer(w.values.clone()));
    let y = empty(&x, [n, m]);
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
    let [_, m] = g.dims();
    let k = w.values.dims()[0] / m;
    product(g, &Weight::new(tensor(transposed(w, 1, k, m))), None)
}

/// A weight's matrices transposed, once they have been.
pub type Transposed = OnceLock<Tensor<1>>;

/// The weight as `matrices` of `rows` x `columns`, each transposed.
pub fn transposed(w: &Weight, matrices: usize, rows: usize, columns: usize) -> Buffer {
    if rows == 1 || columns == 1 {
        return buffer(w.values.clone());
    }
    let turn = || {
        let w = buffer(w.values.clone());
        let transposed = empty(&w, [matrices * rows * columns]);
        let (count, dim) = thread_each(&transposed);
        transpose_kernel::launch(
            &w.client,
            count,
            dim,
            slice(&w),
            slice(&transposed),
            rows,
            columns,
        );
        tensor(transposed)
    };
    buffer(w.transposed.get_or_init(turn).clone())
}

#[cube(launch)]
fn transpose_kernel(w: &[f32], transposed: &mut [f32], rows: usize, columns: usize) {
    if ABSOLUTE_POS >= transposed.len() {
        terminate!();
    }
    let row = ABSOLUTE_POS % rows;
    let column = ABSOLUTE_POS / rows % columns;
    let matrix = ABSOLUTE_POS / rows / columns;
    transposed[ABSOLUTE_POS] = w[(matrix * rows + row) * columns + column];
}

/// Side of the square of the result that a workgroup of [`outer_kernel`] makes, and of the squares of both
/// inputs that it keeps at hand.
const TILE: usize = 16;
/// Squares that it reads at most, each of [`TILE`] rows: more rows are shared among workgroups.
const SQUARES: usize = 32;

/// What a filter asks of it has a row for each pixel of each sample, and few numbers in the result: a thread
/// for each of these would go through all rows alone, and a GPU wait for it (ARCHITECTURE, "Operations, twice").
pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (buffer(x), buffer(g));
    let squares = n.div_ceil(TILE).min(SQUARES);
    let parts = n.div_ceil(squares * TILE);
    let sums = empty(&x, [parts * k * m]);
    let (count, dim) = workgroups(&sums, parts * k.div_ceil(TILE) * m.div_ceil(TILE));
    outer_kernel::launch(
        &sums.client,
        count,
        dim,
        slice(&x),
        slice(&g),
        slice(&sums),
        n,
        k,
        m,
        squares,
    );
    if parts == 1 {
        return tensor(sums);
    }
    let w = empty(&x, [k * m]);
    let (count, dim) = thread_each(&w);
    parts_kernel::launch(&w.client, count, dim, slice(&sums), slice(&w), parts);
    tensor(w)
}

/// A workgroup for each square of the result and each part of the rows, a thread for each number of it:
/// [parts, k, m].
#[cube(launch)]
fn outer_kernel(
    x: &[f32],
    g: &[f32],
    sums: &mut [f32],
    n: usize,
    k: usize,
    m: usize,
    #[comptime] squares: usize,
) {
    let mut of_x = Shared::new_slice(comptime!(TILE * TILE));
    let mut of_g = Shared::new_slice(comptime!(TILE * TILE));
    let me = UNIT_POS as usize;
    let down = me / comptime!(TILE);
    let across = me % comptime!(TILE);
    let squares_down = (k + comptime!(TILE - 1)) / comptime!(TILE);
    let squares_across = (m + comptime!(TILE - 1)) / comptime!(TILE);
    let column = CUBE_POS % squares_across * comptime!(TILE);
    let rest = CUBE_POS / squares_across;
    let row = rest % squares_down * comptime!(TILE);
    let part = rest / squares_down;

    let mut sum = 0.0f32;
    // As many for every thread, as the barriers ask; what lies beyond the last row adds zeros.
    for square in 0..squares {
        let sample = (part * squares + square) * comptime!(TILE) + down;
        let mut a = 0.0f32;
        if sample < n && row + across < k {
            a = x[sample * k + row + across];
        }
        let mut b = 0.0f32;
        if sample < n && column + across < m {
            b = g[sample * m + column + across];
        }
        of_x[me] = a;
        of_g[me] = b;
        sync_cube();
        #[unroll]
        for i in 0..comptime!(TILE) {
            sum += of_x[i * comptime!(TILE) + down] * of_g[i * comptime!(TILE) + across];
        }
        sync_cube();
    }
    let at = (part * k + row + down) * m + column + across;
    if row + down < k && column + across < m && at < sums.len() {
        sums[at] = sum;
    }
}

/// A thread for each number: the sum of all parts.
#[cube(launch)]
fn parts_kernel(sums: &[f32], w: &mut [f32], parts: usize) {
    if ABSOLUTE_POS >= w.len() {
        terminate!();
    }
    let mut sum = 0.0f32;
    for part in 0..parts {
        sum += sums[part * w.len() + ABSOLUTE_POS];
    }
    w[ABSOLUTE_POS] = sum;
}

pub fn row_products(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    let ([n, features], [rows, _]) = (x.dims(), y.dims());
    let (x, y) = (buffer(x), buffer(y));
    let products = empty(&x, [n, 1]);
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
