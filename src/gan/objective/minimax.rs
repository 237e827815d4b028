//! The original zero-sum game (Goodfellow et al. 2014, eq. 1), with D = sigmoid(logit):
//! D minimises −E log D(x) − E log(1 − D(G(z))), G minimises E log(1 − D(G(z))).
//!
//! Intuition: the artist loses exactly what the judge wins. When the judge is sure, the artist's
//! slope vanishes and learning stalls.

use super::{Equilibrium, GeneratorLoss, Spec, log_ratio};
use crate::describe::{Paper, Words};
use crate::nets::ops::mean_softplus;
use burn::tensor::Tensor;
use std::f64::consts::LN_2;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Minimax",
        help: "A zero-sum game: the artist loses what the judge wins. Once the judge is sure, the artist's gradient vanishes.",
        paper: Some(Paper::new("Goodfellow et al. 2014, eq. 1", "https://arxiv.org/abs/1406.2661")),
    },
    d_loss,
    g_loss: GeneratorLoss::OfFakes(g_loss),
    // D = ½ everywhere (Goodfellow et al. 2014, theorem 1): −log 4 in the paper's sign for D.
    equilibrium: Equilibrium { d_loss: Some(2.0 * LN_2), g_loss: Some(-LN_2), logit: Some(0.0) },
    classifies: true,
    is_shift_invariant: false,
    couples_batch: false,
    // D* = p / (p + q) (Goodfellow et al. 2014, eq. 2), σ of this logit.
    optimum: Some(log_ratio),
};

pub fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    mean_softplus(-real) + mean_softplus(fake) // −log σ(r) − log(1 − σ(f))
}

fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    -mean_softplus(fake) // log(1 − σ(f))
}
