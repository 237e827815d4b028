//! Layer normalisation (Ba et al. 2016, arXiv 1607.06450, eq. 3 and 4) over all values of a sample's
//! feature maps, with a scale and a shift for each channel.
//!
//! Intuition: keeps a generator's activations in range as batch norm does, but each picture by itself.
//! So a batch may be divided among workers, and a picture never depends on others of its batch.
//! For generators only: it is not piecewise linear.

use super::conv::Maps;
use super::{Kept, Layer, Mode, Trace};
use crate::nets::ops::{self, Normed};
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-5;

#[derive(Debug)]
pub struct LayerNorm {
    maps: Maps,
    scale: ParamId, // [channels]
    shift: ParamId, // [channels]
}

impl LayerNorm {
    pub fn new(layout: &mut Layout, name: &str, maps: Maps) -> Self {
        Self {
            maps,
            scale: layout.add(format!("{name}.scale"), &[maps.channels], Init::Ones),
            shift: layout.add(format!("{name}.shift"), &[maps.channels], Init::Zeros),
        }
    }

    fn apply(&self, weights: &Weights, x: Tensor<2>) -> Normed {
        ops::layer_norm(x, weights.flat(self.scale), weights.flat(self.shift), EPSILON)
    }
}

impl Layer for LayerNorm {
    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        self.apply(weights, x).y
    }

    fn trace(&self, weights: &Weights, x: Tensor<2>) -> Trace {
        let Normed { y, standard, inverse } = self.apply(weights, x.clone());
        Trace { x, y, kept: Kept::Standard { standard, inverse } }
    }

    fn vjp(&self, weights: &Weights, trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        let (standard, inverse) = standard(trace);
        ops::layer_norm_backward(g, weights.flat(self.scale), standard, inverse)
    }

    fn tangent(
        &self,
        _weights: &Weights,
        _trace: &Trace,
        _u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        unreachable!("no critic is built with layer norm")
    }

    fn gradient(
        &self,
        trace: &Trace,
        g: &Tensor<2>,
        _scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        let (standard, _) = standard(trace);
        let [scale, shift] = ops::layer_norm_gradient(g.clone(), standard, self.maps.channels);
        into.add(self.scale, scale);
        into.add(self.shift, shift);
    }
}

fn standard(trace: &Trace) -> (Tensor<2>, Tensor<2>) {
    match &trace.kept {
        Kept::Standard { standard, inverse } => (standard.clone(), inverse.clone()),
        _ => unreachable!("the trace of a layer norm keeps its standardized input"),
    }
}
