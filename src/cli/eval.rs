//! `ganvas eval`: how good pictures are, as JSON.

use super::digits::{Data, Half, mnist};
use super::files;
use anyhow::{Context, Result, bail};
use ganvas::data::{DataError, PIXELS, idx};
use ganvas::device::{self, DeviceKind};
use ganvas::metrics;
use ganvas::metrics::classifier::Classifier;
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Score pictures with the project's digit classifier; prints JSON
#[derive(clap::Args)]
pub struct Args {
    /// The pictures, an IDX file, gzipped or not
    #[arg(value_name = "IMAGES.idx")]
    images: PathBuf,
    /// Which digit each was meant to be, for the label accuracy
    #[arg(long, value_name = "LABELS.idx")]
    labels: Option<PathBuf>,
    /// Score only the first so many: distances of sets of one size can be compared
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The folder of MNIST, whose test pictures the Fréchet distance compares with; without it no
    /// distance is given
    #[arg(long, value_name = "DIR")]
    data: Option<Data>,
    /// Weights that `ganvas train-classifier` has written, instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

pub fn run(args: Args) -> Result<()> {
    let mut images = idx::read_images(&files::read(&args.images)?)
        .with_context(|| format!("{} cannot be used", args.images.display()))?;
    let mut labels = match &args.labels {
        Some(path) => Some(
            idx::read_labels(&files::read(path)?)
                .with_context(|| format!("{} cannot be used", path.display()))?,
        ),
        None => None,
    };
    if let Some(labels) = &labels
        && labels.len() != images.len() / PIXELS
    {
        let (images, labels) = (images.len() / PIXELS, labels.len());
        return Err(DataError::CountMismatch { images, labels }.into());
    }
    if let Some(count) = args.count.map(|count| count as usize) {
        let there = images.len() / PIXELS;
        if count > there {
            bail!("--count asks for {count} pictures, but {} has {there}", args.images.display());
        }
        images.truncate(count * PIXELS);
        if let Some(labels) = &mut labels {
            labels.truncate(count);
        }
    }
    let real = match &args.data {
        Some(Data::Mnist(folder)) => Some(mnist(folder, Half::Test)?),
        Some(Data::Drawn) => bail!("pictures are compared with MNIST: give its folder as --data"),
        None => None,
    };
    let report = pollster::block_on(async {
        let device = device::open(args.device).await?;
        let classifier = match &args.classifier {
            Some(path) => Classifier::from_safetensors(&files::read(path)?, &device)
                .with_context(|| format!("{} was refused", path.display()))?,
            None => Classifier::built_in(&device)?,
        };
        let reference = match &real {
            Some(real) => Some(metrics::reference(&classifier, &real.images).await?),
            None => None,
        };
        let report =
            metrics::evaluate(&classifier, &images, labels.as_deref(), reference.as_ref()).await?;
        anyhow::Ok(report)
    })?;
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&report)?)?;
    Ok(())
}
