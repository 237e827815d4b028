//! A picture's ink thinned to lines one pixel wide: the skeleton of Zhang & Suen 1984 (Communications of the ACM 27(3),
//! pages 236-239, doi 10.1145/357994.358023).

/// From this grey level on, a pixel is ink.
const THRESHOLD: u8 = 128;

/// The skeleton of a picture, 255 on black, of the same size. Each piece of ink stays one piece, and each hole in it
/// stays one hole.
pub fn sketch(pixels: &[u8], side: usize) -> Vec<u8> {
    let mut plane = Plane::new(pixels, side);
    while PASSES.map(|pass| plane.peel(pass)).contains(&true) {}
    plane.pixels()
}

/// The two passes of a round: each peels one layer off the ink, from two sides of it.
#[derive(Clone, Copy)]
enum Pass {
    SouthEast,
    NorthWest,
}

const PASSES: [Pass; 2] = [Pass::SouthEast, Pass::NorthWest];

/// Where ink is.
struct Plane {
    /// Pixels in a row, with one of paper at either end: every pixel of the picture then has eight neighbours.
    stride: usize,
    ink: Vec<bool>,
}

impl Plane {
    fn new(pixels: &[u8], side: usize) -> Self {
        let stride = side + 2;
        let mut ink = vec![false; stride * stride];
        for (row, values) in pixels.chunks(side).enumerate() {
            for (column, &value) in values.iter().enumerate() {
                ink[(row + 1) * stride + column + 1] = value >= THRESHOLD;
            }
        }
        Self { stride, ink }
    }

    fn pixels(&self) -> Vec<u8> {
        let rows = self.ink.chunks(self.stride).skip(1).take(self.stride - 2);
        rows.flat_map(|row| &row[1..row.len() - 1]).map(|&inked| u8::from(inked) * 255).collect()
    }

    /// The neighbours of a pixel of the picture, clockwise from the north: the paper's P2 to P9.
    fn ring(&self, at: usize) -> [bool; 8] {
        let (above, below) = (at - self.stride, at + self.stride);
        [above, above + 1, at + 1, below + 1, below, below - 1, at - 1, above - 1]
            .map(|neighbour| self.ink[neighbour])
    }

    /// Removes at once all that `pass` peels; whether that was anything.
    fn peel(&mut self, pass: Pass) -> bool {
        let peeled: Vec<usize> = (0..self.ink.len())
            .filter(|&at| self.ink[at] && is_peeled(self.ring(at), pass) && !self.is_square(at))
            .collect();
        for &at in &peeled {
            self.ink[at] = false;
        }
        !peeled.is_empty()
    }

    /// Whether this is the north-western pixel of a square of 2 x 2 that touches no other ink. The paper's first pass
    /// removes all four, the only piece of ink that it loses; here this one stays.
    fn is_square(&self, at: usize) -> bool {
        [at, at + 1, at + self.stride, at + self.stride + 1]
            .iter()
            .all(|&pixel| self.ink[pixel] && count(self.ring(pixel)) == 3)
    }
}

fn count(ring: [bool; 8]) -> usize {
    ring.iter().filter(|&&inked| inked).count()
}

/// The paper's four conditions on an inked pixel: (a) it is neither inside of the ink nor the end of a line, (b) the
/// ink around it hangs together without it, (c) and (d) it lies on a side, or at a corner, from which `pass` peels.
fn is_peeled(ring: [bool; 8], pass: Pass) -> bool {
    let begins = (0..8).filter(|&k| !ring[k] && ring[(k + 1) % 8]).count();
    let [north, _, east, _, south, _, west, _] = ring;
    let is_outside = match pass {
        Pass::SouthEast => !(east && south && (north || west)),
        Pass::NorthWest => !(north && west && (east || south)),
    };
    (2..=6).contains(&count(ring)) && begins == 1 && is_outside
}

#[cfg(test)]
mod tests {
    use super::super::references::{cases, list};
    use super::*;
    use proptest::prelude::*;

    /// Rows of '#' for ink and '.' for paper.
    fn drawing(rows: &[&str]) -> Vec<u8> {
        rows.iter().flat_map(|row| row.bytes()).map(|b| u8::from(b == b'#') * 255).collect()
    }

    fn assert_thins(from: &[&str], to: &[&str]) {
        let side = from.len();
        let got = sketch(&drawing(from), side);
        let rows: Vec<String> = got
            .chunks(side)
            .map(|row| row.iter().map(|&v| if v == 255 { '#' } else { '.' }).collect())
            .collect();
        assert_eq!(rows, to, "the skeleton of {from:#?}");
    }

