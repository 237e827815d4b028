//! A fixed linear map of pixels: bilinear up- or downsampling by 2, or mean pooling.

use super::conv::Maps;
use super::{Layer, Mode, Trace};
use crate::nets::ops::{self, Taps};
use crate::nets::params::Weights;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Resample {
    channels: usize,
    output: Maps,
    forward: Taps,
    transposed: Taps,
}

impl Resample {
    fn new(input: Maps, side: usize, taps: Taps) -> Self {
        let output = Maps { channels: input.channels, side };
        Self { channels: input.channels, output, transposed: taps.transposed(), forward: taps }
    }

    pub fn upsample(input: Maps) -> Self {
        Self::new(input, 2 * input.side, Taps::upsample(input.side))
    }

    pub fn downsample(input: Maps) -> Self {
        Self::new(input, input.side / 2, Taps::downsample(input.side))
    }

    /// The mean of all pixels.
    pub fn mean(input: Maps) -> Self {
        Self::new(input, 1, Taps::mean(input.side))
    }

    pub fn output(&self) -> Maps {
        self.output
    }
}

impl Layer for Resample {
    fn forward(&self, _weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        ops::gather(x, &self.forward, self.channels)
    }

    fn vjp(&self, _weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        ops::gather(g, &self.transposed, self.channels)
    }

    fn tangent(
        &self,
        _weights: &Weights,
        _trace: &Trace,
        u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        ops::gather(u, &self.forward, self.channels)
    }
}
