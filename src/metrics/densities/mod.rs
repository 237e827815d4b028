//! Probability densities on a line, constant on each cell of a grid: the true one, that of samples, and
//! the exact one of what a generator makes of its latent. Pure arithmetic.

mod divergences;
mod normal;
mod push_forward;

pub use divergences::{Divergences, divergences, wasserstein_to};
pub use normal::quantile;
pub use push_forward::push_forward;

use crate::{Error, Result};

/// Cells of equal width on an interval of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    low: f64,
    high: f64,
    cells: usize,
}

impl Grid {
    /// # Errors
    /// No cells; ends that are not finite or not in order.
    pub fn new(low: f64, high: f64, cells: usize) -> Result<Self> {
        if cells == 0 || !(low < high && (high - low).is_finite()) {
            return Err(Error::Evaluation(format!(
                "{cells} cells from {low} to {high} make no grid"
            )));
        }
        Ok(Self { low, high, cells })
    }

    /// How many cells.
    pub fn cells(&self) -> usize {
        self.cells
    }

    pub fn width(&self) -> f64 {
        (self.high - self.low) / self.cells as f64
    }

    /// Where cell `i` begins; the last one ends at edge number `cells`.
    pub fn edge(&self, i: usize) -> f64 {
        self.low + (self.high - self.low) * (i as f64 / self.cells as f64)
    }

    pub fn middle(&self, i: usize) -> f64 {
        0.5 * (self.edge(i) + self.edge(i + 1))
    }

    /// The cell of `x`: for what lies beyond the grid, the outermost one on that side.
    pub fn cell_of(&self, x: f64) -> usize {
        // The cast takes what is below 0 to 0.
        (((x - self.low) / self.width()) as usize).min(self.cells - 1)
    }
}

/// A probability density that is constant on each cell of a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    grid: Grid,
    /// Each cell's probability; they add up to 1.
    masses: Vec<f64>,
}

impl Density {
    /// From a value for each cell, such as a density or a count: they are scaled to a total of 1.
    ///
    /// # Errors
    /// Not one value for each cell; a negative value or one that is not finite; none above 0.
    pub fn new(grid: Grid, mut values: Vec<f64>) -> Result<Self> {
        let total: f64 = values.iter().sum();
        let sound = values.iter().all(|&v| v >= 0.0) && total > 0.0 && total.is_finite();
        if values.len() != grid.cells || !sound {
            return Err(Error::Evaluation(format!(
                "{} values with a sum of {total} are no density on {} cells",
                values.len(),
                grid.cells
            )));
        }
        values.iter_mut().for_each(|value| *value /= total);
        Ok(Self { grid, masses: values })
    }

    /// From the density's values at the cells' middles (the midpoint rule); what lies beyond the grid is
    /// cut off.
    ///
    /// # Errors
    /// Those of [`Density::new`].
    pub fn of(grid: Grid, density: impl Fn(f64) -> f64) -> Result<Self> {
        Self::new(grid, (0..grid.cells).map(|i| density(grid.middle(i))).collect())
    }

    /// The histogram of samples with the grid's cells for bins. Samples beyond the grid count in its
    /// outermost cells, so that none gets lost.
    ///
    /// # Errors
    /// No samples; one that is not a finite number.
    pub fn histogram(grid: Grid, samples: &[f64]) -> Result<Self> {
        check(samples)?;
        let mut counts = vec![0.0; grid.cells];
        for &x in samples {
            counts[grid.cell_of(x)] += 1.0;
        }
        Self::new(grid, counts)
    }

    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Each cell's probability; they add up to 1.
    pub fn masses(&self) -> &[f64] {
        &self.masses
    }

    /// The density on each cell: its integral is 1.
    pub fn values(&self) -> impl ExactSizeIterator<Item = f64> {
        let width = self.grid.width();
        self.masses.iter().map(move |mass| mass / width)
    }
}

/// In ascending order. One place for it: sorting is a lot of code in a browser's program.
pub fn sort(numbers: &mut [f64]) {
    numbers.sort_unstable_by(f64::total_cmp);
}

fn check(samples: &[f64]) -> Result<()> {
    if samples.is_empty() || samples.iter().any(|x| !x.is_finite()) {
        return Err(Error::Evaluation("there must be samples, all of them finite numbers".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(low: f64, high: f64, cells: usize) -> Grid {
        Grid::new(low, high, cells).unwrap()
    }

    #[test]
    fn a_grid_knows_its_cells() {
        let grid = grid(-1.0, 3.0, 8);
        assert_eq!(
            (grid.width(), grid.edge(0), grid.edge(8), grid.middle(2)),
            (0.5, -1.0, 3.0, 0.25)
        );
        let cells = [-1e300, -1.1, -1.0, -0.51, -0.5, 2.9, 3.0, 1e300].map(|x| grid.cell_of(x));
        assert_eq!(cells, [0, 0, 0, 0, 1, 7, 7, 7]);
    }

    #[test]
    fn whatever_it_is_made_from_a_density_adds_up_to_one() {
        let grid = grid(0.0, 2.0, 4);
        let counts = Density::new(grid, vec![1.0, 0.0, 2.0, 5.0]).unwrap();
        assert_eq!(counts.masses(), [0.125, 0.0, 0.25, 0.625]);
        assert_eq!(counts.values().collect::<Vec<_>>(), [0.25, 0.0, 0.5, 1.25]);
        // A density need not be normalised.
        let line = Density::of(grid, |x| 40.0 * x).unwrap();
        assert_eq!(line.masses(), [0.0625, 0.1875, 0.3125, 0.4375]);
        // Samples beyond the grid are not lost.
        let samples = Density::histogram(grid, &[0.1, -7.0, 0.6, 2.0, 9.0]).unwrap();
        assert_eq!(samples.masses(), [0.4, 0.2, 0.0, 0.4]);
    }

    #[test]
    fn bad_input_is_refused() {
        for (low, high, cells) in [(0.0, 1.0, 0), (1.0, 1.0, 5), (0.0, f64::INFINITY, 5)] {
            assert!(Grid::new(low, high, cells).unwrap_err().to_string().contains("no grid"));
        }
        let grid = grid(0.0, 1.0, 2);
        for values in [vec![1.0], vec![1.0, -0.5], vec![0.0, 0.0], vec![1.0, f64::NAN]] {
            let refused = Density::new(grid, values).unwrap_err().to_string();
            assert!(refused.contains("no density on 2 cells"), "{refused}");
        }
        assert!(Density::of(grid, |_| f64::INFINITY).is_err());
        assert!(Density::histogram(grid, &[]).is_err());
        assert!(Density::histogram(grid, &[0.5, f64::NAN]).is_err());
    }
}
