//! Sums of pixels.

use crate::device::CpuTensor;
use crate::nets::ops::Taps;
use burn::tensor::Tensor;

#[inline(always)]
pub fn gather(x: Tensor<2>, taps: &Taps, channels: usize) -> Tensor<2> {
    let [n, _] = x.dims();
    let x = CpuTensor::of(x);
    let (inputs, outputs) = (taps.inputs() * channels, taps.outputs() * channels);
    let mut y = vec![0.0; n * outputs];
    for (x, y) in x.slice().chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
        for (pixel, taps) in y.chunks_exact_mut(channels).zip(taps.iter()) {
            for (from, weight) in taps {
                for (y, x) in pixel.iter_mut().zip(&x[from * channels..][..channels]) {
                    *y += weight * x;
                }
            }
        }
    }
    CpuTensor::tensor(y, [n, outputs])
}
