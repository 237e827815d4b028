//! What the judge's own logits say: whether it tells real from drawn, and whether it has learned its
//! real pictures by heart. Arithmetic on logits only; how they came about is the trainer's affair.

use super::list::{Figures, Metric};

/// A judge's logits, on four sorts of pictures at most.
#[derive(Clone, Copy, Debug)]
pub struct Logits<'a> {
    /// Of real pictures that the run trains on.
    pub seen: &'a [f32],
    /// Of real pictures that it never sees.
    pub held_out: &'a [f32],
    pub fake: &'a [f32],
    /// Above it a picture is called real, if the objective has such a logit (`Objective::threshold`).
    pub threshold: Option<f64>,
}

impl Logits<'_> {
    /// All that they say.
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::from([
            (Metric::DLogitGap, self.gap()),
            (Metric::DHeldOutGap, self.held_out_gap()),
        ]);
        if let Some([real, fake]) = self.accuracy() {
            figures.extend([(Metric::DAccuracyReal, real), (Metric::DAccuracyFake, fake)]);
        }
        figures
    }

    /// Share of the real pictures of the training that are called real, and of fakes that are not:
    /// the two halves of the accuracy that Goodfellow et al. 2014, arXiv 1406.2661, section 4, bring to
    /// one half in the end. NaN for a share of none.
    pub fn accuracy(&self) -> Option<[f64; 2]> {
        let threshold = self.threshold?;
        let called_real = |logits: &[f32]| {
            let over = logits.iter().filter(|&&logit| f64::from(logit) > threshold).count();
            over as f64 / logits.len() as f64
        };
        Some([called_real(self.seen), 1.0 - called_real(self.fake)])
    }

    /// `E D(x) - E D(G(z))` with x of the training set: what a critic's loss makes large (Arjovsky et
    /// al. 2017, arXiv 1701.07875, eq. 2).
    pub fn gap(&self) -> f64 {
        mean(self.seen) - mean(self.fake)
    }

    /// `E D(x) - E D(x')` with x of the training set and x' held out: above 0 where the judge knows
    /// its real pictures by heart (the numerator of r_v in Karras et al. 2020, arXiv 2006.06676, eq. 1).
    pub fn held_out_gap(&self) -> f64 {
        mean(self.seen) - mean(self.held_out)
    }
}

fn mean(logits: &[f32]) -> f64 {
    logits.iter().map(|&logit| f64::from(logit)).sum::<f64>() / logits.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_called_real_above_the_threshold_where_there_is_one() {
        let of = |threshold| Logits {
            seen: &[1.0, 0.0, -1.0, 3.0],
            held_out: &[0.5],
            fake: &[0.0, 2.0],
            threshold,
        };
        let logits = of(Some(0.0));
        assert_eq!(logits.accuracy(), Some([0.5, 0.5]), "a logit at the threshold is not over it");
        assert_eq!(logits.gap(), -0.25);
        assert_eq!(logits.held_out_gap(), 0.25);
        assert_eq!(of(Some(2.5)).accuracy(), Some([0.25, 1.0]));
        let figures = of(None).figures();
        assert_eq!(figures.keys().collect::<Vec<_>>(), [&Metric::DLogitGap, &Metric::DHeldOutGap]);
    }
}
