//! The directions of the latent space along which drawings change most: eigenvectors of the mean of JᵀJ over latents, J
//! being the generator's Jacobian (the active subspace; Constantine 2015, section 3.1). The same question as GANSpace's
//! (Härkönen et al. 2020, arXiv 2004.02546), asked of the drawing itself, so that it can be put to every generator.

use super::sampling::{Frozen, Inputs};
use super::trainer::Trainer;
use crate::data::CLASSES;
use crate::error::Result;
use crate::rng::{Stream, normals, stream};

/// Drawings looked at, about: a difference along each axis, at as many latents as that makes.
const DRAWINGS: usize = 1_200;
/// Length of a difference: far enough for pixels' bytes to tell.
const STEP: f32 = 0.5;
/// Directions that are told.
const TOLD: usize = 4;

/// A search under way. It takes the generator as it was when it began.
pub struct DirectionSearch {
    frozen: Frozen,
    latents: Vec<f32>,
    /// Mean of JᵀJ so far, times the latents seen: [latent × latent]
    sum: Vec<f64>,
    seen: usize,
}

/// What is found: unit vectors, the first of which changes drawings most.
#[derive(Clone, Debug, PartialEq)]
pub struct Directions {
    pub vectors: Vec<Vec<f32>>,
    /// Share of the drawings' change that each accounts for, of 1.
    pub shares: Vec<f64>,
}

impl DirectionSearch {
    pub fn begin(trainer: &Trainer) -> Self {
        let latent = trainer.recipe().latent;
        let bases = DRAWINGS.div_ceil(latent + 1);
        let seed = trainer.recipe().seed;
        let latents = normals(&mut stream(seed, Stream::Directions, 0), bases * latent);
        Self { frozen: trainer.freeze(), latents, sum: vec![0.0; latent * latent], seen: 0 }
    }

    /// Looks around one more latent; the directions once that was the last.
    ///
    /// # Errors
    /// As [`Frozen::sample`].
    pub async fn advance(&mut self, trainer: &Trainer) -> Result<Option<Directions>> {
        let n = trainer.recipe().latent;
        let base = &self.latents[self.seen * n..(self.seen + 1) * n];
        let mut around = base.repeat(n + 1);
        for axis in 0..n {
            around[(axis + 1) * n + axis] += STEP;
        }
        let labels = vec![(self.seen % CLASSES) as u8; n + 1];
        let inputs = Inputs::Noise { latents: &around, labels: &labels };
        let drawn = self.frozen.sample(trainer, inputs, 1.0).await?;
        let size = drawn.len() / (n + 1);
        let (middle, moved) = drawn.split_at(size);
        let differences: Vec<Vec<f64>> = moved
            .chunks_exact(size)
            .map(|to| {
                to.iter().zip(middle).map(|(&to, &from)| f64::from(to) - f64::from(from)).collect()
            })
            .collect();
        for i in 0..n {
            for j in 0..=i {
                let product: f64 =
                    differences[i].iter().zip(&differences[j]).map(|(a, b)| a * b).sum();
                self.sum[i * n + j] += product;
                self.sum[j * n + i] = self.sum[i * n + j];
            }
        }
        self.seen += 1;
        Ok((self.seen * n == self.latents.len()).then(|| largest(&self.sum, n)))
    }
}

/// The leading eigenvectors of a symmetric matrix, each with its largest number above 0.
fn largest(matrix: &[f64], n: usize) -> Directions {
    let (mut values, vectors) = eigen(matrix.to_vec(), n);
    let total: f64 = values.iter().sum();
    let mut found = Directions { vectors: Vec::new(), shares: Vec::new() };
    for _ in 0..n.min(TOLD) {
        let mut k = 0;
        for i in 1..n {
            if values[i] > values[k] {
                k = i;
            }
        }
        found.shares.push(if total > 0.0 { values[k] / total } else { 0.0 });
        values[k] = f64::NEG_INFINITY;
        let mut longest = 0.0;
        for i in 0..n {
            let value: f64 = vectors[i * n + k];
            if value.abs() > f64::abs(longest) {
                longest = value;
            }
        }
        let sign = longest.signum();
        found.vectors.push((0..n).map(|i| (vectors[i * n + k] * sign) as f32).collect());
    }
    found
}

/// Eigenvalues of a symmetric matrix and its eigenvectors as columns, by Jacobi's rotations (Golub & Van Loan, Matrix
/// Computations, 4th edition, algorithm 8.5.3).
fn eigen(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|i| vectors[i * n + i] = 1.0);
    let scale: f64 = a.iter().map(|v| v * v).sum::<f64>().sqrt();
    for _sweep in 0..30 {
        let mut off = 0.0;
        for i in 0..n {
            for j in 0..i {
                off += a[i * n + j].powi(2);
            }
        }
        if off.sqrt() <= 1e-12 * scale {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p * n + q] == 0.0 {
                    continue;
                }
                let tau = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
                let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
                let c = t.hypot(1.0).recip();
                let s = t * c;
                let rotate = |m: &mut [f64], p: usize, q: usize| {
                    let (x, y) = (m[p], m[q]);
                    (m[p], m[q]) = (c * x - s * y, s * x + c * y);
                };
                (0..n).for_each(|k| rotate(&mut a, k * n + p, k * n + q));
                (0..n).for_each(|k| rotate(&mut a, p * n + k, q * n + k));
                (0..n).for_each(|k| rotate(&mut vectors, k * n + p, k * n + q));
            }
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_directions_of_a_known_matrix_are_found() {
        // 9 along (2, 1, 2)/3, 4 along (-2, 2, 1)/3, 1 along (1, 2, -2)/3.
        let axes = [([2.0, 1.0, 2.0], 9.0), ([-2.0, 2.0, 1.0], 4.0), ([1.0, 2.0, -2.0], 1.0)];
        let mut matrix = vec![0.0; 9];
        for (axis, value) in axes {
            for i in 0..3 {
                for j in 0..3 {
                    matrix[i * 3 + j] += value * axis[i] * axis[j] / 9.0;
                }
            }
        }
        let found = largest(&matrix, 3);
        for (k, (axis, value)) in axes.iter().enumerate() {
            assert!((found.shares[k] - value / 14.0).abs() < 1e-9, "{:?}", found.shares);
            let along: f64 =
                axis.iter().zip(&found.vectors[k]).map(|(a, &b)| a / 3.0 * f64::from(b)).sum();
            assert!((along.abs() - 1.0).abs() < 1e-6, "{:?}", found.vectors[k]);
        }
    }
}
