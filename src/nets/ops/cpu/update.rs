//! What happens to all parameters at once, in one pass over memory each.

use crate::device::CpuTensor;
use crate::nets::ops::AdamRates;
use burn::tensor::Tensor;

#[inline(always)]
pub fn adam(
    parameters: Tensor<1>,
    mean: &mut Option<Tensor<1>>,
    square: Tensor<1>,
    gradient: Tensor<1>,
    rates: AdamRates,
) -> [Tensor<1>; 2] {
    let AdamRates { beta1, beta2, rate, square_scale, epsilon, keep } = rates;
    let shape = parameters.dims();
    let gradient = CpuTensor::of(gradient);
    let [mut theta, mut v] = [parameters, square].map(|t| CpuTensor::of(t).into_vec());
    let them = theta.iter_mut().zip(&mut v).zip(gradient.slice());
    let update = |theta: &mut f32, v: &mut f32, m: f32, g: f32| {
        *v = beta2 * *v + (1.0 - beta2) * g * g;
        *theta = keep * *theta - rate * m / (v.sqrt() * square_scale + epsilon);
    };
    if let Some(before) = mean.take() {
        let mut m = CpuTensor::of(before).into_vec();
        for (((theta, v), &g), m) in them.zip(&mut m) {
            *m = beta1 * *m + (1.0 - beta1) * g;
            update(theta, v, *m, g);
        }
        *mean = Some(CpuTensor::tensor(m, shape));
    } else {
        for ((theta, v), &g) in them {
            update(theta, v, g, g);
        }
    }
    [theta, v].map(|values| CpuTensor::tensor(values, shape))
}

#[inline(always)]
pub fn blend(a: Tensor<1>, b: Tensor<1>, weight: f32) -> Tensor<1> {
    let shape = a.dims();
    let (mut a, b) = (CpuTensor::of(a).into_vec(), CpuTensor::of(b));
    for (a, b) in a.iter_mut().zip(b.slice()) {
        *a = weight * *a + (1.0 - weight) * b;
    }
    CpuTensor::tensor(a, shape)
}

pub fn scatter(parts: Vec<(usize, Tensor<1>)>, len: usize) -> Tensor<1> {
    let mut whole = vec![0.0; len];
    for (at, part) in parts {
        let part = CpuTensor::of(part);
        whole[at..at + part.slice().len()].copy_from_slice(part.slice());
    }
    CpuTensor::tensor(whole, [len])
}
