//! The two players as functions of their weights. One file per architecture, one per layer; nothing
//! here knows of losses or training.

pub mod inputs;
pub mod layers;
pub mod ops;
pub mod params;
pub mod spectral;
pub mod stored;

mod dcgan;
mod discriminator;
mod generator;
mod mlp;

pub use discriminator::{Discriminator, LOGIT_BIAS, Verdict};
pub use generator::Generator;

use crate::recipe::{Described, Paper};
use layers::Builder;
use serde::{Deserialize, Serialize};

/// How a network is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    Mlp,
    Dcgan,
}

impl Architecture {
    /// [n, inputs] to pictures [n, PIXELS] in [-1, 1].
    fn generator(self, inputs: usize, width: usize, norm: Norm) -> Builder {
        match self {
            Architecture::Mlp => mlp::generator(inputs, width),
            Architecture::Dcgan => dcgan::generator(inputs, width, norm),
        }
    }

    /// Pictures [n, PIXELS] to the features that the discriminator's last layer judges.
    fn features(self, width: usize) -> Builder {
        match self {
            Architecture::Mlp => mlp::features(width),
            Architecture::Dcgan => dcgan::features(width),
        }
    }
}

/// What keeps the activations of a convolutional generator in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    Layer,
    Batch,
}

impl Described for Norm {
    const ALL: &'static [Self] = &[Self::Layer, Self::Batch];

    fn label(self) -> &'static str {
        match self {
            Norm::Layer => "Layer norm",
            Norm::Batch => "Batch norm",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Norm::Layer => "Each picture by itself, so that several workers can share a batch.",
            Norm::Batch => "Over the whole batch, as in the DCGAN paper: one worker trains alone.",
        }
    }

    fn paper(self) -> Option<Paper> {
        Some(match self {
            Norm::Layer => Paper::new("Ba et al. 2016", "https://arxiv.org/abs/1607.06450"),
            Norm::Batch => Paper::new("Ioffe & Szegedy 2015", "https://arxiv.org/abs/1502.03167"),
        })
    }
}

impl Described for Architecture {
    const ALL: &'static [Self] = &[Self::Dcgan, Self::Mlp];

    fn label(self) -> &'static str {
        match self {
            Architecture::Mlp => "MLP",
            Architecture::Dcgan => "DCGAN",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Architecture::Mlp => {
                "Fully connected layers: every pixel on its own, no sense of place."
            }
            Architecture::Dcgan => "Convolutions: strokes are learned once and used everywhere.",
        }
    }

    fn paper(self) -> Option<Paper> {
        Some(match self {
            Architecture::Mlp => {
                Paper::new("Goodfellow et al. 2014", "https://arxiv.org/abs/1406.2661")
            }
            Architecture::Dcgan => {
                Paper::new("Radford et al. 2015", "https://arxiv.org/abs/1511.06434")
            }
        })
    }
}
