//! What a list of digit classes says: how often each occurs, how far that is from fair, and how many
//! were read as asked. Counting only; knows nothing of who read the pictures.

use crate::data::CLASSES;
use crate::{Error, Result};

/// How many pictures of each class.
pub type Histogram = [u32; CLASSES];

/// Every class equally often: what a fair generator is compared with.
pub const UNIFORM: Histogram = [1; CLASSES];

/// Counts `classes`.
///
/// # Errors
/// A class over 9.
pub fn class_histogram(classes: &[u8]) -> Result<Histogram> {
    let mut counts = [0; CLASSES];
    for &class in classes {
        match counts.get_mut(usize::from(class)) {
            Some(count) => *count += 1,
            None => return Err(Error::Evaluation(format!("there is no class {class}"))),
        }
    }
    Ok(counts)
}

/// `Σ p ln(p / q)` in nats, p and q being the shares of the classes in `generated` and `reference`:
/// 0 when they agree, `ln 10 = 2.303` when all pictures are one digit and the reference is
/// [`UNIFORM`]. Both list the same classes. Infinite when a class was generated that the reference lacks; 0 for no pictures.
pub fn class_kl(generated: &[u32], reference: &[u32]) -> f64 {
    let (p_total, q_total) = (total(generated), total(reference));
    let terms = generated.iter().zip(reference).filter(|&(&p, _)| p > 0).map(|(&p, &q)| {
        let (p, q) = (f64::from(p) / p_total, f64::from(q) / q_total);
        p * (p / q).ln()
    });
    // A reference without pictures has no shares to compare with.
    let kl: f64 = if q_total > 0.0 { terms.sum() } else { f64::INFINITY };
    // Rounding may leave a hair below zero. The divergence itself is never negative.
    if p_total > 0.0 { kl.max(0.0) } else { 0.0 }
}

/// Classes that make up more than 1 % of the pictures: fewer than ten is mode dropping.
pub fn modes(histogram: &Histogram) -> usize {
    let total = total(histogram);
    histogram.iter().filter(|&&count| f64::from(count) > 0.01 * total).count()
}

/// Share of pictures read as the class that was asked for, 0 to 1.
///
/// # Errors
/// Lists of different lengths, or no pictures.
pub fn label_accuracy(read: &[u8], asked: &[u8]) -> Result<f64> {
    if read.len() != asked.len() {
        return Err(Error::Evaluation(format!(
            "there are {} pictures, but {} labels",
            read.len(),
            asked.len()
        )));
    }
    if read.is_empty() {
        return Err(Error::Evaluation("there are no pictures".into()));
    }
    let right = read.iter().zip(asked).filter(|(read, asked)| read == asked).count();
    Ok(right as f64 / read.len() as f64)
}

fn total(histogram: &[u32]) -> f64 {
    histogram.iter().map(|&count| f64::from(count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_class() {
        let counts = class_histogram(&[0, 9, 9, 3, 0, 9]).unwrap();
        assert_eq!(counts, [2, 0, 0, 1, 0, 0, 0, 0, 0, 3]);
        assert!(class_histogram(&[10]).unwrap_err().to_string().contains("no class 10"));
    }

    #[test]
    fn kl_has_its_known_values() {
        let kl = |p: &[u32; 10], q: &[u32; 10]| class_kl(p, q);
        assert_eq!(kl(&[7; 10], &UNIFORM), 0.0);
        let mut one = [0; 10];
        one[4] = 50;
        assert!((kl(&one, &UNIFORM) - 10f64.ln()).abs() < 1e-12);
        // By hand: .75 ln(.75/.5) + .25 ln(.25/.5).
        let two = [75, 25, 0, 0, 0, 0, 0, 0, 0, 0];
        let even = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!((kl(&two, &even) - 0.130812035941137).abs() < 1e-12);
        // It is not symmetric: by hand .5 ln(.5/.75) + .5 ln(.5/.25).
        assert!((kl(&even, &two) - 0.143841036225890).abs() < 1e-12);
        assert_eq!(kl(&UNIFORM, &two), f64::INFINITY);
        assert_eq!(kl(&UNIFORM, &[0; 10]), f64::INFINITY);
        assert_eq!(kl(&[0; 10], &UNIFORM), 0.0);
    }

    #[test]
    fn modes_count_classes_over_one_percent() {
        assert_eq!(modes(&[1; 10]), 10);
        // Exactly 1 % is not over it.
        assert_eq!(modes(&[97, 2, 1, 0, 0, 0, 0, 0, 0, 0]), 2);
        assert_eq!(modes(&[0; 10]), 0);
    }

    #[test]
    fn accuracy_is_the_share_read_as_asked() {
        assert_eq!(label_accuracy(&[1, 2, 3, 4], &[1, 2, 0, 4]).unwrap(), 0.75);
        assert!(label_accuracy(&[1], &[1, 2]).is_err());
        assert!(label_accuracy(&[], &[]).is_err());
    }
}
