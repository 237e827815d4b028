//! The Fréchet distance between two clouds of features, each taken for a normal distribution. Pure
//! arithmetic in f64 on slices: knows nothing of networks, pictures or devices.

use super::points::Points;
use crate::{Error, Result};

/// Mean and covariance of a set of feature vectors: all that the distance looks at, so that a fixed
/// reference set needs to be read only once.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    pub count: usize,
    mean: Vec<f64>,
    covariance: Vec<f64>, // dim x dim
}

impl Moments {
    /// The moments of `points`. The covariance is the sample covariance (divided by n - 1).
    ///
    /// # Errors
    /// Fewer than two points.
    pub fn of(points: &Points) -> Result<Self> {
        let (count, dim) = (points.len(), points.dim());
        if count < 2 {
            return Err(Error::Evaluation(format!(
                "a covariance needs at least 2 samples, but there are {count}"
            )));
        }
        let mut mean = vec![0.0; dim];
        for point in points.iter() {
            for (mean, &x) in mean.iter_mut().zip(point) {
                *mean += f64::from(x) / count as f64;
            }
        }
        // Centred first: E[xx'] - E[x]E[x]' would lose digits where the mean is large.
        let mut covariance = vec![0.0; dim * dim];
        let mut centred = vec![0.0; dim];
        for point in points.iter() {
            for ((centred, &x), mean) in centred.iter_mut().zip(point).zip(&mean) {
                *centred = f64::from(x) - mean;
            }
            add_outer(&mut covariance, &centred, 1.0 / (count - 1) as f64);
        }
        Ok(Self { count, mean, covariance })
    }

    /// Length of the feature vectors.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    fn variance(&self) -> f64 {
        self.covariance.iter().step_by(self.dim() + 1).sum()
    }
}

/// `‖μ - μ'‖² + Tr(C + C' - 2 (C C')^½)` (Fréchet 1957; on classifier features Heusel et al. 2017,
/// arXiv 1706.08500, eq. 6). At least 0, and 0 for equal moments.
///
/// With C = F F' and C' = H H', the eigenvalues of C C' are the squared singular values of F'H: their
/// roots are had without squaring anything first, and rank-deficient covariances are no special case.
///
/// # Errors
/// Moments of vectors of different lengths.
pub fn frechet_distance(a: &Moments, b: &Moments) -> Result<f64> {
    let dim = a.dim();
    if dim != b.dim() {
        return Err(Error::Evaluation(format!(
            "features of dimension {dim} and {} cannot be compared",
            b.dim()
        )));
    }
    let means: f64 = a.mean.iter().zip(&b.mean).map(|(a, b)| (a - b).powi(2)).sum();
    let [f, h] = [a, b].map(|moments| factor(&moments.covariance, dim));
    let products = f.chunks_exact(dim).flat_map(|f| h.chunks_exact(dim).map(|h| dot(f, h)));
    let cross = nuclear_norm(products.collect(), h.len() / dim);
    let distance = means + a.variance() + b.variance() - 2.0 * cross;
    // Rounding may leave a hair below zero, which no distance is.
    Ok(distance.max(0.0))
}

/// Vectors whose outer products add up to a positive semi-definite matrix, as many as its rank: the
/// columns of its pivoted Cholesky factor, one after another.
fn factor(matrix: &[f64], dim: usize) -> Vec<f64> {
    let mut rest = matrix.to_vec();
    let trace: f64 = rest.iter().step_by(dim + 1).sum();
    let mut columns = Vec::with_capacity(dim * dim);
    for _ in 0..dim {
        let diagonal = |i: &usize| rest[i * (dim + 1)];
        let pivot = (0..dim).max_by(|i, j| diagonal(i).total_cmp(&diagonal(j))).unwrap_or(0);
        let largest = diagonal(&pivot);
        // What is left is rounding.
        if largest <= 1e-15 * trace {
            break;
        }
        let row = &rest[pivot * dim..][..dim];
        let column: Vec<f64> = row.iter().map(|v| v / largest.sqrt()).collect();
        add_outer(&mut rest, &column, -1.0);
        columns.extend(column);
    }
    columns
}

/// Sweeps after which what is not orthogonal never will be: eight or nine are needed.
const MOST_SWEEPS: usize = 30;

