//! Sums over all samples and pixels, a workgroup for each channel.

use super::{AT_ONCE, THREADS, buffer, empty, slice, sum_of_all, tensor, workgroups};
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn column_sums(g: Tensor<2>, scale: Option<Tensor<2>>, channels: usize) -> Tensor<1> {
    let [_, features] = g.dims();
    let g = buffer(g);
    let sums = empty(&g, [channels]);
    let (count, dim) = workgroups(&sums, channels);
    let scale = scale.map(|scale| slice(&buffer(scale)));
    sums_kernel::launch(
        &sums.client,
        count,
        dim,
        slice(&g),
        scale.into(),
        slice(&sums),
        features / channels,
    );
    tensor(sums)
}

#[cube(launch)]
fn sums_kernel(g: &[f32], scale: ComptimeOption<&[f32]>, sums: &mut [f32], pixels: usize) {
    let mut shared = Shared::new_slice(comptime!(THREADS as usize));
    let channels = sums.len();
    let mut sum = 0.0f32;
    if CUBE_POS < channels {
        let mut row = UNIT_POS as usize;
        let rows = g.len() / channels;
        while row < rows {
            #[unroll]
            for k in 0..comptime!(AT_ONCE) {
                let row = row + k * comptime!(THREADS as usize);
                if row < rows {
                    let scale: ComptimeOption<f32> =
                        scale.as_ref().map(|scale| scale[row / pixels]);
                    sum += g[row * channels + CUBE_POS] * scale.unwrap_or(1.0f32);
                }
            }
            row += comptime!(AT_ONCE * THREADS as usize);
        }
    }
    let sum = sum_of_all(sum, &mut shared);
    if UNIT_POS == 0 && CUBE_POS < channels {
        sums[CUBE_POS] = sum;
    }
}

pub fn column_products(g: Tensor<2>, x: Tensor<2>, centre: Tensor<1>) -> Tensor<1> {
    let [channels] = centre.dims();
    let [products, _] = products_and_sums(g, x, Some(centre), channels);
    products
}

pub fn layer_norm_gradient(g: Tensor<2>, standard: Tensor<2>, channels: usize) -> [Tensor<1>; 2] {
    products_and_sums(g, standard, None, channels)
}

/// Σ g·(x − centre) and Σ g.
fn products_and_sums(
    g: Tensor<2>,
    x: Tensor<2>,
    centre: Option<Tensor<1>>,
    channels: usize,
) -> [Tensor<1>; 2] {
    let (g, x) = (buffer(g), buffer(x));
    let [products, sums] = [empty(&g, [channels]), empty(&g, [channels])];
    let (count, dim) = workgroups(&g, channels);
    let centre = centre.map(|centre| slice(&buffer(centre)));
    products_kernel::launch(
        &g.client,
        count,
        dim,
        slice(&g),
        slice(&x),
        centre.into(),
        slice(&products),
        slice(&sums),
    );
    [tensor(products), tensor(sums)]
}

#[cube(launch)]
fn products_kernel(
    g: &[f32],
    x: &[f32],
    centre: ComptimeOption<&[f32]>,
    products: &mut [f32],
    sums: &mut [f32],
) {
    let mut shared = Shared::new_slice(comptime!(THREADS as usize));
    let channels = sums.len();
    let mut product = 0.0f32;
    let mut sum = 0.0f32;
    if CUBE_POS < channels {
        let centre: ComptimeOption<f32> = centre.as_ref().map(|centre| centre[CUBE_POS]);
        let centre = centre.unwrap_or(0.0f32);
        let mut row = UNIT_POS as usize;
        let rows = g.len() / channels;
        while row < rows {
            #[unroll]
            for k in 0..comptime!(AT_ONCE) {
                let row = row + k * comptime!(THREADS as usize);
                if row < rows {
                    let at = row * channels + CUBE_POS;
                    product += g[at] * (x[at] - centre);
                    sum += g[at];
                }
            }
            row += comptime!(AT_ONCE * THREADS as usize);
        }
    }
    let product = sum_of_all(product, &mut shared);
    let sum = sum_of_all(sum, &mut shared);
    if UNIT_POS == 0 && CUBE_POS < channels {
        products[CUBE_POS] = product;
        sums[CUBE_POS] = sum;
    }
}
