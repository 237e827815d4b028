//! Layer norm, a workgroup for each sample.

use super::super::Normed;
use super::{THREADS, buffer, empty, slice, sum_of_all, tensor, workgroups};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn layer_norm(x: Tensor<2>, scale: Tensor<1>, shift: Tensor<1>, epsilon: f32) -> Normed {
    let ([n, features], [channels]) = (x.dims(), scale.dims());
    let (x, scale, shift) = (buffer(x), buffer(scale), buffer(shift));
    let [y, standard] = [empty(&x, [n, features]), empty(&x, [n, features])];
    let inverse = empty(&x, [n, 1]);
    let (count, dim) = workgroups(&x, n);
    norm_kernel::launch(
        &x.client,
        count,
        dim,
        slice(&x),
        slice(&scale),
        slice(&shift),
        slice(&y),
        slice(&standard),
        slice(&inverse),
        features,
        channels,
        epsilon,
    );
    Normed { y: tensor(y), standard: tensor(standard), inverse: tensor(inverse) }
}

#[cube(launch)]
fn norm_kernel(
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    y: &mut [f32],
    standard: &mut [f32],
    inverses: &mut [f32],
    features: usize,
    channels: usize,
    epsilon: f32,
) {
    let mut sums = Shared::new_slice(comptime!(THREADS as usize));
    // Workgroups beyond the last sample find nothing to do, but come to each barrier.
    let first = CUBE_POS * features;
    let end = if CUBE_POS < inverses.len() { features } else { 0usize.runtime() };
    let me = UNIT_POS as usize;

    let mut sum = 0.0f32;
    let mut i = me;
    while i < end {
        sum += x[first + i];
        i += comptime!(THREADS as usize);
    }
    let mean = sum_of_all(sum, &mut sums) / f32::cast_from(features);

    let mut sum = 0.0f32;
    let mut i = me;
    while i < end {
        let centred = x[first + i] - mean;
        sum += centred * centred;
        i += comptime!(THREADS as usize);
    }
    let variance = sum_of_all(sum, &mut sums) / f32::cast_from(features);

    let inverse = 1.0f32 / (variance + epsilon).sqrt();
    let mut i = me;
    while i < end {
        let normal = (x[first + i] - mean) * inverse;
        standard[first + i] = normal;
        y[first + i] = normal * scale[i % channels] + shift[i % channels];
        i += comptime!(THREADS as usize);
    }
    if me == 0 && end > 0 {
        inverses[CUBE_POS] = inverse;
    }
}

pub fn layer_norm_backward(
    g: Tensor<2>,
    scale: Tensor<1>,
    standard: Tensor<2>,
    inverse: Tensor<2>,
) -> Tensor<2> {
    let ([n, features], [channels]) = (g.dims(), scale.dims());
    let [g, standard, inverse] = [g, standard, inverse].map(buffer);
    let (scale, back) = (buffer(scale), empty(&g, [n, features]));
    let (count, dim) = workgroups(&g, n);
    back_kernel::launch(
        &g.client,
        count,
        dim,
        slice(&g),
        slice(&scale),
        slice(&standard),
        slice(&inverse),
        slice(&back),
        features,
        channels,
    );
    tensor(back)
}

#[cube(launch)]
fn back_kernel(
    g: &[f32],
    scale: &[f32],
    standard: &[f32],
    inverses: &[f32],
    back: &mut [f32],
    features: usize,
    channels: usize,
) {
    let mut sums = Shared::new_slice(comptime!(THREADS as usize));
    let first = CUBE_POS * features;
    let end = if CUBE_POS < inverses.len() { features } else { 0usize.runtime() };
    let me = UNIT_POS as usize;

    let mut sum = 0.0f32;
    let mut along = 0.0f32;
    let mut i = me;
    while i < end {
        let h = g[first + i] * scale[i % channels];
        sum += h;
        along += h * standard[first + i];
        i += comptime!(THREADS as usize);
    }
    let mean = sum_of_all(sum, &mut sums) / f32::cast_from(features);
    let along = sum_of_all(along, &mut sums) / f32::cast_from(features);

    let mut i = me;
    while i < end {
        let h = g[first + i] * scale[i % channels];
        back[first + i] = (h - mean - standard[first + i] * along) * inverses[CUBE_POS];
        i += comptime!(THREADS as usize);
    }
}
