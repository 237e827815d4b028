//! A side that learns: the weights of its networks, in one vector and as their layers see them, and its optimiser.

use super::optimiser::{OptimiserState, clipped};
use super::side::SideLayout;
use crate::nets::params::Weights;
use crate::nets::spectral::SpectralNorm;
use crate::recipe::Player;
use burn::tensor::Tensor;
use std::rc::Rc;

pub struct Learner {
    layout: Rc<SideLayout>,
    weights: Tensor<1>, // [parameters]
    /// What makes of these the weights that the network is used with.
    pub spectral: Option<SpectralNorm>,
    view: Vec<Weights>,
    pub optimiser: OptimiserState,
}

impl Learner {
    /// # Shapes
    /// weights: [parameters of the layout]
    pub fn new(layout: Rc<SideLayout>, weights: Tensor<1>, spectral: Option<SpectralNorm>) -> Self {
        let (view, optimiser) = (Vec::new(), OptimiserState::default());
        let mut learner = Self { layout, weights, spectral, view, optimiser };
        learner.look();
        learner
    }

    /// What the optimiser changes, and a checkpoint keeps: [parameters]
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    /// What the networks are used with: [parameters]
    pub fn effective(&self) -> &Tensor<1> {
        self.spectral.as_ref().map_or(&self.weights, SpectralNorm::weights)
    }

    /// The same as the layers of each network see it.
    pub fn view(&self) -> &[Weights] {
        &self.view
    }

    fn look(&mut self) {
        self.view = self.layout.view(self.effective());
    }

    /// Takes over weights, under a norm as it is.
    pub fn set(&mut self, weights: Tensor<1>) {
        if let Some(norm) = &mut self.spectral {
            norm.settle(&weights);
        }
        self.weights = weights;
        self.look();
    }

    /// Brings every weight back to between −bound and bound.
    pub fn clip(&mut self, bound: f64) {
        self.set(self.weights.clone().clamp(-bound, bound));
    }

    /// `player` as it stands at this step ([`crate::recipe::Recipe::at`]).
    ///
    /// # Shapes
    /// gradient: by the effective weights, [parameters]
    pub fn learn(&mut self, player: &Player, gradient: Tensor<1>) {
        // Nobody looks at the weights meanwhile, so that they are changed where they lie.
        self.view = Vec::new();
        let gradient = match &self.spectral {
            Some(norm) => norm.pull_back(&gradient),
            None => gradient,
        };
        let gradient = clipped(gradient, player.clip);
        let weights = std::mem::replace(&mut self.weights, gradient.clone());
        let weights = self.optimiser.update(&player.optimiser, weights, gradient);
        if let Some(norm) = &mut self.spectral {
            norm.iterate(&weights);
        }
        self.set(weights);
    }
}
