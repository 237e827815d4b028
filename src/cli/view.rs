//! `ganvas view`: what a view makes of pictures, as an IDX file.

use super::picture_files::PictureFiles;
use super::{eval, files};
use anyhow::{Context, Result, ensure};
use ganvas::data::points::Drawing;
use ganvas::data::{Dataset, DatasetKind, Digits, PIXELS, Source, View, idx};
use ganvas::rng::{Stream, stream};
use std::path::PathBuf;

/// Write what a view makes of digits: striped, thinned, with a hole, as a film, in colour. What a run that translates
/// is held to, and what real films look like
#[derive(clap::Args)]
pub struct Args {
    /// The view, as in a recipe
    #[arg(value_name = "VIEW", value_parser = eval::view())]
    view: View,
    /// Whole digits, an IDX file, gzipped or not; none for films of digits being written, which the program draws
    #[arg(long, value_name = "PICTURES.idx")]
    input: Option<PathBuf>,
    /// How many; all when absent
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), required_unless_present = "input")]
    count: Option<u32>,
    /// Decides what the view does by chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    files: PictureFiles,
}

pub fn run(args: Args) -> Result<()> {
    args.files.check(args.input.as_deref())?;
    let kind = if args.view == View::Written { DatasetKind::Drawn } else { DatasetKind::Mnist };
    let dataset = Dataset { view: args.view, drawing: Drawing::None, ..kind.plain() };
    let spec = dataset.spec();
    let samples = match &args.input {
        Some(path) => {
            ensure!(args.view != View::Written, "this view takes no pictures: leave out --input");
            ensure!(args.view.has_truth(), "this view makes nothing of a digit: see `ganvas draw`");
            let mut images = idx::read_images(&files::read(path)?)
                .with_context(|| format!("{} cannot be used", path.display()))?;
            let there = images.len() / PIXELS;
            let count = args.count.map_or(there, |count| count as usize);
            ensure!(
                count <= there,
                "--count asks for {count} pictures, but {} has {there}",
                path.display()
            );
            images.truncate(count * PIXELS);
            let digits = Digits { images, labels: vec![0; count] };
            let made = args.view.pairs(digits, spec, |k| stream(args.seed, Stream::View, k));
            (made, false)
        }
        None => {
            ensure!(args.view == View::Written, "name the pictures by --input");
            let count = args.count.unwrap_or_default() as usize;
            let made = Source::new(dataset.kind.base()).batch(dataset, args.seed, 0, count);
            (made.context("drawn digits never end, and yet these did")?, true)
        }
    };
    let (samples, labelled) = samples;
    let labels = if labelled { &samples.labels[..] } else { &[] };
    let frames = spec.film.map_or(1, |film| film.frames);
    match (samples.source, spec.source) {
        (Some(source), Some(shape)) => args.files.write(&source, shape, 1, labels),
        _ => args.files.write(samples.target.bytes(), spec.target, frames, labels),
    }
}
