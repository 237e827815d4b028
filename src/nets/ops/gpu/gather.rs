//! Sums of pixels.

use super::{buffer, empty, slice, tensor, thread_each};
use crate::device::buffer::Buffer;
use crate::nets::ops::Taps;
use crate::nets::params::vector;
use burn::tensor::Tensor;
use cubecl::prelude::*;

/// A map's starts, input pixels and weights on the device.
#[derive(Clone, Debug)]
pub struct TapBuffers([Buffer; 3]);

pub fn gather(x: Tensor<2>, taps: &Taps, channels: usize) -> Tensor<2> {
    let [n, _] = x.dims();
    let device = x.device();
    let TapBuffers([starts, from, weight]) = taps
        .buffers
        .get_or_init(|| TapBuffers(taps.as_floats().map(|values| buffer(vector(values, &device)))));
    let x = buffer(x);
    let (inputs, outputs) = (taps.inputs() * channels, taps.outputs() * channels);
    let y = empty(&x, [n, outputs]);
    let (count, dim) = thread_each(&y);
    gather_kernel::launch(
        &y.client,
        count,
        dim,
        slice(&x),
        slice(starts),
        slice(from),
        slice(weight),
        slice(&y),
        inputs,
        outputs,
        channels,
    );
    tensor(y)
}

#[cube(launch)]
fn gather_kernel(
    x: &[f32],
    starts: &[f32],
    from: &[f32],
    weight: &[f32],
    y: &mut [f32],
    inputs: usize,
    outputs: usize,
    channels: usize,
) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let first = ABSOLUTE_POS / outputs * inputs + ABSOLUTE_POS % channels;
    let pixel = ABSOLUTE_POS % outputs / channels;
    let mut sum = 0.0f32;
    let mut k = usize::cast_from(starts[pixel]);
    let end = usize::cast_from(starts[pixel + 1]);
    while k < end {
        sum += weight[k] * x[first + usize::cast_from(from[k]) * channels];
        k += 1;
    }
    y[ABSOLUTE_POS] = sum;
}
