//! The games, one file each.

mod classic;
mod enlargement;
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
}

impl GameKind {
    pub fn game(self, weights: Weights) -> Game {
        match self {
            Self::Classic => classic::game(weights),
            Self::Translation => translation::game(weights),
            Self::Enlargement => enlargement::game(weights),
        }
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
        }
    }
}
