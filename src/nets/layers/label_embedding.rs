//! Labels to learned vectors: one-hot rows times a matrix without a bias.

use super::{Ask, At, Kept, Layer, Mode, by_input, only};
use crate::nets::ops;
use crate::nets::params::{Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct LabelEmbedding {
    embedding: ParamId, // [classes, embedded]
}

impl LabelEmbedding {
    pub fn new(layout: &mut Layout, name: &str, shape: [usize; 2], init: Init) -> Self {
        Self { embedding: layout.add(name, &shape, init) }
    }
}

impl Layer for LabelEmbedding {
    fn forward(
        &self,
        weights: &Weights,
        labels: Vec<Tensor<2>>,
        _mode: &mut Mode,
    ) -> (Tensor<2>, Kept) {
        (weights.weight(self.embedding).product(only(labels), None), Kept::Nothing)
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        if let Some(own) = ask.weights {
            own.into.add(self.embedding, ops::outer(at.x[0].clone(), g.clone()));
        }
        by_input(ask.inputs, || weights.weight(self.embedding).product_transposed(g))
    }
}
