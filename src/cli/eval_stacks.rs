//! `ganvas eval` of stacked digits.

use super::digits::{Half, mnist};
use anyhow::Result;
use ganvas::data::{Base, DatasetKind, Source};
use ganvas::metrics::classifier::Classifier;
use ganvas::metrics::stacks::{Stacks, stacks};
use serde::Serialize;
use std::path::Path;

/// What is printed.
#[derive(Serialize)]
struct Evaluation {
    #[serde(flatten)]
    report: Stacks,
    /// The same of as many stacks of training digits.
    floor: Option<Stacks>,
}

/// Scores pictures in three colours; beside MNIST's own, where its folder is given.
pub async fn score(
    classifier: &Classifier,
    pixels: &[u8],
    folder: Option<&Path>,
) -> Result<String> {
    let report = stacks(classifier, pixels).await?;
    let floor = match folder {
        Some(folder) => {
            let digits = mnist(folder, Half::Train)?;
            let mut source = Source::new(Base::Mnist);
            let total = digits.len();
            source.add(digits, total)?;
            let dataset = DatasetKind::StackedMnist.plain();
            let real = source.batch(dataset, 1, 0, report.count).unwrap_or_default().into_digits();
            Some(stacks(classifier, &real.images).await?)
        }
        None => None,
    };
    Ok(serde_json::to_string_pretty(&Evaluation { report, floor })?)
}
