//! The Wasserstein distance (WGAN; Arjovsky et al. 2017, arXiv 1701.07875, eq. 2 and algorithm 1):
//! D minimises E D(G(z)) − E D(x), G minimises −E D(G(z)).
//!
//! Intuition: the judge is a critic whose score has no end, and the difference of its mean scores says
//! how far the drawings are from real pictures, also while the two have nothing in common. It only does
//! so while the critic is held back, by clipped weights or a penalty on its slope; without, it grows
//! without bound.

use super::{Equilibrium, GeneratorLoss, Spec};
use crate::describe::{Paper, Words};
use burn::tensor::Tensor;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Wasserstein",
        help: "The judge is a critic with unbounded scores, whose difference estimates a distance; it needs weight clipping or a penalty.",
        paper: Some(Paper::new("Arjovsky et al. 2017, eq. 2", "https://arxiv.org/abs/1701.07875")),
    },
    d_loss,
    g_loss: GeneratorLoss::OfFakes(g_loss),
    // A distance of 0; the score itself may lie anywhere.
    equilibrium: Equilibrium { d_loss: Some(0.0), g_loss: None, logit: None },
    classifies: false,
    is_shift_invariant: true,
    couples_batch: false,
    optimum: None,
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    fake.mean() - real.mean() // f − r
}

pub fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    -fake.mean() // −f
}
