//! Which modes of a mixture of normals samples have found, how many of them are good, and how evenly they
//! are spread. Counting on distances: knows nothing of who drew the samples.

use super::classes::class_kl;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// How many deviations from its centre still belong to a mode (Srivastava et al. 2017, VEEGAN, arXiv
/// 1705.07761, section 4.1).
pub const REACH: f64 = 3.0;

/// What samples say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeFigures {
    /// Modes found, from 0 to all: those whose centre is the nearest of at least one sample within three
    /// deviations of it (the same paper; Lin et al. 2018, PacGAN, arXiv 1712.04086, count alike).
    pub found: usize,
    /// Of so many.
    pub all: usize,
    /// The share of high-quality samples, from 0 to 1: those within three deviations of their nearest
    /// centre (the same). Exact samples in d dimensions score P(χ²_d ≤ 9), where modes do not overlap:
    /// .9973 on a line, 1 - exp(-9/2) = .9889 in the plane.
    pub close: f64,
    /// `KL(h ‖ u) = Σ h ln(k h)` in nats of h, the share of samples whose nearest centre is each of the k
    /// modes, be they close or far, from equal shares: 0 when modes are even, ln k when only one is left
    /// (the reverse KL of Lin et al. 2018, for a mixture of equal weights).
    pub reverse_kl: f64,
}

/// Counts while samples pass by, in pieces of any size.
#[derive(Clone, Debug)]
pub struct Modes {
    centres: Vec<f64>, // modes x dim
    dim: usize,
    deviation: f64,
    /// Samples of which each centre is the nearest; on a tie the first counts.
    nearest: Vec<u32>,
    /// Those among them that are within its reach.
    close: Vec<u32>,
}

impl Modes {
    /// A mixture of normals, all of the same `deviation` in each of `dim` directions.
    ///
    /// # Shapes
    /// centres: [modes, dim]
    ///
    /// # Errors
    /// No centres, or no whole ones; a number that is not finite; a deviation that is not positive.
    pub fn new(centres: Vec<f64>, dim: usize, deviation: f64) -> Result<Self> {
        if centres.is_empty() || !centres.len().is_multiple_of(dim) {
            return Err(Error::Evaluation(format!(
                "{} values do not make up whole centres of {dim} coordinates",
                centres.len()
            )));
        }
        let finite = centres.iter().all(|v| v.is_finite());
        if !(finite && deviation > 0.0 && deviation.is_finite()) {
            return Err(Error::Evaluation(format!(
                "modes need finite centres and a positive deviation, but it is {deviation}"
            )));
        }
        let modes = centres.len() / dim;
        Ok(Self { centres, dim, deviation, nearest: vec![0; modes], close: vec![0; modes] })
    }

    /// Some more samples.
    ///
    /// # Shapes
    /// samples: [samples, dim]
    ///
    /// # Errors
    /// No whole samples; a number that is not finite.
    pub fn add(&mut self, samples: &[f32]) -> Result<()> {
        if !samples.len().is_multiple_of(self.dim) || samples.iter().any(|v| !v.is_finite()) {
            return Err(Error::Evaluation(format!(
                "{} values are not whole samples of {} finite coordinates",
                samples.len(),
                self.dim
            )));
        }
        let reach = (REACH * self.deviation).powi(2);
        for sample in samples.chunks_exact(self.dim) {
            let distances =
                self.centres.chunks_exact(self.dim).map(|c| squared_distance(c, sample));
            let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((mode, distance)) = nearest {
                self.nearest[mode] += 1;
                self.close[mode] += u32::from(distance <= reach);
            }
        }
        Ok(())
    }

    /// How many high-quality samples each mode has, in the order of the centres.
    pub fn close(&self) -> &[u32] {
        &self.close
    }

    /// Of all samples so far; none before the first.
    pub fn figures(&self) -> Option<ModeFigures> {
        let total = |counts: &[u32]| counts.iter().map(|&count| f64::from(count)).sum::<f64>();
        let samples = total(&self.nearest);
        (samples > 0.0).then(|| ModeFigures {
            all: self.close.len(),
            found: self.close.iter().filter(|&&count| count > 0).count(),
            close: total(&self.close) / samples,
            reverse_kl: class_kl(&self.nearest, &vec![1; self.nearest.len()]),
        })
    }
}

