//! `ganvas sample`: pictures from a trained generator as an IDX file.

use super::driver::Driver;
use super::picture_files::PictureFiles;
use super::{files, grid};
use anyhow::{Context, Result, ensure};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ganvas::data::{CLASSES, idx};
use ganvas::device::DeviceKind;
use ganvas::recipe::Recipe;
use ganvas::rng::{Stream, normals, stream};
use ganvas::session::protocol::{
    Command, Direction, Event, Form, Given, Pictures, SampleRequest, Second,
};
use std::path::{Path, PathBuf};

/// Draw with a trained generator: pictures as an IDX file, and their labels beside it if it is
/// conditional
#[derive(clap::Args)]
pub struct Args {
    /// A checkpoint that `ganvas train` or the page has saved
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// How many; a conditional generator is asked for 0, 1, .. 9, 0, .. in rotation. Of a run that translates, the
    /// first so many pictures of --input, or all
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..), required_unless_present_any = ["input", "mix"])]
    count: Option<u32>,
    /// The pictures that a run which translates is to translate, an IDX file, gzipped or not: whole digits, of which
    /// the run's view is taken first
    #[arg(long, value_name = "PICTURES.idx")]
    input: Option<PathBuf>,
    /// The pictures of --input are already as that view makes them
    #[arg(long, requires = "input")]
    raw: bool,
    /// Of a run that translates both ways: back to plain digits, or forth to what its view makes of them
    #[arg(long, requires = "input", value_parser = direction(), default_value = "back")]
    direction: Direction,
    /// The same seed and checkpoint draw the same pictures; it also decides what a view does by chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Less variety for clearer drawings, from above 0 to 1 for none: styles move towards their mean, or
    /// latents are drawn within ±2 times this
    #[arg(long, default_value_t = 1.0, value_parser = truncation)]
    truncation: f64,
    /// Of a run whose latents can be mixed, a table of so many rows and columns: a row shares the coarse styles or the
    /// content, a column the fine styles or the motion
    #[arg(long, value_name = "N", conflicts_with_all = ["count", "input"], value_parser = clap::value_parser!(u32).range(1..=10))]
    mix: Option<u32>,
    /// The first layer whose style is the column's
    #[arg(long, value_name = "LAYER", requires = "mix", default_value_t = 2)]
    mix_from: usize,
    #[command(flatten)]
    files: PictureFiles,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

pub fn run(args: Args) -> Result<()> {
    args.files.check(Some(&args.checkpoint))?;
    let mut driver = Driver::open(args.device)?;
    driver.restore(&args.checkpoint)?;
    let recipe = driver.recipe().context("the checkpoint holds no run")?;
    let pictures = args.input.as_ref().map(|path| args.read(path, &recipe)).transpose()?;
    let count = match (&pictures, args.count) {
        (Some((count, _)), _) => *count,
        (None, count) => count.unwrap_or_default() as usize,
    };
    let request = SampleRequest {
        count,
        seed: args.seed,
        truncation: Some(args.truncation),
        pictures: pictures.map(|(_, given)| given),
        ..SampleRequest::default()
    };
    let request = match args.mix {
        Some(side) => args.table(side as usize, recipe.latent, request),
        None => request,
    };
    let mut events = driver.tick(vec![Command::Sample { id: 0, request }])?;
    while driver.busy() {
        events.extend(driver.tick(vec![])?);
    }
    let sampled = events.into_iter().find_map(|event| match event {
        Event::Sampled { pictures, .. } => Some(pictures),
        _ => None,
    });
    let pictures = sampled.context("the session did not answer")?;
    let Pictures { pixels, shape, frames, labels, .. } = pictures;
    let columns = args.mix.map_or(grid::COLUMNS, |side| side as usize);
    args.files.write_in(columns, &pixels, shape, frames, &labels)
}

impl Args {
    /// Asks for `side` x `side` pictures, row by row: each row has a latent, each column a second one.
    fn table(&self, side: usize, latent: usize, request: SampleRequest) -> SampleRequest {
        let of = |seed| normals(&mut stream(seed, Stream::Samples, 0), side * latent);
        let (rows, columns) = (of(self.seed), of(self.seed.wrapping_add(1)));
        let repeated = rows.chunks(latent).flat_map(|row| row.repeat(side)).collect();
        let labels = (0..side * side).map(|k| (k / side % CLASSES) as u8).collect();
        SampleRequest {
            count: side * side,
            latents: Some(repeated),
            labels: Some(labels),
            second: Some(Second { latents: columns.repeat(side), from: self.mix_from }),
            ..request
        }
    }

    /// The pictures of `--input`, and how many they are.
    fn read(&self, path: &Path, recipe: &Recipe) -> Result<(usize, Given)> {
        let spec = recipe.data().spec();
        let shape = match (self.raw, spec.source) {
            (true, Some(source)) => source,
            _ => spec.target,
        };
        let mut pixels = idx::read_images_of(&files::read(path)?, shape.side)
            .with_context(|| format!("{} cannot be used", path.display()))?;
        let there = pixels.len() / shape.size();
        let count = self.count.map_or(there, |count| count as usize);
        ensure!(
            count <= there,
            "--count asks for {count} pictures, but {} has {there}",
            path.display()
        );
        pixels.truncate(count * shape.size());
        let form = if self.raw { Form::Source } else { Form::Target };
        Ok((count, Given { pixels: pixels.into(), form, direction: self.direction }))
    }
}

/// Parses `--direction`.
fn direction() -> impl TypedValueParser<Value = Direction> {
    PossibleValuesParser::new(["back", "forth"])
        .map(|name| if name == "forth" { Direction::Forth } else { Direction::Back })
}

/// Parses `--truncation`.
fn truncation(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|&psi: &f64| psi > 0.0 && psi <= 1.0);
    number.ok_or_else(|| "a truncation lies above 0 and goes up to 1, which is none".into())
}
