//! Convolution with kernel 4, stride 2, padding 1, which halves each side, and its transpose, which
//! doubles it. Each is the other's vector-Jacobian product.

use super::{Layer, Mode, Trace};
use crate::nets::ops::{self, Bias, ConvShape, KERNEL};
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

/// A stack of square feature maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maps {
    pub channels: usize,
    pub side: usize,
}

impl Maps {
    /// Values of all maps.
    pub fn size(self) -> usize {
        self.channels * self.side * self.side
    }
}

/// The shape of a weight: [k, k, fine channels, coarse channels].
fn weight_shape(at: ConvShape) -> [usize; 4] {
    [KERNEL, KERNEL, at.fine, at.coarse]
}

/// Halves each side.
#[derive(Debug)]
pub struct Conv {
    at: ConvShape,
    weight: ParamId, // [k, k, input channels, output channels]
    bias: ParamId,   // [output channels]
}

impl Conv {
    pub fn new(layout: &mut Layout, name: &str, input: Maps, channels: usize) -> Self {
        let fan_in = input.channels * KERNEL * KERNEL;
        let at = ConvShape { side: input.side, fine: input.channels, coarse: channels };
        Self {
            at,
            weight: layout.add(format!("{name}.weight"), &weight_shape(at), Init::FanIn(fan_in)),
            bias: layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in)),
        }
    }

    pub fn output(&self) -> Maps {
        Maps { channels: self.at.coarse, side: self.at.half() }
    }
}

impl Layer for Conv {
    fn multiply_adds(&self) -> u64 {
        self.at.multiply_adds()
    }

    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        weights.weight(self.weight).conv(self.at, x, Some(Bias::once(weights.flat(self.bias))))
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        weights.weight(self.weight).conv_transpose(self.at, g, None)
    }

    fn tangent(
        &self,
        weights: &Weights,
        _trace: &Trace,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Tensor<2> {
        let bias = Bias::times(weights.flat(self.bias), scale);
        weights.weight(self.weight).conv(self.at, u, Some(bias))
    }

    fn gradient(
        &self,
        trace: &Trace,
        g: &Tensor<2>,
        scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        into.add(self.weight, ops::conv_weight_gradient(self.at, trace.x.clone(), g.clone()));
        into.add(self.bias, ops::column_sums(g.clone(), scale.cloned(), self.at.coarse));
    }
}

/// Doubles each side.
#[derive(Debug)]
pub struct ConvTranspose {
    at: ConvShape,
    weight: ParamId,       // [k, k, output channels, input channels]
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
        let at = ConvShape { side: 2 * input.side, fine: channels, coarse: input.channels };
        Self {
            at,
            weight: layout.add(format!("{name}.weight"), &weight_shape(at), Init::FanIn(fan_in)),
            bias: biased
                .then(|| layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in))),
        }
    }

    pub fn weight(&self) -> ParamId {
        self.weight
    }

    pub fn output(&self) -> Maps {
        Maps { channels: self.at.fine, side: self.at.side }
    }
}

impl Layer for ConvTranspose {
    fn multiply_adds(&self) -> u64 {
        self.at.multiply_adds()
    }

    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::once(weights.flat(bias)));
        weights.weight(self.weight).conv_transpose(self.at, x, bias)
    }

    fn vjp(&self, weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        weights.weight(self.weight).conv(self.at, g, None)
    }

    fn tangent(
        &self,
        weights: &Weights,
        _trace: &Trace,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::times(weights.flat(bias), scale));
        weights.weight(self.weight).conv_transpose(self.at, u, bias)
    }

    fn gradient(
        &self,
        trace: &Trace,
        g: &Tensor<2>,
        scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        into.add(self.weight, ops::conv_weight_gradient(self.at, g.clone(), trace.x.clone()));
        if let Some(bias) = self.bias {
            into.add(bias, ops::column_sums(g.clone(), scale.cloned(), self.at.fine));
        }
    }
}
