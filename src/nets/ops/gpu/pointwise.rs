//! What happens to each number by itself, or to each channel.

use super::{buffer, empty, slice, tensor, thread_each};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn leaky_relu(x: Tensor<2>, slope: f32) -> Tensor<2> {
    let shape = x.dims();
    let x = buffer(x);
    let y = empty(&x, shape);
    let (count, dim) = thread_each(&y);
    leaky_kernel::launch(&y.client, count, dim, slice(&x), slice(&x), slice(&y), slope);
    tensor(y)
}

pub fn leaky_relu_backward(g: Tensor<2>, x: Tensor<2>, slope: f32) -> Tensor<2> {
    let shape = g.dims();
    let (g, x) = (buffer(g), buffer(x));
    let back = empty(&g, shape);
    let (count, dim) = thread_each(&back);
    leaky_kernel::launch(&back.client, count, dim, slice(&g), slice(&x), slice(&back), slope);
    tensor(back)
}

/// g where x > 0, else slope·g.
#[cube(launch)]
fn leaky_kernel(g: &[f32], x: &[f32], y: &mut [f32], slope: f32) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let g = g[ABSOLUTE_POS];
    y[ABSOLUTE_POS] = select(x[ABSOLUTE_POS] > 0.0f32, g, slope * g);
}

pub fn tanh(x: Tensor<2>) -> Tensor<2> {
    let shape = x.dims();
    let x = buffer(x);
    let y = empty(&x, shape);
    let (count, dim) = thread_each(&y);
    tanh_kernel::launch(&y.client, count, dim, slice(&x), slice(&y));
    tensor(y)
}

/// From 9.02 on it is 1 in 32 bits. Far beyond, some GPUs divide one infinity by another: what a visitor's GPU
/// makes of it is unknown, also where the library knows its own machine's. What is no number stays none.
#[cube(launch)]
fn tanh_kernel(x: &[f32], y: &mut [f32]) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let x = x[ABSOLUTE_POS];
    let near = select(x.abs() > 10.0f32, 0.0f32, x).tanh();
    y[ABSOLUTE_POS] = select(x > 10.0f32, 1.0f32, select(x < -10.0f32, -1.0f32, near));
}

pub fn tanh_backward(g: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    let shape = g.dims();
    let (g, y) = (buffer(g), buffer(y));
    let back = empty(&g, shape);
    let (count, dim) = thread_each(&back);
    tanh_backward_kernel::launch(&back.client, count, dim, slice(&g), slice(&y), slice(&back));
    tensor(back)
}

#[cube(launch)]
fn tanh_backward_kernel(g: &[f32], y: &[f32], back: &mut [f32]) {
    if ABSOLUTE_POS >= back.len() {
        terminate!();
    }
    let y = y[ABSOLUTE_POS];
    back[ABSOLUTE_POS] = g[ABSOLUTE_POS] * (1.0f32 - y * y);
}

pub fn add_scaled(y: Tensor<2>, x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    let [n, features] = y.dims();
    let [y, x, scale] = [y, x, scale].map(buffer);
    let sum = empty(&y, [n, features]);
    let (count, dim) = thread_each(&sum);
    add_scaled_kernel::launch(
        &sum.client,
        count,
        dim,
        slice(&y),
        slice(&x),
        slice(&scale),
        slice(&sum),
        features,
    );
    tensor(sum)
}

#[cube(launch)]
fn add_scaled_kernel(y: &[f32], x: &[f32], scale: &[f32], sum: &mut [f32], features: usize) {
    if ABSOLUTE_POS >= sum.len() {
        terminate!();
    }
    let scale = scale[ABSOLUTE_POS / features];
    sum[ABSOLUTE_POS] = y[ABSOLUTE_POS] + scale * x[ABSOLUTE_POS];
}

pub fn affine(x: Tensor<2>, factor: Tensor<1>, offset: Tensor<1>) -> Tensor<2> {
    let shape = x.dims();
    let (x, factor, offset) = (buffer(x), buffer(factor), buffer(offset));
    let y = empty(&x, shape);
    let (count, dim) = thread_each(&y);
    affine_kernel::launch(
        &y.client,
        count,
        dim,
        slice(&x),
        slice(&factor),
        slice(&offset),
        slice(&y),
    );
    tensor(y)
}

#[cube(launch)]
fn affine_kernel(x: &[f32], factor: &[f32], offset: &[f32], y: &mut [f32]) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let channel = ABSOLUTE_POS % factor.len();
    y[ABSOLUTE_POS] = factor[channel] * x[ABSOLUTE_POS] + offset[channel];
}

pub fn combine(
    g: Tensor<2>,
    x: Tensor<2>,
    by_g: Tensor<1>,
    by_x: Tensor<1>,
    offset: Tensor<1>,
) -> Tensor<2> {
    let shape = g.dims();
    let (g, x) = (buffer(g), buffer(x));
    let [by_g, by_x, offset] = [by_g, by_x, offset].map(buffer);
    let sum = empty(&g, shape);
    let (count, dim) = thread_each(&sum);
    combine_kernel::launch(
        &sum.client,
        count,
        dim,
        slice(&g),
        slice(&x),
        slice(&by_g),
        slice(&by_x),
        slice(&offset),
        slice(&sum),
    );
    tensor(sum)
}

#[cube(launch)]
fn combine_kernel(
    g: &[f32],
    x: &[f32],
    by_g: &[f32],
    by_x: &[f32],
    offset: &[f32],
    sum: &mut [f32],
) {
    if ABSOLUTE_POS >= sum.len() {
        terminate!();
    }
    let channel = ABSOLUTE_POS % offset.len();
    sum[ABSOLUTE_POS] =
        by_g[channel] * g[ABSOLUTE_POS] + by_x[channel] * x[ABSOLUTE_POS] + offset[channel];
}
