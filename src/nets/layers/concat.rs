//! Concatenation: of channels, as U-Net's skips (Ronneberger et al. 2015, arXiv 1505.04597, figure 1) and a label beside
//! a latent, or of rows.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear};
use crate::nets::ops;
use crate::nets::params::Weights;
use crate::shape::Shape;
use burn::tensor::Tensor;

/// `[a, times·b]`, channel by channel.
#[derive(Debug)]
pub struct Concat {
    pixels: usize,
    channels: [usize; 2],
    times: f64,
}

impl Concat {
    /// Both have the same side.
    pub fn new([a, b]: [Shape; 2], times: f64) -> Self {
        Self { pixels: a.pixels(), channels: [a.channels, b.channels], times }
    }

    fn apply(&self, x: &[Tensor<2>]) -> Tensor<2> {
        let [n, _] = x[0].dims();
        let [a, b] = [0, 1].map(|i| {
            let x = x[i].clone();
            if self.pixels == 1 { x } else { x.reshape([n * self.pixels, self.channels[i]]) }
        });
        let y = ops::concat_columns(a, b, self.times);
        y.reshape([n, self.pixels * (self.channels[0] + self.channels[1])])
    }
}

impl Layer for Concat {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (self.apply(&x), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let [n, _] = g.dims();
        let [a, b] = self.channels;
        let g = g.reshape([n * self.pixels, a + b]);
        let part = |from: usize, channels: usize| {
            g.clone().narrow(1, from, channels).reshape([n, self.pixels * channels])
        };
        let by_b = || if self.times == 1.0 { part(a, b) } else { part(a, b) * self.times };
        vec![ask.inputs[0].then(|| part(0, a)), ask.inputs[1].then(by_b)]
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Concat {
    fn tangent(
        &self,
        _weights: &Weights,
        _at: At,
        u: &[Tensor<2>],
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        self.apply(u)
    }
}

/// The samples of one input after those of the other: [2n, values].
#[derive(Debug)]
pub struct ConcatRows;

impl Layer for ConcatRows {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (ops::concat_rows(x[0].clone(), x[1].clone()), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let [n, _] = at.x[0].dims();
        let part = |i: usize| ask.inputs[i].then(|| g.clone().narrow(0, i * n, n));
        vec![part(0), part(1)]
    }
}
