//! A picture with a hole in it, to be painted in from what is around (Pathak et al. 2016, Context Encoders,
//! arXiv 1604.07379).

use rand::{Rng, RngExt};

/// Pixels on a side of the hole in a picture of 28 x 28: near a fifth of its area, as large as a digit's bowl.
pub const HOLE: usize = 12;

/// The grey level in the hole, neither paper nor ink.
pub const GREY: u8 = 128;

/// A square hole: rows `top..top + side`, columns `left..left + side`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    pub top: usize,
    pub left: usize,
    pub side: usize,
}

impl Hole {
    /// A hole anywhere inside a picture; at most as large as the picture.
    fn anywhere(side: usize, hole: usize, rng: &mut impl Rng) -> Self {
        let hole = hole.min(side);
        let mut place = || rng.random_range(0..=side - hole);
        Self { top: place(), left: place(), side: hole }
    }

    pub fn contains(self, row: usize, column: usize) -> bool {
        let within = |start: usize, at: usize| (start..start + self.side).contains(&at);
        within(self.top, row) && within(self.left, column)
    }
}

/// The picture, [`GREY`] in a hole of hole x hole pixels at a place drawn from `rng`, and where that is.
pub fn mask(pixels: &[u8], side: usize, hole: usize, rng: &mut impl Rng) -> (Vec<u8>, Hole) {
    let hole = Hole::anywhere(side, hole, rng);
    let mut masked = pixels.to_vec();
    for row in masked.chunks_mut(side).skip(hole.top).take(hole.side) {
        row[hole.left..hole.left + hole.side].fill(GREY);
    }
    (masked, hole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};
    use proptest::prelude::*;

    #[test]
    fn every_place_is_equally_likely() {
        let mut counts = [[0; 3]; 3];
        for k in 0..9000 {
            let (_, hole) = mask(&[0; 25], 5, 3, &mut stream(1, Stream::Samples, k));
            counts[hole.top][hole.left] += 1;
        }
        assert!(counts.iter().flatten().all(|n| (850..1150).contains(n)), "{counts:?}");
    }

    #[test]
    fn a_hole_is_no_larger_than_its_picture() {
        let (masked, hole) = mask(&[7; 9], 3, HOLE, &mut stream(1, Stream::Samples, 0));
        assert_eq!((masked, hole), (vec![GREY; 9], Hole { top: 0, left: 0, side: 3 }));
    }

    proptest! {
        #[test]
        fn the_hole_is_grey_and_the_rest_stays(
            seed: u64, side in 12usize..30, pixels in prop::collection::vec(any::<u8>(), 900),
        ) {
            let pixels = &pixels[..side * side];
            let masked = || mask(pixels, side, HOLE, &mut stream(seed, Stream::Samples, 0));
            let (picture, hole) = masked();
            prop_assert_eq!(picture.len(), side * side);
            prop_assert!(hole.side == HOLE && hole.top.max(hole.left) + HOLE <= side);
            for (i, (&now, &before)) in picture.iter().zip(pixels).enumerate() {
                let wanted = if hole.contains(i / side, i % side) { GREY } else { before };
                prop_assert_eq!(now, wanted);
            }
            prop_assert_eq!(masked(), (picture, hole));
        }
    }
}
