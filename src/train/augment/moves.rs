//! Pictures moved and turned a little at random: augmentation without a generator.

use crate::data::{PIXELS, SIDE};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A picture is moved by up to so many pixels each way.
const SHIFT: f32 = 2.0;
/// And turned by up to so much about its middle, radians: 15 degrees.
const TURN: f32 = 0.2618;

/// The pictures, PIXELS bytes each, every one changed by itself.
pub fn moved(images: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut out = Vec::with_capacity(images.len());
    for picture in images.as_chunks::<PIXELS>().0 {
        let mut within = |most: f32| rng.random_range(-most..=most);
        let (right, down, turn) = (within(SHIFT), within(SHIFT), within(TURN));
        out.extend(changed(picture, right, down, turn));
    }
    out
}

/// A picture turned clockwise by `turn` radians about its middle and then moved, black where nothing comes from; each
/// pixel is mixed from the four around the place that it comes from.
fn changed(picture: &[u8; PIXELS], right: f32, down: f32, turn: f32) -> impl Iterator<Item = u8> {
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let (sin, cos) = turn.sin_cos();
    (0..PIXELS).map(move |i| {
        let (x, y) = ((i % SIDE) as f32 - middle - right, (i / SIDE) as f32 - middle - down);
        let (x, y) = (cos * x + sin * y + middle, cos * y - sin * x + middle);
        let (left, top) = (x.floor(), y.floor());
        let at = |x: f32, y: f32| {
            let inside = |v: f32| (0.0..SIDE as f32).contains(&v);
            if inside(x) && inside(y) {
                f32::from(picture[y as usize * SIDE + x as usize])
            } else {
                0.0
            }
        };
        let (dx, dy) = (x - left, y - top);
        let row = |y: f32| (1.0 - dx) * at(left, y) + dx * at(left + 1.0, y);
        ((1.0 - dy) * row(top) + dy * row(top + 1.0)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};
    use std::f32::consts::FRAC_PI_2;

    /// A dot at these pixels.
    fn dot(x: usize, y: usize) -> [u8; PIXELS] {
        let mut picture = [0; PIXELS];
        picture[y * SIDE + x] = 200;
        picture
    }

    fn as_changed(picture: &[u8; PIXELS], right: f32, down: f32, turn: f32) -> Vec<u8> {
        changed(picture, right, down, turn).collect()
    }

    #[test]
    fn a_dot_goes_where_it_is_sent() {
        assert_eq!(as_changed(&dot(5, 9), 0.0, 0.0, 0.0), dot(5, 9));
        assert_eq!(as_changed(&dot(5, 9), 2.0, -1.0, 0.0), dot(7, 8));
        assert_eq!(as_changed(&dot(27, 9), 1.0, 0.0, 0.0), [0; PIXELS], "beyond the edge");
        // A quarter turn clockwise takes the top to the right.
        assert_eq!(as_changed(&dot(13, 0), 0.0, 0.0, FRAC_PI_2), dot(27, 13));
        let halves = as_changed(&dot(5, 9), 0.5, 0.0, 0.0);
        assert_eq!((halves[9 * SIDE + 5], halves[9 * SIDE + 6]), (100, 100));
    }

    #[test]
    fn each_picture_is_changed_by_itself_and_keeps_its_ink() {
        let pictures = [dot(14, 14), dot(14, 14)].concat();
        let out = moved(&pictures, &mut stream(1, Stream::ClassifierData, 0));
        let (one, other) = out.split_at(PIXELS);
        assert_ne!(one, other);
        for picture in [one, other] {
            let ink: u32 = picture.iter().map(|&p| u32::from(p)).sum();
            assert!((150..=250).contains(&ink), "{ink}");
        }
    }
}
