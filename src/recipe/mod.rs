//! A whole experiment as data: the page's state, the command line's file and the checkpoint's header
//! are all this one struct. Holds no tensors and runs nothing.

mod catalog;
mod optimiser;
mod presets;
mod schedule;
mod validate;

use serde::{Deserialize, Serialize};

pub use crate::data::DatasetKind;
pub use crate::gan::{Objective, PenaltyKind};
pub use crate::nets::{Architecture, Norm};
pub use catalog::{Catalog, Choice, Control, Described, Field, Paper, catalog};
pub use optimiser::{Optimiser, OptimiserKind};
pub use presets::{Preset, default_recipe, presets};
pub use schedule::{BurnIn, Schedule, ScheduleKind};
pub use validate::Problem;

/// Everything that decides a run. The same recipe on the same device gives the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub dataset: DatasetKind,
    /// Whether both players are told which digit is meant.
    pub conditional: bool,
    /// Length of the latent vector z.
    pub latent: usize,
    /// Real pictures per discriminator step, and fakes per step of either player.
    pub batch: usize,
    /// Discriminator steps for each generator step.
    pub d_steps: usize,
    pub objective: Objective,
    pub penalty: Penalty,
    /// Of a convolutional generator.
    pub norm: Norm,
    pub generator: Player,
    pub discriminator: Player,
    pub burn_in: BurnIn,
    /// Largest decay of the generator's exponential moving average; 0 turns it off.
    pub ema: f64,
    pub seed: u64,
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

/// What keeps the discriminator smooth: weight `gamma` as in γ/2 · E‖∇D‖².
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    pub kind: PenaltyKind,
    pub gamma: f64,
}
