//! Every way in which ganvas can refuse or fail, each with a stable code and one clear sentence that
//! says what was wrong and what to do. Knows nothing of how a shell shows it.

use crate::data::DataError;
use serde::{Deserialize, Serialize};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Data(#[from] DataError),

    #[error("this recipe cannot run: {}", in_words(.0))]
    Recipe(Vec<Problem>),

    /// What a run under way, or one that goes on from a checkpoint, would have to begin anew for.
    #[error("{}", in_words(.0))]
    Change(Vec<Problem>),

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

    /// What was asked of a run overflows; the run itself is none the worse.
    #[error(
        "this cannot be answered: {what} is not a finite number; give smaller latents if you gave any, or go back to an earlier step"
    )]
    NoAnswer { what: &'static str },

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
            Error::Change(_) => "change-refused",
            Error::Checkpoint(_) => "checkpoint-invalid",
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

    /// The fields of a recipe that are to blame, where that is what is wrong: for a shell that has names of its
    /// own for them.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::Recipe(problems) | Error::Change(problems) => problems,
            _ => &[],
        }
    }
}

/// What is wrong with one field of a recipe: why it cannot run so, or why the field cannot change now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The field's path, such as `generator.optimiser.lr`.
    pub path: String,
    /// In words that follow the field's name, such as `must lie between 2 and 512, but is 1`.
    pub reason: String,
}

/// Fields with the same reason share it: `batch, latent cannot change while training`.
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
    fn fields_share_a_reason_that_is_the_same() {
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
