//! Every error of the library: a stable code, and one sentence that says what is wrong and what to do. How it is shown
//! is up to each shell.

use crate::data::DataError;
use serde::{Deserialize, Serialize};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Data(#[from] DataError),

    #[error("this recipe cannot run: {}", in_words(.0))]
    Recipe(Vec<Problem>),

    /// Changes that a run in progress, or one resumed from a checkpoint, cannot take up.
    #[error("{}", in_words(.0))]
    Change(Vec<Problem>),

    #[error("this checkpoint cannot be used: {0}")]
    Checkpoint(String),

    /// Of another run, which was to be compared with.
    #[error("this model cannot be compared with: {0}")]
    Rival(String),

    #[error("the classifier's weights cannot be used: {0}")]
    Classifier(String),

    #[error("these pictures cannot be evaluated: {0}")]
    Evaluation(String),

    #[error(
        "training diverged: {what} is no longer a finite number at step {step}; lower the learning rates or add a penalty"
    )]
    NonFinite { step: u64, what: &'static str },

    /// The result of a request overflows; the run itself is unharmed.
    #[error(
        "there is no result: {what} is not a finite number; use smaller latents if you chose them, or go back to an earlier step"
    )]
    NoAnswer { what: &'static str },

    #[error("{0}")]
    NotReady(&'static str),

    #[error("the {device} device failed: {reason}")]
    Device { device: String, reason: String },

    #[error("a helping worker failed ({reason}); training continues without help, more slowly")]
    Helper { reason: String },

    #[error("{0}")]
    BadCommand(String),
}

impl Error {
    /// A stable code, for tests and pages to match on.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Data(e) => e.code(),
            Error::Recipe(_) => "recipe-invalid",
            Error::Change(_) => "change-refused",
            Error::Checkpoint(_) => "checkpoint-invalid",
            Error::Rival(_) => "rival-invalid",
            Error::Classifier(_) => "classifier-invalid",
            Error::Evaluation(_) => "evaluation-impossible",
            Error::NonFinite { .. } => "non-finite",
            Error::NoAnswer { .. } => "no-answer",
            Error::NotReady(_) => "not-ready",
            Error::Device { .. } => "device-failed",
            Error::Helper { .. } => "helper-lost",
            Error::BadCommand(_) => "bad-command",
        }
    }

    /// The recipe fields at fault, if any, for shells that call them by other names.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::Recipe(problems) | Error::Change(problems) => problems,
            _ => &[],
        }
    }
}

/// What is wrong with one field of a recipe: an invalid value, or a change that cannot be made now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The field's path, such as `generator.optimiser.lr`.
    pub path: String,
    /// A phrase that follows the field's name, such as `must lie between 2 and 512, but is 1`.
    pub reason: String,
}

/// Groups fields with the same reason: `batch, latent cannot change while training`.
fn in_words(problems: &[Problem]) -> String {
    let alike = problems.chunk_by(|a, b| a.reason == b.reason);
    let words = alike.map(|some| {
        let paths: Vec<&str> = some.iter().map(|problem| problem.path.as_str()).collect();
        format!("{} {}", paths.join(", "), some[0].reason)
    });
    words.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_the_same_reason_are_grouped() {
        let problem =
            |path: &str, reason: &str| Problem { path: path.into(), reason: reason.into() };
        let problems = vec![
            problem("a", "must be 1"),
            problem("b.c", "cannot change"),
            problem("d", "cannot change"),
        ];
        let change = Error::Change(problems[1..].to_vec());
        assert_eq!(change.to_string(), "b.c, d cannot change");
        assert_eq!(change.problems(), &problems[1..]);
        let recipe = Error::Recipe(problems);
        assert_eq!(recipe.to_string(), "this recipe cannot run: a must be 1; b.c, d cannot change");
    }
}
