//! What happens to each number or each channel, in one pass over memory each.

use crate::device::CpuTensor;
use burn::tensor::Tensor;
use wide::f32x4;

pub fn take(x: Tensor<2>, places: &[u32]) -> Tensor<2> {
    let shape = x.dims();
    let x = CpuTensor::of(x);
    let at = |&place: &u32| x.slice().get(place as usize).copied().unwrap_or(0.0);
    CpuTensor::tensor(places.iter().map(at).collect(), shape)
}

#[inline(always)]
pub fn leaky_relu(x: Tensor<2>, slope: f32) -> Tensor<2> {
    let shape = x.dims();
    let x = CpuTensor::of(x);
    let y = each(x.slice(), x.slice(), |x, _| if x > 0.0 { x } else { slope * x });
    CpuTensor::tensor(y, shape)
}

#[inline(always)]
pub fn leaky_relu_backward(g: Tensor<2>, x: Tensor<2>, slope: f32) -> Tensor<2> {
    let shape = g.dims();
    let (g, x) = (CpuTensor::of(g), CpuTensor::of(x));
    let y = each(g.slice(), x.slice(), |g, x| if x > 0.0 { g } else { slope * g });
    CpuTensor::tensor(y, shape)
}

/// What `of` makes of the numbers at each place. Not collected, which the compiler leaves to a function that is not
/// compiled for wide registers.
#[inline(always)]
fn each(a: &[f32], b: &[f32], of: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let mut y = Vec::with_capacity(a.len());
    for ((y, a), b) in y.spare_capacity_mut().iter_mut().zip(a).zip(b) {
        y.write(of(*a, *b));
    }
    // SAFETY: as many have been written: those of a, beside as many of b.
    assert_eq!(a.len(), b.len());
    unsafe { y.set_len(a.len()) };
    y
}

/// tanh x = 1 − 2 / (e²ˣ + 1): to 1e-7 of the range, which is finer than a picture's 256 levels need.
#[inline(always)]
pub fn tanh(x: Tensor<2>) -> Tensor<2> {
    let shape = x.dims();
    let x = CpuTensor::of(x);
    let mut y = x.slice().to_vec();
    let one = f32x4::ONE;
    let of = |x: f32x4| one - (one + one) / ((x + x).exp() + one);
    let (groups, rest) = y.as_chunks_mut::<4>();
    for group in groups {
        *group = of(f32x4::from(*group)).to_array();
    }
    for value in rest {
        *value = of(f32x4::splat(*value)).to_array()[0];
    }
    CpuTensor::tensor(y, shape)
}

pub fn tanh_backward(g: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    g * (1.0 - y.clone() * y)
}

pub fn add_scaled(y: Tensor<2>, x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    x * scale + y
}

/// y + scale·b for each sample and pixel.
///
/// # Shapes
/// y: [n, pixels·channels], b: [channels], scale: [n, 1]; to y's
#[inline(always)]
pub fn add_bias(y: Tensor<2>, b: Tensor<1>, scale: Tensor<2>) -> Tensor<2> {
    let [n, features] = y.dims();
    let (b, scale) = (CpuTensor::of(b), CpuTensor::of(scale));
    let (b, mut y) = (b.slice(), CpuTensor::of(y).into_vec());
    for (sample, &scale) in y.chunks_exact_mut(features).zip(scale.slice()) {
        for pixel in sample.chunks_exact_mut(b.len()) {
            for (y, b) in pixel.iter_mut().zip(b) {
                *y += scale * b;
            }
        }
    }
    CpuTensor::tensor(y, [n, features])
}

#[inline(always)]
pub fn column_sums(g: Tensor<2>, scale: Option<Tensor<2>>, channels: usize) -> Tensor<1> {
    let [n, features] = g.dims();
    let (g, scale) = (CpuTensor::of(g), scale.map(CpuTensor::of));
    let ones = vec![1.0; n];
    let scale = scale.as_ref().map_or(&ones[..], CpuTensor::slice);
    let mut total = vec![0.0; channels];
    let mut of_sample = vec![0.0; channels];
    for (sample, scale) in g.slice().chunks_exact(features).zip(scale) {
        // Summed by sample first, which also keeps the sums' rounding small.
        of_sample.fill(0.0);
        for pixel in sample.chunks_exact(channels) {
            for (sum, g) in of_sample.iter_mut().zip(pixel) {
                *sum += g;
            }
        }
        for (total, sum) in total.iter_mut().zip(&of_sample) {
            *total += scale * sum;
        }
    }
    CpuTensor::tensor(total, [channels])
}

#[inline(always)]
pub fn column_products(g: Tensor<2>, x: Tensor<2>, centre: Tensor<1>) -> Tensor<1> {
    let [_, features] = g.dims();
    let (g, x, centre) = (CpuTensor::of(g), CpuTensor::of(x), CpuTensor::of(centre));
    let centre = centre.slice();
    let channels = centre.len();
    let mut total = vec![0.0; channels];
    let mut of_sample = vec![0.0; channels];
    for (g, x) in g.slice().chunks_exact(features).zip(x.slice().chunks_exact(features)) {
        of_sample.fill(0.0);
        for (g, x) in g.chunks_exact(channels).zip(x.chunks_exact(channels)) {
            for (((sum, g), x), c) in of_sample.iter_mut().zip(g).zip(x).zip(centre) {
                *sum += g * (x - c);
            }
        }
        for (total, sum) in total.iter_mut().zip(&of_sample) {
            *total += sum;
        }
    }
    CpuTensor::tensor(total, [channels])
}

#[inline(always)]
pub fn affine(x: Tensor<2>, factor: Tensor<1>, offset: Tensor<1>) -> Tensor<2> {
    let shape = x.dims();
    let [x, factor, offset] = [CpuTensor::of(x), CpuTensor::of(factor), CpuTensor::of(offset)];
    let (factor, offset) = (factor.slice(), offset.slice());
    let mut y = x.slice().to_vec();
    for pixel in y.chunks_exact_mut(factor.len()) {
        for ((y, a), b) in pixel.iter_mut().zip(factor).zip(offset) {
            *y = *y * a + b;
        }
    }
    CpuTensor::tensor(y, shape)
}

#[inline(always)]
pub fn combine(
    g: Tensor<2>,
    x: Tensor<2>,
    by_g: Tensor<1>,
    by_x: Tensor<1>,
    offset: Tensor<1>,
) -> Tensor<2> {
    let shape = g.dims();
    let x = CpuTensor::of(x);
    let [by_g, by_x, offset] = [by_g, by_x, offset].map(CpuTensor::of);
    let (by_g, by_x, offset) = (by_g.slice(), by_x.slice(), offset.slice());
    let mut y = CpuTensor::of(g).into_vec();
    for (y, x) in y.chunks_exact_mut(offset.len()).zip(x.slice().chunks_exact(offset.len())) {
        for ((((y, x), a), b), c) in y.iter_mut().zip(x).zip(by_g).zip(by_x).zip(offset) {
            *y = *y * a + x * b + c;
        }
    }
    CpuTensor::tensor(y, shape)
}
