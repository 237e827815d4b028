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
    Cycle,
    /// The same of the second discriminator, which judges sources, and of what becomes of those there and back.
    SourceDLoss,
    SourceDReal,
    SourceDFake,
    GSourceAdversarial,
    SourceCycle,
    /// The same of one that judges single frames of films.
    FrameDLoss,
    FrameDReal,
    FrameDFake,
    GFrameAdversarial,
}

impl Figure {
    /// Whose it is.
    pub fn side(self) -> Side {
        match self {
            Self::DLoss | Self::DReal | Self::DFake => Side::Discriminator,
            Self::SourceDLoss | Self::SourceDReal | Self::SourceDFake => Side::Discriminator,
            Self::FrameDLoss | Self::FrameDReal | Self::FrameDFake => Side::Discriminator,
            Self::GLoss | Self::GAdversarial | Self::GSourceAdversarial => Side::Generator,
            Self::GFrameAdversarial => Side::Generator,
            Self::Distance | Self::Features | Self::Cycle | Self::SourceCycle => Side::Generator,
        }
    }

    /// What an error calls it.
    pub fn in_words(self) -> &'static str {
        if self.is_logit() { "a score of the discriminator" } else { "a loss" }
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
            Self::Cycle => "artist, away and back",
            Self::SourceDLoss => "judge of the styled",
            Self::SourceDReal => "real styled ones",
            Self::SourceDFake => "the artist’s styled",
            Self::GSourceAdversarial => "artist, by the judge of the styled",
            Self::SourceCycle => "artist, styled, away and back",
            Self::FrameDLoss => "judge of frames",
            Self::FrameDReal => "real frames",
            Self::FrameDFake => "the artist’s frames",
            Self::GFrameAdversarial => "artist, by the judge of frames",
        }
    }

    /// Whether it is a loss or a logit, which are not to be drawn on one axis.
    pub fn is_logit(self) -> bool {
        matches!(
            self,
            Self::DReal
                | Self::DFake
                | Self::SourceDReal
                | Self::SourceDFake
                | Self::FrameDReal
                | Self::FrameDFake
        )
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
            Self::Cycle => "cycle",
            Self::SourceDLoss => "source_d_loss",
            Self::SourceDReal => "source_d_real",
            Self::SourceDFake => "source_d_fake",
            Self::GSourceAdversarial => "g_source_adversarial",
            Self::SourceCycle => "source_cycle",
            Self::FrameDLoss => "frame_d_loss",
            Self::FrameDReal => "frame_d_real",
            Self::FrameDFake => "frame_d_fake",
            Self::GFrameAdversarial => "g_frame_adversarial",
        }
    }
}
