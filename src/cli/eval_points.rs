//! `ganvas eval --points`: how points are distributed, as JSON.

use super::{files, point_files};
use anyhow::{Context, Result};
use ganvas::data::points::Drawing;
use ganvas::data::{DatasetKind, HELD_OUT, Source};
use ganvas::metrics::{Figures, distribution};
use serde::Serialize;
use std::path::Path;

/// What is printed.
#[derive(Serialize)]
struct Evaluation {
    count: usize,
    #[serde(flatten)]
    figures: Figures,
    /// The same figures of as many points of the data.
    floor: Figures,
}

/// The figures of the points in a file, held against the data set's own distribution.
pub fn score(
    path: &Path,
    kind: DatasetKind,
    drawing: Drawing,
    most: Option<usize>,
) -> Result<String> {
    let dataset = ganvas::data::Dataset { drawing, ..kind.plain() };
    let set = dataset.points().context("--points names a data set of points")?;
    let text = String::from_utf8_lossy(&files::read(path)?).into_owned();
    let mut points = point_files::read(&text, set.dimensions())
        .with_context(|| format!("{} cannot be used", path.display()))?;
    if let Some(most) = most {
        points.truncate(most * set.dimensions());
    }
    let count = points.len() / set.dimensions();
    let mut source = Source::new(kind.base());
    // As many as the points that they are held against.
    let held_out = source.held_out_samples(dataset, 1, 0..HELD_OUT).target.reals().to_vec();
    let seen = source.batch(dataset, 1, 0, count).context("points never end, and yet these did")?;
    let evaluation = Evaluation {
        count,
        figures: distribution::figures(&set, &points, &held_out)?,
        floor: distribution::figures(&set, seen.target.reals(), &held_out)?,
    };
    Ok(serde_json::to_string_pretty(&evaluation)?)
}
