//! Convolution with kernel 4, stride 2, padding 1, which halves each side, and its transpose, which
//! doubles it. Each is the other's vector-Jacobian product.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::ops::{self, Bias, ConvShape, KERNEL};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

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
    pub fn new(layout: &mut Layout, name: &str, input: Shape, channels: usize) -> Self {
        let fan_in = input.channels * KERNEL * KERNEL;
        let at = ConvShape { side: input.side, fine: input.channels, coarse: channels };
        Self {
            at,
            weight: layout.add(format!("{name}.weight"), &weight_shape(at), Init::FanIn(fan_in)),
            bias: layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in)),
        }
    }

    pub fn output(&self) -> Shape {
        Shape { channels: self.at.coarse, side: self.at.half() }
    }
}

impl Layer for Conv {
    fn multiply_adds(&self) -> u64 {
        self.at.multiply_adds()
    }

    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let bias = Some(Bias::once(weights.flat(self.bias)));
        (weights.weight(self.weight).conv(self.at, only(x), bias), Kept::Nothing)
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            let (x, scale) = (at.x[0].clone(), own.scale.cloned());
            own.into.add(self.weight, ops::conv_weight_gradient(self.at, x, g.clone()));
            own.into.add(self.bias, ops::column_sums(g.clone(), scale, self.at.coarse));
        }
        by_input(ask.inputs, || weights.weight(self.weight).conv_transpose(self.at, g, None))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Conv {
    fn tangent(&self, weights: &Weights, _at: At, u: &[Tensor<2>], scale: &Tensor<2>) -> Tensor<2> {
        let bias = Bias::times(weights.flat(self.bias), scale);
        weights.weight(self.weight).conv(self.at, u[0].clone(), Some(bias))
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
        input: Shape,
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

    pub fn output(&self) -> Shape {
        Shape { channels: self.at.fine, side: self.at.side }
    }
}

impl Layer for ConvTranspose {
    fn multiply_adds(&self) -> u64 {
        self.at.multiply_adds()
    }

    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let bias = self.bias.map(|bias| Bias::once(weights.flat(bias)));
        (weights.weight(self.weight).conv_transpose(self.at, only(x), bias), Kept::Nothing)
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            let (x, scale) = (at.x[0].clone(), own.scale.cloned());
            own.into.add(self.weight, ops::conv_weight_gradient(self.at, g.clone(), x));
            if let Some(bias) = self.bias {
                own.into.add(bias, ops::column_sums(g.clone(), scale, self.at.fine));
            }
        }
        by_input(ask.inputs, || weights.weight(self.weight).conv(self.at, g, None))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for ConvTranspose {
    fn tangent(&self, weights: &Weights, _at: At, u: &[Tensor<2>], scale: &Tensor<2>) -> Tensor<2> {
        let bias = self.bias.map(|bias| Bias::times(weights.flat(bias), scale));
        weights.weight(self.weight).conv_transpose(self.at, u[0].clone(), bias)
    }
}
