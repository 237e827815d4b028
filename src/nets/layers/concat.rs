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

    /// # Shapes
    /// [n, pixels·channels] of each; to [n, pixels·channels of both]
    pub fn apply(&self, [a, b]: [Tensor<2>; 2]) -> Tensor<2> {
        let [n, _] = a.dims();
        let rows = |x: Tensor<2>, channels| match self.pixels {
            1 => x,
            pixels => x.reshape([n * pixels, channels]),
        };
        let (a, b) = (rows(a, self.channels[0]), rows(b, self.channels[1]));
        let y = ops::concat_columns(a, b, self.times);
        y.reshape([n, self.pixels * (self.channels[0] + self.channels[1])])
    }

    /// The gradient by one of the two, from that by both: [n, pixels·channels].
    pub fn part(&self, g: &Tensor<2>, of: usize) -> Tensor<2> {
        let [n, _] = g.dims();
        let [a, b] = self.channels;
        let rows = g.clone().reshape([n * self.pixels, a + b]);
        let part = rows.narrow(1, of * a, self.channels[of]);
        let part = part.reshape([n, self.pixels * self.channels[of]]);
        if of == 0 || self.times == 1.0 { part } else { part * self.times }
    }
}

impl Layer for Concat {
    fn forward(
        &self,
        _weights: &Weights,
        x: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (self.apply([x[0].clone(), x[1].clone()]), Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        [0, 1].map(|of| ask.inputs[of].then(|| self.part(&g, of))).to_vec()
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
        self.apply([u[0].clone(), u[1].clone()])
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
