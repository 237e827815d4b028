//! How close translated pictures come to the true ones, picture by picture: absolute difference, PSNR and
//! SSIM. Pure arithmetic in f64 on bytes: knows nothing of who drew them.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::array;

/// The range of a picture's values, and what PSNR and SSIM measure errors against.
const RANGE: f64 = 255.0;

/// SSIM's window: an 11 x 11 Gaussian of a deviation of 1.5 pixels, cut off at 3.5 deviations.
pub const WINDOW: usize = 11;
const DEVIATION: f64 = 1.5;

/// What keeps SSIM's quotients finite where a window is black or flat: (K1 L)² and (K2 L)².
const C1: f64 = 0.01 * RANGE * (0.01 * RANGE);
const C2: f64 = 0.03 * RANGE * (0.03 * RANGE);

/// Means over all pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairFigures {
    /// `E |x - y|` of pictures in [0, 1]: from 0 (equal) to 1.
    pub absolute_difference: f64,
    /// Peak signal-to-noise ratio in dB, each picture's own: `10 lg(255² / E(x - y)²)`; higher is better.
    /// Equal pictures, whose ratio is infinite, count as if a single pixel were off by one level, the
    /// least that unequal ones can differ by: 77.1 dB for 28 x 28, which is therefore the most.
    pub psnr: f64,
    /// Structural similarity of windows, from -1 to 1 (equal).
    pub ssim: f64,
}

/// Adds up while pairs of pictures pass by, in pieces of any size.
#[derive(Clone, Debug)]
pub struct Pairs {
    side: usize,
    window: [f64; WINDOW],
    count: usize,
    sums: [f64; 3], // as PairFigures lists them
}

impl Pairs {
    /// For square pictures of `side` pixels.
    ///
    /// # Errors
    /// A side shorter than SSIM's window, [`WINDOW`].
    pub fn new(side: usize) -> Result<Self> {
        if side < WINDOW {
            return Err(Error::Evaluation(format!(
                "SSIM needs pictures of at least {WINDOW} x {WINDOW} pixels, but their side is {side}"
            )));
        }
        Ok(Self { side, window: gaussian(), count: 0, sums: [0.0; 3] })
    }

    /// Pairs so far.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Some more pairs; both lists may hold any number of pictures, one after another.
    ///
    /// # Shapes
    /// output, truth: [pictures, side, side]
    ///
    /// # Errors
    /// Lists of different lengths, or no whole pictures.
    pub fn add(&mut self, output: &[u8], truth: &[u8]) -> Result<()> {
        let pixels = self.side * self.side;
        if output.len() != truth.len() || !output.len().is_multiple_of(pixels) {
            return Err(Error::Evaluation(format!(
                "{} and {} bytes are not as many whole pictures of {pixels} pixels",
                output.len(),
                truth.len()
            )));
        }
        for (bytes, true_bytes) in output.chunks_exact(pixels).zip(truth.chunks_exact(pixels)) {
            let [x, y] = [bytes, true_bytes]
                .map(|bytes| bytes.iter().copied().map(f64::from).collect::<Vec<_>>());
            self.count += 1;
            let ssim = ssim(&x, &y, self.side, &self.window);
            let figures = [absolute_difference(bytes, true_bytes), psnr(&x, &y), ssim];
            self.sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
        }
        Ok(())
    }

    /// The means over all pairs so far; none before the first.
    pub fn figures(&self) -> Option<PairFigures> {
        let [absolute_difference, psnr, ssim] = self.sums.map(|sum| sum / self.count as f64);
        (self.count > 0).then_some(PairFigures { absolute_difference, psnr, ssim })
    }
}

/// `E |x - y|` of bytes that stand for [0, 1], of lists of one length.
pub fn absolute_difference(x: &[u8], y: &[u8]) -> f64 {
    let sum: u64 = x.iter().zip(y).map(|(&x, &y)| u64::from(x.abs_diff(y))).sum();
    sum as f64 / (RANGE * x.len() as f64)
}

fn psnr(x: &[f64], y: &[f64]) -> f64 {
    let squares: f64 = x.iter().zip(y).map(|(x, y)| (x - y).powi(2)).sum();
    // Of bytes it is a whole number: below 1 it is 0.
    let error = squares.max(1.0) / x.len() as f64;
    10.0 * (RANGE * RANGE / error).log10()
}

/// The mean over all places where the window fits wholly within the picture of
/// `(2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2))` (Wang, Bovik, Sheikh & Simoncelli
/// 2004, eq. 13, with the moments of eq. 14 to 16 and the mean of eq. 17).
fn ssim(x: &[f64], y: &[f64], side: usize, window: &[f64; WINDOW]) -> f64 {
    let product =
        |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
    let mean = |values: &[f64]| blurred(values, side, window);
    let (mean_x, mean_y) = (mean(x), mean(y));
    let [xx, yy, xy] = [(x, x), (y, y), (x, y)].map(|(a, b)| mean(&product(a, b)));
    let places = mean_x.len();
    let similarity = |i: usize| {
        let (mx, my) = (mean_x[i], mean_y[i]);
        let (variances, covariance) = (xx[i] - mx * mx + yy[i] - my * my, xy[i] - mx * my);
        (2.0 * mx * my + C1) * (2.0 * covariance + C2)
            / ((mx * mx + my * my + C1) * (variances + C2))
    };
    (0..places).map(similarity).sum::<f64>() / places as f64
}

