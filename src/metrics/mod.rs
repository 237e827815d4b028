//! How good are the pictures? Figures from the project's own digit classifier. Knows nothing of
//! generators and training runs: bytes go in, numbers come out.

pub mod classes;
pub mod classifier;
pub mod collapse;
pub mod frechet;
mod report;

pub use report::{ClassFigures, MINIMUM, REFERENCE, Report, evaluate, reference};
