//! How a player goes from a gradient to new weights. Only what may be chosen; `train/optimiser.rs` does it.

use crate::describe::{Described, Paper, Words};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// One set of settings for all of them: each reads those that it knows ([`OptimiserKind`]).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Optimiser {
    pub kind: OptimiserKind,
    /// Before any schedule.
    pub lr: f64,
    /// How much of the mean gradient stays from step to step, in [0, 1): β₁, or the momentum of SGD.
    pub beta1: f64,
    /// How much of the mean squared gradient stays, in [0, 1): β₂, or the smoothing of RMSProp.
    pub beta2: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
    /// λ of decoupled weight decay.
    pub weight_decay: f64,
}

impl Optimiser {
    /// Whether it gathers momentum. Without, the momentum is the gradient itself and is not kept.
    pub fn keeps_momentum(&self) -> bool {
        self.kind.has_momentum() && self.beta1 != 0.0
    }
}

/// With g the gradient, m and v from 0, t the updates from 1, all for each number by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum OptimiserKind {
    /// Kingma & Ba 2014, arXiv 1412.6980, algorithm 1: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
    /// θ ← θ − lr · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
    Adam,
    /// Loshchilov & Hutter 2017, arXiv 1711.05101, algorithm 2: Adam, and θ ← θ − lr · λ θ beside it. As in
    /// PyTorch, λ is scaled by the learning rate, and every parameter decays, biases included.
    #[serde(rename = "adamw")]
    AdamW,
    /// Tieleman & Hinton 2012, lecture 6e: v ← β₂ v + (1 − β₂) g², θ ← θ − lr · g / (√v + ε). As in PyTorch,
    /// which the WGAN paper used, v starts at 0 and ε stands outside of the root.
    #[serde(rename = "rmsprop")]
    RmsProp,
    /// Sutskever et al. 2013, eq. 1 and 2, in PyTorch's form, where a new learning rate counts at once:
    /// m ← β₁ m + g, θ ← θ − lr · m.
    Sgd,
}

impl OptimiserKind {
    /// Whether it knows β₁.
    pub fn has_momentum(self) -> bool {
        match self {
            Self::Adam | Self::AdamW | Self::Sgd => true,
            Self::RmsProp => false,
        }
    }

    /// Whether it knows β₂ and ε: each number's step is divided by the size of its gradients.
    pub fn is_adaptive(self) -> bool {
        match self {
            Self::Adam | Self::AdamW | Self::RmsProp => true,
            Self::Sgd => false,
        }
    }

    /// Whether what one has gathered means the same to the other.
    pub fn gathers_as(self, other: Self) -> bool {
        let adam = |kind| matches!(kind, Self::Adam | Self::AdamW);
        self == other || adam(self) && adam(other)
    }

    /// Whether it knows λ.
    pub fn decays_weights(self) -> bool {
        match self {
            Self::AdamW => true,
            Self::Adam | Self::RmsProp | Self::Sgd => false,
        }
    }
}

impl Described for OptimiserKind {
    fn words(self) -> Words {
        match self {
            Self::Adam => Words {
                label: "Adam",
                help: "Each weight has its own step size, scaled by the size of its past gradients.",
                paper: Some(Paper::new("Kingma & Ba 2014", "https://arxiv.org/abs/1412.6980")),
            },
            Self::AdamW => Words {
                label: "AdamW",
                help: "Adam with weight decay: every weight shrinks a little in each step.",
                paper: Some(Paper::new(
                    "Loshchilov & Hutter 2017",
                    "https://arxiv.org/abs/1711.05101",
                )),
            },
            Self::RmsProp => Words {
                label: "RMSProp",
                help: "Like Adam, but without momentum and bias correction.",
                paper: Some(Paper::new(
                    "Tieleman & Hinton 2012",
                    "https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf",
                )),
            },
            Self::Sgd => Words {
                label: "SGD with momentum",
                help: "Follows the gradient with one rate for all weights, which has to be larger than for Adam.",
                paper: Some(Paper::new(
                    "Sutskever et al. 2013",
                    "https://proceedings.mlr.press/v28/sutskever13.html",
                )),
            },
        }
    }
}
