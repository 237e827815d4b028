//! All figures of a set of pictures, as `ganvas eval` prints them.

use super::appraisal::Appraisal;
use super::classes::Histogram;
use super::classifier::{Classifier, FEATURES};
use super::cloud::Cloud;
use super::list::{Figures, Metric};
use crate::data::PIXELS;
use crate::{Error, Result};
use serde::Serialize;

/// Real pictures behind every distance: the first of the test set, which is all of MNIST's. The number
/// is fixed because the Fréchet distance shrinks as either set grows.
pub const REFERENCE: usize = 10_000;

/// Fewest pictures for a Fréchet distance: with fewer the covariance of 64 features is mostly noise.
/// Distances are comparable only between sets of the same size; ours are of 5,000.
pub const MINIMUM: usize = 1_000;

/// What is said of a set of pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Pictures evaluated.
    pub count: usize,
    /// How many of them were read as each digit.
    pub class_histogram: Histogram,
    /// Each figure by its name; distances and neighbours only with a reference.
    #[serde(flatten)]
    pub figures: Figures,
    /// Real pictures that these were compared with.
    pub reference: Option<usize>,
}

impl Report {
    /// A figure, if it could be had.
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.figures.get(&metric).copied()
    }
}

/// Features of real pictures, to compare generated ones with: of the first [`REFERENCE`] in
/// `pixels`.
///
/// # Errors
/// Fewer than [`MINIMUM`] pictures; the device's own.
pub async fn reference(classifier: &Classifier, pixels: &[u8]) -> Result<Cloud> {
    let used = pixels.len().min(REFERENCE * PIXELS);
    let readings = classifier.classify(&pixels[..used]).await?;
    enough(readings.len())?;
    let features = readings.iter().flat_map(|reading| reading.features).collect();
    let mut cloud = Cloud::new(features, FEATURES)?;
    while cloud.advance() {}
    Ok(cloud)
}

/// Reads the pictures and puts all figures together. `labels` holds the class meant by each, if any was.
///
/// # Errors
/// Bytes or labels that do not match up, no pictures, with a reference fewer than [`MINIMUM`]
/// pictures; the device's own.
pub async fn evaluate(
    classifier: &Classifier,
    pixels: &[u8],
    labels: Option<&[u8]>,
    reference: Option<&Cloud>,
) -> Result<Report> {
    let mut appraisal = Appraisal::default();
    appraisal.add(&classifier.classify(pixels).await?, labels);
    if appraisal.is_empty() {
        return Err(Error::Evaluation("there are no pictures".into()));
    }
    if let Some(real) = reference {
        enough(appraisal.len())?;
        while appraisal.advance(real)? {}
    }
    Ok(Report {
        count: appraisal.len(),
        class_histogram: appraisal.histogram()?,
        figures: appraisal.figures(reference)?,
        reference: reference.map(Cloud::len),
    })
}

fn enough(count: usize) -> Result<()> {
    if count < MINIMUM {
        return Err(Error::Evaluation(format!(
            "a Fréchet distance needs at least {MINIMUM} pictures, but there are {count}"
        )));
    }
    Ok(())
}
