//! Relativistic average loss (RaGAN; Jolicoeur-Martineau 2018, arXiv 1807.00734, section 4.3, for the
//! standard GAN): with r̄ and f̄ the mean logits of the batch, D minimises E softplus(f̄ − r) +
//! E softplus(f − r̄), and G the same with real and fake exchanged.
//!
//! Intuition: the judge says how much more real a picture looks than the average of the other side. A
//! drawing that is better than most still gains nothing from others' faults. The means couple the
//! samples of a batch.

use super::{Equilibrium, GeneratorLoss, Spec};
use crate::describe::{Paper, Words};
use crate::nets::ops::mean_softplus;
use burn::tensor::Tensor;
use std::f64::consts::LN_2;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Relativistic average",
        help: "The judge compares each picture with the average score of the other side in the batch.",
        paper: Some(Paper::new(
            "Jolicoeur-Martineau 2018, section 4.3",
            "https://arxiv.org/abs/1807.00734",
        )),
    },
    d_loss,
    g_loss: GeneratorLoss::Relativistic(g_loss),
    // No side looks more real than the other; the logits themselves may lie anywhere.
    equilibrium: Equilibrium { d_loss: Some(2.0 * LN_2), g_loss: Some(2.0 * LN_2), logit: None },
    classifies: false,
    is_shift_invariant: true,
    couples_batch: true,
    optimum: None,
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    let [r, f] = [&real, &fake].map(mean);
    mean_softplus(f - real) + mean_softplus(fake - r) // −log σ(r − f̄) − log(1 − σ(f − r̄))
}

fn g_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    d_loss(fake, real)
}

/// [n, 1] to [1, 1]
fn mean(logits: &Tensor<2>) -> Tensor<2> {
    logits.clone().mean_dim(0)
}
