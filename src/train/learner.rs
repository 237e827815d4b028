//! A network that learns: its weights, in one vector and as its layers see them, and its optimiser.

use super::optimiser::{OptimiserState, clipped};
use crate::nets::params::{Layout, Weights};
use crate::recipe::Player;
use burn::tensor::Tensor;

pub struct Learner {
    layout: Layout,
    weights: Tensor<1>, // [parameters]
    view: Weights,
    pub optimiser: OptimiserState,
}

impl Learner {
    /// # Shapes
    /// weights: [parameters of the layout]
    pub fn new(layout: &Layout, weights: Tensor<1>) -> Self {
        let optimiser = OptimiserState::default();
        Self { layout: layout.clone(), view: layout.view(&weights), weights, optimiser }
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

    /// `player` as it stands at this step ([`crate::recipe::Recipe::at`]).
    ///
    /// # Shapes
    /// gradient: [parameters]
    pub fn learn(&mut self, player: &Player, gradient: Tensor<1>) {
        // Nobody looks at the weights meanwhile, so that they are changed where they lie.
        self.view = Weights::default();
        let gradient = clipped(gradient, player.clip);
        let weights = std::mem::replace(&mut self.weights, gradient.clone());
        let weights = self.optimiser.update(&player.optimiser, weights, gradient);
        self.set(weights);
    }
}
