//! The game as it is usually played (Goodfellow et al. 2014, section 3, last paragraph):
//! D minimises −E log D(x) − E log(1 − D(G(z))), G minimises −E log D(G(z)).
//!
//! Intuition: the artist no longer tries to be caught less, but to be believed more, which keeps a
//! slope where it is losing.

use super::{Equilibrium, GeneratorLoss, Spec, log_ratio, minimax};
use crate::describe::{Paper, Words};
use crate::nets::ops::mean_softplus;
use burn::tensor::Tensor;
use std::f64::consts::LN_2;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Non-saturating",
        help: "The artist tries to be believed rather than not to be caught, which keeps it learning even while it is losing.",
        paper: Some(Paper::new(
            "Goodfellow et al. 2014, section 3",
            "https://arxiv.org/abs/1406.2661",
        )),
    },
    d_loss,
    g_loss: GeneratorLoss::OfFakes(g_loss),
    // D = ½ everywhere, as for minimax (Goodfellow et al. 2014, theorem 1).
    equilibrium: Equilibrium { d_loss: Some(2.0 * LN_2), g_loss: Some(LN_2), logit: Some(0.0) },
    classifies: true,
    is_shift_invariant: false,
    couples_batch: false,
    // The discriminator's loss is that of minimax.
    optimum: Some(log_ratio),
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    minimax::d_loss(real, fake)
}

fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    mean_softplus(-fake) // −log σ(f)
}
