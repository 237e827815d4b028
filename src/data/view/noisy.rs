//! A picture with noise, to be cleaned.

use super::byte;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The noise of a run: half as loud as the ink.
pub const DEVIATION: f32 = 0.5;

/// The picture with independent normal noise of standard deviation 255 · `deviation` on each pixel. Values beyond
/// black and white are cut off, so that half of the noise on black, and half of it on white, is not seen.
pub fn noise(pixels: &[u8], deviation: f32, rng: &mut impl Rng) -> Vec<u8> {
    let mut noisy = |&value: &u8| {
        let normal: f32 = StandardNormal.sample(rng);
        byte(f64::from(value) + 255.0 * f64::from(deviation * normal))
    };
    pixels.iter().map(&mut noisy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};

    fn noisy(grey: u8, deviation: f32, step: u64) -> Vec<u8> {
        noise(&[grey; 20_000], deviation, &mut stream(1, Stream::Samples, step))
    }

    /// Mean and standard deviation.
    fn moments(pixels: &[u8]) -> (f64, f64) {
        let mean = |of: &dyn Fn(f64) -> f64| {
            pixels.iter().map(|&v| of(f64::from(v))).sum::<f64>() / pixels.len() as f64
        };
        let middle = mean(&|v| v);
        (middle, mean(&|v| (v - middle).powi(2)).sqrt())
    }

    #[test]
    fn noise_has_the_deviation_asked_for() {
        let (mean, deviation) = moments(&noisy(120, 0.1, 0));
        assert!((mean - 120.0).abs() < 0.8, "mean {mean}");
        assert!((deviation - 25.5).abs() < 0.6, "deviation {deviation}");
    }

    #[test]
    fn black_and_white_are_the_limits() {
        let half = |pixels: &[u8], end| pixels.iter().filter(|&&v| v == end).count() as f64 / 2e4;
        let (black, white) = (noisy(0, 0.5, 0), noisy(255, 0.5, 1));
        assert!((half(&black, 0) - 0.5).abs() < 0.02 && (half(&white, 255) - 0.5).abs() < 0.02);
        assert!(black.contains(&255) && white.contains(&0), "two deviations reach the other end");
    }

    #[test]
    fn no_noise_changes_nothing() {
        let picture: Vec<u8> = (0..=255).collect();
        assert_eq!(noise(&picture, 0.0, &mut stream(1, Stream::Samples, 0)), picture);
    }

    #[test]
    fn noise_is_a_function_of_its_stream() {
        assert_eq!(noisy(90, 0.2, 3), noisy(90, 0.2, 3));
        assert_ne!(noisy(90, 0.2, 3), noisy(90, 0.2, 4));
    }
}
