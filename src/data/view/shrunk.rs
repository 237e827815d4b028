//! A picture of fewer pixels, and the ways back to its size that need no training: what a network that sharpens is to
//! be compared with.

use super::byte;

/// Each block of factor x factor pixels as one, their mean: (side / factor)² bytes. `factor` divides `side`; what is
/// left over at the right and at the bottom is cut off.
pub fn shrink(pixels: &[u8], side: usize, factor: usize) -> Vec<u8> {
    let small = side / factor;
    let mean = |row: usize, column: usize| {
        let block = (0..factor).flat_map(|y| {
            let start = (row * factor + y) * side + column * factor;
            &pixels[start..start + factor]
        });
        byte(block.map(|&value| f64::from(value)).sum::<f64>() / (factor * factor) as f64)
    };
    (0..small * small).map(|i| mean(i / small, i % small)).collect()
}

/// A way to enlarge a picture: each new pixel is a weighted mean of up to 4 x 4 old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enlargement {
    /// The pixel that it lies in.
    Nearest,
    /// Straight lines between the middles of pixels.
    Bilinear,
    /// Cubic pieces through the middles of pixels (Keys 1981, IEEE Transactions on Acoustics, Speech, and Signal
    /// Processing 29(6), pages 1153-1160, equation 15: a = −1/2), as in Pillow.
    Bicubic,
}

/// Old pixels along a row or a column, and how much each contributes.
type Taps = [(usize, f64); 4];

impl Enlargement {
    pub const ALL: [Self; 3] = [Self::Nearest, Self::Bilinear, Self::Bicubic];

    /// The picture with its side times `factor`: (side · factor)² bytes. The middle of pixel i lies at i + 1/2; beyond
    /// an edge its pixels repeat.
    pub fn enlarge(self, pixels: &[u8], side: usize, factor: usize) -> Vec<u8> {
        let large = side * factor;
        let taps: Vec<Taps> = (0..large).map(|i| self.taps(i, side, factor)).collect();
        let wide: Vec<f64> = pixels
            .chunks(side)
            .flat_map(|row| taps.iter().map(|taps| blend(taps, |i| f64::from(row[i]))))
            .collect();
        taps.iter()
            .flat_map(|taps| (0..large).map(|x| blend(taps, |y| wide[y * large + x])))
            .map(byte)
            .collect()
    }

    /// What the new pixel at `place` in its row or column is made of.
    fn taps(self, place: usize, side: usize, factor: usize) -> Taps {
        let at = (place as f64 + 0.5) / factor as f64 - 0.5;
        let first = at.floor() as isize - 1;
        std::array::from_fn(|k| {
            let tap = first + k as isize;
            (tap.clamp(0, side as isize - 1) as usize, self.weight((at - tap as f64).abs()))
        })
    }

    /// The kernel at a distance (in old pixels) from its middle.
    fn weight(self, distance: f64) -> f64 {
        let d = distance;
        match self {
            Self::Nearest if d < 0.5 => 1.0,
            Self::Bilinear if d < 1.0 => 1.0 - d,
            Self::Bicubic if d < 1.0 => (1.5 * d - 2.5) * d * d + 1.0,
            Self::Bicubic if d < 2.0 => ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0,
            _ => 0.0,
        }
    }
}

fn blend(taps: &Taps, value: impl Fn(usize) -> f64) -> f64 {
    taps.iter().map(|&(i, weight)| weight * value(i)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::references::{bytes, cases, number};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_small_pixel_is_the_rounded_mean_of_its_block() {
        #[rustfmt::skip]
        let picture = [
            0, 1,    255, 255,
            0, 0,    255, 254,
            10, 20,  0, 1,
            30, 40,  0, 1,
        ];
        assert_eq!(shrink(&picture, 4, 2), [0, 255, 25, 1]);
        assert_eq!(shrink(&picture, 4, 1), picture);
        assert_eq!(shrink(&picture, 4, 4), [70]);
    }

    #[test]
    fn enlarged_pictures_are_those_of_pillow() {
        let mut seen = 0;
        for case in cases(include_str!("../../../tests/references/enlarged.json")) {
            let (side, factor) = (number(case, "side"), number(case, "factor"));
            let pixels = bytes(case, "pixels");
            for (how, key) in Enlargement::ALL.into_iter().zip(["nearest", "bilinear", "bicubic"]) {
                let got = how.enlarge(&pixels, side, factor);
                assert_eq!(got, bytes(case, key), "{how:?}, {side} times {factor}");
                seen += 1;
            }
        }
        assert_eq!(seen, 12);
    }

    proptest! {
        #[test]
        fn enlarging_by_one_changes_nothing(pixels in prop::collection::vec(any::<u8>(), 25)) {
            for how in Enlargement::ALL {
                prop_assert_eq!(&how.enlarge(&pixels, 5, 1), &pixels);
            }
        }

        #[test]
        fn one_grey_stays_that_grey(grey: u8, side in 1usize..8, factor in 1usize..6) {
            let pixels = vec![grey; (side * factor).pow(2)];
            let small = shrink(&pixels, side * factor, factor);
            prop_assert_eq!(&small, &vec![grey; side * side]);
            for how in Enlargement::ALL {
                prop_assert_eq!(&how.enlarge(&small, side, factor), &pixels);
            }
        }

        #[test]
        fn shrinking_undoes_nearest(
            pixels in prop::collection::vec(any::<u8>(), 9), factor in 1usize..6,
        ) {
            let large = Enlargement::Nearest.enlarge(&pixels, 3, factor);
            prop_assert_eq!(shrink(&large, 3 * factor, factor), pixels);
        }
    }
}