/// The window's weights along one side; they add up to 1.
fn gaussian() -> [f64; WINDOW] {
    let weights: [f64; WINDOW] = array::from_fn(|i| {
        let distance = i as f64 - (WINDOW / 2) as f64;
        (-0.5 * (distance / DEVIATION).powi(2)).exp()
    });
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// The window's weighted means, wherever it fits: first along rows, then along columns.
///
/// # Shapes
/// to [side - WINDOW + 1, side - WINDOW + 1]
fn blurred(values: &[f64], side: usize, window: &[f64; WINDOW]) -> Vec<f64> {
    let places = side - WINDOW + 1;
    let weighted = |values: &[f64]| values.iter().zip(window).map(|(v, w)| v * w).sum::<f64>();
    let rows: Vec<f64> =
        values.chunks_exact(side).flat_map(|row| row.windows(WINDOW).map(weighted)).collect();
    let mut means = vec![0.0; places * places];
    for (row, means) in means.chunks_exact_mut(places).enumerate() {
        for (weight, values) in window.iter().zip(rows.chunks_exact(places).skip(row)) {
            for (mean, value) in means.iter_mut().zip(values) {
                *mean += weight * value;
            }
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a picture of `tests/references/pairs.py` is made.
    #[derive(Clone, Copy, Deserialize)]
    struct Spec {
        seed: u64,
        side: usize,
        x: i64,
        y: i64,
        fall: i64,
        noise: i64,
        shift: i64,
        most: i64,
    }

    #[derive(Deserialize)]
    struct Reference {
        absolute_difference: f64,
        psnr: Option<f64>,
        ssim: f64,
    }

    #[derive(Deserialize)]
    struct Case {
        name: String,
        output: Spec,
        truth: Spec,
        figures: Reference,
    }

    /// The same whole numbers as the script's.
    fn picture(spec: &Spec) -> Vec<u8> {
        let mut state = spec.seed;
        let mut noise = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (((state >> 56) as i64 * spec.noise) >> 8) - spec.noise / 2
        };
        let places = (0..spec.side * spec.side).map(|i| (i % spec.side, i / spec.side));
        let pixels = places.map(|(column, row)| {
            let (x, y) = (column as i64 - spec.x, row as i64 - spec.y);
            let spot = (spec.most - spec.fall * (x * x + y * y)).max(0);
            (spot + spec.shift + noise()).clamp(0, 255) as u8
        });
        pixels.collect()
    }

    fn figures(side: usize, output: &[u8], truth: &[u8]) -> PairFigures {
        let mut pairs = Pairs::new(side).unwrap();
        pairs.add(output, truth).unwrap();
        pairs.figures().unwrap()
    }

    #[test]
    fn agrees_with_scikit_image() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../../tests/references/pairs.json")).unwrap();
        assert_eq!(cases.len(), 14);
        for Case { name, output, truth, figures: want } in cases {
            let got = figures(output.side, &picture(&output), &picture(&truth));
            let near = |got: f64, want: f64| (got - want).abs() < 1e-9;
            assert!(near(got.absolute_difference, want.absolute_difference), "{name}: {got:?}");
            assert!(near(got.ssim, want.ssim), "{name}: {got:?}, not {}", want.ssim);
            // Of equal pictures, as if a pixel were off by one.
            let most = 10.0 * (RANGE * RANGE * (output.side * output.side) as f64).log10();
            assert!(near(got.psnr, want.psnr.unwrap_or(most)), "{name}: {got:?}");
        }
    }

    #[test]
    fn pieces_add_up_to_the_mean_of_their_pictures() {
        let at = Spec { seed: 0, side: 28, x: 9, y: 12, fall: 2, noise: 70, shift: 5, most: 200 };
        let made: Vec<_> = (0..6).map(|seed| picture(&Spec { seed, ..at })).collect();
        let mut pairs = Pairs::new(28).unwrap();
        assert!(pairs.figures().is_none());
        pairs.add(&made[0], &made[3]).unwrap();
        pairs.add(&made[1..3].concat(), &made[4..].concat()).unwrap();
        assert_eq!(pairs.count(), 3);
        let list = |f: PairFigures| [f.absolute_difference, f.psnr, f.ssim];
        let each = [0, 1, 2].map(|i| list(figures(28, &made[i], &made[i + 3])));
        for (k, got) in list(pairs.figures().unwrap()).into_iter().enumerate() {
            assert!((got - (each[0][k] + each[1][k] + each[2][k]) / 3.0).abs() < 1e-12);
        }
    }

    #[test]
    fn bad_input_is_refused() {
        assert!(Pairs::new(10).unwrap_err().to_string().contains("11 x 11"));
        let mut pairs = Pairs::new(11).unwrap();
        assert!(pairs.add(&[0; 121], &[0; 242]).is_err());
        assert!(pairs.add(&[0; 120], &[0; 120]).is_err());
        assert_eq!(pairs.count(), 0);
    }
}
