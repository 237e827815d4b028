//! What came of the lessons: accuracies with their spread, and the sentences that they bear out.

use super::Arm;
use serde::{Deserialize, Serialize};

/// How one classifier reads the test digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Real digits of each class that the try had.
    pub digits: usize,
    pub seed: u64,
    pub arm: Arm,
    /// Share of the test digits that it reads correctly.
    pub accuracy: f64,
}

/// What the generator has learnt from. Whoever has only a few digits has no generator of the second kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The real digits of the try, and no others.
    SameDigits,
    /// So many digits, whatever the classifier is given.
    Others(u64),
}

impl Origin {
    /// That of a generator that has been shown so many pictures out of `all`; 0 where there is no end of them.
    pub fn others(shown: u64, all: usize) -> Self {
        Origin::Others(if all > 0 { shown.min(all as u64) } else { shown })
    }

    pub fn sentence(self) -> String {
        match self {
            Origin::SameDigits => {
                "The artist has learnt from the same real digits and no others: this is augmentation.".into()
            }
            Origin::Others(count) => format!(
                "The artist has learnt from {} digits and passes on what it has seen there: this is transfer, not \
                 augmentation, and somebody with only these few digits has no such artist.",
                grouped(count)
            ),
        }
    }
}

/// All scores of an experiment, in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    pub origin: Origin,
    /// Test digits that each classifier reads.
    pub tested: usize,
    pub scores: Vec<Score>,
}

/// The middle and the ends of several values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// Of how many.
    pub count: usize,
}

impl Spread {
    /// None of nothing.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (&low, &high) = (values.first()?, values.last()?);
        let count = values.len();
        let median = (values[(count - 1) / 2] + values[count / 2]) / 2.0;
        Some(Self { median, low, high, count })
    }
}

/// Two arms of which the first has generated digits in addition, or instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub with: Arm,
    pub without: Arm,
    /// How a sentence about it begins.
    words: &'static str,
}

/// All that are drawn conclusions from.
pub const COMPARISONS: [Comparison; 3] = [
    Comparison { with: Arm::Both, without: Arm::Real, words: "Added to the real digits" },
    Comparison {
        with: Arm::BothMoved,
        without: Arm::Moved,
        words: "Added to real digits that are moved and turned anyway",
    },
    Comparison { with: Arm::Samples, without: Arm::Real, words: "In place of the real digits" },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Help,
    Harm,
    NoClearDifference,
}

impl Curve {
    /// The numbers of real digits a class, ascending.
    pub fn digits(&self) -> Vec<usize> {
        let mut digits: Vec<usize> = self.scores.iter().map(|score| score.digits).collect();
        digits.sort_unstable();
        digits.dedup();
        digits
    }

    /// The accuracies of an arm at so many digits a class.
    pub fn accuracy(&self, digits: usize, arm: Arm) -> Option<Spread> {
        let here = self.scores.iter().filter(|score| (score.digits, score.arm) == (digits, arm));
        Spread::of(here.map(|score| score.accuracy).collect())
    }

    /// By how much generated digits raise the accuracy, try by try: the two classifiers of a try have had the same
    /// real digits and first weights.
    pub fn gain(
        &self,
        digits: usize,
        Comparison { with, without, .. }: Comparison,
    ) -> Option<Spread> {
        let here = || self.scores.iter().filter(|score| score.digits == digits);
        let gains = here().filter(|score| score.arm == with).filter_map(|score| {
            let other = here().find(|other| (other.arm, other.seed) == (without, score.seed))?;
            Some(score.accuracy - other.accuracy)
        });
        Spread::of(gains.collect())
    }

    /// A difference is clear if it has the same sign in every try and its median is more than twice the standard error
    /// of a difference between two such accuracies on so many test digits, √(p(1 − p)/n + q(1 − q)/n). (That takes
    /// them to be independent. They are not, and the true error is smaller.)
    pub fn verdict(&self, digits: usize, comparison: Comparison) -> Option<Verdict> {
        let gain = self.gain(digits, comparison)?;
        let variance = |arm| self.accuracy(digits, arm).map(|p| p.median * (1.0 - p.median));
        let variance = variance(comparison.with)? + variance(comparison.without)?;
        let beyond_chance = gain.median.abs() > 2.0 * (variance / self.tested.max(1) as f64).sqrt();
        Some(match beyond_chance {
            true if gain.low > 0.0 => Verdict::Help,
            true if gain.high < 0.0 => Verdict::Harm,
            _ => Verdict::NoClearDifference,
        })
    }

    /// What the scores say, and what kind of generator that holds for. Empty while no two can be compared.
    pub fn conclusion(&self) -> String {
        let mut sentences: Vec<String> =
            COMPARISONS.into_iter().filter_map(|comparison| self.sentence(comparison)).collect();
        if sentences.is_empty() {
            return String::new();
        }
        let gains =
            |&digits: &usize| COMPARISONS.map(|of| self.gain(digits, of)).into_iter().flatten();
        if self.digits().iter().flat_map(gains).any(|gain| gain.count == 1) {
            sentences.push(
                "What was tried only once may turn out otherwise when it is tried again.".into(),
            );
        }
        sentences.push(self.origin.sentence());
        sentences.join(" ")
    }

