//! How good are the pictures, and how even is the game? Figures from the project's own digit classifier
//! and from the judge's logits. Knows nothing of generators and training runs: bytes and logits go in,
//! numbers come out. [`list::Metric`] names them all; docs/metrics.md explains them.

pub mod appraisal;
pub mod classes;
pub mod classifier;
pub mod cloud;
pub mod collapse;
pub mod densities;
pub mod dirac;
pub mod distribution;
pub mod frechet;
pub mod kernel;
pub mod list;
pub mod logits;
pub mod modes;
pub mod motion;
pub mod neighbours;
pub mod pairs;
pub mod points;
pub mod reading;
mod report;
pub mod score;
pub mod stacks;

pub use list::{Figures, Metric, MetricEntry};
pub use report::{MINIMUM, REFERENCE, Report, TooFew, evaluate, reference};
