//! The Wasserstein distance (WGAN; Arjovsky et al. 2017, arXiv 1701.07875, eq. 2 and algorithm 1):
//! D minimises E D(G(z)) − E D(x), G minimises −E D(G(z)).
//!
//! Intuition: the judge is a critic whose score has no end, and the difference of its mean scores says
//! how far the drawings are from real pictures, also while the two have nothing in common. It only does
//! so while the critic is held back, by clipped weights or a penalty on its slope; without, it grows
//! without bound.

use super::Equilibrium;
use burn::tensor::Tensor;

pub const HELP: &str = "The judge gives scores without end, whose difference is a distance; it needs clipped weights or a penalty.";
pub const PAPER: (&str, &str) = ("Arjovsky et al. 2017, eq. 2", "https://arxiv.org/abs/1701.07875");

/// A distance of 0; the score itself may lie anywhere.
pub const EQUILIBRIUM: Equilibrium = Equilibrium { d_loss: Some(0.0), g_loss: None, logit: None };

pub fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    fake.mean() - real.mean() // f − r
}

pub fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    -fake.mean() // −f
}
