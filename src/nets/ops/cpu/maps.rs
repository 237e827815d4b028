//! What happens to whole maps: each sample's channels by numbers of their own.

use crate::device::CpuTensor;
use burn::tensor::Tensor;

#[inline(always)]
pub fn scale_maps(x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    let ([n, features], [_, channels]) = (x.dims(), scale.dims());
    let (mut x, scale) = (CpuTensor::of(x).into_vec(), CpuTensor::of(scale));
    let samples = x.chunks_exact_mut(features).zip(scale.slice().chunks_exact(channels));
    for (sample, scale) in samples {
        for pixel in sample.chunks_exact_mut(channels) {
            for (x, scale) in pixel.iter_mut().zip(scale) {
                *x *= scale;
            }
        }
    }
    CpuTensor::tensor(x, [n, features])
}

#[inline(always)]
pub fn map_products(g: Tensor<2>, x: Tensor<2>, channels: usize) -> Tensor<2> {
    let [n, features] = g.dims();
    let (g, x) = (CpuTensor::of(g), CpuTensor::of(x));
    let mut products = vec![0.0; n * channels];
    let samples = g.slice().chunks_exact(features).zip(x.slice().chunks_exact(features));
    for ((g, x), products) in samples.zip(products.chunks_exact_mut(channels)) {
        for (g, x) in g.chunks_exact(channels).zip(x.chunks_exact(channels)) {
            for ((product, g), x) in products.iter_mut().zip(g).zip(x) {
                *product += g * x;
            }
        }
    }
    CpuTensor::tensor(products, [n, channels])
}
