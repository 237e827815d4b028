//! `ganvas sample`: pictures from a trained generator as an IDX file.

use super::driver::Driver;
use super::picture_files::PictureFiles;
use anyhow::{Context, Result};
use ganvas::device::DeviceKind;
use ganvas::session::protocol::{Command, Event, SampleRequest};
use std::path::PathBuf;

/// Draw with a trained generator: pictures as an IDX file, and their labels beside it if it is
/// conditional
#[derive(clap::Args)]
pub struct Args {
    /// A checkpoint that `ganvas train` or the page has saved
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// How many; a conditional generator is asked for 0, 1, .. 9, 0, .. in rotation
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// The same seed and checkpoint draw the same pictures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Less variety for clearer drawings, from above 0 to 1 for none: styles move towards their mean, or
    /// latents are drawn within ±2 times this
    #[arg(long, default_value_t = 1.0, value_parser = truncation)]
    truncation: f64,
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
    let request = SampleRequest {
        count: args.count as usize,
        seed: args.seed,
        latents: None,
        labels: None,
        truncation: Some(args.truncation),
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
    args.files.write(&pictures.pixels, pictures.channels(), &pictures.labels)
}

/// Parses `--truncation`.
fn truncation(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|&psi: &f64| psi > 0.0 && psi <= 1.0);
    number.ok_or_else(|| "a truncation lies above 0 and goes up to 1, which is none".into())
}
