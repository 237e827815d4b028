//! Training: one step of each player, the optimiser, the moving average and the run that ties them,
//! alone or divided among workers.

mod checkpoint;
mod classifier;
mod judging;
mod learner;
mod optimiser;
pub(crate) mod plan;
pub mod replica;
mod reports;
mod round;
mod sampling;
pub mod step;
#[cfg(feature = "cli")]
mod threads;
mod trainer;
mod work;

pub use classifier::{ClassifierProgress, TrainedClassifier, train_classifier};
pub use optimiser::OptimiserState;
pub use sampling::{Frozen, Latents, in_rotation};
#[cfg(feature = "cli")]
pub use threads::Threads;
pub use trainer::Trainer;

use serde::{Deserialize, Serialize};

/// Batches of real pictures that a run can take. The samples of the largest ones (512) are numbered below 2⁴⁸ then,
/// as [`crate::rng::stream`] wants it, and all counters are far below what a JavaScript number holds (2⁵³).
const MOST_BATCHES: u64 = 1 << 39;

/// Losses and mean logits of one step, read back in batches. What a player did not compute, because
/// the other one stepped alone, is absent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossPoint {
    pub step: u64,
    pub d_loss: Option<f32>,
    pub g_loss: Option<f32>,
    /// Mean logit of the discriminator on real pictures and on fakes, before its step.
    pub d_real: Option<f32>,
    pub d_fake: Option<f32>,
}
