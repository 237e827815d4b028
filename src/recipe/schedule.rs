//! What changes by itself while a run goes on: learning rates by a schedule, and R3GAN's burn-in. Each is
//! a function of the step alone, so there is nothing to save.

use super::Recipe;
use crate::describe::{Described, Paper, Words};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use strum::VariantArray;

/// What a player's learning rate is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub kind: ScheduleKind,
    /// How long the cosine takes, or after how many steps the inverse square root begins; from 1.
    pub steps: u64,
    /// What is left of the learning rate after the cosine, in [0, 1].
    pub end: f64,
    /// Steps of a linear rise from 0, beside the rest; 0 for none (Goyal et al. 2017, arXiv 1706.02677, 2.2).
    pub warm_up: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum ScheduleKind {
    Constant,
    /// end + (1 − end) · (1 + cos(π t / steps)) / 2, then `end` (Loshchilov & Hutter 2016, arXiv 1608.03983,
    /// eq. 5, without restarts).
    Cosine,
    /// √(steps / t) once t is past `steps` (Vaswani et al. 2017, arXiv 1706.03762, eq. 3).
    ///
    /// Intuition: fast learning finds the digits soon, but goes on jumping about them; a step size whose
    /// sum has no bound while it fades (Robbins & Monro 1951) settles.
    InverseSquareRoot,
}

impl ScheduleKind {
    /// Whether it knows [`Schedule::steps`].
    pub fn has_steps(self) -> bool {
        match self {
            Self::Cosine | Self::InverseSquareRoot => true,
            Self::Constant => false,
        }
    }

    /// Whether it knows [`Schedule::end`].
    pub fn has_end(self) -> bool {
        match self {
            Self::Cosine => true,
            Self::Constant | Self::InverseSquareRoot => false,
        }
    }
}

/// From 1 at `t` = 0 on half a cosine to 0 at `steps`, and 0 from there on.
fn fading(t: u64, steps: u64) -> f64 {
    if t >= steps {
        return 0.0;
    }
    (1.0 + (PI * (t as f64 / steps as f64)).cos()) / 2.0
}

impl Schedule {
    /// The factor at the run's step `t`, counted from 1.
    pub fn factor(&self, t: u64) -> f64 {
        let warm = if t < self.warm_up { t as f64 / self.warm_up as f64 } else { 1.0 };
        let kind = match self.kind {
            ScheduleKind::Constant => 1.0,
            ScheduleKind::Cosine => {
                self.end + (1.0 - self.end) * fading(t.saturating_sub(1), self.steps)
            }
            ScheduleKind::InverseSquareRoot if t > self.steps => {
                (self.steps as f64 / t as f64).sqrt()
            }
            ScheduleKind::InverseSquareRoot => 1.0,
        };
        warm * kind
    }
}

/// R3GAN's burn-in (Huang et al. 2024, arXiv 2501.05441, and its published code): what a run begins with.
/// On half a cosine over its first `steps` the values go from these to the recipe's own; 0 steps for none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BurnIn {
    pub steps: u64,
    /// How many times as large both learning rates are; the paper's is 4.
    pub lr: f64,
    /// The penalty's weight; the paper's is ten times the later one.
    pub gamma: f64,
    /// β₂ of both players; the paper's is 0.9.
    pub beta2: f64,
    /// The largest decay of the moving average; the paper's is 0.
    pub ema: f64,
}

impl Recipe {
    /// What it comes to at step `t` of a run, counted from 1: schedules and burn-in worked into learning
    /// rates, γ, β₂ and the moving average.
    pub fn at(&self, t: u64) -> Recipe {
        let mut now = self.clone();
        let BurnIn { steps, lr, gamma, beta2, ema } = self.burn_in;
        let start = fading(t.saturating_sub(1), steps);
        // Exactly the recipe's own once it is over.
        let from = |first: f64, own: f64| own + (first - own) * start;
        for player in [&mut now.generator, &mut now.discriminator] {
            player.optimiser.lr *= player.schedule.factor(t) * from(lr, 1.0);
            player.optimiser.beta2 = from(beta2, player.optimiser.beta2);
        }
        now.penalty.gamma = from(gamma, self.penalty.gamma);
        now.ema = from(ema, self.ema);
        now
    }
}

