//! Layer normalisation (Ba et al. 2016, arXiv 1607.06450, eq. 3 and 4) over all values of a sample's
//! feature maps, with a scale and a shift for each channel.
//!
//! Intuition: keeps a generator's activations in range as batch norm does, but each picture by itself.
//! So a batch may be divided among workers, and a picture never depends on others of its batch.
//! For generators only: it is not piecewise linear.

use super::{Ask, At, Kept, Layer, Mode, by_input, only};
use crate::nets::ops::{self, Normed};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

const EPSILON: f64 = 1e-5;

#[derive(Debug)]
pub struct LayerNorm {
    maps: Shape,
    scale: ParamId, // [channels]
    shift: ParamId, // [channels]
}

impl LayerNorm {
    pub fn new(layout: &mut Layout, name: &str, maps: Shape) -> Self {
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
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let Normed { y, standard, inverse } = self.apply(weights, only(x));
        (y, Kept::Tensors(vec![standard, inverse]))
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let [standard, inverse] = at.kept.tensors() else {
            unreachable!("a layer norm keeps its standardized input and the factors")
        };
        if let Some(own) = ask.weights {
            let channels = self.maps.channels;
            let [scale, shift] = ops::layer_norm_gradient(g.clone(), standard.clone(), channels);
            own.into.add(self.scale, scale);
            own.into.add(self.shift, shift);
        }
        let scale = || weights.flat(self.scale);
        by_input(ask.inputs, || {
            ops::layer_norm_backward(g, scale(), standard.clone(), inverse.clone())
        })
    }
}
