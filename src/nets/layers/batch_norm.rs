//! Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1) over the channels of
//! feature maps. For generators only: it couples the samples of a batch, so a critic with it
//! has no per-sample input gradient.
//!
//! There are no running averages. Statistics for sampling are measured on a fixed batch of latents
//! whenever the weights have changed, which is exact for the averaged weights as well and leaves
//! nothing to save.

use super::{Ask, At, Kept, Layer, Mode, by_input, only};
use crate::nets::ops;
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-5;

/// Mean and biased variance of each channel: [channels].
#[derive(Clone, Debug)]
pub struct ChannelStats {
    pub mean: Tensor<1>,
    pub variance: Tensor<1>,
}

impl ChannelStats {
    /// x: [n, pixels·channels]
    pub(super) fn of(x: &Tensor<2>, channels: usize) -> Self {
        let [n, features] = x.dims();
        let count = (n * features / channels) as f64;
        let mean = ops::column_sums(x.clone(), None, channels) / count;
        // Σ (x − μ)² = Σ x·(x − μ), as Σ (x − μ) is 0.
        let variance = ops::column_products(x.clone(), x.clone(), mean.clone()) / count;
        Self { mean, variance }
    }

    /// (x − μ)/√(σ² + ε), [n, pixels·channels]
    pub(super) fn standardize(&self, x: Tensor<2>) -> Tensor<2> {
        let factor = self.inverse_deviation();
        let offset = self.mean.clone() * factor.clone() * -1.0;
        ops::affine(x, factor, offset)
    }

    /// 1/√(variance + ε), [channels]
    fn inverse_deviation(&self) -> Tensor<1> {
        (self.variance.clone() + EPSILON).sqrt().recip()
    }
}

#[derive(Debug)]
pub struct BatchNorm {
    maps: Shape,
    scale: ParamId, // [channels]
    shift: ParamId, // [channels]
}

impl BatchNorm {
    pub fn new(layout: &mut Layout, name: &str, maps: Shape) -> Self {
        Self {
            maps,
            scale: layout.add(format!("{name}.scale"), &[maps.channels], Init::Ones),
            shift: layout.add(format!("{name}.shift"), &[maps.channels], Init::Zeros),
        }
    }

    /// γ·(x − μ)/√(σ² + ε) + β, as a factor and an offset per channel.
    fn apply(&self, weights: &Weights, x: Tensor<2>, stats: &ChannelStats) -> Tensor<2> {
        let factor = weights.flat(self.scale) * stats.inverse_deviation();
        let offset = weights.flat(self.shift) - stats.mean.clone() * factor.clone();
        ops::affine(x, factor, offset)
    }
}

/// Σ g and Σ g·x̂ over samples and pixels, x̂ being the normalised input: [channels] each.
fn sums(g: &Tensor<2>, x: &Tensor<2>, stats: &ChannelStats) -> (Tensor<1>, Tensor<1>) {
    let [channels] = stats.mean.dims();
    let along = ops::column_products(g.clone(), x.clone(), stats.mean.clone());
    (ops::column_sums(g.clone(), None, channels), along * stats.inverse_deviation())
}

/// γ/σ · (g − mean g − x̂ · mean(g·x̂)), gathered into factors of g and x and an offset; γ is 1 where it is
/// absent.
///
/// # Shapes
/// g, x: [n, pixels·channels], scale: [channels]; to g's
pub(super) fn batch_norm_backward(
    g: Tensor<2>,
    x: Tensor<2>,
    stats: &ChannelStats,
    scale: Option<Tensor<1>>,
) -> Tensor<2> {
    let ([n, features], [channels]) = (g.dims(), stats.mean.dims());
    let count = (n * features / channels) as f64;
    let (sum, along) = sums(&g, &x, stats);
    let inverse = stats.inverse_deviation();
    let by_g = match scale {
        Some(scale) => scale * inverse.clone(),
        None => inverse.clone(),
    };
    let by_x = by_g.clone() * inverse * along / -count;
    let offset = by_g.clone() * sum / -count - by_x.clone() * stats.mean.clone();
    ops::combine(g, x, by_g, by_x, offset)
}

impl Layer for BatchNorm {
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, mode: &mut Mode) -> (Tensor<2>, Kept) {
        let x = only(x);
        let stats = mode.stats(&x, self.maps.channels);
        (self.apply(weights, x, &stats), Kept::Stats(stats))
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let Kept::Stats(stats) = at.kept else { unreachable!("a batch norm keeps its statistics") };
        if let Some(own) = ask.weights {
            let (sum, along) = sums(&g, &at.x[0], stats);
            own.into.add(self.scale, along);
            own.into.add(self.shift, sum);
        }
        by_input(ask.inputs, || {
            batch_norm_backward(g, at.x[0].clone(), stats, Some(weights.flat(self.scale)))
        })
    }

    fn couples_batch(&self) -> bool {
        true
    }
}
