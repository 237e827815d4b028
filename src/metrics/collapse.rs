//! Has the generator collapsed? Full collapse is one picture whatever the latent; partial collapse leaves
//! classes out, or draws each class in one way only. What is measured is variety in the classifier's
//! features, compared with that of real digits, and how many classes there are. Arithmetic only; knows
//! nothing of runs.
//!
//! The thresholds lie between what healthy recipes reach and what collapsing ones fall to
//! (docs/collapse.md); `tests/collapse.rs` holds the alarm to both.

use super::classifier::{FEATURES, Reading};
use crate::data::CLASSES;
use serde::{Deserialize, Serialize};

/// How varied a set of digits is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variety {
    /// Effective number of classes read, exp of the histogram's entropy: 1 to 10.
    pub classes: f64,
    /// Variance of the features over all pictures, Σ over features.
    pub overall: f64,
    /// The same inside the classes, pooled: of those asked for where labels are given, else of those
    /// read.
    pub within: f64,
}

impl Variety {
    /// `asked` holds the class meant by each picture, if any was.
    pub fn of(readings: &[Reading], asked: Option<&[u8]>) -> Self {
        let read: Vec<u8> = readings.iter().map(|reading| reading.class).collect();
        let mut shares = [0.0; CLASSES];
        for &class in &read {
            shares[usize::from(class)] += 1.0 / read.len() as f64;
        }
        let entropy: f64 =
            shares.iter().filter(|&&share| share > 0.0).map(|share| -share * share.ln()).sum();
        Self {
            classes: entropy.exp(),
            overall: pooled_variance(readings, |_| 0),
            within: pooled_variance(readings, |i| usize::from(asked.unwrap_or(&read)[i])),
        }
    }
}

/// Σ over features of the variance inside the groups, (Σ of squared distances from the group's mean) /
/// (pictures - groups).
fn pooled_variance(readings: &[Reading], group: impl Fn(usize) -> usize) -> f64 {
    let mut sums = vec![([0.0; FEATURES], 0usize); CLASSES];
    for (i, reading) in readings.iter().enumerate() {
        let (sum, count) = &mut sums[group(i)];
        sum.iter_mut().zip(reading.features).for_each(|(sum, v)| *sum += f64::from(v));
        *count += 1;
    }
    let groups = sums.iter().filter(|(_, count)| *count > 0).count();
    let squares: f64 = readings
        .iter()
        .enumerate()
        .map(|(i, reading)| {
            let (sum, count) = &sums[group(i)];
            let from_mean = |(sum, v): (&f64, f32)| (f64::from(v) - sum / *count as f64).powi(2);
            sum.iter().zip(reading.features).map(from_mean).sum::<f64>()
        })
        .sum();
    let freedom = readings.len().saturating_sub(groups);
    if freedom == 0 { 0.0 } else { squares / freedom as f64 }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Collapse {
    /// All drawings are alike.
    Full,
    /// Few classes are left.
    FewClasses,
    /// The classes are there, each in one way only.
    WithinClasses,
}

/// One look at a run, with variances as shares of those of real digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    pub step: u64,
    /// Effective number of classes, 1 to 10.
    pub classes: f64,
    /// Variety of all drawings: 1 is that of real digits.
    pub overall: f64,
    /// Variety inside the classes: 1 is that of real digits.
    pub within: f64,
}

impl Look {
    pub fn new(step: u64, drawn: &Variety, real: &Variety) -> Self {
        let share = |of: f64, all: f64| if all > 0.0 { of / all } else { 0.0 };
        Self {
            step,
            classes: drawn.classes,
            overall: share(drawn.overall, real.overall),
            within: share(drawn.within, real.within),
        }
    }

    fn collapse(&self) -> Option<Collapse> {
        // A generator that draws nothing but noise of one kind gives features that are not numbers
        // at worst: that is no variety either.
        let few = |value: f64, least: f64| value.is_nan() || value < least;
        if few(self.overall, LEAST_OVERALL) {
            Some(Collapse::Full)
        } else if few(self.classes, LEAST_CLASSES) {
            Some(Collapse::FewClasses)
        } else if few(self.within, LEAST_WITHIN) {
            Some(Collapse::WithinClasses)
        } else {
            None
        }
    }
}

