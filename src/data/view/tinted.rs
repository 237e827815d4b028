//! A digit in coloured ink: red, green and blue, on black paper.

use rand::{Rng, RngExt};

/// The picture in an ink of a random hue, of full brightness and full to half colour: [side, side, 3].
///
/// Its brightest channel is the grey picture again ([`grey`]).
pub fn tint(pixels: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let (hue, saturation) = (rng.random_range(0.0..6.0f32), rng.random_range(0.5..=1.0f32));
    // Along the edges of the colour cube: one channel is full, one is empty, one lies between.
    let channel = |k: u8| {
        let from_full = ((hue - f32::from(k)).rem_euclid(6.0) - 3.0).abs() - 1.0;
        1.0 - saturation * (1.0 - from_full.clamp(0.0, 1.0))
    };
    let ink = [0, 2, 4].map(channel);
    pixels.iter().flat_map(|&v| ink.map(|c| (f32::from(v) * c + 0.5) as u8)).collect()
}

/// The brightest channel of each pixel of a coloured picture.
pub fn grey(pixels: &[u8]) -> Vec<u8> {
    let (colours, _) = pixels.as_chunks::<3>();
    colours.iter().map(|&[r, g, b]| r.max(g).max(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_brightest_channel_is_the_picture(seed: u64, pixels in prop::collection::vec(any::<u8>(), 50)) {
            let tinted = tint(&pixels, &mut stream(seed, Stream::View, 0));
            prop_assert_eq!(grey(&tinted), pixels);
        }
    }

    #[test]
    fn every_hue_occurs() {
        let brightest = |k: u64| {
            let ink = tint(&[255], &mut stream(1, Stream::View, k));
            (0..3).max_by_key(|&channel| ink[channel]).expect("three")
        };
        let mut counts = [0; 3];
        (0..3000).for_each(|k| counts[brightest(k)] += 1);
        assert!(counts.iter().all(|n| (850..1150).contains(n)), "{counts:?}");
    }
}