    #[test]
    fn a_bar_becomes_a_line() {
        assert_thins(
            &[".......", ".......", ".#####.", ".#####.", ".#####.", ".......", "......."],
            &[".......", ".......", ".......", "..##...", ".......", ".......", "......."],
        );
    }

    #[test]
    fn ink_may_touch_the_edge() {
        assert_thins(&["###", "###", "###"], &["...", ".#.", "..."]);
        let ring = ["#####", "#...#", "#...#", "#...#", "#####"];
        assert_thins(&ring, &ring);
    }

    #[test]
    fn lines_and_dots_stay() {
        for rows in [["#...", ".#..", "..#.", "...#"], ["#..#", "....", ".#..", "...."]] {
            assert_thins(&rows, &rows);
        }
        assert_eq!(sketch(&[0; 9], 3), [0; 9]);
        assert_eq!(sketch(&[255], 1), [255]);
    }

    #[test]
    fn a_square_of_two_leaves_a_dot() {
        assert_thins(&["....", ".##.", ".##.", "...."], &["....", ".#..", "....", "...."]);
    }

    #[test]
    fn ink_begins_at_the_threshold() {
        assert_eq!(sketch(&[127, 0, 0, 128], 2), [0, 0, 0, 255]);
    }

    #[test]
    fn skeletons_are_those_of_opencv() {
        for case in cases(include_str!("../../../tests/references/thinned.json")) {
            assert_thins(&list(case, "ink"), &list(case, "skeleton"));
        }
    }

    /// Pieces of what is inked, or of what is not, seen through diagonals or not.
    fn pieces(pixels: &[u8], side: usize, inked: bool, diagonals: bool) -> usize {
        let mut left: Vec<bool> = pixels.iter().map(|&v| (v >= THRESHOLD) == inked).collect();
        let mut found = 0;
        while let Some(first) = left.iter().position(|&l| l) {
            found += 1;
            let mut waiting = vec![first];
            left[first] = false;
            while let Some(at) = waiting.pop() {
                for (other, here) in left.iter_mut().enumerate() {
                    let across = (at % side).abs_diff(other % side);
                    let down = (at / side).abs_diff(other / side);
                    let near = across.max(down) == 1 && (diagonals || across + down == 1);
                    if near && std::mem::take(here) {
                        waiting.push(other);
                    }
                }
            }
        }
        found
    }

    /// Paper around the picture, so that what is not inked and touches the edge is one piece.
    fn framed(pixels: &[u8], side: usize) -> Vec<u8> {
        let mut framed = vec![0; (side + 2).pow(2)];
        for (row, values) in pixels.chunks(side).enumerate() {
            let start = (row + 1) * (side + 2) + 1;
            framed[start..start + side].copy_from_slice(values);
        }
        framed
    }

    fn topology(pixels: &[u8], side: usize) -> [usize; 2] {
        let framed = framed(pixels, side);
        [pieces(&framed, side + 2, true, true), pieces(&framed, side + 2, false, false)]
    }

    #[test]
    fn every_picture_of_four_by_four_keeps_its_pieces_and_holes() {
        for bits in 0..1u32 << 16 {
            let picture: Vec<u8> = (0..16).map(|k| (bits >> k & 1) as u8 * 255).collect();
            assert_eq!(topology(&sketch(&picture, 4), 4), topology(&picture, 4), "{bits:#x}");
        }
    }

    proptest! {
        /// Blocks of 2 x 2, shifted at random, are thick enough for several rounds.
        #[test]
        fn pieces_and_holes_stay_and_a_skeleton_is_its_own(
            squares in prop::collection::vec((0usize..15, 0usize..15, 1usize..5), 0..24),
        ) {
            let mut picture = vec![0; 256];
            for (top, left, size) in squares {
                for row in top..(top + size).min(16) {
                    picture[row * 16 + left..row * 16 + (left + size).min(16)].fill(200);
                }
            }
            let skeleton = sketch(&picture, 16);
            prop_assert_eq!(topology(&skeleton, 16), topology(&picture, 16));
            prop_assert!(skeleton.iter().zip(&picture).all(|(&s, &p)| s == 0 || p >= THRESHOLD));
            prop_assert_eq!(sketch(&skeleton, 16), skeleton);
        }
    }
}
