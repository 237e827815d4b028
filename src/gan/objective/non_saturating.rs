//! The game as it is usually played (Goodfellow et al. 2014, section 3, last paragraph):
//! D minimises −E log D(x) − E log(1 − D(G(z))), G minimises −E log D(G(z)).
//!
//! Intuition: the artist no longer tries to be caught less, but to be believed more, which keeps a
//! slope where it is losing.

use super::Equilibrium;
use super::minimax;
use crate::nets::ops::mean_softplus;
use burn::tensor::Tensor;
use std::f64::consts::LN_2;

pub const HELP: &str =
    "The artist tries to be believed, which keeps it learning even while it is losing.";
pub const PAPER: (&str, &str) =
    ("Goodfellow et al. 2014, section 3", "https://arxiv.org/abs/1406.2661");

/// D = ½ everywhere, as for minimax (Goodfellow et al. 2014, theorem 1).
pub const EQUILIBRIUM: Equilibrium =
    Equilibrium { d_loss: Some(2.0 * LN_2), g_loss: Some(LN_2), logit: Some(0.0) };

pub fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    minimax::d_loss(real, fake)
}

pub fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    mean_softplus(-fake) // −log σ(f)
}
