//! Layer norm: each sample brought to mean 0 and variance 1, and the backward pass.

use super::pointwise::{affine, column_products, column_sums};
use super::registers::Register;
use crate::device::{self, CpuTensor};
use crate::nets::ops::Normed;
use burn::tensor::Tensor;

/// The sum of what `of` makes of the numbers at each place, a register at a time.
#[inline(always)]
fn sum<R: Register, const N: usize>(slices: [&[f32]; N], of: impl Fn([R; N]) -> R) -> f32 {
    let len = slices[0].len();
    let whole = len / R::LANES * R::LANES;
    let mut total = R::splat(0.0);
    for i in (0..whole).step_by(R::LANES) {
        total = total + of(slices.map(|s| R::read(&s[i..])));
    }
    let rest = (whole..len).map(|i| of(slices.map(|s| R::splat(s[i]))).into_array().as_ref()[0]);
    total.sum() + rest.sum::<f32>()
}

/// x̂ and 1/√(σ² + ε), as in [`Normed`].
#[inline(always)]
fn standardize<R: Register>(x: Tensor<2>, epsilon: f32) -> (Tensor<2>, Tensor<2>) {
    let [n, features] = x.dims();
    let mut y = CpuTensor::of(x).into_vec();
    let mut inverses = Vec::with_capacity(n);
    for sample in y.chunks_exact_mut(features) {
        let mean = sum([sample], |[x]: [R; 1]| x) / features as f32;
        let centre = R::splat(mean);
        let variance = sum([sample], |[x]: [R; 1]| (x - centre) * (x - centre)) / features as f32;
        let inverse = (variance + epsilon).sqrt().recip();
        for value in sample.iter_mut() {
            *value = (*value - mean) * inverse;
        }
        inverses.push(inverse);
    }
    (CpuTensor::tensor(y, [n, features]), CpuTensor::tensor(inverses, [n, 1]))
}

#[inline(always)]
pub fn layer_norm<R: Register>(
    x: Tensor<2>,
    scale: Tensor<1>,
    shift: Tensor<1>,
    epsilon: f32,
) -> Normed {
    let (standard, inverse) = standardize::<R>(x, epsilon);
    Normed { y: affine(standard.clone(), scale, shift), standard, inverse }
}

#[inline(always)]
pub fn layer_norm_gradient(g: Tensor<2>, standard: Tensor<2>, channels: usize) -> [Tensor<1>; 2] {
    let centre = Tensor::zeros([channels], &device::cpu());
    [column_products(g.clone(), standard, centre), column_sums(g, None, channels)]
}

#[inline(always)]
pub fn layer_norm_backward<R: Register>(
    g: Tensor<2>,
    scale: Tensor<1>,
    standard: Tensor<2>,
    inverse: Tensor<2>,
) -> Tensor<2> {
    let [n, features] = g.dims();
    let (scale, standard, inverse) =
        (CpuTensor::of(scale), CpuTensor::of(standard), CpuTensor::of(inverse));
    let (scale, standard) = (scale.slice(), standard.slice().chunks_exact(features));
    let mut y = CpuTensor::of(g).into_vec();
    for ((g, standard), inverse) in y.chunks_exact_mut(features).zip(standard).zip(inverse.slice())
    {
        for pixel in g.chunks_exact_mut(scale.len()) {
            for (g, scale) in pixel.iter_mut().zip(scale) {
                *g *= scale;
            }
        }
        let mean = sum([g], |[g]: [R; 1]| g) / features as f32;
        let along = sum([g, standard], |[g, x]: [R; 2]| g * x) / features as f32;
        for (g, x) in g.iter_mut().zip(standard) {
            *g = inverse * (*g - mean - x * along);
        }
    }
    CpuTensor::tensor(y, [n, features])
}
