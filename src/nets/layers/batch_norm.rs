//! Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1) over the channels of
//! feature maps. For generators only: it ties the samples of a batch together, so a critic with it
//! has no per-sample input gradient.
//!
//! There are no running averages. Statistics for sampling are measured on a fixed batch of latents
//! whenever the weights have changed, which is exact for the averaged weights as well and leaves
//! nothing to save.

use super::conv::Maps;
use super::{Layer, Mode, Trace};
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-5;

/// Mean and biased variance of each channel: [1, channels].
#[derive(Clone, Debug)]
pub struct ChannelStats {
    pub mean: Tensor<2>,
    pub variance: Tensor<2>,
}

impl ChannelStats {
    /// x: [pixels, channels]
    fn of(x: &Tensor<2>) -> Self {
        let mean = x.clone().mean_dim(0);
        let centred = x.clone() - mean.clone();
        Self { variance: (centred.clone() * centred).mean_dim(0), mean }
    }

    /// 1/√(variance + ε), [1, channels]
    fn inverse_deviation(&self) -> Tensor<2> {
        (self.variance.clone() + EPSILON).sqrt().recip()
    }
}

#[derive(Debug)]
pub struct BatchNorm {
    maps: Maps,
    scale: ParamId, // [channels]
    shift: ParamId, // [channels]
}

impl BatchNorm {
    pub fn new(layout: &mut Layout, name: &str, maps: Maps) -> Self {
        Self {
            maps,
            scale: layout.add(format!("{name}.scale"), &[maps.channels], Init::Ones),
            shift: layout.add(format!("{name}.shift"), &[maps.channels], Init::Zeros),
        }
    }

    /// [n, pixels·channels] to [n·pixels, channels]
    fn by_channel(&self, x: Tensor<2>) -> Tensor<2> {
        let [n, features] = x.dims();
        x.reshape([n * features / self.maps.channels, self.maps.channels])
    }

    /// γ·(x − μ)/√(σ² + ε) + β, as a factor and an offset per channel.
    fn apply(&self, weights: &Weights, x: Tensor<2>, stats: &ChannelStats) -> Tensor<2> {
        let shape = x.dims();
        let factor = weights.get::<1>(self.scale).unsqueeze() * stats.inverse_deviation();
        let offset = weights.get::<1>(self.shift).unsqueeze() - stats.mean.clone() * factor.clone();
        (self.by_channel(x) * factor + offset).reshape(shape)
    }
}

impl Layer for BatchNorm {
    fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2> {
        let stats = match mode {
            Mode::Infer(stats) => {
                stats.next().expect("statistics were measured on this same stack")
            }
            Mode::Train => ChannelStats::of(&self.by_channel(x.clone())),
            Mode::Measure(noted) => {
                let stats = ChannelStats::of(&self.by_channel(x.clone()));
                noted.push(stats.clone());
                stats
            }
        };
        self.apply(weights, x, &stats)
    }

    fn trace(&self, weights: &Weights, x: Tensor<2>) -> Trace {
        let stats = ChannelStats::of(&self.by_channel(x.clone()));
        Trace { y: self.apply(weights, x.clone(), &stats), x, stats: Some(stats) }
    }

    /// With x̂ the normalised input: γ/σ · (g − mean g − x̂ · mean(g·x̂)).
    fn vjp(&self, weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        let shape = g.dims();
        let (normalised, inverse) = self.normalised(trace);
        let g = self.by_channel(g);
        let along = (g.clone() * normalised.clone()).mean_dim(0);
        let factor = weights.get::<1>(self.scale).unsqueeze() * inverse;
        ((g.clone() - g.mean_dim(0) - normalised * along) * factor).reshape(shape)
    }

    fn tangent(
        &self,
        _weights: &Weights,
        _trace: &Trace,
        _u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        unreachable!("no critic is built with batch norm")
    }

    fn gradient(
        &self,
        trace: &Trace,
        g: &Tensor<2>,
        _scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        let (normalised, _) = self.normalised(trace);
        let g = self.by_channel(g.clone());
        into.add(self.scale, (g.clone() * normalised).sum_dim(0));
        into.add(self.shift, g.sum_dim(0));
    }
}

impl BatchNorm {
    /// The traced input with mean 0 and variance 1, [n·pixels, channels], and 1/√(σ² + ε).
    fn normalised(&self, trace: &Trace) -> (Tensor<2>, Tensor<2>) {
        let stats = trace.stats.as_ref().expect("the trace of a batch norm keeps its statistics");
        let inverse = stats.inverse_deviation();
        let centred = self.by_channel(trace.x.clone()) - stats.mean.clone();
        (centred * inverse.clone(), inverse)
    }
}
