//! Relativistic paired loss (Jolicoeur-Martineau 2018, arXiv 1807.00734, section 4.1: RSGAN), the game that
//! Huang et al. 2024 (arXiv 2501.05441, eq. 2) stabilise, each player with its own loss as in their code:
//! D minimises E softplus(f − r), G minimises E softplus(r − f), real and fake in pairs.
//!
//! Intuition: the judge says which of two pictures is the real one instead of judging each alone, so
//! every fake is compared with a real picture (here of the same class) and no mode can be dropped
//! unnoticed.

use super::{Equilibrium, GeneratorLoss, Spec};
use crate::describe::{Paper, Words};
use crate::nets::ops::mean_softplus;
use burn::tensor::Tensor;
use std::f64::consts::LN_2;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Relativistic",
        help: "The judge compares each fake with a real picture, so dropping a digit costs the artist.",
        paper: Some(Paper::new(
            "Jolicoeur-Martineau 2018; Huang et al. 2024, eq. 2",
            "https://arxiv.org/abs/1807.00734",
        )),
    },
    d_loss,
    g_loss: GeneratorLoss::Relativistic(g_loss),
    // Neither of two pictures looks more real; the logits themselves may lie anywhere.
    equilibrium: Equilibrium { d_loss: Some(LN_2), g_loss: Some(LN_2), logit: None },
    classifies: false,
    is_shift_invariant: true,
    couples_batch: false,
    optimum: None,
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    mean_softplus(fake - real) // −log σ(r − f)
}

fn g_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    mean_softplus(real - fake) // −log σ(f − r)
}
