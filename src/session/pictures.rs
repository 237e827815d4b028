//! The pictures that a session sends: the fixed grid, samples, and real digits in the same shape.

use super::protocol::Pictures;
use crate::data::{CLASSES, Digits};
use crate::error::{Error, Result};
use crate::rng::Stream;
use crate::train::{Trainer, in_rotation};
use serde_bytes::ByteBuf;

/// Rows of a grid with a column per class.
const ROWS: usize = 10;
/// Real pictures among which the grid of real digits finds its own: enough of each class, and within
/// the first part of the data.
pub const REALS_LOOKED_AT: usize = 30 * CLASSES;
/// Most samples that one command may ask for.
const MOST_SAMPLES: usize = 100_000;

/// The fixed latents, drawn by the moving average as it is now.
pub async fn fixed_grid(trainer: &mut Trainer) -> Result<Pictures> {
    let labels = in_rotation(CLASSES * ROWS);
    let latents = trainer.latents(Stream::Preview, trainer.recipe().seed, labels.len());
    let pixels = trainer.sample(&latents, &labels).await?;
    Ok(pictures(pixels, &labels, trainer.recipe().conditional))
}

/// # Errors
/// [`Error::BadCommand`] for none or too many.
pub fn check_count(count: usize) -> Result<()> {
    if (1..=MOST_SAMPLES).contains(&count) {
        return Ok(());
    }
    Err(Error::BadCommand(format!(
        "between 1 and {MOST_SAMPLES} samples can be drawn, not {count}"
    )))
}

/// The first pictures of each class, in rotation of the classes; blank where a class has too few. Each
/// has so many numbers.
pub fn in_columns(digits: &Digits, size: usize) -> Pictures {
    let mut pixels = Vec::with_capacity(CLASSES * ROWS * size);
    for row in 0..ROWS {
        for class in 0..CLASSES {
            let mut of_class =
                digits.labels.iter().enumerate().filter(|&(_, &label)| usize::from(label) == class);
            match of_class.nth(row) {
                Some((i, _)) => pixels.extend_from_slice(digits.pixels(i..i + 1)),
                None => pixels.resize(pixels.len() + size, 0),
            }
        }
    }
    pictures(pixels, &in_rotation(CLASSES * ROWS), true)
}

pub fn pictures(pixels: Vec<u8>, labels: &[u8], labelled: bool) -> Pictures {
    Pictures {
        count: labels.len(),
        columns: CLASSES,
        pixels: ByteBuf::from(pixels),
        labels: ByteBuf::from(if labelled { labels.to_vec() } else { Vec::new() }),
    }
}
