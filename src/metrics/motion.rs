//! How much films move.

use crate::data::Spec;

/// Differences between one frame and the next, summed over films.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motion {
    sum: u64,
    values: u64,
}

impl Motion {
    /// Adds films; pictures that do not move are passed over.
    pub fn add(&mut self, spec: Spec, films: &[u8]) {
        let Some(film) = spec.film else { return };
        for pixel in films.chunks_exact(film.frames) {
            let steps = pixel.windows(2).map(|pair| u64::from(pair[0].abs_diff(pair[1])));
            self.sum += steps.sum::<u64>();
            self.values += film.frames as u64 - 1;
        }
    }

    /// The mean absolute difference between a pixel and itself a frame later, in [0, 1]; none without films.
    pub fn mean(&self) -> Option<f64> {
        (self.values > 0).then(|| self.sum as f64 / (255.0 * self.values as f64))
    }

    /// As a share of that of others; none without films, or where those stand still.
    pub fn of(&self, others: &Self) -> Option<f64> {
        let (own, others) = (self.mean()?, others.mean()?);
        (others > 0.0).then(|| own / others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, DatasetKind, View};

    #[test]
    fn motion_is_the_mean_difference_from_frame_to_frame() {
        let spec = Dataset { view: View::Moving, ..DatasetKind::Mnist.plain() }.spec();
        let frames = spec.film.expect("films").frames;
        let (mut still, mut steady, mut flicker) = <(Motion, Motion, Motion)>::default();
        let film =
            |value: fn(usize) -> u8| (0..784 * frames).map(|i| value(i % 8)).collect::<Vec<_>>();
        still.add(spec, &film(|_| 7));
        steady.add(spec, &film(|k| (51 * k / 7) as u8));
        flicker.add(spec, &film(|k| if k % 2 == 0 { 255 } else { 0 }));
        assert_eq!((still.mean(), flicker.mean()), (Some(0.0), Some(1.0)));
        assert!((steady.mean().unwrap() - 0.2 / 7.0).abs() < 1e-3);
        assert_eq!((still.of(&flicker), flicker.of(&still)), (Some(0.0), None));
        let mut none = Motion::default();
        none.add(DatasetKind::Mnist.plain().spec(), &[1, 2, 3]);
        assert_eq!(none.mean(), None);
    }
}
