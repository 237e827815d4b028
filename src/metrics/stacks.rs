//! Pictures of three digits each, one in red, one in green and one in blue, make a thousand modes (Metz et al.
//! 2016, arXiv 1611.02163, where stacked MNIST comes from): how many of them occur, and how evenly.

use super::classes::class_kl;
use super::classifier::{Classifier, Reading};
use crate::data::{CLASSES, PIXELS};
use crate::{Error, Result};
use serde::Serialize;

const CHANNELS: usize = 3;
/// Numbers from 000 to 999, a digit for each colour.
const STACK_CLASSES: usize = CLASSES.pow(CHANNELS as u32);

/// What is said of a set of stacked digits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stacks {
    /// Pictures read.
    pub count: usize,
    /// Numbers that at least one picture was read as, at most a thousand.
    pub modes: usize,
    /// `Σ p ln(1000 p)` in nats, p being the share of each number: the divergence of what was drawn from
    /// what is even, where the usual training would look at the reverse. Small sets read too high: a fair
    /// set of n pictures about 999/2n.
    pub reverse_kl: f64,
}

/// Reads each colour as a digit of its own.
///
/// # Errors
/// No pictures, or bytes that do not make up whole ones; the device's own.
pub async fn stacks(classifier: &Classifier, pixels: &[u8]) -> Result<Stacks> {
    if pixels.is_empty() || !pixels.len().is_multiple_of(CHANNELS * PIXELS) {
        return Err(Error::Evaluation(format!(
            "{} bytes do not make up pictures with three colours",
            pixels.len()
        )));
    }
    let mut counts = vec![0; STACK_CLASSES];
    // As many at a time as keep the layers small.
    for some in pixels.chunks(1_000 * CHANNELS * PIXELS) {
        for number in numbers(classifier, some).await? {
            counts[number] += 1;
        }
    }
    Ok(of_counts(&counts))
}

/// The number that the digits of each picture make, the first in hundreds.
///
/// # Errors
/// The device's own.
pub async fn numbers(classifier: &Classifier, pixels: &[u8]) -> Result<Vec<usize>> {
    let readings = classifier.classify(&layers(pixels)).await?;
    let of = |digits: &[Reading]| {
        digits.iter().fold(0, |number, digit| number * CLASSES + usize::from(digit.class))
    };
    Ok(readings.chunks_exact(CHANNELS).map(of).collect())
}

fn of_counts(counts: &[u32]) -> Stacks {
    Stacks {
        count: counts.iter().map(|&count| count as usize).sum(),
        modes: counts.iter().filter(|&&count| count > 0).count(),
        reverse_kl: class_kl(counts, &[1; STACK_CLASSES]),
    }
}

/// The colours of each picture as grey pictures, one after another.
fn layers(pixels: &[u8]) -> Vec<u8> {
    let mut layers = Vec::with_capacity(pixels.len());
    for picture in pixels.chunks_exact(CHANNELS * PIXELS) {
        for channel in 0..CHANNELS {
            layers.extend(picture.iter().skip(channel).step_by(CHANNELS));
        }
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Base, DatasetKind, Digits, Source, drawn};
    use crate::device;
    use crate::rng::{Stream, stream};

    #[test]
    fn known_counts_have_their_known_figures() {
        let mut counts = vec![0; STACK_CLASSES];
        (counts[7], counts[999]) = (3, 1);
        let stacks = of_counts(&counts);
        assert_eq!((stacks.count, stacks.modes), (4, 2));
        // By hand: .75 ln 750 + .25 ln 250.
        assert!((stacks.reverse_kl - 6.345_420_1).abs() < 1e-6, "{}", stacks.reverse_kl);
        assert_eq!(of_counts(&[2; STACK_CLASSES]).reverse_kl, 0.0);
    }

    /// A stack of digits is read as the number that they make.
    #[test]
    fn colours_are_read_one_by_one() {
        let mut digits = Digits::default();
        for (k, label) in (0..60).zip([1, 0, 7].into_iter().cycle()) {
            let picture = drawn::draw(label, &mut stream(1, Stream::Drawn, k));
            digits.images.extend(picture);
            digits.labels.push(label);
        }
        let classifier = Classifier::built_in(&device::cpu()).unwrap();
        let alone = pollster::block_on(classifier.classify(&digits.images)).unwrap();
        let mut source = Source::new(Base::Mnist);
        source.add(digits.clone(), 60).unwrap();
        let dataset = DatasetKind::StackedMnist.plain();
        let stacked = source.batch(dataset, 1, 0, 20).unwrap().into_digits();
        assert_eq!(stacked.images.len(), digits.images.len());
        let together = pollster::block_on(classifier.classify(&layers(&stacked.images))).unwrap();
        // An epoch's stacks hold each digit once, in another order.
        let sorted = |readings: &[crate::metrics::classifier::Reading]| {
            let mut classes: Vec<_> = readings.iter().map(|reading| reading.class).collect();
            classes.sort();
            classes
        };
        assert_eq!(sorted(&alone), sorted(&together));
        let report = pollster::block_on(stacks(&classifier, &stacked.images)).unwrap();
        let mut numbers: Vec<_> = (together.chunks(3))
            .map(|three| three.iter().map(|reading| reading.class).collect::<Vec<_>>())
            .collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!((report.count, report.modes), (20, numbers.len()));
        assert!(report.modes > 5, "these digits are mixed: {numbers:?}");
        assert!(pollster::block_on(stacks(&classifier, &[0; PIXELS])).is_err());
    }
}
