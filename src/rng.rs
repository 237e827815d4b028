//! Named, seeded random streams. Every random number of a run is a pure function of (seed, stream,
//! step): there is no generator state to save, and the same recipe gives the same run.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// What a stream of random numbers is for. The number is part of every saved run: append, never
/// renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Stream {
    GeneratorInit = 1,
    DiscriminatorInit = 2,
    /// The order in which real pictures are seen.
    DataOrder = 3,
    /// Latents of the discriminator's and the generator's training batches.
    Latents = 4,
    /// The fixed latents behind the page's grid.
    Preview = 5,
    /// Latents of samples asked for by a seed of their own.
    Samples = 6,
    /// Latents on which batch-norm statistics are measured before sampling.
    Calibration = 7,
    /// Drawn digits.
    Drawn = 8,
    ClassifierInit = 9,
    ClassifierData = 10,
    /// Latents of the drawings that are watched for collapse.
    Watch = 12,
    /// Drawn digits that no run is trained on.
    HeldOut = 11,
    /// Where the slope is penalised, if not at the pictures themselves.
    PenaltyPoints = 13,
    /// Noise on all that the discriminator sees.
    InstanceNoise = 14,
    /// Where spectral norm's power iteration begins.
    PowerIteration = 15,
    /// How pictures are changed before the discriminator sees them.
    Augmentation = 16,
    /// What a generator draws by chance beside its latent.
    Chance = 17,
    /// Where a picture has its hole, and what else a view does by chance.
    View = 18,
    /// Points.
    Points = 19,
    /// Latents of a generator that plays against a judge drawn by hand.
    ByHand = 20,
    /// Which frame of films a discriminator of frames sees.
    Frame = 21,
    /// Which of many pictures a few are.
    Few = 22,
    /// Latents among which a given picture is looked for.
    Inversion = 23,
    /// Latents around which directions are looked for.
    Directions = 24,
}

/// The generator of `stream` at `step` (below 2^48) under `seed`.
pub fn stream(seed: u64, stream: Stream, step: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(((stream as u64) << 48) | (step & ((1 << 48) - 1)));
    rng
}

/// `n` numbers from the standard normal distribution.
pub fn normals(rng: &mut ChaCha8Rng, n: usize) -> Vec<f32> {
    use rand_distr::{Distribution, StandardNormal};
    (0..n).map(|_| StandardNormal.sample(rng)).collect()
}

/// `n` numbers from the standard normal distribution as it is within ±`bound` (the truncation trick, Brock et
/// al. 2018, arXiv 1809.11096, section 3.1). `bound` is not negative and may be as small as one likes.
///
/// From 1 on, normal numbers are redrawn until they lie within it: two of three do, or more. Below, that would
/// take for ever; there numbers spread evenly over ±`bound` are kept with the probability exp(−x²/2), six of ten
/// or more (Robert 1995, Statistics and Computing 5, section 2.2): the same distribution.
pub fn truncated_normals(rng: &mut ChaCha8Rng, n: usize, bound: f32) -> Vec<f32> {
    use rand_distr::{Distribution, StandardNormal};
    let mut within = || loop {
        let number: f32 = match bound >= 1.0 {
            true => StandardNormal.sample(rng),
            false => bound * rng.random_range(-1.0..=1.0f32),
        };
        let kept = match bound >= 1.0 {
            true => number.abs() <= bound,
            false => rng.random::<f32>() < (-number * number / 2.0).exp(),
        };
        if kept {
            return number;
        }
    };
    (0..n).map(|_| within()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_steps_are_independent_and_repeatable() {
        let draw = |seed, s, step| normals(&mut stream(seed, s, step), 4);
        assert_eq!(draw(1, Stream::Latents, 7), draw(1, Stream::Latents, 7));
        assert_ne!(draw(1, Stream::Latents, 7), draw(1, Stream::Latents, 8));
        assert_ne!(draw(1, Stream::Latents, 7), draw(1, Stream::Preview, 7));
        assert_ne!(draw(1, Stream::Latents, 7), draw(2, Stream::Latents, 7));
    }

    #[test]
    fn truncated_normals_keep_to_their_bound_and_their_spread() {
        // The variance of a normal number within ±b, 1 − 2bφ(b)/(2Φ(b) − 1), on both sides of b = 1.
        for (bound, variance) in [(2.0, 0.7737), (1.0, 0.2911), (0.999, 0.2907), (0.5, 0.0806)] {
            let x = truncated_normals(&mut stream(3, Stream::Samples, 0), 20_000, bound);
            assert!(x.iter().all(|v| v.abs() <= bound));
            let var = x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
            assert!((var / variance - 1.0).abs() < 0.03, "±{bound}: variance {var}");
        }
    }

    #[test]
    fn no_bound_is_too_small_for_truncated_normals() {
        for bound in [1e-3, 1e-9, f32::MIN_POSITIVE, 1e-45, 0.0] {
            let x = truncated_normals(&mut stream(3, Stream::Samples, 0), 20_000, bound);
            assert!(x.iter().all(|v| v.abs() <= bound), "±{bound}");
        }
    }

    #[test]
    fn normals_have_zero_mean_and_unit_variance() {
        let x = normals(&mut stream(3, Stream::Latents, 0), 20_000);
        let mean = x.iter().sum::<f32>() / x.len() as f32;
        let var = x.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / x.len() as f32;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((var - 1.0).abs() < 0.05, "variance {var}");
    }
}
