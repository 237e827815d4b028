//! Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1) over the channels of
//! feature maps. For generators only: it ties the samples of a batch together, so a critic with it
//! has no per-sample input gradient.
//!
//! There are no running averages. Statistics for sampling are measured on a fixed batch of latents
//! whenever the weights have changed, which is exact for the averaged weights as well and leaves
//! nothing to save.

use super::conv::Maps;
use super::{Layer, Mode, Trace};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;
use burn::tensor::module::{batch_norm, batch_norm_train};

const EPSILON: f64 = 1e-5;

/// Mean and biased variance of each channel: [channels].
#[derive(Clone, Debug)]
pub struct ChannelStats {
    pub mean: Tensor<1>,
    pub variance: Tensor<1>,
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
}

impl Layer for BatchNorm {
    fn forward(&self, weights: &Weights, x: Tensor<2>, mode: &mut Mode) -> Tensor<2> {
        let [n, features] = x.dims();
        let x = x.reshape([n, self.maps.channels, self.maps.side * self.maps.side]);
        let scale = weights.get(self.scale);
        let shift = weights.get(self.shift);
        let y: Tensor<3> = match mode {
            Mode::Infer(stats) => {
                let ChannelStats { mean, variance } =
                    stats.next().expect("statistics were measured on this same stack");
                batch_norm(x, scale, shift, mean, variance, EPSILON)
            }
            Mode::Train => batch_norm_train(x, scale, shift, EPSILON).output,
            Mode::Measure(stats) => {
                let out = batch_norm_train(x, scale, shift, EPSILON);
                stats.push(ChannelStats { mean: out.mean, variance: out.variance });
                out.output
            }
        };
        y.reshape([n, features])
    }

    fn vjp(&self, _weights: &Weights, _trace: &Trace, _g: Tensor<2>) -> Tensor<2> {
        unreachable!("no critic is built with batch norm")
    }
}
