//! A learned constant that a generator starts from, whatever its input (Karras et al. 2019, arXiv 1812.04948,
//! section 2).

use super::{Ask, At, Kept, Layer, Mode};
use crate::nets::ops;
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Constant {
    size: usize,
    start: ParamId, // [side, side, channels]
}

impl Constant {
    pub fn new(layout: &mut Layout, name: &str, maps: Shape) -> Self {
        let shape = [maps.side, maps.side, maps.channels];
        let init = Init::Normal { fan_in: 1, gain: 1.0 };
        Self { size: maps.size(), start: layout.add(name, &shape, init) }
    }
}

impl Layer for Constant {
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let [n, _] = x[0].dims();
        let y = weights.flat(self.start).unsqueeze::<2>().expand([n, self.size]);
        (y, Kept::Nothing)
    }

    fn backward(
        &self,
        _weights: &Weights,
        _at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            own.into.add(self.start, ops::column_sums(g, None, self.size));
        }
        // Whatever the input is.
        vec![None]
    }
}
