//! All figures of a set of pictures, as `ganvas eval` prints them and the page shows some of them.

use super::classes::{Histogram, UNIFORM, class_histogram, class_kl, label_accuracy, modes};
use super::classifier::{Classifier, FEATURES, Reading};
use super::frechet::{Moments, frechet_distance};
use crate::data::PIXELS;
use crate::{Error, Result};
use serde::Serialize;

/// Real pictures behind every Fréchet distance: the first of the test set, which is all of MNIST's.
/// The number is fixed because the distance shrinks as either set grows.
pub const REFERENCE: usize = 10_000;

/// Fewest pictures for a Fréchet distance: with fewer the covariance of 64 features is mostly noise.
/// Distances are comparable only between sets of the same size; ours are of 5,000.
pub const MINIMUM: usize = 1_000;

/// What the classes that were read say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Share of pictures read as the class that was asked for, 0 to 1; none without labels.
    pub label_accuracy: Option<f64>,
    /// How many pictures were read as each digit.
    pub class_histogram: Histogram,
    /// KL(pictures ‖ uniform over the ten digits), in nats.
    pub class_kl: f64,
    /// Digits that make up more than 1 % of the pictures.
    pub modes: usize,
}

impl ClassFigures {
    /// `asked` holds the class meant by each picture, if any was.
    ///
    /// # Errors
    /// Lists of different lengths, or no pictures; a class over 9.
    pub fn of(read: &[u8], asked: Option<&[u8]>) -> Result<Self> {
        let class_histogram = class_histogram(read)?;
        Ok(Self {
            label_accuracy: asked.map(|asked| label_accuracy(read, asked)).transpose()?,
            class_kl: class_kl(&class_histogram, &UNIFORM),
            modes: modes(&class_histogram),
            class_histogram,
        })
    }
}

/// Everything that `ganvas eval` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Pictures evaluated.
    pub count: usize,
    #[serde(flatten)]
    pub classes: ClassFigures,
    /// Distance of the features from those of real pictures, see [`frechet_distance`]; none without
    /// a reference.
    pub frechet_distance: Option<f64>,
    /// Real pictures that the distance compares with.
    pub frechet_reference: Option<usize>,
}

/// Features of real pictures, to compare generated ones with: of the first [`REFERENCE`] in
/// `pixels`.
///
/// # Errors
/// Fewer than [`MINIMUM`] pictures; the device's own.
pub async fn reference(classifier: &Classifier, pixels: &[u8]) -> Result<Moments> {
    let used = pixels.len().min(REFERENCE * PIXELS);
    moments(&classifier.classify(&pixels[..used]).await?)
}

/// Reads the pictures and puts all figures together.
///
/// # Errors
/// Bytes or labels that do not match up, no pictures, with a reference fewer than [`MINIMUM`]
/// pictures; the device's own.
pub async fn evaluate(
    classifier: &Classifier,
    pixels: &[u8],
    labels: Option<&[u8]>,
    reference: Option<&Moments>,
) -> Result<Report> {
    let readings = classifier.classify(pixels).await?;
    if readings.is_empty() {
        return Err(Error::Evaluation("there are no pictures".into()));
    }
    let read: Vec<u8> = readings.iter().map(|reading| reading.class).collect();
    let distance = |real: &Moments| frechet_distance(&moments(&readings)?, real);
    Ok(Report {
        count: readings.len(),
        classes: ClassFigures::of(&read, labels)?,
        frechet_distance: reference.map(distance).transpose()?,
        frechet_reference: reference.map(|real| real.count),
    })
}

fn moments(readings: &[Reading]) -> Result<Moments> {
    if readings.len() < MINIMUM {
        return Err(Error::Evaluation(format!(
            "a Fréchet distance needs at least {MINIMUM} pictures, but there are {}",
            readings.len()
        )));
    }
    let features: Vec<f32> = readings.iter().flat_map(|reading| reading.features).collect();
    Moments::of(&features, FEATURES)
}
