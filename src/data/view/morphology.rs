//! Grey pictures made thicker and thinner (Serra 1982, Image Analysis and Mathematical Morphology): the brightest and the
//! darkest pixel of each neighbourhood of 3 x 3. Beyond the edge is black paper.

/// Each pixel as bright as the brightest around it.
pub fn dilated(pixels: &[u8], side: usize) -> Vec<u8> {
    neighbourhoods(pixels, side, |around| around.max())
}

/// Each pixel as dark as the darkest around it.
pub fn eroded(pixels: &[u8], side: usize) -> Vec<u8> {
    neighbourhoods(pixels, side, |around| around.min())
}

fn neighbourhoods(
    pixels: &[u8],
    side: usize,
    pick: impl Fn(&mut dyn Iterator<Item = u8>) -> Option<u8>,
) -> Vec<u8> {
    let at = |row: usize, column: usize| match row < side && column < side {
        true => pixels[row * side + column],
        false => 0,
    };
    let picked = |place: usize| {
        let (row, column) = (place / side, place % side);
        // One before the first is far beyond the last.
        let mut around =
            (0..9).map(|k| at((row + k / 3).wrapping_sub(1), (column + k % 3).wrapping_sub(1)));
        pick(&mut around).unwrap_or_default()
    };
    (0..side * side).map(picked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_dot_grows_to_a_square_and_back() {
        let mut dot = [0; 25];
        dot[12] = 200;
        let square = dilated(&dot, 5);
        let lit: Vec<usize> = (0..25).filter(|&i| square[i] == 200).collect();
        assert_eq!(lit, [6, 7, 8, 11, 12, 13, 16, 17, 18]);
        assert_eq!(eroded(&square, 5), dot);
        // In a corner there is paper beyond the edge.
        assert_eq!(eroded(&[9; 4], 2), [0; 4]);
        assert_eq!(dilated(&[9, 0, 0, 0], 2), [9; 4]);
    }

    proptest! {
        #[test]
        fn a_picture_lies_between_both(pixels in prop::collection::vec(any::<u8>(), 49)) {
            let (thick, thin) = (dilated(&pixels, 7), eroded(&pixels, 7));
            for i in 0..49 {
                prop_assert!(thin[i] <= pixels[i] && pixels[i] <= thick[i]);
            }
        }
    }
}
