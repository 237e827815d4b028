//! What holds for every set: densities are those of the samples, and samples are a function of their stream.

use super::*;
use crate::rng::{Stream, stream};
use std::collections::HashMap;

/// Bins along each axis over [`RANGE`]: 0.01 wide, about the deviation of the narrowest mode.
const BINS: i64 = 250;
/// Places in a bin, along each axis, at which its density is measured.
const PARTS: i64 = 4;
const SAMPLES: usize = 200_000;

fn every_set() -> Vec<PointSet> {
    let line = Drawn::new(&[[-0.9], [-0.2], [-0.15], [0.4]]).unwrap();
    let plane = Drawn::new(&[[-0.9, 0.3], [0.2, 0.2], [0.25, 0.2], [0.9, -0.9]]).unwrap();
    let mut sets = vec![PointSet::DrawnLine(line), PointSet::DrawnPlane(plane)];
    sets.extend(Line::ALL.map(PointSet::Line));
    sets.extend(Plane::ALL.map(PointSet::Plane));
    sets
}

fn width() -> f64 {
    (RANGE[1] - RANGE[0]) / BINS as f64
}

fn bin(point: &[f32]) -> Vec<i64> {
    point.iter().map(|&v| ((f64::from(v) - RANGE[0]) / width()).floor() as i64).collect()
}

/// The probability of a bin, by the midpoint rule.
fn probability(set: &PointSet, bin: &[i64]) -> f64 {
    let part = width() / PARTS as f64;
    let middle = |bin: i64, k: i64| RANGE[0] + ((bin * PARTS + k) as f64 + 0.5) * part;
    let mut total = 0.0;
    for k in 0..PARTS.pow(bin.len() as u32) {
        let at: Vec<f64> =
            bin.iter().zip([k % PARTS, k / PARTS]).map(|(&b, k)| middle(b, k)).collect();
        total += set.density(&at).unwrap() * part.powi(at.len() as i32);
    }
    total
}

fn bins(dimensions: usize) -> impl Iterator<Item = Vec<i64>> {
    (0..BINS.pow(dimensions as u32)).map(move |k| [k % BINS, k / BINS][..dimensions].to_vec())
}

/// Pearson's chi-squared test over the bins of 5 samples or more, and the sum of the others.
fn assert_fits(set: &PointSet) {
    let samples = set.sample(SAMPLES, &mut stream(2, Stream::Samples, 0));
    let mut counts = HashMap::new();
    for point in samples.chunks(set.dimensions()) {
        *counts.entry(bin(point)).or_insert(0.0) += 1.0;
    }
    let (mut total, mut statistic, mut freedom) = (0.0, 0.0, 0.0);
    // What the bins of few samples should hold, and do.
    let (mut wanted_rest, mut got_rest) = (SAMPLES as f64, SAMPLES as f64);
    for bin in bins(set.dimensions()) {
        let chance = probability(set, &bin);
        total += chance;
        let (wanted, got) = (chance * SAMPLES as f64, counts.get(&bin).copied().unwrap_or(0.0));
        if wanted >= 5.0 {
            statistic += (got - wanted) * (got - wanted) / wanted;
            freedom += 1.0;
            wanted_rest -= wanted;
            got_rest -= got;
        }
    }
    assert!((total - 1.0).abs() < 1e-4, "{set:?} integrates to {total}");
    let apart = (got_rest - wanted_rest).abs() / wanted_rest.max(1.0).sqrt();
    assert!(apart < 5.0, "{set:?}: {got_rest} samples of few where {wanted_rest} should be");
    let excess = (statistic - freedom) / f64::sqrt(2.0 * freedom);
    assert!(excess < 4.0, "{set:?}: χ² is {statistic} of {freedom}");
}

#[test]
fn densities_are_those_of_the_samples() {
    let known: Vec<PointSet> = every_set()
        .into_iter()
        .filter(|set| set.density(&vec![0.0; set.dimensions()]).is_some())
        .collect();
    assert_eq!(known.len(), 8, "all but the moons, the spiral and the pinwheel");
    known.iter().for_each(assert_fits);
}

#[test]
fn samples_are_a_function_of_their_stream() {
    for set in every_set() {
        let drawn = |step| set.sample(50, &mut stream(3, Stream::Samples, step));
        assert_eq!(drawn(1), drawn(1), "{set:?}");
        assert_ne!(drawn(1), drawn(2), "{set:?}");
        assert_eq!(drawn(1).len(), 50 * set.dimensions());
        // Point by point from one generator is the same as all at once.
        let mut rng = stream(3, Stream::Samples, 1);
        let one_by_one: Vec<f32> = (0..50).flat_map(|_| set.sample(1, &mut rng)).collect();
        assert_eq!(one_by_one, drawn(1), "{set:?}");
    }
}

#[test]
fn every_set_lies_within_the_range() {
    for set in every_set() {
        let numbers = set.sample(20_000, &mut stream(4, Stream::Samples, 0));
        let share = |limit: f32| {
            numbers.iter().filter(|v| v.abs() <= limit).count() as f64 / numbers.len() as f64
        };
        assert!(share(1.0) > 0.99, "{set:?}: {} within 1", share(1.0));
        assert!(share(RANGE[1] as f32) == 1.0, "{set:?} leaves the range");
        let farthest = numbers.iter().fold(0.0f32, |far, v| far.max(v.abs()));
        assert!(farthest > 0.7, "{set:?} only reaches to {farthest}");
    }
}

#[test]
fn a_point_of_other_dimensions_has_no_density() {
    assert_eq!(PointSet::Line(Line::Uniform).density(&[0.0, 0.0]), None);
    assert_eq!(PointSet::Plane(Plane::Ring).density(&[0.0]), None);
}

