//! Pictures on their way to their figures: readings come in portions, comparing goes in blocks. The same
//! for samples while a run trains, for the real digits beside them, and for files on the command line.

use super::classes::{Histogram, UNIFORM, class_histogram, class_kl, label_accuracy, modes};
use super::classifier::{FEATURES, Reading};
use super::cloud::{Cloud, Comparison};
use super::list::{Figures, Metric};
use super::pairs::Pairs;
use super::score::classifier_score;
use crate::Result;
use crate::data::CLASSES;

/// A set of pictures as far as it has been read and compared.
#[derive(Clone, Debug, Default)]
pub struct Appraisal {
    /// The class meant by each picture; empty if none was.
    asked: Vec<u8>,
    classes: Vec<u8>,
    log_probabilities: Vec<[f32; CLASSES]>,
    features: Vec<f32>, // count x FEATURES
    comparison: Option<Comparison>,
    pairs: Option<Pairs>,
}

impl Appraisal {
    /// Pictures read so far.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Takes the next readings in, with the class meant by each if any was. All must be in before
    /// anything is compared.
    pub fn add(&mut self, readings: &[Reading], asked: Option<&[u8]>) {
        self.asked.extend_from_slice(asked.unwrap_or_default());
        for reading in readings {
            self.classes.push(reading.class);
            self.log_probabilities.push(reading.log_probabilities);
            self.features.extend_from_slice(&reading.features);
        }
    }

    /// Compares the next pictures with what each of them should be.
    ///
    /// # Errors
    /// As [`Pairs::add`].
    pub fn add_pairs(&mut self, side: usize, pixels: &[u8], truth: &[u8]) -> Result<()> {
        let pairs = match self.pairs.take() {
            Some(pairs) => pairs,
            None => Pairs::new(side)?,
        };
        self.pairs.insert(pairs).add(pixels, truth)
    }

    /// Compares the next pictures with real ones, always the same; false when there are none left.
    ///
    /// # Errors
    /// Too few pictures (see [`Cloud::new`]).
    pub fn advance(&mut self, real: &Cloud) -> Result<bool> {
        if let Some(comparison) = &mut self.comparison {
            return Ok(comparison.advance(real));
        }
        let cloud = Cloud::new(std::mem::take(&mut self.features), FEATURES)?;
        self.comparison = Some(Comparison::new(cloud));
        Ok(true)
    }

    /// How many pictures were read as each digit.
    ///
    /// # Errors
    /// None that the classifier could cause.
    pub fn histogram(&self) -> Result<Histogram> {
        class_histogram(&self.classes)
    }

    /// All figures: of what was read and, with the real pictures that they were compared with, of that.
    ///
    /// # Errors
    /// No pictures, or another number of labels.
    pub fn figures(&self, real: Option<&Cloud>) -> Result<Figures> {
        let mut figures = match (&self.comparison, real) {
            (Some(comparison), Some(real)) => comparison.figures(real)?,
            _ => Figures::new(),
        };
        if !self.asked.is_empty() {
            figures.insert(Metric::LabelAccuracy, label_accuracy(&self.classes, &self.asked)?);
        }
        if let Some(pairs) = self.pairs.as_ref().and_then(Pairs::figures) {
            figures.insert(Metric::AbsoluteDifference, pairs.absolute_difference);
            figures.insert(Metric::Psnr, pairs.psnr);
            figures.insert(Metric::Ssim, pairs.ssim);
        }
        let histogram = self.histogram()?;
        figures.insert(Metric::ClassifierScore, classifier_score(&self.log_probabilities));
        figures.insert(Metric::ClassKl, class_kl(&histogram, &UNIFORM));
        figures.insert(Metric::Modes, modes(&histogram) as f64);
        Ok(figures)
    }
}
