//! The pictures that a session sends: the fixed grid, samples, and real digits in the same shape.

use super::charts;
use super::protocol::{Pictures, Role};
use crate::data::{CLASSES, Dataset, Film, Samples, Values};
use crate::error::{Error, Result};
use crate::gan::game::Direction;
use crate::rng::Stream;
use crate::shape::Shape;
use crate::train::{Inputs, Trainer, in_rotation};
use serde_bytes::ByteBuf;

/// Rows of a grid with a column per class.
const ROWS: usize = 10;
/// Real pictures among which the grid of real digits finds its own: enough of each class, and within
/// the first part of the data.
pub const REALS_LOOKED_AT: usize = 30 * CLASSES;
/// Most samples that one command may ask for.
const MOST_SAMPLES: usize = 100_000;

/// Samples of a grid of pictures.
const SHOWN: usize = CLASSES * ROWS;

/// The fixed latents, or the pictures on show, as the moving average as it is now draws them.
pub async fn fixed_grid(trainer: &mut Trainer, shown: &Samples) -> Result<Pictures> {
    let recipe = trainer.recipe().clone();
    let count = if recipe.dataset.has_points() { charts::SHOWN } else { SHOWN };
    let labels = in_rotation(count);
    let (pixels, labelled) = match &shown.source {
        Some(pixels) => {
            let inputs = Inputs::Pictures { pixels, direction: Direction::Back };
            (trainer.sample(inputs).await?, true)
        }
        None => {
            let latents = trainer.latents(Stream::Preview, recipe.seed, count);
            let inputs = Inputs::Noise { latents: &latents, labels: &labels };
            (trainer.sample(inputs).await?, recipe.conditional)
        }
    };
    Ok(pictures(Role::Output, pixels, recipe.picture(), recipe.view.film(), &labels, labelled))
}

/// What another generator makes of the pictures on show, if there are any.
pub async fn rival_grid(rival: &Trainer, shown: &Samples) -> Result<Option<Pictures>> {
    let Some(source) = &shown.source else { return Ok(None) };
    let inputs = Inputs::Pictures { pixels: source, direction: Direction::Back };
    let pixels = rival.freeze().sample(rival, inputs, 1.0).await?;
    let (shape, film) = (rival.recipe().picture(), rival.recipe().view.film());
    Ok(Some(pictures(Role::Output, pixels, shape, film, &in_rotation(SHOWN), true)))
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

/// The first samples of each class, in rotation of the classes; blank where a class has too few. Points are taken as
/// they come.
pub fn in_columns(samples: Option<Samples>, dataset: Dataset) -> Samples {
    let spec = dataset.spec();
    if dataset.kind.has_points() {
        let points = samples.unwrap_or_else(|| Samples::blank(0, spec));
        return points.part(0..charts::SHOWN.min(points.len()));
    }
    let mut target = Vec::with_capacity(SHOWN * spec.target.size());
    let mut source = spec.source.map(|shape| Vec::with_capacity(SHOWN * shape.size()));
    let add = |to: &mut Vec<u8>, bytes: &[u8], shape: Shape, place: Option<usize>| match place {
        Some(i) => to.extend_from_slice(&bytes[i * shape.size()..(i + 1) * shape.size()]),
        None => to.resize(to.len() + shape.size(), 0),
    };
    for row in 0..ROWS {
        for class in 0..CLASSES {
            let place = samples.as_ref().and_then(|samples| {
                let labels = samples.labels.iter().enumerate();
                let mut of_class = labels.filter(|&(_, &label)| usize::from(label) == class);
                of_class.nth(row).map(|(i, _)| i)
            });
            let bytes = samples.as_ref().map(|samples| samples.target.bytes());
            add(&mut target, bytes.unwrap_or_default(), spec.target, place);
            if let Some((source, shape)) = source.as_mut().zip(spec.source) {
                let bytes = samples.as_ref().and_then(|samples| samples.source.as_deref());
                add(source, bytes.unwrap_or_default(), shape, place);
            }
        }
    }
    Samples { target: Values::Bytes(target), source, labels: in_rotation(SHOWN) }
}

pub fn pictures(
    role: Role,
    pixels: Vec<u8>,
    shape: Shape,
    film: Option<Film>,
    labels: &[u8],
    labelled: bool,
) -> Pictures {
    Pictures {
        role,
        shape,
        frames: film.map_or(1, |film| film.frames),
        count: labels.len(),
        columns: CLASSES,
        pixels: ByteBuf::from(pixels),
        labels: ByteBuf::from(if labelled { labels.to_vec() } else { Vec::new() }),
    }
}
