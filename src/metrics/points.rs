//! Points of feature space, and the squared distances between two sets of them in tiles of SIMD
//! registers. Pure arithmetic: knows nothing of pictures, nor of what the distances are for.

use crate::{Error, Result};
use std::ops::Range;
use wide::f32x4;

/// Rows and columns of a tile: with them its sums fill half of the sixteen SIMD registers of wasm and x86.
const ROWS: usize = 4;
const COLUMNS: usize = 2 * LANES;
/// Numbers in a SIMD register.
const LANES: usize = 4;

/// A set of points.
#[derive(Clone, Debug)]
pub struct Points {
    dim: usize,
    values: Vec<f32>, // count x dim
    /// The same, as a tile reads them: `COLUMNS` points side by side, the last ones padded with zeros.
    panels: Vec<[f32x4; 2]>,
}

impl Points {
    /// Points of `dim` coordinates each, one after another.
    ///
    /// # Errors
    /// A length that is no multiple of `dim`; a number that is not finite.
    pub fn new(values: Vec<f32>, dim: usize) -> Result<Self> {
        if dim == 0 || !values.len().is_multiple_of(dim) {
            return Err(Error::Evaluation(format!(
                "{} values do not make up whole feature vectors of {dim}",
                values.len()
            )));
        }
        if values.iter().any(|v| !v.is_finite()) {
            return Err(Error::Evaluation("a feature is not a finite number".into()));
        }
        let panels = values.chunks(COLUMNS * dim).flat_map(|points| {
            (0..dim).map(move |k| {
                let at = |column: usize| points.get(column * dim + k).copied().unwrap_or(0.0);
                [0, LANES].map(|first| f32x4::from([0, 1, 2, 3].map(|lane| at(first + lane))))
            })
        });
        Ok(Self { dim, panels: panels.collect(), values })
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.dim
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The points one after another.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.dim)
    }

    /// `‖x - y‖²` of each of these points in `rows` with all of `others`, row by row. From the
    /// differences themselves, not from norms and products: exactly 0 for equal points, and the same
    /// both ways.
    ///
    /// # Shapes
    /// to [rows, others]
    pub fn squared_distances(&self, rows: Range<usize>, others: &Points) -> Vec<f32> {
        let (count, first) = (others.len(), rows.start);
        let mut distances = vec![0.0; rows.len() * count];
        for (panel, columns) in others.panels.chunks_exact(self.dim).enumerate() {
            let column = panel * COLUMNS;
            let used = COLUMNS.min(count - column);
            for row in rows.clone().step_by(ROWS) {
                // A short last group takes its last row again.
                let row_of = |r: usize| (row + r).min(rows.end - 1);
                let x = std::array::from_fn(|r| &self.values[row_of(r) * self.dim..][..self.dim]);
                let sums = tile(x, columns);
                for (r, sums) in sums.iter().enumerate().take(rows.end - row) {
                    let sums = sums.map(f32x4::to_array);
                    distances[(row + r - first) * count + column..][..used]
                        .copy_from_slice(&sums.as_flattened()[..used]);
                }
            }
        }
        distances
    }
}

#[inline(always)]
fn tile(x: [&[f32]; ROWS], columns: &[[f32x4; 2]]) -> [[f32x4; 2]; ROWS] {
    let mut sums = [[f32x4::ZERO; 2]; ROWS];
    let x = x.map(|x| &x[..columns.len()]);
    for (k, y) in columns.iter().enumerate() {
        for r in 0..ROWS {
            let x = f32x4::splat(x[r][k]);
            for v in 0..2 {
                let d = x - y[v];
                sums[r][v] += d * d;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_plain_loops() {
        let made = |count: usize, dim: usize, times: usize| -> Vec<f32> {
            (0..count * dim).map(|i| ((i * times) % 101) as f32 / 7.0).collect()
        };
        for (n, m, dim) in [(1, 1, 1), (5, 9, 3), (13, 8, 64), (6, 21, 10)] {
            let (a, b) = (made(n, dim, 37), made(m, dim, 53));
            let [x, y] = [&a, &b].map(|v| Points::new(v.clone(), dim).unwrap());
            for rows in [0..n, n / 2..n, 0..n.min(3)] {
                let got = x.squared_distances(rows.clone(), &y);
                assert_eq!(got.len(), rows.len() * m);
                for (at, got) in got.iter().enumerate() {
                    let (i, j) = (rows.start + at / m, at % m);
                    let pairs = a[i * dim..][..dim].iter().zip(&b[j * dim..][..dim]);
                    let want: f32 = pairs.map(|(x, y)| (x - y) * (x - y)).sum();
                    assert!((got - want).abs() <= 1e-5 * want, "{i}, {j}: {got}, not {want}");
                }
            }
        }
    }

    #[test]
    fn bad_input_is_refused() {
        let refused = |values: &[f32], dim| Points::new(values.to_vec(), dim).unwrap_err();
        assert!(refused(&[1.0, 2.0, 3.0], 2).to_string().contains("whole feature vectors"));
        assert!(refused(&[1.0], 0).to_string().contains("whole feature vectors"));
        assert!(refused(&[1.0, f32::NAN], 2).to_string().contains("finite"));
    }
}
