//! A cloud of features with all that is compared of it, and the comparison of two: every pair of points
//! is looked at once, in blocks of rows, so that a caller can listen in between. Features only: knows
//! nothing of pictures.

use super::frechet::{Moments, frechet_distance};
use super::kernel::{self, Within, cubic};
use super::list::{Figures, Metric};
use super::neighbours::{MORE, Overlap, Reach};
use super::points::Points;
use crate::{Error, Result};

/// Pairs of points looked at in one go: a few milliseconds in a browser.
const PAIRS: usize = 1 << 18;

/// Features of real pictures or of fakes.
#[derive(Clone, Debug)]
pub struct Cloud {
    points: Points,
    moments: Moments,
    /// Squared lengths of the points.
    squares: Vec<f64>,
    /// Of the points that have been compared with all others so far.
    reach: Vec<Reach>,
    /// The kernel's sum over the pairs of these.
    kernel: f64,
}

impl Cloud {
    /// Features of `dim` values each, one after another. It is to [`Cloud::advance`] before it is
    /// compared with another.
    ///
    /// # Errors
    /// Numbers that are not finite or do not make up whole vectors; too few of them for five neighbours.
    pub fn new(features: Vec<f32>, dim: usize) -> Result<Self> {
        let points = Points::new(features, dim)?;
        if points.len() <= MORE {
            return Err(Error::Evaluation(format!(
                "pictures are compared by their {MORE} nearest, but there are only {}",
                points.len()
            )));
        }
        let square = |x: &[f32]| x.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        Ok(Self {
            moments: Moments::of(&points)?,
            squares: points.iter().map(square).collect(),
            reach: Vec::with_capacity(points.len()),
            kernel: 0.0,
            points,
        })
    }

    pub fn len(&self) -> usize {
        self.points.len()
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Compares the next of its points with all others; false when there are none left.
    pub fn advance(&mut self) -> bool {
        let rows = block(self.reach.len(), self.len(), self.len());
        let distances = self.points.squared_distances(rows.clone(), &self.points);
        for (row, distances) in rows.clone().zip(distances.chunks_exact(self.len())) {
            self.reach.push(Reach::of(distances, row));
            let own = cubic(self.squares[row], self.points.dim());
            self.kernel += self.kernel_sum(row, distances, self) - own;
        }
        !rows.is_empty()
    }

    /// The kernel's sum over a point with all of `others`. Its products follow from the distances:
    /// x·y = (‖x‖² + ‖y‖² - ‖x - y‖²) / 2.
    fn kernel_sum(&self, row: usize, distances: &[f32], others: &Cloud) -> f64 {
        let (square, dim) = (self.squares[row], self.points.dim());
        let product = |(&d, other): (&f32, &f64)| 0.5 * (square + other - f64::from(d));
        distances.iter().zip(&others.squares).map(product).map(|p| cubic(p, dim)).sum()
    }

    fn within(&self) -> Within {
        Within { sum: self.kernel, points: self.len() }
    }
}

/// The next rows to look at, of those not yet `done`.
fn block(done: usize, rows: usize, columns: usize) -> std::ops::Range<usize> {
    done..rows.min(done + (PAIRS / columns).max(1))
}

/// A cloud of fakes on its way to being compared with one of real pictures.
#[derive(Clone, Debug)]
pub struct Comparison {
    fake: Cloud,
    /// Real points that have passed by.
    done: usize,
    overlap: Overlap,
    kernel: f64,
}

impl Comparison {
    pub fn new(fake: Cloud) -> Self {
        Self { fake, done: 0, overlap: Overlap::default(), kernel: 0.0 }
    }

    /// Compares the next points; false when there are none left. `real` must always be the same, and
    /// must have been advanced to its end.
    pub fn advance(&mut self, real: &Cloud) -> bool {
        if self.fake.advance() {
            return true;
        }
        let rows = block(self.done, real.len(), self.fake.len());
        let distances = real.points.squared_distances(rows.clone(), &self.fake.points);
        for (row, distances) in rows.clone().zip(distances.chunks_exact(self.fake.len())) {
            self.overlap.add(real.reach[row], distances, &self.fake.reach);
            self.kernel += real.kernel_sum(row, distances, &self.fake);
        }
        self.done = rows.end;
        !rows.is_empty()
    }

    /// What the comparison has come to, once it is at its end.
    ///
    /// # Errors
    /// Features of different lengths.
    pub fn figures(&self, real: &Cloud) -> Result<Figures> {
        let overlap = &self.overlap;
        Ok(Figures::from([
            (Metric::FrechetDistance, frechet_distance(&self.fake.moments, &real.moments)?),
            (
                Metric::KernelDistance,
                kernel::unbiased(self.fake.within(), real.within(), self.kernel),
            ),
            (Metric::Precision, overlap.precision()),
            (Metric::Recall, overlap.recall()),
            (Metric::Density, overlap.density()),
            (Metric::Coverage, overlap.coverage()),
        ]))
    }
}