mod texts {
    use super::*;
    use proptest::prelude::*;

    /// A drawing's text is its drawing's and nobody else's.
    fn assert_round_trips<const D: usize>(drawn: &Drawn<D>) -> Result<(), TestCaseError> {
        let text = drawn.text();
        prop_assert!(text.len() <= 428, "{} characters", text.len());
        prop_assert_eq!(Drawn::parse(&text), Ok(*drawn));
        // A second quantisation changes nothing.
        let positions: Vec<[f32; D]> = drawn.positions().collect();
        prop_assert_eq!(Drawn::new(&positions), Ok(*drawn));
        Ok(())
    }

    /// Whatever can be read is what would have been written.
    fn assert_reads<const D: usize>(text: &str) -> Result<(), TestCaseError> {
        if let Ok(drawn) = Drawn::<D>::parse(text) {
            prop_assert_eq!(drawn.text(), text);
        }
        Ok(())
    }

    fn refused(text: &str) -> DrawnError {
        Drawn::<2>::parse(text).unwrap_err()
    }

    #[test]
    fn the_text_is_as_documented() {
        // One stamp at byte 1: bits 0, 1, 0 and 254 zeros, in 43 characters.
        let drawn = Drawn::new(&[[1.0 / 127.5 - 1.0]]).unwrap();
        assert_eq!(drawn.text(), format!("1Q{}", "A".repeat(42)));
        // In a plane, at bytes 0 and 255: bits 1 and 256 zeros, and 8 ones from bit 257 on, the fifth of a character.
        let drawn = Drawn::new(&[[-1.0, 1.0]]).unwrap();
        assert_eq!(drawn.text(), format!("2g{}B_g", "A".repeat(41)));
    }

    #[test]
    fn stamps_are_quantised_and_kept_in_the_square() {
        let drawn = Drawn::new(&[[7.0, -f32::INFINITY], [0.001, 0.3]]).unwrap();
        let positions: Vec<[f32; 2]> = drawn.positions().collect();
        assert_eq!(positions[1], [1.0, -1.0]);
        let [x, y] = positions[0];
        assert!((x - 0.001).abs() <= 1.0 / 255.0 && (y - 0.3).abs() <= 1.0 / 255.0);
    }

    #[test]
    fn drawings_without_sense_are_refused() {
        assert_eq!(Drawn::<1>::new(&[]), Err(DrawnError::Empty));
        assert_eq!(Drawn::new(&[[0.0]; 257]), Err(DrawnError::TooManyStamps));
        assert!(Drawn::new(&[[0.0]; 256]).is_ok());
        assert_eq!(Drawn::new(&[[0.0, f32::NAN]]), Err(DrawnError::NotANumber));
    }

    #[test]
    fn each_fault_of_a_text_has_its_error() {
        let text = Drawn::new(&[[-1.0, 0.5], [-1.0, 0.2]]).unwrap().text();
        let swapped = {
            // Two ones, 256 zeros: the second coordinates begin with a character, 0 before 255.
            let head = format!("2w{}", "A".repeat(42));
            assert_eq!(
                Drawn::new(&[[-1.0, -1.0], [-1.0, 1.0]]).unwrap().text(),
                head.clone() + "AP8"
            );
            head + "_wA"
        };
        assert_eq!(refused(&swapped), DrawnError::OutOfOrder);
        assert_eq!(refused(""), DrawnError::OtherDimensions { wanted: 2 });
        assert_eq!(refused(&text.replacen('2', "1", 1)), DrawnError::OtherDimensions { wanted: 2 });
        assert_eq!(
            refused(&text.replace('A', "+")),
            DrawnError::StrangeCharacter { character: '+' }
        );
        assert_eq!(
            refused(&text.replace('A', "é")),
            DrawnError::StrangeCharacter { character: 'é' }
        );
        assert_eq!(refused(&text[..text.len() - 1]), DrawnError::Truncated);
        assert_eq!(refused(&(text.clone() + "A")), DrawnError::Surplus);
        assert_eq!(refused(&format!("2{}", "A".repeat(43))), DrawnError::Empty);
        assert_eq!(refused(&"2".repeat(601)), DrawnError::TooLong);
        // 300 ones, 256 zeros and 8 bits for each of 300 stamps.
        let many = format!("2{}{}", "_".repeat(50), "A".repeat(443));
        assert_eq!(refused(&many), DrawnError::TooManyStamps);
    }

    proptest! {
        #[test]
        fn drawings_survive_their_text(
            line in prop::collection::vec(prop::array::uniform1(-1.2f32..1.2), 1..257),
            plane in prop::collection::vec(prop::array::uniform2(-1.2f32..1.2), 1..257),
        ) {
            assert_round_trips(&Drawn::new(&line).unwrap())?;
            assert_round_trips(&Drawn::new(&plane).unwrap())?;
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            assert_reads::<1>(&text)?;
            assert_reads::<2>(&format!("2{text}"))?;
        }

        /// One character changed: another drawing, or none.
        #[test]
        fn a_slip_of_the_pen_is_never_the_same_drawing(
            plane in prop::collection::vec(prop::array::uniform2(-1f32..1.0), 1..20),
            place: prop::sample::Index, other in "[A-Za-z0-9_-]",
        ) {
            let drawn = Drawn::new(&plane).unwrap();
            let mut text = drawn.text();
            let at = 1 + place.index(text.len() - 1);
            prop_assume!(text[at..at + 1] != other);
            text.replace_range(at..at + 1, &other);
            prop_assert_ne!(Drawn::parse(&text), Ok(drawn));
            assert_reads::<2>(&text)?;
        }
    }
}
