//! Layers one after another, and a builder that names and sizes them.
//!
//! For a stack of piecewise linear layers, the gradient of a loss *and* of a penalty on the input
//! gradient costs one way forward, one way back, one tangent and one gradient by the weights. Let
//! logit = f(x), and let tₗ be its slopes by the output of layer l (`back`). A loss with ∂L/∂logit = c
//! has the weight gradient Σ (c·xₗ)⊗tₗ. A penalty P(∇ₓf) with v = ∂P/∂(∇ₓf) has that of v·∇ₓf, the
//! tangent of f along v; it is linear in each weight, and its slopes are the same tₗ: Σ uₗ⊗tₗ with uₗ
//! what v has become before layer l. Both are linear in what is sent along, so c·x + v is sent once.
//! That is Pearlmutter's R-operator (Neural Computation 6, 1994) with the two sums joined.

use super::conv::Maps;
use super::{
    BatchNorm, Conv, ConvTranspose, Kept, Layer, LayerNorm, LeakyRelu, Linear, Mode, Tanh, Trace,
};
use crate::nets::Norm;
use crate::nets::params::{Gradient, Layout, Weights};
use burn::tensor::Tensor;

#[derive(Debug, Default)]
pub struct Stack {
    layers: Vec<Box<dyn Layer>>,
}

impl Stack {
    /// Whether what becomes of a sample depends on the others of its batch.
    pub fn ties_samples(&self) -> bool {
        self.layers.iter().any(|layer| layer.ties_samples())
    }

    /// Multiply-adds of one sample's way forward: of the first layer, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        let of = |layer: &dyn Layer| layer.multiply_adds();
        let first = self.layers.first().map_or(0, |layer| of(layer.as_ref()));
        [first, self.layers.iter().map(|layer| of(layer.as_ref())).sum()]
    }

    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    pub fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2> {
        self.layers.iter().fold(x, |x, layer| layer.forward(weights, x, mode))
    }

    /// Like [`Stack::forward`], and keeps what went in and out of every layer.
    pub fn trace(&self, weights: &Weights, x: Tensor<2>) -> Traced {
        let mut traces: Vec<Trace> = Vec::with_capacity(self.layers.len());
        let y = self.layers.iter().fold(x, |x, layer| {
            let trace = layer.trace(weights, x);
            let y = trace.y.clone();
            traces.push(trace);
            y
        });
        Traced { y, traces }
    }

    /// Goes back from `g`, the gradient of something by the output of each sample.
    ///
    /// # Shapes
    /// g: [n, outputs]
    pub fn back(&self, weights: &Weights, traced: &Traced, g: Tensor<2>) -> Slopes {
        let mut slopes = Vec::with_capacity(self.layers.len());
        let mut g = g;
        for (layer, trace) in self.layers.iter().zip(&traced.traces).skip(1).rev() {
            let next = layer.vjp(weights, trace, g.clone());
            slopes.push(g);
            g = next;
        }
        slopes.push(g);
        slopes.reverse();
        Slopes(slopes)
    }

    /// The last bit of the way back: to the input itself, [n, inputs].
    pub fn back_to_input(&self, weights: &Weights, traced: &Traced, slopes: &Slopes) -> Tensor<2> {
        self.layers[0].vjp(weights, &traced.traces[0], slopes.0[0].clone())
    }

    /// Follows `u` along the linear map that the stack is around the traced input, each bias taken
    /// `scale` times.
    ///
    /// # Shapes
    /// u: [n, inputs], scale: [n, 1]
    pub fn tangent(
        &self,
        weights: &Weights,
        traced: &Traced,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Traced {
        let mut traces = Vec::with_capacity(self.layers.len());
        let y = self.layers.iter().zip(&traced.traces).fold(u, |x, (layer, trace)| {
            let y = layer.tangent(weights, trace, x.clone(), scale);
            traces.push(Trace { x, y: y.clone(), kept: Kept::Nothing });
            y
        });
        Traced { y, traces }
    }

    /// The gradient by all parameters of what `slopes` lead back from, for a traced input or for a
    /// tangent whose biases were taken `scale` times.
    pub fn gradient(
        &self,
        traced: &Traced,
        slopes: &Slopes,
        scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        for ((layer, trace), g) in self.layers.iter().zip(&traced.traces).zip(&slopes.0) {
            layer.gradient(trace, g, scale, into);
        }
    }
}

/// A stack's output with the way that led to it.
#[derive(Clone, Debug)]
pub struct Traced {
    /// [n, outputs]
    pub y: Tensor<2>,
    traces: Vec<Trace>,
}

/// The gradient of something by the output of each layer of a stack, first layer first.
#[derive(Clone, Debug)]
pub struct Slopes(Vec<Tensor<2>>);

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

    /// The same without a bias of its own, followed by a norm, which has one.
    pub fn conv_transpose_normed(self, name: &str, channels: usize, norm: Norm) -> Self {
        self.doubling(name, channels, false).norm(&format!("{name}.norm"), norm)
    }

    fn doubling(mut self, name: &str, channels: usize, biased: bool) -> Self {
        let layer = ConvTranspose::new(&mut self.layout, name, self.maps, channels, biased);
        self.maps = layer.output();
        self.push(layer)
    }

    pub fn norm(mut self, name: &str, norm: Norm) -> Self {
        match norm {
            Norm::Batch => {
                let layer = BatchNorm::new(&mut self.layout, name, self.maps);
                self.push(layer)
            }
            Norm::Layer => {
                let layer = LayerNorm::new(&mut self.layout, name, self.maps);
                self.push(layer)
            }
        }
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
