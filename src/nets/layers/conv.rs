//! Convolution with kernel 4, stride 2, padding 1, which halves each side, and its transpose, which
//! doubles it. Each is the other's vector-Jacobian product.

use super::{Layer, Mode, Trace};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

const KERNEL: usize = 4;

/// A stack of square feature maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maps {
    pub channels: usize,
    pub side: usize,
}

impl Maps {
    /// Numbers in all maps together.
    pub fn size(self) -> usize {
        self.channels * self.side * self.side
    }
}

/// `x`: [n, c·h·w] to [n, c, h, w]
fn unflatten(x: Tensor<2>, maps: Maps) -> Tensor<4> {
    let [n, _] = x.dims();
    x.reshape([n, maps.channels, maps.side, maps.side])
}

/// `x`: [n, c, h, w] to [n, c·h·w]
fn flatten(x: Tensor<4>) -> Tensor<2> {
    let [n, c, h, w] = x.dims();
    x.reshape([n, c * h * w])
}

/// [n, c, h, w] to [n, c', h/2, w/2]
fn halve(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv2d(x, weight, bias, ConvOptions::new([2, 2], [1, 1], [1, 1], 1))
}

/// [n, c', h/2, w/2] to [n, c, h, w]
fn double(x: Tensor<4>, weight: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    conv_transpose2d(x, weight, bias, ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1))
}

/// Halves each side.
#[derive(Debug)]
pub struct Conv {
    input: Maps,
    output: Maps,
    weight: ParamId, // [output channels, input channels, k, k]
    bias: ParamId,   // [output channels]
}

impl Conv {
    pub fn new(layout: &mut Layout, name: &str, input: Maps, channels: usize) -> Self {
        let fan_in = input.channels * KERNEL * KERNEL;
        let shape = [channels, input.channels, KERNEL, KERNEL];
        Self {
            input,
            output: Maps { channels, side: input.side / 2 },
            weight: layout.add(format!("{name}.weight"), &shape, Init::FanIn(fan_in)),
            bias: layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in)),
        }
    }

    pub fn output(&self) -> Maps {
        self.output
    }
}

impl Layer for Conv {
    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        let bias = weights.get(self.bias);
        flatten(halve(unflatten(x, self.input), weights.get(self.weight), Some(bias)))
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        // A convolution's weight [out, in, k, k] is, unchanged, its transpose's [in', out', k, k].
        flatten(double(unflatten(g, self.output), weights.get(self.weight), None))
    }
}

/// Doubles each side.
#[derive(Debug)]
pub struct ConvTranspose {
    input: Maps,
    output: Maps,
    weight: ParamId,       // [input channels, output channels, k, k]
    bias: Option<ParamId>, // [output channels]
}

impl ConvTranspose {
    /// A layer that a batch norm follows needs no bias: the norm takes it away again.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        input: Maps,
        channels: usize,
        biased: bool,
    ) -> Self {
        let fan_in = channels * KERNEL * KERNEL;
        let shape = [input.channels, channels, KERNEL, KERNEL];
        Self {
            input,
            output: Maps { channels, side: input.side * 2 },
            weight: layout.add(format!("{name}.weight"), &shape, Init::FanIn(fan_in)),
            bias: biased
                .then(|| layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in))),
        }
    }

    pub fn output(&self) -> Maps {
        self.output
    }
}

impl Layer for ConvTranspose {
    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        let bias = self.bias.map(|bias| weights.get(bias));
        flatten(double(unflatten(x, self.input), weights.get(self.weight), bias))
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        flatten(halve(unflatten(g, self.output), weights.get(self.weight), None))
    }
}
