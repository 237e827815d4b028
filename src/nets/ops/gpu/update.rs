//! What happens to all parameters at once.

use super::super::AdamRates;
use super::{numbers, room, slice, tensor, thread_each, threads};
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
    let [parameters, square, gradient] = [parameters, square, gradient].map(numbers);
    let [moved, new_square] = [room(&parameters, shape), room(&parameters, shape)];
    let old_mean = mean.take().map(numbers);
    let new_mean = old_mean.as_ref().map(|mean| room(mean, shape));
    let (count, dim) = thread_each(&moved);
    let AdamRates { beta1, beta2, rate, square_scale, epsilon } = rates;
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
    moved[i] = parameters[i] - rate * mean / (square.sqrt() * square_scale + epsilon);
}

pub fn blend(a: Tensor<1>, b: Tensor<1>, share: f32) -> Tensor<1> {
    let shape = a.dims();
    let (a, b) = (numbers(a), numbers(b));
    let mixed = room(&a, shape);
    let (count, dim) = thread_each(&mixed);
    blend_kernel::launch(&mixed.client, count, dim, slice(&a), slice(&b), slice(&mixed), share);
    tensor(mixed)
}

#[cube(launch)]
fn blend_kernel(a: &[f32], b: &[f32], mixed: &mut [f32], share: f32) {
    if ABSOLUTE_POS >= mixed.len() {
        terminate!();
    }
    mixed[ABSOLUTE_POS] = share * a[ABSOLUTE_POS] + (1.0f32 - share) * b[ABSOLUTE_POS];
}

/// Parts that one dispatch lays out: with the result and the kernel's own arguments not more buffers than
/// every adapter can bind.
const PARTS: usize = 4;

pub fn laid_out(parts: Vec<(usize, Tensor<1>)>, len: usize) -> Tensor<1> {
    let parts: Vec<_> = parts.into_iter().map(|(at, part)| (at, numbers(part))).collect();
    let Some((_, any)) = parts.first() else { unreachable!("there is at least one part") };
    let whole = room(any, [len]);
    for (i, some) in parts.chunks(PARTS).enumerate() {
        let begin = if i == 0 { 0 } else { some[0].0 };
        let end = parts.get((i + 1) * PARTS).map_or(len, |(at, _)| *at);
        // Where there are fewer parts, the last one is named again.
        let nth = |i: usize| &some[i.min(some.len() - 1)];
        let (count, dim) = threads(&whole, end - begin);
        laid_out_kernel::launch(
            &whole.client,
            count,
            dim,
            slice(&nth(0).1),
            slice(&nth(1).1),
            slice(&nth(2).1),
            slice(&nth(3).1),
            slice(&whole),
            nth(0).0,
            nth(1).0,
            nth(2).0,
            nth(3).0,
            begin,
            end,
        );
    }
    tensor(whole)
}

/// From `begin` to `end` each part in its place, and zeros between them.
#[cube(launch)]
fn laid_out_kernel(
    part0: &[f32],
    part1: &[f32],
    part2: &[f32],
    part3: &[f32],
    whole: &mut [f32],
    place0: usize,
    place1: usize,
    place2: usize,
    place3: usize,
    begin: usize,
    end: usize,
) {
    let at = begin + ABSOLUTE_POS;
    if at >= end {
        terminate!();
    }
    whole[at] = part(part0, place0, at)
        + part(part1, select(place1 > place0, place1, end), at)
        + part(part2, select(place2 > place1, place2, end), at)
        + part(part3, select(place3 > place2, place3, end), at);
}

/// The part's number at place `at` of the whole, 0 outside the part.
#[cube]
fn part(part: &[f32], place: usize, at: usize) -> f32 {
    let mut value = 0.0f32;
    if at >= place && at < place + part.len() {
        value = part[at - place];
    }
    value
}
