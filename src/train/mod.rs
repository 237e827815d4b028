//! Training: one step of each player, the optimiser, the moving average and the run that ties them,
//! alone or divided among workers.

mod account;
pub mod augment;
mod by_hand;
mod charting;
mod checkpoint;
mod classifier;
mod directions;
#[cfg(test)]
mod game_tests;
mod inversion;
mod judging;
mod learner;
mod nets;
mod optimiser;
mod recording;
pub mod replica;
mod reports;
mod round;
mod sampling;
mod side;
pub mod step;
#[cfg(feature = "cli")]
mod threads;
mod trainer;
mod work;

pub use account::{Account, Action, Move};
pub use by_hand::{HandDrawn, Trial};
pub use charting::{Answers, Asked};
pub use classifier::{ClassifierProgress, TrainedClassifier, train_classifier};
pub use directions::{DirectionSearch, Directions};
pub use inversion::{Inversion, LOOKS, Nearest};
pub use optimiser::{OptimiserState, clipped};
pub use round::NO_CLASSIFIER;
pub use sampling::{Frozen, Inputs, Judged, Latents, in_rotation};
#[cfg(feature = "cli")]
pub use threads::Threads;
pub use trainer::Trainer;

use serde::{Deserialize, Serialize};

/// Batches of real pictures that a run can take. The samples of the largest ones (512) are numbered below 2⁴⁸ then,
/// as [`crate::rng::stream`] wants it, and all counters are far below what a JavaScript number holds (2⁵³).
const MOST_BATCHES: u64 = 1 << 39;

/// The figures of one step, read back in batches: as many as [`crate::gan::game::Game::figures`] lists, in their order.
/// What a side did not compute, because the other one stepped alone, is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepFigures {
    pub step: u64,
    pub figures: Vec<Option<f32>>,
}
