//! Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1) over the channels of
//! feature maps. For generators only: it ties the samples of a batch together, so a critic with it
//! has no per-sample input gradient.
//!
//! In training the statistics are those of each group of a batch, not of all of it (ghost batch norm,
//! Hoffer et al. 2017, arXiv 1705.08741, algorithm 1). The groups are the parts that a step may be
//! carried out in, so that it comes out the same in one go, part by part, or spread over workers.
//!
//! There are no running averages. Statistics for sampling are measured on a fixed batch of latents
//! whenever the weights have changed, which is exact for the averaged weights as well and leaves
//! nothing to save.

use super::conv::Maps;
use super::{Layer, Mode, Trace};
use crate::nets::ops;
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-5;

/// Fewest samples in a group of a batch that is divided.
const GROUP: usize = 32;

/// Into how many groups of the same size a batch is divided: as many as leave each 32 samples or more.
pub fn groups(batch: usize) -> usize {
    (1..=(batch / GROUP).max(1)).rev().find(|&groups| batch.is_multiple_of(groups)).unwrap_or(1)
}

/// Mean and biased variance of each channel, by group of samples: [groups, channels].
#[derive(Clone, Debug)]
pub struct ChannelStats {
    pub mean: Tensor<2>,
    pub variance: Tensor<2>,
}

impl ChannelStats {
    /// x: [n, pixels·channels]
    fn of(x: &Tensor<2>, groups: usize, channels: usize) -> Self {
        let [n, features] = x.dims();
        let count = (n * features / groups / channels) as f64;
        let mean = ops::group_sums(x.clone(), groups, channels) / count;
        // Σ (x − μ)² = Σ x·(x − μ), as Σ (x − μ) is 0.
        let variance = ops::group_products(x.clone(), x.clone(), mean.clone()) / count;
        Self { mean, variance }
    }

    /// 1/√(variance + ε), [groups, channels]
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

    fn batch_stats(&self, x: &Tensor<2>) -> ChannelStats {
        let [n, _] = x.dims();
        ChannelStats::of(x, groups(n), self.maps.channels)
    }

    /// γ·(x − μ)/√(σ² + ε) + β, as a factor and an offset per channel.
    fn apply(&self, weights: &Weights, x: Tensor<2>, stats: &ChannelStats) -> Tensor<2> {
        let factor = weights.get::<1>(self.scale).unsqueeze() * stats.inverse_deviation();
        let offset = weights.get::<1>(self.shift).unsqueeze() - stats.mean.clone() * factor.clone();
        ops::affine(x, factor, offset)
    }

    /// Σ g and Σ g·x̂ over samples and pixels, x̂ being the normalised input: [groups, channels] each.
    fn sums(&self, trace: &Trace, g: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let stats = stats(trace);
        let along = ops::group_products(g.clone(), trace.x.clone(), stats.mean.clone());
        let [groups, channels] = stats.mean.dims();
        (ops::group_sums(g.clone(), groups, channels), along * stats.inverse_deviation())
    }
}

fn stats(trace: &Trace) -> &ChannelStats {
    trace.stats.as_ref().expect("the trace of a batch norm keeps its statistics")
}

impl Layer for BatchNorm {
    fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2> {
        let stats = match mode {
            Mode::Infer(stats) => {
                stats.next().expect("statistics were measured on this same stack")
            }
            Mode::Train => self.batch_stats(&x),
            Mode::Measure(noted) => {
                let stats = ChannelStats::of(&x, 1, self.maps.channels);
                noted.push(stats.clone());
                stats
            }
        };
        self.apply(weights, x, &stats)
    }

    fn trace(&self, weights: &Weights, x: Tensor<2>) -> Trace {
        let stats = self.batch_stats(&x);
        Trace { y: self.apply(weights, x.clone(), &stats), x, stats: Some(stats) }
    }

    /// γ/σ · (g − mean g − x̂ · mean(g·x̂)), gathered into factors of g and x and an offset.
    fn vjp(&self, weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        let (sum, along) = self.sums(trace, &g);
        let stats = stats(trace);
        let ([n, features], [groups, channels]) = (g.dims(), stats.mean.dims());
        let count = (n * features / groups / channels) as f64;
        let inverse = stats.inverse_deviation();
        let by_g = weights.get::<1>(self.scale).unsqueeze() * inverse.clone();
        let by_x = by_g.clone() * inverse * along / -count;
        let offset = by_g.clone() * sum / -count - by_x.clone() * stats.mean.clone();
        ops::combine(g, trace.x.clone(), by_g, by_x, offset)
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
        let (sum, along) = self.sums(trace, g);
        into.add(self.scale, along.sum_dim(0));
        into.add(self.shift, sum.sum_dim(0));
    }
}
