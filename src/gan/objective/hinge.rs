//! The hinge loss (Lim & Ye 2017, arXiv 1705.02894, section 3; Miyato et al. 2018, arXiv 1802.05957,
//! eq. 16 and 17): D minimises E max(0, 1 − D(x)) + E max(0, 1 + D(G(z))), G minimises −E D(G(z)).
//!
//! Intuition: the judge learns only from pictures that it is not yet sure of, as a support vector
//! machine does; the artist's slope never fades.

use super::{Equilibrium, GeneratorLoss, Spec, wasserstein};
use crate::describe::{Paper, Words};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

pub const SPEC: Spec = Spec {
    words: Words {
        label: "Hinge",
        help: "The judge learns only from pictures it is not yet sure of; the artist's gradient never vanishes.",
        paper: Some(Paper::new(
            "Lim & Ye 2017; Miyato et al. 2018, eq. 16",
            "https://arxiv.org/abs/1705.02894",
        )),
    },
    d_loss,
    g_loss: GeneratorLoss::OfFakes(g_loss),
    // Any common logit between −1 and 1 costs the judge 2 (Lim & Ye 2017, theorem 1).
    equilibrium: Equilibrium { d_loss: Some(2.0), g_loss: None, logit: None },
    classifies: false,
    is_shift_invariant: false,
    couples_batch: false,
    // Where max(0, 1 − D) p + max(0, 1 + D) q is least.
    optimum: Some(|p, q| if p > q { 1.0 } else { -1.0 }),
};

fn d_loss(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
    relu(-real + 1.0).mean() + relu(fake + 1.0).mean() // max(0, 1 − r) + max(0, 1 + f)
}

fn g_loss(fake: Tensor<2>) -> Tensor<1> {
    wasserstein::g_loss(fake) // −f
}
