//! A whole experiment as data: the page's state, the command line's file and the checkpoint's header
//! are all this one struct. Holds no tensors and runs nothing.

mod catalog;
mod conditioning;
mod memory;
mod networks;
mod optimiser;
mod presets;
mod schedule;
mod validate;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::data::Dataset;
pub use crate::data::points::Drawing;
pub use crate::data::{DatasetKind, View};
pub use crate::describe::{Described, Paper};
pub use crate::error::Problem;
use crate::gan::Equilibrium;
use crate::gan::game::{Game, Weights};
pub use crate::gan::{Augmentation, GameKind, Objective, PenaltyKind};
pub use crate::nets::{Architecture, AuxiliaryOutputs, Conditioning, Norm};
pub use catalog::{Catalog, Choice, Control, Field, catalog};
pub use conditioning::Codes;
pub use memory::MOST_MEMORY;
pub use optimiser::{Optimiser, OptimiserKind};
pub use presets::{Outlook, Preset, default_recipe, presets};
pub use schedule::{BurnIn, Schedule, ScheduleKind};

/// Everything that decides a run. The same recipe on the same device gives the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Recipe {
    #[serde(default)]
    pub game: GameKind,
    pub dataset: DatasetKind,
    /// What a visitor has drawn, which only some data sets are made of.
    #[serde(default)]
    pub drawing: Drawing,
    /// What is made of the data set's pictures before they are translated.
    #[serde(default)]
    pub view: View,
    /// Whether both players are conditioned on the digit's label.
    pub conditional: bool,
    /// How the discriminator of a conditional run hears of it.
    pub conditioning: Conditioning,
    /// Latent codes that the generator gets instead of a label and the discriminator has to recover.
    pub codes: Codes,
    /// Length of the latent vector z.
    pub latent: usize,
    /// Real pictures per discriminator step, and fakes per step of either player.
    pub batch: usize,
    /// Discriminator steps for each generator step.
    pub d_steps: usize,
    pub objective: Objective,
    /// Weight of the objective in the generator's loss; 0 leaves the discriminator out.
    #[serde(default = "one")]
    pub adversarial: f64,
    /// Weight λ of the mean absolute difference between what is drawn and the truth, for pictures in [0, 1]; only where
    /// a game translates.
    #[serde(default)]
    pub distance: f64,
    /// Weight λ of the mean absolute difference between the classifier's features of the two; only where a game
    /// translates.
    #[serde(default)]
    pub feature_distance: f64,
    /// Weight λ of the mean absolute difference between a picture and what has become of it there and back, for pictures
    /// in [0, 1]; only in a game with a way back.
    #[serde(default)]
    pub cycle: f64,
    /// How much a real picture's label is doubted; 0 for not at all (see [`Objective::smoothing`]).
    pub label_smoothing: f64,
    pub penalty: Penalty,
    /// After its step each of the discriminator's weights is brought back to between −clip and clip (weight
    /// clipping, Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1); 0 leaves them alone.
    pub weight_clip: f64,
    /// Whether each of the discriminator's weight matrices is divided by its largest singular value
    /// ([`crate::nets::spectral`]).
    pub spectral_norm: bool,
    /// Weight λ of the LeCam regulariser ([`crate::gan::lecam`]); 0 for none.
    pub lecam: f64,
    pub instance_noise: InstanceNoise,
    /// What becomes of every picture before the discriminator sees it.
    pub augment: Augmentation,
    /// Weight β of the orthogonal regularisation of the generator ([`crate::gan::orthogonal`]); 0 for none.
    pub orthogonal: f64,
    /// Of a convolutional generator.
    pub norm: Norm,
    pub generator: Player,
    pub discriminator: Player,
    /// Units of a fully connected layer between the discriminator's network and its logit; 0 for none. Without, the
    /// logit of a convolutional judge is a sum over places, and no place knows what is drawn far from it.
    #[serde(default)]
    pub d_hidden: usize,
    pub burn_in: BurnIn,
    /// Largest decay of the generator's exponential moving average; 0 turns it off.
    pub ema: f64,
    pub seed: u64,
}

impl Serialize for Recipe {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Recipe {
    /// By way of JSON, wherever it comes from: what reads a recipe with all its parts is a lot of code, which a
    /// browser's program would hold once for each way that a recipe arrives.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(Value::deserialize(from)?).map_err(de::Error::custom)
    }
}

fn one() -> f64 {
    1.0
}

impl Recipe {
    /// Who plays, and for what.
    pub fn game(&self) -> Game {
        self.game.game(Weights {
            adversarial: self.adversarial,
            distance: self.distance,
            features: self.feature_distance,
            cycle: self.cycle,
        })
    }

    /// Whether its steps need the classifier.
    #[inline(never)] // at each place a game would be set up
    pub fn compares_features(&self) -> bool {
        self.game().compares_features()
    }

    /// What it is trained on.
    pub fn data(&self) -> Dataset {
        Dataset {
            kind: self.dataset,
            view: self.view,
            drawing: self.drawing,
            paired: self.game.has_pairs(),
        }
    }

    /// The objective's equilibrium. Unknown with smoothed labels, which move it; an auxiliary head adds its loss to
    /// both players'.
    pub fn equilibrium(&self) -> Equilibrium {
        let Equilibrium { d_loss, g_loss, logit } = self.objective.equilibrium();
        let held_to_truth = [self.distance, self.feature_distance, self.cycle] != [0.0; 3];
        if self.label_smoothing > 0.0 || held_to_truth || self.adversarial == 0.0 {
            Equilibrium { d_loss: None, g_loss: None, logit: None }
        } else if self.auxiliary_outputs().is_some() {
            Equilibrium { d_loss: None, g_loss: None, logit }
        } else {
            Equilibrium { d_loss, g_loss, logit }
        }
    }
}

/// One of the two networks and how it learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Player {
    pub network: Architecture,
    /// Channels of the first feature maps of a convolutional network, or units of an MLP's hidden layer.
    pub width: usize,
    pub optimiser: Optimiser,
    pub schedule: Schedule,
    /// Largest norm of the gradient; a longer one is shortened to it. 0 for none.
    pub clip: f64,
}

/// What keeps the discriminator smooth, with its weight as [`PenaltyKind`] says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    pub kind: PenaltyKind,
    pub gamma: f64,
}

/// Normal noise on every picture that the discriminator sees, real or fake (Sønderby et al. 2016, arXiv
/// 1610.04490, section 3; Arjovsky & Bottou 2017, arXiv 1701.04862, section 3).
///
/// Intuition: blurred by noise, real pictures and drawings overlap, so that the judge can never be sure and
/// its advice has a slope everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceNoise {
    /// Standard deviation of each pixel's noise, in units of pictures in [-1, 1]; 0 for none.
    pub deviation: f64,
    /// Batches over which it fades to nothing, evenly; 0 keeps it.
    pub fade: u64,
}

impl InstanceNoise {
    /// The deviation in batch `index`, where there is any.
    pub fn at(self, index: u64) -> Option<f64> {
        let left = match self.fade {
            0 => 1.0,
            fade => 1.0 - index as f64 / fade as f64,
        };
        let deviation = self.deviation * left;
        (deviation > 0.0).then_some(deviation)
    }
}
