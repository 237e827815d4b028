//! Every way in which ganvas can refuse or fail, each with a stable code and one clear sentence that
//! says what was wrong and what to do. Knows nothing of how a shell shows it.

use crate::data::DataError;
use crate::recipe::Problem;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Data(#[from] DataError),

    #[error("this recipe cannot run: {}", join(.0))]
    Recipe(Vec<Problem>),

    #[error("this checkpoint cannot be used: {0}")]
    Checkpoint(String),

    #[error("the classifier's weights cannot be used: {0}")]
    Classifier(String),

    #[error("these pictures cannot be evaluated: {0}")]
    Evaluation(String),

    #[error(
        "training diverged: at step {step} {what} is no longer a finite number; lower the learning rates or add a penalty"
    )]
    NonFinite { step: u64, what: &'static str },

    #[error("{0}")]
    NotReady(&'static str),

    #[error("the {device} device failed: {reason}")]
    Device { device: String, reason: String },

    #[error("a helping worker failed ({reason}); training goes on without help, more slowly")]
    Helper { reason: String },

    #[error("{0}")]
    BadCommand(String),
}

impl Error {
    /// A stable name for this kind of failure: what tests and pages may match on.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Data(e) => e.code(),
            Error::Recipe(_) => "recipe-invalid",
            Error::Checkpoint(_) => "checkpoint-invalid",
            Error::Classifier(_) => "classifier-invalid",
            Error::Evaluation(_) => "evaluation-impossible",
            Error::NonFinite { .. } => "non-finite",
            Error::NotReady(_) => "not-ready",
            Error::Device { .. } => "device-failed",
            Error::Helper { .. } => "helper-lost",
            Error::BadCommand(_) => "bad-command",
        }
    }
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(|p| p.to_string()).collect::<Vec<_>>().join("; ")
}
