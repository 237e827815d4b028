//! `ganvas draw`: drawn digits as an IDX file.

use super::{files, grid};
use anyhow::{Context, Result};
use ganvas::data::{DatasetKind, Source, idx};
use std::path::PathBuf;

/// Write drawn digits: pictures as an IDX file, and labels.idx beside it
#[derive(clap::Args)]
pub struct Args {
    /// How many
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(idx::MAX_PICTURES)))]
    count: u32,
    /// The same seed draws the same digits: those that training with it meets, in that order
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file to write, n x 28 x 28 bytes after an IDX header
    #[arg(long, value_name = "FILE.idx")]
    out: PathBuf,
    /// Also write a picture of the first 100
    #[arg(long, value_name = "FILE.png")]
    grid: Option<PathBuf>,
}

pub fn run(args: Args) -> Result<()> {
    let labels = files::labels_beside(&args.out)?;
    let drawn = Source::new(DatasetKind::Drawn)
        .batch(args.seed, 0, args.count as usize)
        .context("drawn digits never end, and yet these did")?;
    files::write(&args.out, &idx::write_images(&drawn.images))?;
    files::write(&labels, &idx::write_labels(&drawn.labels))?;
    if let Some(path) = &args.grid {
        grid::write_first(path, &drawn.images)?;
    }
    Ok(())
}
