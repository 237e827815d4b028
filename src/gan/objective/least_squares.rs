//! Least squares (LSGAN; Mao et al. 2016, arXiv 1611.04076, eq. 9: targets 0 for fakes, 1 for real
//! pictures): D minimises ½ E(D(x) − 1)² + ½ E D(G(z))², G minimises ½ E(D(G(z)) − 1)², on logits.
//!
//! Intuition: the judge gives marks instead of probabilities. A fake far on the right side of the
//! boundary is still wrong, so that the artist has a slope wherever its fakes lie.

use super::{Equilibrium, GeneratorLoss, NOWHERE, Spec};
use crate::describe::{Paper, Words};
use crate::nets::ops::square_sum;
use burn::tensor::Tensor;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Least squares",
        help: "The judge gives marks instead of probabilities, 1 for real and 0 for fake, and the artist aims for a 1.",
        paper: Some(Paper::new("Mao et al. 2016, eq. 9", "https://arxiv.org/abs/1611.04076")),
    },
    d_loss,
    g_loss: GeneratorLoss::OfFakes(g_loss),
    // D = ½ everywhere (Mao et al. 2016, eq. 5 with a = 0, b = 1).
    equilibrium: Equilibrium { d_loss: Some(0.25), g_loss: Some(0.125), logit: Some(0.5) },
    classifies: false,
    is_shift_invariant: false,
    couples_batch: false,
    // D* = (b p + a q) / (p + q) (Mao et al. 2016, eq. 5).
    optimum: Some(|p, q| p / (p + q).max(NOWHERE)),
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    half_square(real - 1.0) + half_square(fake) // ½(r − 1)² + ½f²
}

fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    half_square(fake - 1.0) // ½(f − 1)²
}

fn half_square(x: Tensor<2>) -> Tensor<1> {
    let [n, _] = x.dims();
    square_sum(x, 0.5 / n as f64)
}