const LEAST_OVERALL: f64 = 0.1;
const LEAST_CLASSES: f64 = 3.5;
const LEAST_WITHIN: f64 = 0.15;
/// A young generator draws the same fog for every latent. From this step on, or once it has been varied,
/// that is a collapse.
const GRACE_STEPS: u64 = 250;
/// Looks that must agree before the alarm goes on or off: a fast learner may stumble for a few steps.
const AGREEING: usize = 2;

/// Decides by the last looks.
#[derive(Clone, Debug, Default)]
pub struct Alarm {
    was_varied: bool,
    /// The verdict of the last looks, and how many of them agreed.
    lately: (bool, usize),
    sounding: Option<Collapse>,
}

impl Alarm {
    /// Takes the next look; what the alarm says from then on.
    pub fn hear(&mut self, look: &Look) -> Option<Collapse> {
        let found = look.collapse();
        self.was_varied |= found.is_none();
        let found = found.filter(|_| self.was_varied || look.step >= GRACE_STEPS);
        self.lately = match self.lately {
            (before, times) if before == found.is_some() => (before, times + 1),
            _ => (found.is_some(), 1),
        };
        if self.lately.1 >= AGREEING {
            self.sounding = found;
        }
        self.sounding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(class: u8, at: f32) -> Reading {
        let mut features = [0.0; FEATURES];
        features[3] = at;
        Reading { class, log_probabilities: [0.0; CLASSES], features }
    }

    #[test]
    fn variety_has_its_values_by_hand() {
        let readings = [reading(0, 0.0), reading(0, 2.0), reading(1, 10.0), reading(1, 14.0)];
        let variety = Variety::of(&readings, None);
        // Squares from the mean 6.5: 42.25 + 20.25 + 12.25 + 56.25, over 3; inside: 1 + 1 + 4 + 4 over 2.
        assert!((variety.overall - 131.0 / 3.0).abs() < 1e-9, "{variety:?}");
        assert!((variety.within - 5.0).abs() < 1e-9, "{variety:?}");
        assert!((variety.classes - 2.0).abs() < 1e-9, "{variety:?}");
        // Asked for otherwise than read: 0 with 10 and 2 with 14.
        let asked = Variety::of(&readings, Some(&[3, 4, 3, 4]));
        assert!((asked.within - (50.0 + 72.0) / 2.0).abs() < 1e-9, "{asked:?}");
        let one = Variety::of(&readings[..1], None);
        assert_eq!((one.overall, one.within, one.classes), (0.0, 0.0, 1.0));
    }

    fn look(step: u64, classes: f64, overall: f64, within: f64) -> Look {
        Look { step, classes, overall, within }
    }

    #[test]
    fn each_kind_is_named() {
        assert_eq!(look(9, 10.0, 1.0, 1.0).collapse(), None);
        assert_eq!(look(9, 1.0, 0.02, 0.01).collapse(), Some(Collapse::Full));
        assert_eq!(look(9, 2.0, 0.4, 0.9).collapse(), Some(Collapse::FewClasses));
        assert_eq!(look(9, 9.9, 0.8, 0.05).collapse(), Some(Collapse::WithinClasses));
        assert_eq!(look(9, 9.9, f64::NAN, 0.5).collapse(), Some(Collapse::Full));
    }

    #[test]
    fn the_alarm_waits_for_a_young_run_and_for_a_second_look() {
        let healthy = |step| look(step, 9.0, 0.8, 0.9);
        let flat = |step| look(step, 1.0, 0.01, 0.01);
        let mut young = Alarm::default();
        for step in [50, 100, 150, 200, 250] {
            assert_eq!(young.hear(&flat(step)), None, "step {step}");
        }
        assert_eq!(young.hear(&flat(300)), Some(Collapse::Full));
        let mut run = Alarm::default();
        assert_eq!(run.hear(&healthy(50)), None);
        assert_eq!(run.hear(&flat(100)), None, "a stumble");
        assert_eq!(run.hear(&healthy(150)), None);
        assert_eq!(run.hear(&flat(200)), None);
        assert_eq!(run.hear(&flat(250)), Some(Collapse::Full));
        assert_eq!(run.hear(&healthy(300)), Some(Collapse::Full), "not over by one good look");
        assert_eq!(run.hear(&healthy(350)), None);
    }
}
