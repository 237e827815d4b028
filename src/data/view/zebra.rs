//! A digit in stripes: made thicker, so that they have room, and cut by diagonals.

use super::morphology::dilated;

/// Pixels across a stripe, and across a gap.
const WIDTH: usize = 2;

/// The picture dilated by 3 x 3, with diagonal stripes of paper [`WIDTH`] pixels wide.
pub fn zebra(pixels: &[u8], side: usize) -> Vec<u8> {
    let mut striped = dilated(pixels, side);
    for (i, pixel) in striped.iter_mut().enumerate() {
        if !((i / side + i % side) / WIDTH).is_multiple_of(2) {
            *pixel = 0;
        }
    }
    striped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_cut_by_diagonals() {
        let striped = zebra(&[255; 36], 6);
        let rows: Vec<String> = striped
            .chunks(6)
            .map(|row| row.iter().map(|&v| if v > 0 { '#' } else { '.' }).collect())
            .collect();
        assert_eq!(rows, ["##..##", "#..##.", "..##..", ".##..#", "##..##", "#..##."]);
        assert_eq!(zebra(&[0; 36], 6), [0; 36]);
    }
}
