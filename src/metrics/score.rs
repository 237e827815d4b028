//! The classifier score: is each picture clearly one digit, and are there as many kinds as there could
//! be? Arithmetic on probabilities only.

use crate::data::CLASSES;

/// `exp(E KL(p(y|x) ‖ p(y)))` with p(y) the mean of the p(y|x): 1 when all pictures read alike, 10 when
/// every picture is clearly one digit and each digit occurs equally often; 1 for no pictures (Salimans
/// et al. 2016, arXiv 1606.03498, section 4, with the project's classifier for Inception). Blind to
/// pictures that repeat within a class.
///
/// # Shapes
/// log_probabilities: the natural logarithms of [pictures, CLASSES]
pub fn classifier_score(log_probabilities: &[[f32; CLASSES]]) -> f64 {
    let count = log_probabilities.len().max(1) as f64;
    let mut mean = [0.0; CLASSES];
    let mut negentropy = 0.0;
    for row in log_probabilities {
        for (mean, &log) in mean.iter_mut().zip(row) {
            let log = f64::from(log);
            // A probability that has rounded to 0 adds nothing: p ln p goes to 0.
            let p = log.exp();
            *mean += p / count;
            negentropy += if p > 0.0 { p * log / count } else { 0.0 };
        }
    }
    // E KL = E Σ p ln p - Σ p̄ ln p̄.
    let entropy: f64 = mean.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum();
    (negentropy + entropy).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_its_known_values() {
        let sure = |class: usize| {
            let mut row = [f32::NEG_INFINITY; CLASSES];
            row[class] = 0.0;
            row
        };
        let all: Vec<_> = (0..50).map(|i| sure(i % CLASSES)).collect();
        assert!((classifier_score(&all) - 10.0).abs() < 1e-9);
        assert!((classifier_score(&[sure(3); 20]) - 1.0).abs() < 1e-12, "one mode");
        assert!((classifier_score(&[[0.1f32.ln(); CLASSES]; 20]) - 1.0).abs() < 1e-5, "noise");
        assert_eq!(classifier_score(&[]), 1.0);
    }
}
