//! A digit that slides, turns and grows: a film of one picture (after the moving digits of Srivastava et al. 2015,
//! arXiv 1502.04681, section 4.1, which bounce).
//!
//! Only + − × ÷ on f32, which are rounded alike everywhere.

use super::byte;
use rand::{Rng, RngExt};

/// Farthest that a digit is from the middle, in sides of the picture.
const SLIDE: f32 = 0.16;
/// Tangent of half the largest angle: 28°.
const HALF_TURN: f32 = 0.25;
/// Smallest and largest size.
const SIZES: [f32; 2] = [0.6, 1.1];

/// Where a digit is, how it is turned and how large it is.
#[derive(Clone, Copy)]
struct Pose {
    right: f32,
    down: f32,
    /// Tangent of half the angle.
    half_turn: f32,
    size: f32,
}

impl Pose {
    fn random(rng: &mut impl Rng) -> Self {
        let mut within = |reach: f32| rng.random_range(-reach..=reach);
        let (right, down, half_turn) = (within(SLIDE), within(SLIDE), within(HALF_TURN));
        Self { right, down, half_turn, size: rng.random_range(SIZES[0]..=SIZES[1]) }
    }

    /// At a share of the way to another.
    fn towards(self, other: Self, share: f32) -> Self {
        let between = |a: f32, b: f32| a + (b - a) * share;
        Self {
            right: between(self.right, other.right),
            down: between(self.down, other.down),
            half_turn: between(self.half_turn, other.half_turn),
            size: between(self.size, other.size),
        }
    }

    /// The picture in this pose, by bilinear interpolation.
    fn of(self, pixels: &[u8], side: usize) -> Vec<u8> {
        let t = self.half_turn;
        let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        let middle = (side as f32 - 1.0) / 2.0;
        let at = |row: i32, column: i32| {
            let inside = |x: i32| (0..side as i32).contains(&x);
            match inside(row) && inside(column) {
                true => f32::from(pixels[row as usize * side + column as usize]),
                false => 0.0,
            }
        };
        let pixel = |place: usize| {
            // Back from where it is seen to where it comes from.
            let x = ((place % side) as f32 - middle - self.right * side as f32) / self.size;
            let y = ((place / side) as f32 - middle - self.down * side as f32) / self.size;
            let (x, y) = (cos * x + sin * y + middle, cos * y - sin * x + middle);
            let (left, top) = (x.floor(), y.floor());
            let (u, v) = (x - left, y - top);
            let (column, row) = (left as i32, top as i32);
            let above = at(row, column) * (1.0 - u) + at(row, column + 1) * u;
            let below = at(row + 1, column) * (1.0 - u) + at(row + 1, column + 1) * u;
            byte(f64::from(above * (1.0 - v) + below * v))
        };
        (0..side * side).map(pixel).collect()
    }
}

/// So many frames of the picture on its way from one pose to another, in the order of time.
pub fn frames(pixels: &[u8], side: usize, frames: usize, rng: &mut impl Rng) -> Vec<Vec<u8>> {
    let [from, to] = [(); 2].map(|()| Pose::random(rng));
    let last = (frames.max(2) - 1) as f32;
    (0..frames).map(|k| from.towards(to, k as f32 / last).of(pixels, side)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};
    use proptest::prelude::*;

    const REST: Pose = Pose { right: 0.0, down: 0.0, half_turn: 0.0, size: 1.0 };

    fn bar() -> Vec<u8> {
        // An upright bar in the middle of 9 x 9.
        (0..81).map(|i| if i % 9 == 4 && (2..7).contains(&(i / 9)) { 200 } else { 0 }).collect()
    }

    #[test]
    fn a_pose_moves_turns_and_scales() {
        assert_eq!(REST.of(&bar(), 9), bar());
        let right = Pose { right: 2.0 / 9.0, ..REST }.of(&bar(), 9);
        assert!((0..81).all(|i| right[i] == if i % 9 == 6 { bar()[i - 2] } else { 0 }));
        // A quarter turn lays it down.
        let laid = Pose { half_turn: 1.0, ..REST }.of(&bar(), 9);
        assert!((0..81).all(|i| laid[i] == bar()[i % 9 * 9 + i / 9]));
        let ink = |pixels: &[u8]| pixels.iter().map(|&v| u32::from(v)).sum::<u32>();
        assert!(ink(&Pose { size: 0.5, ..REST }.of(&bar(), 9)) < ink(&bar()));
    }

    proptest! {
        #[test]
        fn films_are_as_long_as_asked_and_no_digit_leaves_the_picture(seed: u64) {
            let mut dot = vec![0; 28 * 28];
            for row in 13..16 {
                dot[28 * row + 13..28 * row + 16].fill(255);
            }
            let film = frames(&dot, 28, 8, &mut stream(seed, Stream::View, 0));
            prop_assert_eq!(film.len(), 8);
            for frame in film {
                prop_assert!(frame.len() == 784 && frame.iter().any(|&v| v > 20));
            }
        }
    }
}
