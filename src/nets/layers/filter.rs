//! Convolution that keeps the side, with an odd kernel: each pixel is made of its neighbourhood. In groups,
//! each part of the channels by itself (Xie et al. 2016, arXiv 1611.05431, section 3.3).

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear, by_input, only};
use crate::nets::ops::{self, Bias, Taps};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Filter {
    input: Shape,
    outputs: usize,
    kernel: usize,
    weights: Vec<ParamId>, // of each group [k, k, input channels, output channels] / groups
    bias: Option<ParamId>, // [output channels]
    /// To patches and back; a kernel of 1 sees single pixels.
    patches: Option<[Taps; 2]>,
}

/// A filter's shape, apart from its input.
#[derive(Clone, Copy, Debug)]
pub struct FilterShape {
    pub channels: usize,
    /// Side of its kernel, odd.
    pub kernel: usize,
    /// Divides the channels of input and output.
    pub groups: usize,
    pub biased: bool,
    /// Of its initial weights, as in [`Init::Normal`].
    pub gain: f32,
}

impl FilterShape {
    pub fn new(channels: usize, kernel: usize) -> Self {
        Self { channels, kernel, groups: 1, biased: true, gain: 2f32.sqrt() }
    }
}

impl Filter {
    pub fn new(layout: &mut Layout, name: &str, input: Shape, shape: FilterShape) -> Self {
        let FilterShape { channels, kernel, groups, biased, gain } = shape;
        let (of_input, of_output) = (input.channels / groups, channels / groups);
        let fan_in = kernel * kernel * of_input;
        let sizes = [kernel, kernel, of_input, of_output];
        let mut add = |name: String| layout.add(name, &sizes, Init::Normal { fan_in, gain });
        let weights = match groups {
            1 => vec![add(format!("{name}.weight"))],
            _ => (0..groups).map(|group| add(format!("{name}.group{group}.weight"))).collect(),
        };
        let bias =
            biased.then(|| layout.add(format!("{name}.bias"), &[channels], Init::FanIn(fan_in)));
        let patches = (kernel > 1).then(|| {
            let there = Taps::patches(input.side, kernel);
            let back = there.transposed();
            [there, back]
        });
        Self { input, outputs: channels, kernel, weights, bias, patches }
    }

    /// The weight of the first group.
    pub fn weight(&self) -> ParamId {
        self.weights[0]
    }

    pub fn output(&self) -> Shape {
        Shape { channels: self.outputs, side: self.input.side }
    }

    fn groups(&self) -> usize {
        self.weights.len()
    }

    fn pixels(&self) -> usize {
        self.input.side * self.input.side
    }

    /// The neighbourhoods in one group's channels: [n, pixels·channels] to [n·pixels, k·k·channels/groups].
    fn patches(&self, x: &Tensor<2>, group: usize) -> Tensor<2> {
        let [n, _] = x.dims();
        let channels = self.input.channels / self.groups();
        let x = group_channels(x.clone(), self.input.channels, group, channels);
        let rows = match &self.patches {
            Some([patches, _]) => ops::gather(x, patches, channels),
            None => x,
        };
        rows.reshape([n * self.pixels(), self.kernel * self.kernel * channels])
    }

    fn apply(&self, weights: &Weights, x: Tensor<2>, scale: Option<&Tensor<2>>) -> Tensor<2> {
        let [n, _] = x.dims();
        let (pixels, channels) = (self.pixels(), self.outputs / self.groups());
        // A row for each pixel, so a sample's scale goes to all of its pixels.
        let scale = scale.map(|scale| scale.clone().expand([n, pixels]).reshape([n * pixels, 1]));
        let of_group = |(group, &weight): (usize, &ParamId)| {
            let bias = self.bias.map(|bias| {
                let values = weights.flat(bias);
                let values = match self.groups() {
                    1 => values,
                    _ => values.narrow(0, group * channels, channels),
                };
                Bias { values, scale: scale.clone() }
            });
            weights.weight(weight).product(self.patches(&x, group), bias)
        };
        let parts = self.weights.iter().enumerate().map(of_group).collect();
        concat_groups(parts).reshape([n, pixels * self.outputs])
    }

    /// [n, pixels·outputs] to one group's rows [n·pixels, outputs/groups].
    fn rows(&self, g: &Tensor<2>, group: usize) -> Tensor<2> {
        let [n, _] = g.dims();
        let channels = self.outputs / self.groups();
        group_channels(g.clone(), self.outputs, group, channels)
            .reshape([n * self.pixels(), channels])
    }

    /// The vector-Jacobian product: [n, pixels·outputs] to [n, inputs].
    fn by_pixels(&self, weights: &Weights, g: Tensor<2>) -> Tensor<2> {
        let [n, _] = g.dims();
        let (pixels, channels) = (self.pixels(), self.input.channels / self.groups());
        let of_group = |(group, &weight): (usize, &ParamId)| {
            let back = weights.weight(weight).product_transposed(self.rows(&g, group));
            let back = match &self.patches {
                Some([_, back_to_pixels]) => {
                    let patches = back.reshape([n, pixels * self.kernel * self.kernel * channels]);
                    ops::gather(patches, back_to_pixels, channels)
                }
                None => back,
            };
            back.reshape([n * pixels, channels])
        };
        let parts = self.weights.iter().enumerate().map(of_group).collect();
        concat_groups(parts).reshape([n, self.input.size()])
    }
}

/// One group's `count` of each pixel's channels: [n, pixels·channels] to [n, pixels·count].
fn group_channels(x: Tensor<2>, channels: usize, group: usize, count: usize) -> Tensor<2> {
    if count == channels {
        return x;
    }
    let [n, features] = x.dims();
    let pixels = features / channels;
    let x = x.reshape([n * pixels, channels]).narrow(1, group * count, count);
    x.reshape([n, pixels * count])
}

/// Concatenates groups' rows.
fn concat_groups(mut parts: Vec<Tensor<2>>) -> Tensor<2> {
    match parts.len() {
        1 => parts.remove(0),
        _ => Tensor::cat(parts, 1),
    }
}

impl Layer for Filter {
    fn multiply_adds(&self) -> u64 {
        let of_weights =
            self.kernel * self.kernel * self.input.channels * self.outputs / self.groups();
        (self.pixels() * of_weights) as u64
    }

    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        (self.apply(weights, only(x), None), Kept::Nothing)
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            for (group, &weight) in self.weights.iter().enumerate() {
                let patches = self.patches(&at.x[0], group);
                own.into.add(weight, ops::outer(patches, self.rows(&g, group)));
            }
            if let Some(bias) = self.bias {
                own.into.add(bias, ops::column_sums(g.clone(), own.scale.cloned(), self.outputs));
            }
        }
        by_input(ask.inputs, || self.by_pixels(weights, g))
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Filter {
    fn tangent(&self, weights: &Weights, _at: At, u: &[Tensor<2>], scale: &Tensor<2>) -> Tensor<2> {
        self.apply(weights, u[0].clone(), Some(scale))
    }
}
