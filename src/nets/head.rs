//! A second head on the judge's features: it reads off a picture which class it is of, and which numbers
//! it was drawn from. AC-GAN's and InfoGAN's are the same layer with different answers.

use super::layers::{Layer, Linear, Trace};
use super::ops::{self, concat_rows};
use super::params::{Gradient, Layout, Weights};
use crate::recipe::Guessed;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Head {
    linear: Linear,
    what: Guessed,
}

/// What the head makes of some pictures.
pub struct Guess {
    /// What it lacks, [1].
    pub loss: Tensor<1>,
    trace: Trace,
    /// [pictures read, outputs]
    by_outputs: Tensor<2>,
    /// The loss's gradient by the features of all pictures, [n, features].
    pub(super) by_features: Tensor<2>,
}

impl Head {
    /// Its parameters go to the end of the layout.
    pub fn new(layout: &mut Layout, features: usize, what: Guessed) -> Self {
        let linear = Linear::new(layout, "guess", features, what.classes + what.numbers);
        Self { linear, what }
    }

    pub fn reads_reals(&self) -> bool {
        self.what.reals
    }

    /// Reads as many pictures as there are answers, from place `first` on. The loss is the sum over them,
    /// times `factor`: the cross entropy of the class, and half the squared error of each number, which
    /// is a Gaussian of variance 1 but for a constant.
    ///
    /// # Shapes
    /// features: [n, features], meant: [pictures read, outputs], classes as one-hot
    pub fn read(
        &self,
        weights: &Weights,
        features: &Tensor<2>,
        meant: Tensor<2>,
        first: usize,
        factor: f64,
    ) -> Guess {
        let ([n, width], [count, _]) = (features.dims(), meant.dims());
        let read = features.clone().narrow(0, first, count);
        let trace = self.linear.trace(weights, read);
        let (loss, by_outputs) = ops::misread(trace.y.clone(), meant, self.what.classes, factor);
        let mut by_features = self.linear.vjp(weights, &trace, by_outputs.clone());
        let none = |rows| Tensor::zeros([rows, width], &features.device());
        if first > 0 {
            by_features = concat_rows(none(first), by_features);
        }
        if first + count < n {
            by_features = concat_rows(by_features, none(n - first - count));
        }
        Guess { loss, trace, by_outputs, by_features }
    }

    /// Adds the gradient by the head's own parameters.
    pub fn gradient(&self, guess: &Guess, into: &mut Gradient) {
        self.linear.gradient(&guess.trace, &guess.by_outputs, None, into);
    }
}
