//! Points on a line or in a plane, to learn instead of pictures: distributions that can be seen whole. Coordinates lie
//! within about ±1, whatever the papers' scales, since that is where networks are at ease. Knows nothing of training
//! and tensors.

mod drawing;
pub mod drawn;
pub mod line;
pub mod plane;
#[cfg(test)]
mod tests;

pub use drawing::Drawing;
pub use drawn::{Drawn, DrawnError};
pub use line::Line;
pub use plane::Plane;

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// What of each axis is worth showing: all of a set, and a margin for what a network lays beside it.
pub const RANGE: [f64; 2] = [-1.25, 1.25];

/// A distribution of points.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a run has one")]
pub enum PointSet {
    /// All at 0 (Mescheder et al. 2018, arXiv 1801.04406, section 2).
    Origin,
    Line(Line),
    Plane(Plane),
    DrawnLine(Drawn<1>),
    DrawnPlane(Drawn<2>),
}

impl PointSet {
    /// Coordinates of a point: 1 or 2.
    pub fn dimensions(&self) -> usize {
        match self {
            Self::Origin | Self::Line(_) | Self::DrawnLine(_) => 1,
            Self::Plane(_) | Self::DrawnPlane(_) => 2,
        }
    }

    /// `count` independent points, one after the other: count x dimensions numbers.
    pub fn sample(&self, count: usize, rng: &mut impl Rng) -> Vec<f32> {
        let mut numbers = Vec::with_capacity(count * self.dimensions());
        for _ in 0..count {
            match self {
                Self::Origin => numbers.push(0.0),
                Self::Line(line) => numbers.push(line.sample(rng)),
                Self::Plane(plane) => numbers.extend(plane.sample(rng)),
                Self::DrawnLine(drawn) => numbers.extend(drawn.sample(rng)),
                Self::DrawnPlane(drawn) => numbers.extend(drawn.sample(rng)),
            }
        }
        numbers
    }

    /// The probability density at a point, per unit of length or area. None where it has no closed form, and for a
    /// point of other dimensions.
    pub fn density(&self, at: &[f64]) -> Option<f64> {
        match (self, at) {
            (Self::Line(line), &[x]) => Some(line.density(x)),
            (Self::Plane(plane), &[x, y]) => plane.density([x, y]),
            (Self::DrawnLine(drawn), &[x]) => Some(drawn.density([x])),
            (Self::DrawnPlane(drawn), &[x, y]) => Some(drawn.density([x, y])),
            _ => None,
        }
    }
}

/// A standard normal number.
fn normal(rng: &mut impl Rng) -> f32 {
    StandardNormal.sample(rng)
}

/// A point around `middle`, each coordinate with normal noise of `deviation`.
fn around<const D: usize>(middle: [f32; D], deviation: f32, rng: &mut impl Rng) -> [f32; D] {
    middle.map(|coordinate| coordinate + deviation * normal(rng))
}

/// The density at `at` of [`around`].
fn bump<const D: usize>(at: [f64; D], middle: [f64; D], deviation: f64) -> f64 {
    let variance = deviation * deviation;
    let distance2: f64 = at.iter().zip(middle).map(|(a, m)| (a - m) * (a - m)).sum();
    let height = (std::f64::consts::TAU * variance).sqrt().powi(D as i32).recip();
    height * (-distance2 / (2.0 * variance)).exp()
}