fn squared_distance(centre: &[f64], sample: &[f32]) -> f64 {
    centre.iter().zip(sample).map(|(c, &x)| (c - f64::from(x)).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    /// Eight modes on a circle, far apart.
    fn ring() -> Vec<f64> {
        let angles = (0..8).map(|i| TAU * f64::from(i) / 8.0);
        angles.flat_map(|angle| [angle.cos(), angle.sin()]).collect()
    }

    fn figures(centres: &[f64], dim: usize, deviation: f64, samples: &[f32]) -> ModeFigures {
        let mut modes = Modes::new(centres.to_vec(), dim, deviation).unwrap();
        modes.add(samples).unwrap();
        modes.figures().unwrap()
    }

    #[test]
    fn hand_made_samples_are_counted() {
        let centres = [0.0, 10.0, 20.0, 30.0];
        // At three deviations, just beyond, in the middle, and another mode's.
        let mut modes = Modes::new(centres.to_vec(), 1, 1.0).unwrap();
        assert!(modes.figures().is_none());
        modes.add(&[3.0, 3.01, -2.0, 0.0]).unwrap();
        modes.add(&[16.0, 12.5, 14.9, 10.0]).unwrap();
        assert_eq!(modes.close(), [3, 2, 0, 0]);
        let got = modes.figures().unwrap();
        assert_eq!((got.found, got.close), (2, 5.0 / 8.0));
        // Of 4, 3 and 1 samples, one of them far: ½ ln 2 + ⅜ ln 1.5 + ⅛ ln ½.
        let want = 0.5 * 2f64.ln() + 0.375 * 1.5f64.ln() + 0.125 * 0.5f64.ln();
        assert!((got.reverse_kl - want).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn where_modes_overlap_the_nearest_counts() {
        // Within three deviations of both centres.
        let got = figures(&[0.0, 0.0, 1.0, 0.0], 2, 1.0, &[0.4, 0.0]);
        assert_eq!(got, ModeFigures { found: 1, all: 2, close: 1.0, reverse_kl: 2f64.ln() });
    }

    #[test]
    fn collapse_and_evenness_have_their_known_values() {
        let all: Vec<f32> = ring().iter().map(|&v| v as f32).collect();
        let even = figures(&ring(), 2, 0.02, &all);
        assert_eq!(even, ModeFigures { found: 8, all: 8, close: 1.0, reverse_kl: 0.0 });
        let one = figures(&ring(), 2, 0.02, &all[6..8].repeat(50));
        assert_eq!((one.found, one.close), (1, 1.0));
        assert!((one.reverse_kl - 8f64.ln()).abs() < 1e-12);
        // All at the centre of the circle: in no mode.
        assert_eq!(figures(&ring(), 2, 0.02, &[0.0; 20]).found, 0);
    }

    #[test]
    fn bad_input_is_refused() {
        let refused =
            |centres: &[f64], dim, deviation| Modes::new(centres.to_vec(), dim, deviation).is_err();
        assert!(
            refused(&[], 2, 1.0) && refused(&[1.0], 0, 1.0) && refused(&[1.0, 2.0, 3.0], 2, 1.0)
        );
        assert!(
            refused(&[1.0], 1, 0.0)
                && refused(&[1.0], 1, f64::INFINITY)
                && refused(&[f64::NAN], 1, 1.0)
        );
        let mut modes = Modes::new(ring(), 2, 0.02).unwrap();
        assert!(modes.add(&[1.0]).is_err() && modes.add(&[1.0, f32::NAN]).is_err());
        assert!(modes.figures().is_none());
    }

    /// Normal numbers in pairs (Box & Muller 1958), from a linear congruential generator.
    fn normals(seed: u64, pairs: usize) -> Vec<[f64; 2]> {
        let mut state = seed;
        let mut uniform = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        };
        let pair = |_| {
            let (length, turn) = ((-2.0 * uniform().ln()).sqrt(), TAU * uniform());
            [length * turn.cos(), length * turn.sin()]
        };
        (0..pairs).map(pair).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn exact_samples_have_their_known_share(seed: u64, deviation in 0.01..0.1f64) {
            let centres = ring();
            let noise = normals(seed, 20_000);
            let noisy = noise.iter().enumerate().flat_map(|(i, noise)| {
                let centre = &centres[i % 8 * 2..][..2];
                [0, 1].map(|k| (centre[k] + deviation * noise[k]) as f32)
            });
            let got = figures(&centres, 2, deviation, &noisy.collect::<Vec<_>>());
            // Five deviations of a share of so many.
            prop_assert!((got.close - (1.0 - (-4.5f64).exp())).abs() < 0.0038, "{got:?}");
            prop_assert!(got.found == 8 && got.reverse_kl < 1e-4, "{got:?}");
        }

        #[test]
        fn neither_pieces_nor_order_matter(
            mut samples in prop::collection::vec(prop::array::uniform3(-2.0..2.0f32), 1..60),
            cut in 0..60usize,
        ) {
            let centres: Vec<f64> = (0..15).map(|i| f64::from(i * 7 % 5) - 2.0).collect();
            let whole = figures(&centres, 3, 0.2, samples.as_flattened());
            let cut = cut.min(samples.len());
            let mut modes = Modes::new(centres.clone(), 3, 0.2).unwrap();
            samples.reverse();
            modes.add(samples[..cut].as_flattened()).unwrap();
            modes.add(samples[cut..].as_flattened()).unwrap();
            prop_assert_eq!(modes.figures(), Some(whole));
            prop_assert!(whole.found <= samples.len().min(5) && (0.0..=1.0).contains(&whole.close));
            prop_assert!((0.0..=5f64.ln() + 1e-12).contains(&whole.reverse_kl));
        }
    }
}