/// The sum of a matrix' singular values: rows are rotated in pairs until all are orthogonal, when their
/// lengths are the singular values (one-sided Jacobi; Hestenes 1958).
fn nuclear_norm(mut matrix: Vec<f64>, columns: usize) -> f64 {
    if columns == 0 {
        return 0.0;
    }
    let rows = matrix.len() / columns;
    for _ in 0..MOST_SWEEPS {
        let mut rotated = false;
        for i in 0..rows {
            for j in i + 1..rows {
                let (head, tail) = matrix.split_at_mut(j * columns);
                rotated |= rotate(&mut head[i * columns..][..columns], &mut tail[..columns]);
            }
        }
        if !rotated {
            break;
        }
    }
    matrix.chunks_exact(columns).map(|row| dot(row, row).sqrt()).sum()
}

/// Rotates two vectors into each other until they are orthogonal; false when they are already.
fn rotate(a: &mut [f64], b: &mut [f64]) -> bool {
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    // An angle counts by its square in the lengths.
    if ab.abs() <= 1e-9 * (aa * bb).sqrt() {
        return false;
    }
    let zeta = (bb - aa) / (2.0 * ab);
    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = cosine * tangent;
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
    true
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// matrix += scale · v v'
fn add_outer(matrix: &mut [f64], v: &[f64], scale: f64) {
    for (row, x) in matrix.chunks_exact_mut(v.len()).zip(v) {
        let x = x * scale;
        for (sum, y) in row.iter_mut().zip(v) {
            *sum += x * y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// How a feature set of `tests/references/frechet.py` is made.
    #[derive(Deserialize)]
    struct Set {
        seed: u64,
        count: usize,
        dim: usize,
        rank: usize,
        mix: f32,
        scale: f32,
        shift: f32,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        a: Set,
        b: Set,
        distance: f64,
    }

    /// The same f32 operations in the same order as the script's.
    fn features(set: &Set) -> Vec<f32> {
        let mut state = set.seed;
        let mut uniform = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f32 / 16_777_216.0
        };
        let mut out = Vec::with_capacity(set.count * set.dim);
        for _ in 0..set.count {
            let mut row: Vec<f32> = Vec::with_capacity(set.dim);
            let mut last = 0.0;
            for j in 0..set.dim {
                last = if j < set.rank { uniform() + set.mix * last } else { row[j % set.rank] };
                row.push(last);
            }
            out.extend(row.iter().map(|v| v * set.scale + set.shift));
        }
        out
    }

    fn of(features: &[f32], dim: usize) -> Result<Moments> {
        Moments::of(&Points::new(features.to_vec(), dim)?)
    }

    fn moments(set: &Set) -> Moments {
        of(&features(set), set.dim).unwrap()
    }

    #[test]
    fn agrees_with_scipy() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/references/frechet.json")).unwrap();
        assert_eq!(cases.len(), 9);
        for case in cases {
            let (a, b) = (moments(&case.a), moments(&case.b));
            // The size of what is subtracted sets how many digits can be right.
            let size = a.variance() + b.variance() + case.distance;
            for got in [frechet_distance(&a, &b).unwrap(), frechet_distance(&b, &a).unwrap()] {
                let error = (got - case.distance).abs() / size;
                assert!(error < 1e-7, "{}: {got}, but scipy says {}", case.name, case.distance);
            }
        }
    }

    #[test]
    fn a_shift_alone_costs_its_squared_length() {
        let set = |shift| Set { seed: 5, count: 40, dim: 3, rank: 3, mix: 0.5, scale: 1.0, shift };
        let got = frechet_distance(&moments(&set(0.0)), &moments(&set(2.0))).unwrap();
        assert!((got - 12.0).abs() < 1e-5, "{got}");
    }

    #[test]
    fn bad_input_is_refused() {
        let refused = |features: &[f32], dim| of(features, dim).unwrap_err().to_string();
        assert!(refused(&[1.0, 2.0], 2).contains("at least 2 samples"));
        assert!(refused(&[], 2).contains("at least 2 samples"));
        let two = of(&[0.0, 1.0, 2.0, 3.0], 2).unwrap();
        let one = of(&[0.0, 1.0, 2.0, 3.0], 1).unwrap();
        assert!(frechet_distance(&two, &one).is_err());
    }
}
