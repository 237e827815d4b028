//! Which real digit is most like a drawing? Reads the run's real pictures with the classifier, a few at
//! a time, and finds the nearest in its features, which shows whether a drawing was learned by heart.

use super::protocol::Neighbour;
use crate::data::{DatasetKind, PIXELS, Source};
use crate::error::Result;
use crate::metrics::classifier::{Classifier, FEATURES};
use serde_bytes::ByteBuf;

/// Pictures read between two looks at the commands.
const CHUNK: usize = 50;
/// Drawn digits never end; so many of those that training meets first are looked at.
const DRAWN: usize = 10_000;

/// Features of the real pictures, in the order in which the run meets them.
pub struct Gallery {
    dataset: DatasetKind,
    seed: u64,
    features: Vec<[f32; FEATURES]>,
}

impl Gallery {
    pub fn new(dataset: DatasetKind, seed: u64) -> Self {
        Self { dataset, seed, features: Vec::new() }
    }

    /// Whether it holds these pictures.
    pub fn is_of(&self, dataset: DatasetKind, seed: u64) -> bool {
        (self.dataset, self.seed) == (dataset, seed)
    }

    /// How many pictures it has read.
    pub fn read(&self) -> usize {
        self.features.len()
    }

    /// Reads some more pictures; false when it has read all that have arrived.
    ///
    /// # Errors
    /// The device's own.
    pub async fn advance(&mut self, source: &mut Source, classifier: &Classifier) -> Result<bool> {
        let most = match self.dataset {
            DatasetKind::Drawn => DRAWN,
            _ => source.total(),
        };
        let mut pixels = Vec::with_capacity(CHUNK * PIXELS);
        for k in (self.features.len()..most).take(CHUNK) {
            match source.digits(self.seed, k as u64, 1) {
                Some(digit) => pixels.extend(digit.images),
                None => break,
            }
        }
        let readings = classifier.classify(&pixels).await?;
        self.features.extend(readings.iter().map(|reading| reading.features));
        Ok(!readings.is_empty())
    }

    /// The real picture nearest to these features, among those read so far.
    pub fn nearest(&self, source: &mut Source, features: &[f32; FEATURES]) -> Option<Neighbour> {
        let (at, distance) = nearest(&self.features, features, None)?;
        let of_its_own = nearest(&self.features, &self.features[at], Some(at));
        let digit = source.digits(self.seed, at as u64, 1)?;
        Some(Neighbour {
            label: *digit.labels.first()?,
            pixels: ByteBuf::from(digit.images),
            distance,
            usual: of_its_own.map(|(_, distance)| distance),
            searched: self.features.len(),
        })
    }
}

/// The place of the nearest, leaving one out, and how far it is.
fn nearest(
    all: &[[f32; FEATURES]],
    from: &[f32; FEATURES],
    but: Option<usize>,
) -> Option<(usize, f64)> {
    let squared = |other: &[f32; FEATURES]| {
        other.iter().zip(from).map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
    };
    let distances = all.iter().map(squared).enumerate().filter(|&(at, _)| Some(at) != but);
    let (at, squared) = distances.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some((at, f64::from(squared).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_found_and_one_can_be_left_out() {
        let at = |x: f32, y: f32| {
            let mut point = [0.0; FEATURES];
            (point[0], point[63]) = (x, y);
            point
        };
        let all = [at(0.0, 0.0), at(3.0, 4.0), at(3.0, 3.0)];
        assert_eq!(nearest(&all, &at(3.0, 4.5), None), Some((1, 0.5)));
        assert_eq!(nearest(&all, &all[1], Some(1)), Some((2, 1.0)));
        assert_eq!(nearest(&all[..1], &all[0], Some(0)), None);
    }
}
