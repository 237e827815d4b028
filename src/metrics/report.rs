//! All figures of a set of pictures, as `ganvas eval` prints them.

use super::appraisal::Appraisal;
use super::classes::Histogram;
use super::classifier::{Classifier, FEATURES};
use super::cloud::Cloud;
use super::list::{Figures, Metric};
use super::neighbours::MORE;
use crate::data::PIXELS;
use crate::{Error, Result};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

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
    /// Those that need more pictures than there are, and why.
    #[serde(flatten)]
    pub too_few: BTreeMap<Metric, TooFew>,
    /// Real pictures that these were compared with.
    pub reference: Option<usize>,
}

/// Why a figure cannot be had of a small set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    pub needed: usize,
    /// In the smaller of the two sets that are compared.
    pub there: usize,
}

impl Display for TooFew {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { needed, there } = self;
        write!(
            f,
            "needs at least {needed} pictures and as many real ones, but of one there are {there}"
        )
    }
}

impl Serialize for TooFew {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Fewest pictures in each of two sets of which this can be told; none where nothing is compared.
fn least(metric: Metric) -> Option<usize> {
    match metric {
        Metric::FrechetDistance => Some(MINIMUM),
        Metric::KernelDistance
        | Metric::Precision
        | Metric::Recall
        | Metric::Density
        | Metric::Coverage => Some(MORE + 1),
        Metric::ModesFound
        | Metric::HighQuality
        | Metric::ModeKl
        | Metric::JensenShannon
        | Metric::Wasserstein
        | Metric::KlDivergence
        | Metric::ReverseKl
        | Metric::SlicedWasserstein
        | Metric::ClassifierScore
        | Metric::LabelAccuracy
        | Metric::ClassKl
        | Metric::Modes
        | Metric::AbsoluteDifference
        | Metric::Psnr
        | Metric::Ssim
        | Metric::ForthDifference
        | Metric::CycleError
        | Metric::Motion
        | Metric::FilmDistance
        | Metric::StackedModes
        | Metric::DAccuracyReal
        | Metric::DAccuracyFake
        | Metric::DLogitGap
        | Metric::DHeldOutGap => None,
    }
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
/// Too few for any comparison (see [`Cloud::new`]); the device's own.
pub async fn reference(classifier: &Classifier, pixels: &[u8]) -> Result<Cloud> {
    let used = pixels.len().min(REFERENCE * PIXELS);
    let readings = classifier.classify(&pixels[..used]).await?;
    let features = readings.iter().flat_map(|reading| reading.features).collect();
    let mut cloud = Cloud::new(features, FEATURES)?;
    while cloud.advance() {}
    Ok(cloud)
}

/// Reads the pictures and puts all figures together. `labels` holds the class meant by each, if any was.
/// A set may be small: what needs more of them is named as [`Report::too_few`].
///
/// # Errors
/// Bytes or labels that do not match up, no pictures; the device's own.
pub async fn evaluate(
    classifier: &Classifier,
    pixels: &[u8],
    labels: Option<&[u8]>,
    reference: Option<&Cloud>,
) -> Result<Report> {
    let mut appraisal = Appraisal::default();
    appraisal.add(&classifier.classify(pixels).await?, labels);
    let count = appraisal.len();
    if count == 0 {
        return Err(Error::Evaluation("there are no pictures".into()));
    }
    let compared = reference.filter(|_| count > MORE);
    if let Some(real) = compared {
        while appraisal.advance(real)? {}
    }
    let mut figures = appraisal.figures(compared)?;
    let mut too_few = BTreeMap::new();
    if let Some(real) = reference {
        let there = count.min(real.len());
        for &metric in Metric::ALL {
            if let Some(needed) = least(metric).filter(|&needed| there < needed) {
                figures.remove(&metric);
                too_few.insert(metric, TooFew { needed, there });
            }
        }
    }
    Ok(Report {
        count,
        class_histogram: appraisal.histogram()?,
        figures,
        too_few,
        reference: reference.map(Cloud::len),
    })
}
