//! The pictures that a session sends: the fixed grid, samples on request, and real digits in the same
//! shape.

use super::protocol::{Pictures, SampleRequest};
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

/// What was asked for.
///
/// # Errors
/// [`Error::BadCommand`] when numbers do not fit together or are out of range.
pub async fn sampled(trainer: &mut Trainer, request: SampleRequest) -> Result<Pictures> {
    let SampleRequest { count, seed, latents, labels, truncation } = request;
    let truncation = truncation.unwrap_or(1.0);
    if !(truncation > 0.0 && truncation <= 1.0) {
        return Err(Error::BadCommand(format!(
            "a truncation lies above 0 and goes up to 1, which is none, but is {truncation}"
        )));
    }
    check_count(count)?;
    let labels = labels.unwrap_or_else(|| in_rotation(count));
    let latents = latents.unwrap_or_else(|| trainer.truncated_latents(seed, count, truncation));
    let numbers = count * trainer.recipe().latent;
    if labels.len() != count || latents.len() != numbers {
        return Err(Error::BadCommand(format!(
            "{count} samples need {count} labels and {numbers} latent numbers, but came with {} and {}",
            labels.len(),
            latents.len()
        )));
    }
    if labels.iter().any(|&label| usize::from(label) >= CLASSES) {
        return Err(Error::BadCommand("labels are digits from 0 to 9".into()));
    }
    if latents.iter().any(|v| !v.is_finite()) {
        return Err(Error::BadCommand("latents must be finite numbers".into()));
    }
    let pixels = trainer.sample_truncated(&latents, &labels, truncation).await?;
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
pub fn in_columns(digits: &Digits, numbers: usize) -> Pictures {
    let mut pixels = Vec::with_capacity(CLASSES * ROWS * numbers);
    for row in 0..ROWS {
        for class in 0..CLASSES {
            let mut of_class =
                digits.labels.iter().enumerate().filter(|&(_, &label)| usize::from(label) == class);
            match of_class.nth(row) {
                Some((i, _)) => pixels.extend_from_slice(digits.pixels(i..i + 1)),
                None => pixels.resize(pixels.len() + numbers, 0),
            }
        }
    }
    pictures(pixels, &in_rotation(CLASSES * ROWS), true)
}

fn pictures(pixels: Vec<u8>, labels: &[u8], labelled: bool) -> Pictures {
    Pictures {
        count: labels.len(),
        columns: CLASSES,
        pixels: ByteBuf::from(pixels),
        labels: ByteBuf::from(if labelled { labels.to_vec() } else { Vec::new() }),
    }
}
