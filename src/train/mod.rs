//! Training: one step of each player, the optimiser, the moving average and the run that ties them.

mod adam;
mod checkpoint;
mod classifier;
pub mod step;
mod trainer;

pub use adam::AdamState;
pub use classifier::{ClassifierProgress, TrainedClassifier, train_classifier};
pub use trainer::{StepReport, Trainer};
