//! What happens to whole maps: each sample's channels by numbers of their own.

use super::{buffer, empty, slice, tensor, thread_each};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn scale_maps(x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    let ([n, features], [_, channels]) = (x.dims(), scale.dims());
    let (x, scale) = (buffer(x), buffer(scale));
    let y = empty(&x, [n, features]);
    let (count, dim) = thread_each(&y);
    scale_kernel::launch(
        &y.client,
        count,
        dim,
        slice(&x),
        slice(&scale),
        slice(&y),
        features,
        channels,
    );
    tensor(y)
}

#[cube(launch)]
fn scale_kernel(x: &[f32], scale: &[f32], y: &mut [f32], features: usize, channels: usize) {
    if ABSOLUTE_POS >= y.len() {
        terminate!();
    }
    let at = ABSOLUTE_POS / features * channels + ABSOLUTE_POS % channels;
    y[ABSOLUTE_POS] = x[ABSOLUTE_POS] * scale[at];
}

pub fn map_products(g: Tensor<2>, x: Tensor<2>, channels: usize) -> Tensor<2> {
    let [n, features] = g.dims();
    (g * x).reshape([n, features / channels, channels]).sum_dim(1).reshape([n, channels])
}
