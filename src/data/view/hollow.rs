//! A digit's outline: the morphological gradient (Beucher, Serra & others; see Rivest, Soille & Beucher 1993).

use super::morphology::{dilated, eroded};

/// What dilating the picture adds to it and eroding it takes away, both by 3 x 3.
pub fn hollow(pixels: &[u8], side: usize) -> Vec<u8> {
    let (thick, thin) = (dilated(pixels, side), eroded(pixels, side));
    thick.iter().zip(thin).map(|(thick, thin)| thick - thin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_becomes_its_edge() {
        let mut square = [0; 49];
        for row in 1..6 {
            square[row * 7 + 1..row * 7 + 6].fill(80);
        }
        let outline = hollow(&square, 7);
        let inside = [16, 17, 18, 23, 24, 25, 30, 31, 32];
        for (i, &pixel) in outline.iter().enumerate() {
            assert_eq!(pixel, if inside.contains(&i) { 0 } else { 80 }, "{i}");
        }
    }
}
