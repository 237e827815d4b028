//! What the steps of a game report.

use super::game::Side;
use serde::{Deserialize, Serialize};

/// A figure of a step: a mean over its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// The discriminator's loss with all penalties.
    DLoss,
    /// The generator's loss: the sum of its terms.
    GLoss,
    /// The discriminator's mean logit on real pictures and on fakes, before its step.
    DReal,
    DFake,
    /// Those terms, where there are several, without their weights.
    GAdversarial,
    Distance,
    Features,
}

impl Figure {
    /// Whose it is.
    pub fn side(self) -> Side {
        match self {
            Self::DLoss | Self::DReal | Self::DFake => Side::Discriminator,
            Self::GLoss | Self::GAdversarial | Self::Distance | Self::Features => Side::Generator,
        }
    }

    /// What an error calls it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::DReal | Self::DFake => "a score of the discriminator",
            _ => "a loss",
        }
    }

    /// What the page calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::DLoss => "judge",
            Self::GLoss => "artist",
            Self::DReal => "real ones",
            Self::DFake => "the artist’s",
            Self::GAdversarial => "artist, by the judge",
            Self::Distance => "artist, distance to the truth",
            Self::Features => "artist, distance of features",
        }
    }

    /// Whether it is a loss or a logit, which are not to be drawn on one axis.
    pub fn is_logit(self) -> bool {
        matches!(self, Self::DReal | Self::DFake)
    }

    /// Its column in a run's table.
    pub fn name(self) -> &'static str {
        match self {
            Self::DLoss => "d_loss",
            Self::DReal => "d_real",
            Self::DFake => "d_fake",
            Self::GLoss => "g_loss",
            Self::GAdversarial => "g_adversarial",
            Self::Distance => "distance",
            Self::Features => "features",
        }
    }
}
