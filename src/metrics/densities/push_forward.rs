//! The exact density of what a generator on a line makes of a normal latent.

use super::{Density, Grid, normal};
use crate::{Error, Result};

/// The density of G(z) for a standard normal z, where G runs linearly from each point of (z, G(z)) to the
/// next, and the outermost pieces continue for ever. The density itself is `Σ φ(z) / |G′(z)|` over all z
/// with G(z) = x (the change of variables), which is infinite where G folds with a slope of 0; its integral
/// over a cell is the latent's probability of all that G takes there, and always finite. A piece that is
/// flat gives its whole probability to one cell. What falls beyond the grid counts in its outermost cells.
///
/// # Shapes
/// z, x: [points], z increasing
///
/// # Errors
/// Fewer than two points; lists of different lengths; z that do not increase; a number that is not finite.
pub fn push_forward(grid: Grid, z: &[f64], x: &[f64]) -> Result<Density> {
    let finite = z.iter().chain(x).all(|v| v.is_finite());
    if z.len() < 2 || z.len() != x.len() || !finite || !z.is_sorted_by(|a, b| a < b) {
        return Err(Error::Evaluation(format!(
            "{} latents and {} values, both finite and the former increasing, must be two at least",
            z.len(),
            x.len()
        )));
    }
    let pieces = z.len() - 1;
    let mut masses = vec![0.0; grid.cells()];
    for i in 0..pieces {
        let piece = Piece {
            z: z[i],
            x: x[i],
            slope: (x[i + 1] - x[i]) / (z[i + 1] - z[i]),
            from: if i == 0 { f64::NEG_INFINITY } else { z[i] },
            to: if i + 1 == pieces { f64::INFINITY } else { z[i + 1] },
        };
        piece.add_to(&mut masses, grid);
    }
    Density::new(grid, masses)
}

/// Where G is linear.
struct Piece {
    /// A point on it.
    z: f64,
    x: f64,
    slope: f64,
    /// The latents that it is for; an end may be infinite.
    from: f64,
    to: f64,
}

impl Piece {
    fn add_to(&self, masses: &mut [f64], grid: Grid) {
        if self.slope == 0.0 {
            masses[grid.cell_of(self.x)] += normal::probability(self.from, self.to);
            return;
        }
        let ends = [self.from, self.to].map(|z| grid.cell_of(self.x + (z - self.z) * self.slope));
        let (first, last) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        for (cell, mass) in masses.iter_mut().enumerate().take(last + 1).skip(first) {
            // The first and last cell take all that is left: nothing falls between a cell and an edge that
            // rounding has moved.
            let low = if cell == first { f64::NEG_INFINITY } else { grid.edge(cell) };
            let high = if cell == last { f64::INFINITY } else { grid.edge(cell + 1) };
            let [a, b] = [low, high].map(|x| self.latent_of(x));
            *mass += normal::probability(a.min(b), a.max(b));
        }
    }

