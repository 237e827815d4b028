//! Digits drawn by the program itself, as the scanner of MNIST would have seen them: a skeleton, a
//! hand that bends it, a pen that inks it. Endless, seeded, nothing to download. Knows nothing of
//! data sets and training.
//!
//! Only + − × ÷ and √ on f32 are used, which IEEE 754 rounds alike everywhere: a browser and a
//! native program draw the same bytes from the same seed.

mod hand;
mod pen;
mod skeleton;

use super::{CLASSES, PIXELS};
use hand::Hand;
use rand::Rng;

/// A digit of a random class: its label and its PIXELS bytes.
pub fn digit(rng: &mut impl Rng) -> (u8, [u8; PIXELS]) {
    let label = (unit(rng) * CLASSES as f32) as u8;
    (label, draw(label, rng))
}

/// A digit of class `label`, which must be 0 to 9 (others are drawn as their last decimal).
pub fn draw(label: u8, rng: &mut impl Rng) -> [u8; PIXELS] {
    let (strokes, pen) = strokes(label, rng);
    pen::ink(&strokes, &pen, rng)
}

/// A digit of a random class as it is written: its label and so many frames, the last of which is the digit of
/// [`digit`] by the same random numbers, but for its rim.
pub fn written(frames: usize, rng: &mut impl Rng) -> (u8, Vec<[u8; PIXELS]>) {
    let label = (unit(rng) * CLASSES as f32) as u8;
    let (strokes, pen) = strokes(label, rng);
    (label, pen::written(&strokes, &pen, frames))
}

/// The lines of a digit, and the pen that draws them.
fn strokes(label: u8, rng: &mut impl Rng) -> (Vec<Vec<skeleton::Point>>, pen::Pen) {
    let style = skeleton::pick(label % CLASSES as u8, unit(rng));
    let hand = Hand::new(rng);
    let points = hand.place(style, rng);
    (points.iter().map(|stroke| skeleton::smooth(stroke)).collect(), hand.pen)
}

/// A uniform number in [0, 1).
fn unit(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// A number with mean 0 and standard deviation 1, never beyond ±3.5: the sum of four uniform ones
/// (Irwin-Hall), since the logarithm of the exact method is not the same on every platform.
fn spread(rng: &mut impl Rng) -> f32 {
    let sum: f32 = (0..4).map(|_| unit(rng)).sum();
    (sum - 2.0) * 1.732_050_8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::SIDE;
    use crate::rng::{Stream, stream};

    fn drawn(label: u8, k: u64) -> [u8; PIXELS] {
        draw(label, &mut stream(1, Stream::Drawn, k))
    }

    #[test]
    fn a_digit_is_written_stroke_by_stroke() {
        let ink = |frame: &[u8]| frame.iter().map(|&v| u32::from(v)).sum::<u32>();
        for k in 0..50 {
            let (label, film) = written(8, &mut stream(1, Stream::Drawn, k));
            assert_eq!(film.len(), 8);
            // What has been written stays, and something is added.
            for pair in film.windows(2) {
                assert!(pair[0].iter().zip(&pair[1]).all(|(a, b)| a <= b), "digit {k}");
                assert!(ink(&pair[0]) < ink(&pair[1]), "digit {k}");
            }
            let (same, whole) = digit(&mut stream(1, Stream::Drawn, k));
            let near =
                whole.iter().zip(&film[7]).map(|(a, b)| u32::from(a.abs_diff(*b))).sum::<u32>();
            assert!(
                label == same && near < ink(&whole) / 2,
                "digit {k}: {near} of {}",
                ink(&whole)
            );
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_digit_and_others_differ() {
        for label in 0..10 {
            assert_eq!(drawn(label, 3), drawn(label, 3));
            assert_ne!(drawn(label, 3), drawn(label, 4));
        }
    }

    /// The bytes themselves, so that another platform, or a change by accident, is noticed: the
    /// FNV-1a hash of the first 1,000 digits of seed 1. A change on purpose writes a new number here.
    #[test]
    fn every_platform_draws_the_same_bytes() {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for k in 0..1000 {
            for byte in digit(&mut stream(1, Stream::Drawn, k)).1 {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
        assert_eq!(hash, 0x4229_c2f0_76d3_b332);
    }

    #[test]
    fn classes_come_equally_often() {
        let mut counts = [0u32; 10];
        for k in 0..5000 {
            counts[usize::from(digit(&mut stream(1, Stream::Drawn, k)).0)] += 1;
        }
        assert!(counts.iter().all(|&n| (420..580).contains(&n)), "{counts:?}");
    }

    /// MNIST's own conventions: 20 x 20 box, centre of mass in the middle, black margin.
    #[test]
    fn every_digit_lies_as_mnist_lays_it() {
        for k in 0..2000 {
            let picture = drawn((k % 10) as u8, k);
            let (mut mass, mut at) = (0.0f64, [0.0f64; 2]);
            let (mut low, mut high) = ([SIDE; 2], [0; 2]);
            for (i, &value) in picture.iter().enumerate().filter(|(_, v)| **v > 0) {
                mass += f64::from(value);
                for (axis, position) in [i % SIDE, i / SIDE].into_iter().enumerate() {
                    at[axis] += f64::from(value) * (position as f64 + 0.5);
                    low[axis] = low[axis].min(position);
                    high[axis] = high[axis].max(position);
                }
            }
            for axis in 0..2 {
                let middle = at[axis] / mass;
                assert!((middle - 14.0).abs() <= 0.5 + 1e-6, "digit {k} is centred at {middle}");
                let extent = high[axis] + 1 - low[axis];
                assert!(extent <= 20, "digit {k} is {extent} pixels wide or high");
            }
        }
    }

    /// Ink as in MNIST, whose mean pixel is 33.3 of 255.
    #[test]
    fn ink_is_as_heavy_as_in_mnist() {
        let n = 5000;
        let total: u64 =
            (0..n).flat_map(|k| digit(&mut stream(2, Stream::Drawn, k)).1).map(u64::from).sum();
        let mean = total as f64 / (n * PIXELS as u64) as f64;
        assert!((30.0..37.0).contains(&mean), "mean pixel {mean}");
    }
}
