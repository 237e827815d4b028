//! The auxiliary head: a linear layer on the discriminator's features that predicts a picture's class (AC-GAN) or
//! the codes behind it (InfoGAN's Q).

use super::layers::{Contribution, Linear};
use super::ops::{self, concat_rows};
use super::params::{Gradient, Layout, Weights};
use burn::tensor::Tensor;

/// What the discriminator's auxiliary head predicts from a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuxiliaryOutputs {
    /// Classes to choose from: 10, or 0 for none.
    pub classes: usize,
    /// Continuous codes.
    pub continuous: usize,
    /// Whether it learns from real pictures, too, or from fakes only.
    pub reals: bool,
}

#[derive(Debug)]
pub struct AuxiliaryHead {
    linear: Linear,
    outputs: AuxiliaryOutputs,
}

/// The head's loss on some pictures, and what the backward pass needs.
pub struct AuxiliaryLoss {
    /// [1]
    pub loss: Tensor<1>,
    /// The features that were read, [pictures, features].
    read: Tensor<2>,
    /// [pictures, outputs]
    by_outputs: Tensor<2>,
    /// The loss's gradient by the features of all pictures, [n, features].
    pub(super) by_features: Tensor<2>,
}

impl AuxiliaryHead {
    /// Its parameters go to the end of the layout.
    pub fn new(layout: &mut Layout, features: usize, outputs: AuxiliaryOutputs) -> Self {
        // The name is part of every checkpoint.
        let linear = Linear::new(layout, "guess", features, outputs.classes + outputs.continuous);
        Self { linear, outputs }
    }

    pub fn learns_from_reals(&self) -> bool {
        self.outputs.reals
    }

    /// The loss on as many pictures as there are targets, from row `first` on: the sum over them, times
    /// `factor`, of the cross entropy of the class and half the squared error of each continuous code (up to a
    /// constant, the negative log-likelihood of a Gaussian of variance 1).
    ///
    /// # Shapes
    /// features: [n, features], targets: [pictures, outputs], classes as one-hot
    pub fn loss(
        &self,
        weights: &Weights,
        features: &Tensor<2>,
        targets: Tensor<2>,
        first: usize,
        factor: f64,
    ) -> AuxiliaryLoss {
        let ([n, width], [count, _]) = (features.dims(), targets.dims());
        let read = features.clone().narrow(0, first, count);
        let outputs = self.linear.apply(weights, read.clone());
        let (loss, by_outputs) =
            ops::auxiliary_loss(outputs, targets, self.outputs.classes, factor);
        let mut by_features = self.linear.by_input(weights, by_outputs.clone());
        let none = |rows| Tensor::zeros([rows, width], &features.device());
        if first > 0 {
            by_features = concat_rows(none(first), by_features);
        }
        if first + count < n {
            by_features = concat_rows(by_features, none(n - first - count));
        }
        AuxiliaryLoss { loss, read, by_outputs, by_features }
    }

    /// Adds the gradient by the head's own parameters.
    pub fn gradient(&self, loss: &AuxiliaryLoss, into: &mut Gradient) {
        let own = Contribution { into, scale: None };
        self.linear.add_gradient(&loss.read, &loss.by_outputs, own);
    }
}
