//! A learned constant that a generator starts from, whatever its input (Karras et al. 2019, arXiv 1812.04948,
//! section 2).

use super::conv::Maps;
use super::{Layer, Mode, Trace};
use crate::nets::ops;
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Constant {
    size: usize,
    inputs: usize,
    start: ParamId, // [side, side, channels]
}

impl Constant {
    /// For inputs of size `inputs`, which it ignores.
    pub fn new(layout: &mut Layout, name: &str, inputs: usize, maps: Maps) -> Self {
        let shape = [maps.side, maps.side, maps.channels];
        let init = Init::Normal { fan_in: 1, gain: 1.0 };
        Self { size: maps.size(), inputs, start: layout.add(name, &shape, init) }
    }
}

impl Layer for Constant {
    fn forward(&self, weights: &Weights, x: Tensor<2>, _mode: &mut Mode) -> Tensor<2> {
        let [n, _] = x.dims();
        weights.flat(self.start).unsqueeze::<2>().expand([n, self.size])
    }

    fn vjp(&self, _weights: &Weights, _trace: &Trace, g: Tensor<2>) -> Tensor<2> {
        Tensor::zeros([g.dims()[0], self.inputs], &g.device())
    }

    fn tangent(
        &self,
        _weights: &Weights,
        _trace: &Trace,
        _u: Tensor<2>,
        _scale: &Tensor<2>,
    ) -> Tensor<2> {
        unreachable!("no critic looks away from its picture")
    }

    fn gradient(
        &self,
        _trace: &Trace,
        g: &Tensor<2>,
        _scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        into.add(self.start, ops::column_sums(g.clone(), None, self.size));
    }
}