impl Described for ScheduleKind {
    fn words(self) -> Words {
        match self {
            Self::Constant => {
                Words { label: "Constant", help: "Stays the same throughout.", paper: None }
            }
            Self::Cosine => Words {
                label: "Cosine",
                help: "Falls slowly, then faster, then slowly again, and stays low.",
                paper: Some(Paper::new(
                    "Loshchilov & Hutter 2016",
                    "https://arxiv.org/abs/1608.03983",
                )),
            },
            Self::InverseSquareRoot => Words {
                label: "Inverse square root",
                help: "Constant at first, then falls as one over the square root of the step.",
                paper: Some(Paper::new("Vaswani et al. 2017", "https://arxiv.org/abs/1706.03762")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::default_recipe;

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-12, "{got}, not {want}");
    }

    #[test]
    fn schedules_at_known_steps() {
        let of = |kind, steps, end, warm_up| Schedule { kind, steps, end, warm_up };
        let constant = of(ScheduleKind::Constant, 1, 0.5, 0);
        let cosine = of(ScheduleKind::Cosine, 100, 0.2, 0);
        let root = of(ScheduleKind::InverseSquareRoot, 500, 0.5, 0);
        let known = [
            (constant, 1, 1.0),
            (constant, 1_000_000, 1.0),
            (cosine, 1, 1.0),
            (cosine, 26, 0.2 + 0.8 * (1.0 + 0.5f64.sqrt()) / 2.0),
            (cosine, 51, 0.6),
            (cosine, 101, 0.2),
            (cosine, 5000, 0.2),
            (root, 500, 1.0),
            (root, 2000, 0.5),
            (of(ScheduleKind::Constant, 1, 0.5, 10), 1, 0.1),
            (of(ScheduleKind::Constant, 1, 0.5, 10), 10, 1.0),
            (of(ScheduleKind::Constant, 1, 0.5, 10), 11, 1.0),
            (of(ScheduleKind::InverseSquareRoot, 500, 0.5, 4000), 2000, 0.25),
        ];
        for (schedule, t, factor) in known {
            near(schedule.factor(t), factor);
        }
        for &kind in ScheduleKind::ALL {
            let of_kind = || known.iter().filter(|(schedule, ..)| schedule.kind == kind);
            assert!(of_kind().count() >= 3, "{kind:?} needs three rows above, from its paper");
        }
    }

    /// Said of a schedule, so that the form hides what it does not read.
    #[test]
    fn a_schedule_reads_what_it_says_that_it_reads() {
        for &kind in ScheduleKind::ALL {
            let factors = |steps, end| {
                let schedule = Schedule { kind, steps, end, warm_up: 0 };
                (1..200).map(|t| schedule.factor(t)).collect::<Vec<_>>()
            };
            let plain = factors(40, 0.25);
            let says = "does not say what `factor` reads";
            assert_eq!(plain != factors(80, 0.25), kind.has_steps(), "{kind:?}: has_steps {says}");
            assert_eq!(plain != factors(40, 0.5), kind.has_end(), "{kind:?}: has_end {says}");
        }
    }

    #[test]
    fn a_burn_in_goes_from_its_values_to_the_recipes_own() {
        let mut recipe = default_recipe();
        assert_eq!(recipe.at(1), recipe, "there is none in the default");
        recipe.generator.schedule.kind = ScheduleKind::Constant;
        recipe.burn_in = BurnIn { steps: 200, lr: 4.0, gamma: 3.0, beta2: 0.9, ema: 0.0 };
        for (t, [lr, gamma, beta2, ema]) in [
            (1, [4.0, 3.0, 0.9, 0.0]),
            (101, [2.5, 1.65, 0.945, 0.4975]),
            (201, [1.0, 0.3, 0.99, 0.995]),
            (9999, [1.0, 0.3, 0.99, 0.995]),
        ] {
            let now = recipe.at(t);
            near(now.generator.optimiser.lr / recipe.generator.optimiser.lr, lr);
            near(now.penalty.gamma, gamma);
            near(now.discriminator.optimiser.beta2, beta2);
            near(now.ema, ema);
        }
    }
}