    /// Which latent becomes `x`: of those that the piece is for, the nearest.
    fn latent_of(&self, x: f64) -> f64 {
        (self.z + (x - self.x) / self.slope).clamp(self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::densities::divergences;
    use proptest::prelude::*;

    fn grid() -> Grid {
        Grid::new(-6.0, 6.0, 240).unwrap()
    }

    /// Against the distribution function, the outermost cells with all that lies beyond.
    fn check(got: &Density, below: impl Fn(f64) -> f64) {
        let mut edges: Vec<f64> = (0..=240).map(|i| grid().edge(i)).collect();
        (edges[0], edges[240]) = (f64::NEG_INFINITY, f64::INFINITY);
        for (ends, mass) in edges.windows(2).zip(got.masses()) {
            let want = below(ends[1]) - below(ends[0]);
            assert!((mass - want).abs() < 1e-12, "{ends:?}: {mass}, not {want}");
        }
    }

    fn below(z: f64) -> f64 {
        normal::probability(f64::NEG_INFINITY, z)
    }

    #[test]
    fn a_line_makes_another_normal() {
        for slope in [0.7, -1.9] {
            let z = [-3.0, -0.4, 0.1, 2.0];
            let got = push_forward(grid(), &z, &z.map(|z| 0.5 + slope * z)).unwrap();
            check(&got, |x| below((x - 0.5) / f64::abs(slope)));
        }
    }

    #[test]
    fn a_fold_makes_the_half_normal() {
        let got = push_forward(grid(), &[-4.0, 0.0, 4.0], &[4.0, 0.0, 4.0]).unwrap();
        check(&got, |x| if x > 0.0 { 2.0 * below(x) - 1.0 } else { 0.0 });
        // The same at the other end, beyond the grid in part.
        let got = push_forward(grid(), &[-1.0, 0.0, 1.0], &[3.0, 5.0, 3.0]).unwrap();
        check(&got, |x| if x < 5.0 { 2.0 * below((x - 5.0) / 2.0) } else { 1.0 });
    }

    /// G(z) = z²: the density of χ² with one degree of freedom has a pole at 0, where G is flat.
    #[test]
    fn a_smooth_fold_has_finite_cells() {
        let z: Vec<f64> = (-4000..=4000).map(|i| f64::from(i) / 500.0).collect();
        let x: Vec<f64> = z.iter().map(|z| z * z).collect();
        let got = push_forward(grid(), &z, &x).unwrap();
        for (cell, mass) in got.masses().iter().enumerate().take(239).skip(120) {
            let [low, high] =
                [cell, cell + 1].map(|i| 2.0 * below(grid().edge(i).max(0.0).sqrt()) - 1.0);
            assert!((mass - (high - low)).abs() < 1e-5, "{cell}: {mass}, not {}", high - low);
        }
    }

    #[test]
    fn flat_pieces_are_atoms() {
        let got = push_forward(grid(), &[-1.0, 0.0, 1.0], &[2.0, 2.0, 2.0]).unwrap();
        assert_eq!(got.masses()[grid().cell_of(2.0)], 1.0);
        // Two modes, with a steep ascent between them.
        let got = push_forward(grid(), &[-1.0, -0.1, 0.1, 1.0], &[-2.0, -2.0, 2.0, 2.0]).unwrap();
        for mode in [-2.0, 2.0] {
            let mass = got.masses()[grid().cell_of(mode)];
            assert!((0.46..0.465).contains(&mass), "{mass}");
        }
    }

    /// The slope of a generator that has saturated is almost 0, and may be at an edge of the grid.
    #[test]
    fn nothing_is_lost_at_an_edge() {
        for edge in (2..238).map(|i| grid().edge(i)) {
            let x = [edge, edge.next_up(), 50.0];
            let got = push_forward(grid(), &[-1.0, 0.0, 1.0], &x).unwrap();
            let cell = grid().cell_of(edge);
            let around: f64 = got.masses()[cell - 1..=cell + 1].iter().sum();
            assert!((0.5..0.51).contains(&around), "{edge}: {around}");
        }
    }

    #[test]
    fn bad_input_is_refused() {
        let refused = |z: &[f64], x: &[f64]| {
            push_forward(grid(), z, x).unwrap_err().to_string().contains("latents and")
        };
        assert!(refused(&[0.0], &[1.0]));
        assert!(refused(&[0.0, 1.0], &[1.0]));
        assert!(refused(&[0.0, 0.0], &[1.0, 2.0]));
        assert!(refused(&[1.0, 0.0], &[1.0, 2.0]));
        assert!(refused(&[0.0, 1.0], &[1.0, f64::NAN]));
    }

    proptest! {
        /// Whatever G is, it agrees with a histogram of G at evenly many quantiles of z.
        #[test]
        fn it_is_what_samples_tend_to(x in prop::collection::vec(-8.0..8.0f64, 9)) {
            let z: Vec<f64> = (-4..=4).map(f64::from).collect();
            let exact = push_forward(grid(), &z, &x).unwrap();
            prop_assert!((exact.masses().iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let mut masses = vec![0.0; 240];
            let steps = 40_000;
            for step in 0..steps {
                let latent = -8.0 + 16.0 * (f64::from(step) + 0.5) / f64::from(steps);
                let piece = ((latent + 4.0).floor().clamp(0.0, 7.0)) as usize;
                let made = x[piece] + (latent - z[piece]) * (x[piece + 1] - x[piece]);
                masses[grid().cell_of(made)] += normal::density(latent);
            }
            let sampled = Density::new(grid(), masses).unwrap();
            let far = divergences(&exact, &sampled).unwrap();
            prop_assert!(far.wasserstein < 2e-3 && far.jensen_shannon < 2e-3, "{far:?}");
        }
    }
}
