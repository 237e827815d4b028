//! Layers one after another, and a builder that names and sizes them.

use super::conv::Maps;
use super::{BatchNorm, Conv, ConvTranspose, Layer, LeakyRelu, Linear, Mode, Tanh, Trace};
use crate::nets::params::{Layout, Weights};
use burn::tensor::Tensor;

#[derive(Debug, Default)]
pub struct Stack {
    layers: Vec<Box<dyn Layer>>,
}

impl Stack {
    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    pub fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2> {
        self.layers.iter().fold(x, |x, layer| layer.forward(weights, x, mode))
    }

    /// Like [`Stack::forward`], and keeps what [`Stack::vjp`] needs.
    pub fn forward_traced(&self, weights: &Weights, x: Tensor<2>) -> (Tensor<2>, Vec<Trace>) {
        let mut traces = Vec::with_capacity(self.layers.len());
        let y = self.layers.iter().fold(x, |x, layer| {
            let (y, trace) = layer.forward_traced(weights, x);
            traces.push(trace);
            y
        });
        (y, traces)
    }

    /// # Shapes
    /// g: [n, outputs] to [n, inputs]
    pub fn vjp(&self, weights: &Weights, traces: &[Trace], g: Tensor<2>) -> Tensor<2> {
        self.layers
            .iter()
            .zip(traces)
            .rev()
            .fold(g, |g, (layer, trace)| layer.vjp(weights, trace, g))
    }
}

/// Adds layers in order, keeping track of the size of what flows between them.
#[derive(Debug)]
pub struct Builder {
    stack: Stack,
    layout: Layout,
    /// Feature maps that flow out of the layers so far; a plain vector has side 1.
    maps: Maps,
}

impl Builder {
    /// Begins with vectors of `inputs` numbers.
    pub fn vectors(inputs: usize) -> Self {
        Self::maps(inputs, 1)
    }

    /// Begins with feature maps [channels, side, side].
    pub fn maps(channels: usize, side: usize) -> Self {
        let maps = Maps { channels, side };
        Self { stack: Stack::default(), layout: Layout::default(), maps }
    }

    fn push(mut self, layer: impl Layer + 'static) -> Self {
        self.stack.layers.push(Box::new(layer));
        self
    }

    pub fn linear(mut self, name: &str, outputs: usize) -> Self {
        let layer = Linear::new(&mut self.layout, name, self.maps.size(), outputs);
        self.maps = Maps { channels: outputs, side: 1 };
        self.push(layer)
    }

    /// Looks at what flows as maps of this side from here on.
    pub fn as_maps(mut self, side: usize) -> Self {
        let channels = self.maps.size() / (side * side);
        self.maps = Maps { channels, side };
        self
    }

    /// Convolution that halves each side.
    pub fn conv(mut self, name: &str, channels: usize) -> Self {
        let layer = Conv::new(&mut self.layout, name, self.maps, channels);
        self.maps = layer.output();
        self.push(layer)
    }

    /// Transposed convolution that doubles each side.
    pub fn conv_transpose(self, name: &str, channels: usize) -> Self {
        self.doubling(name, channels, true)
    }

    /// The same without a bias of its own, followed by a batch norm, which has one.
    pub fn conv_transpose_normed(self, name: &str, channels: usize) -> Self {
        self.doubling(name, channels, false).batch_norm(&format!("{name}.norm"))
    }

    fn doubling(mut self, name: &str, channels: usize, biased: bool) -> Self {
        let layer = ConvTranspose::new(&mut self.layout, name, self.maps, channels, biased);
        self.maps = layer.output();
        self.push(layer)
    }

    pub fn batch_norm(mut self, name: &str) -> Self {
        let layer = BatchNorm::new(&mut self.layout, name, self.maps);
        self.push(layer)
    }

    pub fn relu(self) -> Self {
        self.push(LeakyRelu { slope: 0.0 })
    }

    /// Slope 0.2, as DCGAN's discriminator.
    pub fn leaky_relu(self) -> Self {
        self.push(LeakyRelu { slope: 0.2 })
    }

    pub fn tanh(self) -> Self {
        self.push(Tanh)
    }

    /// Numbers per sample that flow out of the layers so far.
    pub fn outputs(&self) -> usize {
        self.maps.size()
    }

    pub fn finish(self) -> (Stack, Layout) {
        (self.stack, self.layout)
    }
}
