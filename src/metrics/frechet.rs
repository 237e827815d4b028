//! The Fréchet distance between two clouds of features, each taken for a normal distribution. Pure
//! arithmetic in f64 on slices: knows nothing of networks, pictures or devices.

use crate::{Error, Result};
use nalgebra::{DMatrix, DVector};

/// Mean and covariance of a set of feature vectors: all that the distance looks at, so that a fixed
/// reference set needs to be read only once.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    pub count: usize,
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Moments {
    /// The moments of `features`, which hold vectors of `dim` numbers one after another. The
    /// covariance is the sample covariance (divided by n - 1).
    ///
    /// # Errors
    /// A length that is no multiple of `dim`, fewer than two vectors, a number that is not finite.
    pub fn of(features: &[f32], dim: usize) -> Result<Self> {
        if dim == 0 || !features.len().is_multiple_of(dim) {
            return Err(Error::Evaluation(format!(
                "{} numbers do not make up whole feature vectors of {dim}",
                features.len()
            )));
        }
        let count = features.len() / dim;
        if count < 2 {
            return Err(Error::Evaluation(format!(
                "a covariance needs at least 2 samples, but there are {count}"
            )));
        }
        if features.iter().any(|v| !v.is_finite()) {
            return Err(Error::Evaluation("a feature is not a finite number".into()));
        }
        // One sample a column: nalgebra keeps columns together, as the slice keeps samples.
        let mut samples =
            DMatrix::from_iterator(dim, count, features.iter().map(|&v| f64::from(v)));
        let mean = samples.column_mean();
        // Centred first: E[xx'] - E[x]E[x]' would lose digits where the mean is large.
        for mut sample in samples.column_iter_mut() {
            sample -= &mean;
        }
        let covariance = &samples * samples.transpose() / (count - 1) as f64;
        Ok(Self { count, mean, covariance })
    }

    /// Length of the feature vectors.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }
}

/// `‖μ - μ'‖² + Tr(C + C' - 2 (C C')^½)` (Fréchet 1957; on classifier features Heusel et al. 2017,
/// arXiv 1706.08500, eq. 6). At least 0, and 0 for equal moments.
///
/// `C C'` is not symmetric, but it has the eigenvalues of `C^½ C' C^½`, which is: two symmetric
/// eigen-decompositions do, and rank-deficient covariances are no special case.
///
/// # Errors
/// Moments of vectors of different lengths.
pub fn frechet_distance(a: &Moments, b: &Moments) -> Result<f64> {
    if a.dim() != b.dim() {
        return Err(Error::Evaluation(format!(
            "features of {} and of {} numbers cannot be compared",
            a.dim(),
            b.dim()
        )));
    }
    let means = (&a.mean - &b.mean).norm_squared();
    let root = square_root(&a.covariance);
    let product = symmetric(&root * &b.covariance * &root);
    let cross: f64 = product.symmetric_eigenvalues().iter().map(|&v| v.max(0.0).sqrt()).sum();
    let distance = means + a.covariance.trace() + b.covariance.trace() - 2.0 * cross;
    // Rounding may leave a hair below zero, which no distance is.
    Ok(distance.max(0.0))
}

/// The symmetric square root of a positive semi-definite matrix.
fn square_root(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let mut eigen = matrix.clone().symmetric_eigen();
    // Eigenvalues that are zero come out as ±1e-16 or so.
    eigen.eigenvalues.apply(|v| *v = v.max(0.0).sqrt());
    eigen.recompose()
}

/// Takes away the asymmetry that rounding brings in.
fn symmetric(matrix: DMatrix<f64>) -> DMatrix<f64> {
    (&matrix + matrix.transpose()) * 0.5
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

    fn moments(set: &Set) -> Moments {
        Moments::of(&features(set), set.dim).unwrap()
    }

    #[test]
    fn agrees_with_scipy() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/references/frechet.json")).unwrap();
        assert!(cases.len() >= 6);
        for case in cases {
            let (a, b) = (moments(&case.a), moments(&case.b));
            // The size of what is subtracted sets how many digits can be right.
            let size = a.covariance.trace() + b.covariance.trace() + case.distance;
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
        let refused = |features: &[f32], dim| Moments::of(features, dim).unwrap_err().to_string();
        assert!(refused(&[1.0, 2.0], 2).contains("at least 2 samples"));
        assert!(refused(&[], 2).contains("at least 2 samples"));
        assert!(refused(&[1.0, 2.0, 3.0], 2).contains("whole feature vectors"));
        assert!(refused(&[1.0], 0).contains("whole feature vectors"));
        assert!(refused(&[1.0, f32::NAN, 0.0, 0.0], 2).contains("finite"));
        let two = Moments::of(&[0.0, 1.0, 2.0, 3.0], 2).unwrap();
        let one = Moments::of(&[0.0, 1.0, 2.0, 3.0], 1).unwrap();
        assert!(frechet_distance(&two, &one).is_err());
    }
}
