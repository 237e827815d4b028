//! The modulated convolution of StyleGAN2 (Karras et al. 2020, arXiv 1912.04958, eq. 1 to 3), with its noise
//! and bias: the style scales each input channel, and where it is demodulated each output channel is divided
//! by the deviation that it would then have: w'ᵢⱼₖ = sᵢ·wᵢⱼₖ, w″ᵢⱼₖ = w'ᵢⱼₖ / √(Σᵢₖ w'ᵢⱼₖ² + ε).
//!
//! Weights of its own for each sample would be large. Scaling what goes in by s and what comes out by
//! d = 1/√(s²·Σₖw² + ε) around one shared convolution is the same.

use super::{
    Ask, At, Contribution, ConvTranspose, Filter, FilterShape, Kept, Layer, Linear, Mode, only,
};
use crate::nets::ops::{self, Weight};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-8;

/// Which convolution is modulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modulation {
    /// Keeps the side, with a kernel of 3.
    Keep,
    /// Doubles each side.
    Upsample,
    /// To grey, without demodulation and noise: kernel 1.
    Picture,
}

#[derive(Debug)]
pub struct Modulated {
    input: Shape,
    output: Shape,
    convolution: Box<dyn Layer>,
    weight: ParamId,
    kind: Modulation,
    affine: Linear, // style to a scale of each input channel
    /// Where its part of the noise begins, and the noise's strength, [1].
    noise: Option<(usize, ParamId)>,
    bias: ParamId, // [output channels]
}

impl Modulated {
    /// For styles of this `length`; its part of the noise begins at `noise`.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        input: Shape,
        channels: usize,
        kind: Modulation,
        length: usize,
        noise: usize,
    ) -> Self {
        let conv = format!("{name}.conv");
        let start = Init::Normal { fan_in: length, gain: 1.0 };
        let (affine, shape) = (format!("{name}.style"), [length, input.channels]);
        let affine = Linear::starting(layout, &affine, shape, start, Some(Init::Ones));
        let (convolution, weight, output): (Box<dyn Layer>, _, _) = match kind {
            Modulation::Upsample => {
                let layer = ConvTranspose::new(layout, &conv, input, channels, false);
                let (weight, output) = (layer.weight(), layer.output());
                (Box::new(layer), weight, output)
            }
            Modulation::Keep | Modulation::Picture => {
                let kernel = if kind == Modulation::Keep { 3 } else { 1 };
                let shape =
                    FilterShape { biased: false, gain: 1.0, ..FilterShape::new(channels, kernel) };
                let layer = Filter::new(layout, &conv, input, shape);
                let (weight, output) = (layer.weight(), layer.output());
                (Box::new(layer), weight, output)
            }
        };
        let noise = (kind != Modulation::Picture)
            .then(|| (noise, layout.add(format!("{name}.noise.strength"), &[1], Init::Zeros)));
        let bias = layout.add(format!("{name}.bias"), &[channels], Init::Zeros);
        Self { input, output, convolution, weight, kind, affine, noise, bias }
    }

    pub fn output(&self) -> Shape {
        self.output
    }

    /// Noise values that it takes.
    pub fn noise(&self) -> usize {
        self.noise.map_or(0, |_| self.pixels())
    }

    fn pixels(&self) -> usize {
        self.output.side * self.output.side
    }

    fn demodulates(&self) -> bool {
        self.kind != Modulation::Picture
    }

    /// The noise of each pixel, [n·pixels, 1], from that of all layers: [n or 1, values].
    fn own_noise(&self, noise: Option<&Tensor<2>>, n: usize) -> Option<(Tensor<2>, ParamId)> {
        let ((from, strength), noise) = self.noise.zip(noise)?;
        let pixels = self.pixels();
        let noise = noise.clone().narrow(1, from, pixels).expand([n, pixels]);
        Some((noise.reshape([n * pixels, 1]), strength))
    }

    /// Σₖ w² as a weight of [outputs, inputs] for an upsampling one, else [inputs, outputs].
    fn squares(&self, weights: &Weights) -> Weight {
        let w = weights.flat(self.weight);
        let pairs = self.input.channels * self.output.channels;
        let [size] = w.dims();
        let squares = (w.clone() * w).reshape([size / pairs, pairs]).sum_dim(0);
        Weight::new(squares.reshape([pairs]))
    }

    /// 1/√(s²·Σₖw² + ε): [n, output channels].
    fn demodulation(&self, weights: &Weights, s: &Tensor<2>) -> Tensor<2> {
        let (squares, s) = (self.squares(weights), s.clone() * s.clone());
        let sums = match self.kind {
            Modulation::Upsample => squares.product_transposed(s),
            _ => squares.product(s, None),
        };
        (sums + EPSILON).sqrt().recip()
    }
}

