//! What happens to all parameters at once.

use super::super::AdamRates;
use super::{buffer, empty, slice, tensor, thread_each};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn adam(
    parameters: Tensor<1>,
    mean: &mut Option<Tensor<1>>,
    square: Tensor<1>,
    gradient: Tensor<1>,
    rates: AdamRates,
) -> [Tensor<1>; 2] {
    let shape = parameters.dims();
    let [parameters, square, gradient] = [parameters, square, gradient].map(buffer);
    let [moved, new_square] = [empty(&parameters, shape), empty(&parameters, shape)];
    let old_mean = mean.take().map(buffer);
    let new_mean = old_mean.as_ref().map(|mean| empty(mean, shape));
    let (count, dim) = thread_each(&moved);
    let AdamRates { beta1, beta2, rate, square_scale, epsilon, keep } = rates;
    adam_kernel::launch(
        &moved.client,
        count,
        dim,
        slice(&parameters),
        old_mean.as_ref().map(slice).into(),
        slice(&square),
        slice(&gradient),
        slice(&moved),
        new_mean.as_ref().map(slice).into(),
        slice(&new_square),
        beta1,
        beta2,
        rate,
        square_scale,
        epsilon,
        keep,
    );
    *mean = new_mean.map(tensor);
    [tensor(moved), tensor(new_square)]
}

#[cube(launch)]
fn adam_kernel(
    parameters: &[f32],
    old_mean: ComptimeOption<&[f32]>,
    old_square: &[f32],
    gradient: &[f32],
    moved: &mut [f32],
    new_mean: ComptimeOption<&mut [f32]>,
    new_square: &mut [f32],
    beta1: f32,
    beta2: f32,
    rate: f32,
    square_scale: f32,
    epsilon: f32,
    keep: f32,
) {
    let i = ABSOLUTE_POS;
    if i >= moved.len() {
        terminate!();
    }
    let g = gradient[i];
    let square = beta2 * old_square[i] + (1.0f32 - beta2) * g * g;
    new_square[i] = square;
    let mean: ComptimeOption<f32> =
        old_mean.as_ref().map(|mean| beta1 * mean[i] + (1.0f32 - beta1) * g);
    let mean = mean.unwrap_or(g);
    #[comptime]
    if let ComptimeOption::Some(new_mean) = new_mean {
        new_mean[i] = mean;
    }
    moved[i] = keep * parameters[i] - rate * mean / (square.sqrt() * square_scale + epsilon);
}

pub fn blend(a: Tensor<1>, b: Tensor<1>, weight: f32) -> Tensor<1> {
    let shape = a.dims();
    let (a, b) = (buffer(a), buffer(b));
    let mixed = empty(&a, shape);
    let (count, dim) = thread_each(&mixed);
    blend_kernel::launch(&mixed.client, count, dim, slice(&a), slice(&b), slice(&mixed), weight);
    tensor(mixed)
}

#[cube(launch)]
fn blend_kernel(a: &[f32], b: &[f32], mixed: &mut [f32], weight: f32) {
    if ABSOLUTE_POS >= mixed.len() {
        terminate!();
    }
    mixed[ABSOLUTE_POS] = weight * a[ABSOLUTE_POS] + (1.0f32 - weight) * b[ABSOLUTE_POS];
}
