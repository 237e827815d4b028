//! Training: one step of each player, the optimiser, the moving average and the run that ties them.

mod adam;
mod checkpoint;
pub mod step;
mod trainer;

pub use adam::AdamState;
pub use trainer::{StepReport, Trainer};
