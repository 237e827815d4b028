//! Distributions on a line.

use super::{around, bump};
use rand::{Rng, RngExt};

/// A distribution on a line, within about ±1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Two normal bumps of equal weight.
    TwoBumps,
    /// Three normal bumps of unequal weights and widths: the lightest, a fifth of all, is the first to be forgotten.
    ThreeBumps,
    /// Equally likely everywhere within ±0.8, and nowhere else: edges, which a smooth network rounds off.
    Uniform,
}

/// A normal distribution that is a part of another.
struct Bump {
    weight: f64,
    middle: f64,
    deviation: f64,
}

const TWO: [Bump; 2] = [
    Bump { weight: 0.5, middle: -0.5, deviation: 0.1 },
    Bump { weight: 0.5, middle: 0.5, deviation: 0.1 },
];

const THREE: [Bump; 3] = [
    Bump { weight: 0.5, middle: -0.6, deviation: 0.1 },
    Bump { weight: 0.3, middle: 0.1, deviation: 0.06 },
    Bump { weight: 0.2, middle: 0.7, deviation: 0.04 },
];

/// The uniform distribution lies within ± this.
const HALF: f64 = 0.8;

impl Line {
    pub const ALL: [Self; 3] = [Self::TwoBumps, Self::ThreeBumps, Self::Uniform];

    /// One point.
    pub fn sample(self, rng: &mut impl Rng) -> f32 {
        let chance: f64 = rng.random();
        match self {
            Self::TwoBumps => pick(&TWO, chance).sample(rng),
            Self::ThreeBumps => pick(&THREE, chance).sample(rng),
            Self::Uniform => (HALF * (2.0 * chance - 1.0)) as f32,
        }
    }

    /// The probability density at `x`, per unit of length.
    pub fn density(self, x: f64) -> f64 {
        match self {
            Self::TwoBumps => TWO.iter().map(|bump| bump.density(x)).sum(),
            Self::ThreeBumps => THREE.iter().map(|bump| bump.density(x)).sum(),
            Self::Uniform if x.abs() <= HALF => 0.5 / HALF,
            Self::Uniform => 0.0,
        }
    }
}

impl Bump {
    fn sample(&self, rng: &mut impl Rng) -> f32 {
        let [x] = around([self.middle as f32], self.deviation as f32, rng);
        x
    }

    /// Its part of the whole density.
    fn density(&self, x: f64) -> f64 {
        self.weight * bump([x], [self.middle], self.deviation)
    }
}

/// The bump at `chance` in [0, 1); their weights make 1.
fn pick(bumps: &[Bump], chance: f64) -> &Bump {
    let mut left = chance;
    for bump in bumps {
        left -= bump.weight;
        if left < 0.0 {
            return bump;
        }
    }
    &bumps[bumps.len() - 1]
}
