//! `ganvas draw`: drawn digits as an IDX file.

use super::picture_files::PictureFiles;
use anyhow::{Context, Result};
use ganvas::data::{Base, DatasetKind, Source, idx};

/// Write drawn digits: pictures as an IDX file, and their labels beside it
#[derive(clap::Args)]
pub struct Args {
    /// How many
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(idx::MAX_PICTURES)))]
    count: u32,
    /// The same seed draws the same digits: those that training with it meets, in that order
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    files: PictureFiles,
}

pub fn run(args: Args) -> Result<()> {
    args.files.check(None)?;
    let drawn = Source::new(Base::Drawn)
        .digits(args.seed, 0, args.count as usize)
        .context("drawn digits never end, and yet these did")?;
    args.files.write(&drawn.images, DatasetKind::Drawn.plain().spec().target, 1, &drawn.labels)
}
