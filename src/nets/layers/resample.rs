//! A fixed linear map of pixels: bilinear up- or downsampling by 2, or mean pooling.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::ops::{self, Taps};
use crate::nets::params::Weights;
use crate::shape::Shape;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Resample {
    channels: usize,
    output: Shape,
    forward: Taps,
    transposed: Taps,
}

impl Resample {
    fn new(input: Shape, side: usize, taps: Taps) -> Self {
        let output = Shape { channels: input.channels, side };
        Self { channels: input.channels, output, transposed: taps.transposed(), forward: taps }
    }

    pub fn upsample(input: Shape) -> Self {
        Self::new(input, 2 * input.side, Taps::upsample(input.side))
    }

    pub fn downsample(input: Shape) -> Self {
        Self::new(input, input.side / 2, Taps::downsample(input.side))
    }

    /// The mean of all pixels.
    pub fn mean(input: Shape) -> Self {
        Self::new(input, 1, Taps::mean(input.side))
    }

    pub fn output(&self) -> Shape {
        self.output
    }
}

impl Layer for Resample {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (ops::gather(only(x), &self.forward, self.channels), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        by_input(ask.inputs, || ops::gather(g, &self.transposed, self.channels))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Resample {
    fn tangent(
        &self,
        _weights: &Weights,
        _at: At,
        u: &[Tensor<2>],
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        ops::gather(u[0].clone(), &self.forward, self.channels)
    }
}
