//! The stride-2 convolution, its transpose, and the gradient of both by their weight.

use super::super::{Bias, ConvShape, KERNEL, Weight};
use super::product::{biased, transposed};
use super::{THREADS, buffer, empty, slice, tensor, thread_each, workgroups};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn conv(at: ConvShape, fine: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    let [n, _] = fine.dims();
    let (fine, w) = (buffer(fine), buffer(w.values.clone()));
    let coarse = empty(&fine, [n, at.coarse_size()]);
    let (count, dim) = thread_each(&coarse);
    let [b, scale] = Bias::parts(b);
    conv_kernel::launch(
        &coarse.client,
        count,
        dim,
        slice(&fine),
        slice(&w),
        b.into(),
        scale.into(),
        slice(&coarse),
        at.side,
        at.fine,
        at.coarse,
    );
    tensor(coarse)
}

/// A thread for each number of the coarse maps, neighbours in neighbouring channels: they read the same
/// pixel and weights in a row.
#[cube(launch)]
fn conv_kernel(
    fine: &[f32],
    w: &[f32],
    b: ComptimeOption<&[f32]>,
    scale: ComptimeOption<&[f32]>,
    coarse: &mut [f32],
    side: usize,
    fine_channels: usize,
    coarse_channels: usize,
) {
    if ABSOLUTE_POS >= coarse.len() {
        terminate!();
    }
    let half = side / 2;
    let channel = ABSOLUTE_POS % coarse_channels;
    let pixel = ABSOLUTE_POS / coarse_channels;
    let x = pixel % half;
    let y = pixel / half % half;
    let sample = pixel / half / half;

    let mut sum = biased(&b, &scale, channel, sample);
    for ky in 0..comptime!(KERNEL) {
        // Padding 1: what lies before the first row wraps around and is beyond the last.
        let row = 2 * y + ky;
        if row >= 1 && row <= side {
            for kx in 0..comptime!(KERNEL) {
                let column = 2 * x + kx;
                if column >= 1 && column <= side {
                    let from = ((sample * side + row - 1) * side + column - 1) * fine_channels;
                    let by = (ky * comptime!(KERNEL) + kx) * fine_channels;
                    for c in 0..fine_channels {
                        sum += fine[from + c] * w[(by + c) * coarse_channels + channel];
                    }
                }
            }
        }
    }
    coarse[ABSOLUTE_POS] = sum;
}

pub fn conv_transpose(at: ConvShape, coarse: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    let [n, _] = coarse.dims();
    let w = transposed(w, KERNEL * KERNEL, at.fine, at.coarse);
    let coarse = buffer(coarse);
    let fine = empty(&coarse, [n, at.fine_size()]);
    let (count, dim) = thread_each(&fine);
    let [b, scale] = Bias::parts(b);
    conv_transpose_kernel::launch(
        &fine.client,
        count,
        dim,
        slice(&coarse),
        slice(&w),
        b.into(),
        scale.into(),
        slice(&fine),
        at.side,
        at.fine,
        at.coarse,
    );
    tensor(fine)
}

/// A thread for each number of the fine maps: of four rows of the kernel two reach it, and of four
/// columns. The weight is transposed: [KERNEL, KERNEL, coarse, fine].
#[cube(launch)]
fn conv_transpose_kernel(
    coarse: &[f32],
    w: &[f32],
    b: ComptimeOption<&[f32]>,
    scale: ComptimeOption<&[f32]>,
    fine: &mut [f32],
    side: usize,
    fine_channels: usize,
    coarse_channels: usize,
) {
    if ABSOLUTE_POS >= fine.len() {
        terminate!();
    }
    let half = side / 2;
    let channel = ABSOLUTE_POS % fine_channels;
    let pixel = ABSOLUTE_POS / fine_channels;
    let x = pixel % side + 1;
    let y = pixel / side % side + 1;
    let sample = pixel / side / side;

    let mut sum = biased(&b, &scale, channel, sample);
    for i in 0..comptime!(KERNEL / 2) {
        let ky = y % 2 + 2 * i;
        if y >= ky && (y - ky) / 2 < half {
            let row = sample * half + (y - ky) / 2;
            for j in 0..comptime!(KERNEL / 2) {
                let kx = x % 2 + 2 * j;
                if x >= kx && (x - kx) / 2 < half {
                    let from = (row * half + (x - kx) / 2) * coarse_channels;
                    let by = (ky * comptime!(KERNEL) + kx) * coarse_channels;
                    for c in 0..coarse_channels {
                        sum += coarse[from + c] * w[(by + c) * fine_channels + channel];
                    }
                }
            }
        }
    }
    fine[ABSOLUTE_POS] = sum;
}

/// Coarse channels of which a workgroup of [`gradient_kernel`] finds the gradient.
const CHANNELS: usize = 8;

pub fn conv_weight_gradient(at: ConvShape, fine: Tensor<2>, coarse: Tensor<2>) -> Tensor<1> {
    let [n, _] = fine.dims();
    let (fine, coarse) = (buffer(fine), buffer(coarse));
    let gradient = empty(&fine, [at.weight_size()]);
    let groups = at.coarse.div_ceil(CHANNELS);
    let (count, dim) = workgroups(&gradient, KERNEL * KERNEL * at.fine * groups);
    gradient_kernel::launch(
        &gradient.client,
        count,
        dim,
        slice(&fine),
        slice(&coarse),
        slice(&gradient),
        at.side,
        at.fine,
        at.coarse,
        n,
    );
    tensor(gradient)
}

/// A workgroup for each place in the kernel, fine channel and [`CHANNELS`] coarse channels: each of its
/// threads sums over some rows of the coarse maps, and these sums are added up.
#[cube(launch)]
fn gradient_kernel(
    fine: &[f32],
    coarse: &[f32],
    gradient: &mut [f32],
    side: usize,
    fine_channels: usize,
    coarse_channels: usize,
    samples: usize,
) {
    let lanes = comptime!(THREADS as usize / CHANNELS);
    let mut sums = Shared::new_slice(comptime!(THREADS as usize));
    let me = UNIT_POS as usize;
    let half = side / 2;
    let groups = (coarse_channels + comptime!(CHANNELS - 1)) / comptime!(CHANNELS);
    let channel = CUBE_POS % groups * comptime!(CHANNELS) + me % comptime!(CHANNELS);
    let rest = CUBE_POS / groups;
    let fine_channel = rest % fine_channels;
    let place = rest / fine_channels;
    let ky = place / comptime!(KERNEL);
    let kx = place % comptime!(KERNEL);
    let here = channel < coarse_channels && place < comptime!(KERNEL * KERNEL);

    let mut sum = 0.0f32;
    if here {
        let mut row = me / comptime!(CHANNELS);
        while row < samples * half {
            let y = row % half * 2 + ky;
            if y >= 1 && y <= side {
                let from = (row / half * side + y - 1) * side;
                for x in 0..half {
                    let column = 2 * x + kx;
                    if column >= 1 && column <= side {
                        sum += fine[(from + column - 1) * fine_channels + fine_channel]
                            * coarse[(row * half + x) * coarse_channels + channel];
                    }
                }
            }
            row += lanes;
        }
    }
    sums[me] = sum;
    sync_cube();
    if here && me < comptime!(CHANNELS) {
        let mut total = 0.0f32;
        for lane in 0..lanes {
            total += sums[lane * comptime!(CHANNELS) + me];
        }
        gradient[rest * coarse_channels + channel] = total;
    }
}