    fn sentence(&self, comparison: Comparison) -> Option<String> {
        // What the numbers are is said with the first.
        let mut units = [" digits a class", " points"];
        let mut clauses = Vec::new();
        for (verdict, verb) in [
            (Verdict::Help, "help"),
            (Verdict::Harm, "harm"),
            (Verdict::NoClearDifference, "make no clear difference"),
        ] {
            let mut places = Vec::new();
            for digits in self.digits() {
                if self.verdict(digits, comparison) == Some(verdict) {
                    let gain = self.gain(digits, comparison)?;
                    let [of_digits, of_gain] = std::mem::take(&mut units);
                    places.push(format!("{digits}{of_digits} ({})", gain_in_words(gain, of_gain)));
                }
            }
            if !places.is_empty() {
                clauses.push(format!("{verb} at {}", listed(&places)));
            }
        }
        let words = comparison.words;
        (!clauses.is_empty()).then(|| format!("{words}, drawings {}.", listed(&clauses)))
    }
}

/// `+2.1 points, 0.3 to 3.0`
fn gain_in_words(Spread { median, low, high, count }: Spread, unit: &str) -> String {
    let points = |share: f64| {
        // No minus before a nought.
        let rounded = (1000.0 * share).round() / 10.0 + 0.0;
        format!("{rounded:+.1}").replace('-', "−")
    };
    match count {
        1 => format!("{}{unit}", points(median)),
        _ => format!("{}{unit}, {} to {}", points(median), points(low), points(high)),
    }
}

/// `a, b and c`
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// With a comma between thousands.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (!head.is_empty()).then(|| head.to_string());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accuracies by arm, at some number of digits: one for each seed.
    fn curve(tested: usize, rows: &[(usize, Arm, &[f64])]) -> Curve {
        let of = |&(digits, arm, accuracies): &(usize, Arm, &[f64])| {
            let scores = accuracies.iter().enumerate();
            scores
                .map(|(i, &accuracy)| Score { digits, seed: i as u64 + 1, arm, accuracy })
                .collect::<Vec<_>>()
        };
        Curve { origin: Origin::SameDigits, tested, scores: rows.iter().flat_map(of).collect() }
    }

    const BOTH: Comparison = COMPARISONS[0];

    #[test]
    fn gains_are_those_of_each_try() {
        let curve = curve(
            10_000,
            &[(10, Arm::Real, &[0.6, 0.7, 0.8]), (10, Arm::Both, &[0.7, 0.72, 0.85, 0.9])],
        );
        let gain = curve.gain(10, BOTH).unwrap();
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(gain.median, 0.05);
        close(gain.low, 0.02);
        close(gain.high, 0.1);
        assert_eq!(gain.count, 3, "a try without the other arm has no gain");
        assert_eq!(curve.gain(20, BOTH), None);
        close(curve.accuracy(10, Arm::Both).unwrap().median, 0.785);
    }

    #[test]
    fn a_difference_is_clear_in_every_try_and_beyond_chance_or_not_at_all() {
        let of = |tested, both: &[f64]| {
            curve(tested, &[(10, Arm::Real, &[0.8, 0.8, 0.8]), (10, Arm::Both, both)])
                .verdict(10, BOTH)
                .unwrap()
        };
        assert_eq!(of(10_000, &[0.82, 0.83, 0.84]), Verdict::Help);
        assert_eq!(of(10_000, &[0.78, 0.77, 0.76]), Verdict::Harm);
        assert_eq!(of(10_000, &[0.79, 0.85, 0.86]), Verdict::NoClearDifference);
        // √(2 · .16 / 10,000) is 0.0057: a gain of 0.011 is within what other test digits would give.
        assert_eq!(of(10_000, &[0.811, 0.811, 0.811]), Verdict::NoClearDifference);
        assert_eq!(of(10_000, &[0.812, 0.812, 0.812]), Verdict::Help);
        assert_eq!(of(1000, &[0.82, 0.83, 0.83]), Verdict::NoClearDifference);
    }

    #[test]
    fn the_conclusion_says_what_the_scores_say() {
        let rows: [(usize, Arm, &[f64]); 6] = [
            (10, Arm::Real, &[0.700, 0.710, 0.720]),
            (10, Arm::Both, &[0.800, 0.835, 0.830]),
            (100, Arm::Real, &[0.900, 0.900, 0.900]),
            (100, Arm::Both, &[0.9001, 0.8999, 0.9]),
            (500, Arm::Real, &[0.970, 0.970, 0.970]),
            (500, Arm::Both, &[0.960, 0.950, 0.940]),
        ];
        let same =
            "The artist has learnt from the same real digits and no others: this is augmentation.";
        assert_eq!(
            curve(10_000, &rows).conclusion(),
            format!(
                "Added to the real digits, drawings help at 10 digits a class (+11.0 points, +10.0 to +12.5), \
                 harm at 500 (−2.0, −3.0 to −1.0) and make no clear difference at 100 (+0.0, +0.0 to +0.0). {same}"
            )
        );
        let once: Vec<_> =
            rows[..2].iter().map(|&(digits, arm, all)| (digits, arm, &all[..1])).collect();
        assert_eq!(
            curve(10_000, &once).conclusion(),
            format!(
                "Added to the real digits, drawings help at 10 digits a class (+10.0 points). What was tried \
                 only once may turn out otherwise when it is tried again. {same}"
            )
        );
        assert_eq!(curve(10_000, &rows[..1]).conclusion(), "", "nothing to compare with");
        assert_eq!(curve(10_000, &[]).conclusion(), "");
    }

    #[test]
    fn whoever_has_seen_more_is_said_to_have_seen_it() {
        let sentence = Origin::Others(60_000).sentence();
        assert!(
            sentence.contains("from 60,000 digits") && sentence.contains("not augmentation"),
            "{sentence}"
        );
        assert_eq!(
            [0, 7, 999, 1000, 1_234_567].map(grouped),
            ["0", "7", "999", "1,000", "1,234,567"]
        );
    }
}