/// A layer's backward pass, by its input x and into the same gradient.
fn through(
    layer: &dyn Layer,
    weights: &Weights,
    x: &Tensor<2>,
    y: &Tensor<2>,
    g: Tensor<2>,
    own: &mut Option<Contribution>,
) -> Tensor<2> {
    let at = At { x: std::slice::from_ref(x), y, kept: &Kept::Nothing };
    let weights_of = own.as_mut().map(|own| Contribution { into: own.into, scale: own.scale });
    let by_x = layer.backward(weights, at, g, Ask { inputs: &[true], weights: weights_of });
    only(by_x.into_iter().flatten().collect())
}

/// Takes feature maps, a style and, unless it makes a picture, the noise of all layers.
impl Layer for Modulated {
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let [n, _] = x[0].dims();
        let plain = &mut Mode::Train;
        let (s, _) = self.affine.forward(weights, vec![x[1].clone()], plain);
        let scaled = ops::scale_maps(x[0].clone(), s.clone());
        let (plain, _) = self.convolution.forward(weights, vec![scaled], plain);
        let mut kept = vec![s, plain.clone()];
        let mut y = plain;
        if self.demodulates() {
            let d = self.demodulation(weights, &kept[0]);
            y = ops::scale_maps(y, d.clone());
            kept.push(d);
        }
        let channels = self.output.channels;
        let mut y =
            y.reshape([n * self.pixels(), channels]) + weights.flat(self.bias).unsqueeze::<2>();
        if let Some((noise, strength)) = self.own_noise(x.get(2), n) {
            y = y + noise * weights.flat(strength).unsqueeze::<2>();
        }
        (y.reshape([n, self.pixels() * channels]), Kept::Tensors(kept))
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let [n, _] = g.dims();
        let channels = self.output.channels;
        let mut own = ask.weights;
        let (s, plain) = (&at.kept.tensors()[0], &at.kept.tensors()[1]);
        if let Some(own) = &mut own {
            own.into.add(self.bias, ops::column_sums(g.clone(), None, channels));
            if let Some((noise, strength)) = self.own_noise(at.x.get(2), n) {
                let by_pixel = g.clone().reshape([n * self.pixels(), channels]).sum_dim(1);
                own.into.add(strength, (by_pixel * noise).sum());
            }
        }
        let mut by_s = None;
        let g = match at.kept.tensors().get(2) {
            Some(d) => {
                // By d, then by q = s²·Σₖw² + ε, as d = q^(−1/2).
                let by_d = ops::map_products(g.clone(), plain.clone(), channels);
                let by_q = by_d * d.clone() * d.clone() * d.clone() * -0.5;
                let squares = self.squares(weights);
                let s_squared = s.clone() * s.clone();
                let (by_s_squared, by_squares) = match self.kind {
                    Modulation::Upsample => {
                        (squares.product(by_q.clone(), None), ops::outer(by_q, s_squared))
                    }
                    _ => (squares.product_transposed(by_q.clone()), ops::outer(s_squared, by_q)),
                };
                by_s = Some(by_s_squared * s.clone() * 2.0);
                if let Some(own) = &mut own {
                    let w = weights.flat(self.weight);
                    let pairs = self.input.channels * channels;
                    let [size] = w.dims();
                    let w = w.reshape([size / pairs, pairs]);
                    own.into.add(self.weight, w * by_squares.reshape([1, pairs]) * 2.0);
                }
                ops::scale_maps(g, d.clone())
            }
            None => g,
        };
        let scaled = ops::scale_maps(at.x[0].clone(), s.clone());
        let g = through(self.convolution.as_ref(), weights, &scaled, plain, g, &mut own);
        let along = ops::map_products(g.clone(), at.x[0].clone(), self.input.channels);
        let by_s = match by_s {
            Some(by_s) => by_s + along,
            None => along,
        };
        let by_style = through(&self.affine, weights, &at.x[1], s, by_s, &mut own);
        vec![Some(ops::scale_maps(g, s.clone())), Some(by_style), None]
    }

    fn multiply_adds(&self) -> u64 {
        self.convolution.multiply_adds() + self.affine.multiply_adds()
    }
}
