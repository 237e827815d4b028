//! A network that learns: its weights, in one vector and as its layers see them, and its optimiser.

use super::adam::AdamState;
use crate::nets::params::{Layout, Weights};
use crate::recipe::Adam;
use burn::tensor::Tensor;

pub struct Learner {
    layout: Layout,
    weights: Tensor<1>, // [parameters]
    view: Weights,
    pub adam: AdamState,
}

impl Learner {
    /// # Shapes
    /// weights: [parameters of the layout]
    pub fn new(layout: &Layout, weights: Tensor<1>) -> Self {
        let adam = AdamState::new(&weights);
        Self { layout: layout.clone(), view: layout.view(&weights), weights, adam }
    }

    /// [parameters]
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    pub fn view(&self) -> &Weights {
        &self.view
    }

    pub fn set(&mut self, weights: Tensor<1>) {
        self.view = self.layout.view(&weights);
        self.weights = weights;
    }

    /// Brings every weight back to between −bound and bound.
    pub fn clip(&mut self, bound: f64) {
        self.set(self.weights.clone().clamp(-bound, bound));
    }

    /// # Shapes
    /// gradient: [parameters]
    pub fn learn(&mut self, adam: &Adam, gradient: Tensor<1>) {
        // Nobody looks at the weights meanwhile, so that they are changed where they lie.
        self.view = Weights::default();
        let weights = std::mem::replace(&mut self.weights, gradient.clone());
        let weights = self.adam.update(adam, weights, gradient);
        self.set(weights);
    }
}
