//! The games, one file each.

mod classic;
mod cycle;
mod enlargement;
mod film;
mod translation;

use super::game::{Game, Weights};
use crate::describe::{Described, Paper, Words};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum GameKind {
    #[default]
    Classic,
    Translation,
    Enlargement,
    Cycle,
    Film,
}

impl GameKind {
    pub fn game(self, weights: Weights) -> Game {
        match self {
            Self::Classic => classic::game(weights),
            Self::Translation => translation::game(weights),
            Self::Enlargement => enlargement::game(weights),
            Self::Cycle => cycle::game(weights),
            Self::Film => film::game(weights),
        }
    }

    /// Whether pictures are drawn from noise.
    pub fn draws(self) -> bool {
        matches!(self, Self::Classic | Self::Film)
    }

    /// Whether its generator can be held to what it should have made.
    pub fn knows_truth(self) -> bool {
        matches!(self, Self::Translation | Self::Enlargement)
    }

    /// Whether a source belongs to each target. Otherwise they are of different samples.
    pub fn has_pairs(self) -> bool {
        self != Self::Cycle
    }
}

impl Described for GameKind {
    fn words(self) -> Words {
        match self {
            Self::Classic => Words {
                label: "From noise",
                help: "The artist draws from noise; the judge compares its drawings with real pictures.",
                paper: Some(Paper::new(
                    "Goodfellow et al. 2014",
                    "https://arxiv.org/abs/1406.2661",
                )),
            },
            Self::Translation => Words {
                label: "Translation",
                help: "The artist turns one picture into another; the judge sees both, and the artist is also told how far it is from the truth.",
                paper: Some(Paper::new(
                    "Isola et al. 2017 (Pix2Pix)",
                    "https://arxiv.org/abs/1611.07004",
                )),
            },
            Self::Enlargement => Words {
                label: "Enlargement",
                help: "The artist enlarges a small picture; the judge sees only the large one, and the artist is also told how far it is from the truth.",
                paper: Some(Paper::new(
                    "Ledig et al. 2017 (SRGAN)",
                    "https://arxiv.org/abs/1609.04802",
                )),
            },
            Self::Film => Words {
                label: "Films from noise",
                help: "The artist makes films. One judge watches them whole, and another looks at single frames.",
                paper: Some(Paper::new(
                    "Tulyakov et al. 2018 (MoCoGAN)",
                    "https://arxiv.org/abs/1707.04993",
                )),
            },
            Self::Cycle => Words {
                label: "Translation without pairs",
                help: "Nobody knows which picture belongs to which. Two artists translate, one each way; a judge of each kind looks at what they make, and a picture that was translated has to come back as it was.",
                paper: Some(Paper::new(
                    "Zhu et al. 2017 (CycleGAN)",
                    "https://arxiv.org/abs/1703.10593",
                )),
            },
        }
    }
}
