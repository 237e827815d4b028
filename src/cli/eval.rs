//! `ganvas eval`: how good pictures are, as JSON.

use super::digits::{Data, Half, mnist};
use super::picture_files::labels_of;
use super::{eval_points, eval_stacks, eval_views, files, output};
use anyhow::{Context, Error, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ganvas::data::idx::{self, Stack};
use ganvas::data::points::{Drawing, DrawnError};
use ganvas::data::{DataError, DatasetKind, Digits, PIXELS, SIDE, View};
use ganvas::device::{self, DeviceKind};
use ganvas::metrics::classifier::Classifier;
use ganvas::metrics::logits::Logits;
use ganvas::metrics::pairs::Pairs;
use ganvas::metrics::{self, Figures, Metric, MetricEntry, Report};
use ganvas::recipe::Described;
use ganvas::train::{Judged, Trainer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;

/// Score pictures with the project's digit classifier, or points by their distribution; prints JSON
#[derive(clap::Args)]
#[command(after_long_help = help())]
pub struct Args {
    /// The pictures, an IDX file, gzipped or not; with --points a table of points
    #[arg(value_name = "IMAGES.idx")]
    images: PathBuf,
    /// Which digit each was meant to be, for the label accuracy; for NAME.idx NAME.labels.idx when absent,
    /// if it is there
    #[arg(long, value_name = "LABELS.idx")]
    labels: Option<PathBuf>,
    /// What each should be, in the same order, for distance, PSNR and SSIM
    #[arg(long, value_name = "IMAGES.idx")]
    truth: Option<PathBuf>,
    /// The file holds points, a line of numbers for each: the data set that they are to be distributed as
    #[arg(long, value_name = "DATASET", value_parser = points(), conflicts_with_all = ["labels", "truth", "data", "checkpoint", "classifier"])]
    points: Option<DatasetKind>,
    /// What that data set is made of, if it is drawn: a recipe's `drawing`
    #[arg(long, value_name = "TEXT", requires = "points", value_parser = drawing, default_value = "")]
    drawing: Box<Drawing>,
    /// The file holds what a run with this view makes: films (moving, written) or pictures in colour (tinted)
    #[arg(long, value_name = "VIEW", value_parser = targets(), conflicts_with_all = ["truth", "checkpoint", "points"])]
    view: Option<View>,
    /// Look for no labels
    #[arg(long, conflicts_with = "labels")]
    no_labels: bool,
    /// Score only the first so many: distances of sets of one size can be compared
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// The folder of MNIST, whose test pictures these are compared with, and as many training pictures
    /// in their place, which gives the floor; without it there are neither distances nor neighbours
    #[arg(long, value_name = "DIR")]
    data: Option<Data>,
    /// The run that drew the pictures, to ask its discriminator too
    #[arg(long, value_name = "FILE", requires = "data")]
    checkpoint: Option<PathBuf>,
    /// Weights that `ganvas train-classifier` has written, instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

/// Parses `--drawing`.
fn drawing(text: &str) -> Result<Box<Drawing>, DrawnError> {
    Drawing::parse(text).map(Box::new)
}

/// Parses a view.
pub fn view() -> impl TypedValueParser<Value = View> {
    one_of(|view: View| view != View::Plain)
}

/// Parses `--view`: one that makes targets of its own.
fn targets() -> impl TypedValueParser<Value = View> {
    one_of(|view: View| view != View::Plain && !view.makes_sources())
}

/// Parses the name of one of those that `count`.
fn one_of<T: Described + Serialize + DeserializeOwned + Send + Sync>(
    count: fn(T) -> bool,
) -> impl TypedValueParser<Value = T> {
    let named = |value: T| {
        serde_json::to_value(value).ok().and_then(|name| name.as_str().map(String::from))
    };
    let names: Vec<String> =
        T::ALL.iter().copied().filter(|&v| count(v)).filter_map(named).collect();
    PossibleValuesParser::new(names)
        .try_map(|name| serde_json::from_value(serde_json::Value::String(name)))
}

/// Parses `--points`.
fn points() -> impl TypedValueParser<Value = DatasetKind> {
    one_of(DatasetKind::has_points)
}

pub fn run(args: Args) -> Result<()> {
    if let Some(kind) = args.points {
        let most = args.count.map(|count| count as usize);
        return output::result(eval_points::score(&args.images, kind, *args.drawing, most)?);
    }
    let (stack, mut images) = idx::read_pictures(&files::read(&args.images)?)
        .with_context(|| format!("{} cannot be used", args.images.display()))?;
    let channels = stack.channels();
    let size = PIXELS * channels;
    if let (Stack::Films(frames), None) = (stack, args.view) {
        bail!("these are films of {frames} frames: say of what by --view moving or --view written");
    }
    let asks_more = args.labels.is_some() || args.checkpoint.is_some() || args.truth.is_some();
    if channels > 1 && args.view.is_none() && asks_more {
        bail!(
            "stacked digits have no labels, are shown to no discriminator and are held to no truth: leave out --labels, --checkpoint and --truth"
        );
    }
    let labels_file = match (channels, args.view) {
        (1, _) | (_, Some(_)) => args.labels_file(),
        _ => None,
    };
    let mut labels = match &labels_file {
        Some(path) => Some(
            idx::read_labels(&files::read(path)?)
                .with_context(|| format!("{} cannot be used", path.display()))?,
        ),
        None => None,
    };
    if let (Some(labels), Some(path)) = (&labels, &labels_file)
        && labels.len() != images.len() / size
    {
        let (images, labels) = (images.len() / size, labels.len());
        let mismatch = Error::new(DataError::CountMismatch { images, labels });
        return Err(match args.labels {
            Some(_) => mismatch,
            None => mismatch.context(format!(
                "{} lies beside the pictures, but does not fit them (name others with --labels, or use --no-labels)",
                path.display()
            )),
        });
    }
    if let Some(count) = args.count.map(|count| count as usize) {
        let there = images.len() / size;
        if count > there {
            bail!("--count asks for {count} pictures, but {} has {there}", args.images.display());
        }
        images.truncate(count * size);
        if let Some(labels) = &mut labels {
            labels.truncate(count);
        }
    }
    let truth = if args.view.is_none() { args.truth(&images)? } else { None };
    let folder = match &args.data {
        Some(Data::Mnist(folder)) => Some(folder),
        Some(Data::Drawn) => bail!("pictures are compared with MNIST: give its folder as --data"),
        None => None,
    };
    let real = match folder.filter(|_| channels == 1 && args.view.is_none()) {
        Some(folder) => {
            let mut seen = mnist(folder, Half::Train)?;
            seen.truncate(images.len() / PIXELS);
            Some(Real { seen, held_out: mnist(folder, Half::Test)? })
        }
        None => None,
    };
    let evaluation = pollster::block_on(async {
        let device = device::open(args.device).await?;
        let classifier = match &args.classifier {
            Some(path) => Classifier::from_safetensors(&files::read(path)?, &device)
                .with_context(|| format!("{} was refused", path.display()))?,
            None => Classifier::built_in(&device)?,
        };
        if let Some(view) = args.view {
            let (labels, folder) = (labels.as_deref(), folder.map(PathBuf::as_path));
            return eval_views::score(&classifier, view, &images, labels, folder).await;
        }
        if channels > 1 {
            let folder = folder.map(PathBuf::as_path);
            return eval_stacks::score(&classifier, &images, folder).await;
        }
        let labels = labels.as_deref();
        let Some(real) = &real else {
            let mut report = metrics::evaluate(&classifier, &images, labels, None).await?;
            report.figures.extend(near(&images, truth.as_deref())?);
            let evaluation = Evaluation { report, floor: None, labels: labels_file };
            return anyhow::Ok(serde_json::to_string_pretty(&evaluation)?);
        };
        let reference = metrics::reference(&classifier, &real.held_out.images).await?;
        let reference = Some(&reference);
        let mut report = metrics::evaluate(&classifier, &images, labels, reference).await?;
        let Digits { images: seen, labels: meant } = &real.seen;
        let floor = metrics::evaluate(&classifier, seen, Some(meant), reference).await?;
        report.figures.extend(near(&images, truth.as_deref())?);
        if let Some(path) = &args.checkpoint {
            let trainer = Trainer::restore(&files::read(path)?, device.clone())
                .with_context(|| format!("{} was refused", path.display()))?;
            report.figures.extend(judged(&trainer, real, &images, labels).await?);
        }
        let floor = Some(floor.figures);
        Ok(serde_json::to_string_pretty(&Evaluation { report, floor, labels: labels_file })?)
    })?;
    output::result(evaluation)
}

impl Args {
    /// The pictures of `--truth`, as many as are evaluated.
    fn truth(&self, images: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(path) = &self.truth else { return Ok(None) };
        let mut truth = idx::read_images(&files::read(path)?)
            .with_context(|| format!("{} cannot be used", path.display()))?;
        if truth.len() < images.len() {
            let (there, wanted) = (truth.len() / PIXELS, images.len() / PIXELS);
            bail!("{} has {there} pictures for {wanted} that are evaluated", path.display());
        }
        truth.truncate(images.len());
        Ok(Some(truth))
    }

    /// The file of labels that was named, or that lies beside the pictures.
    fn labels_file(&self) -> Option<PathBuf> {
        let beside = || Some(labels_of(&self.images)).filter(|path| path.is_file());
        self.labels.clone().or_else(|| beside().filter(|_| !self.no_labels))
    }
}

/// How near pictures are to what they should be.
fn near(images: &[u8], truth: Option<&[u8]>) -> Result<Figures> {
    let Some(truth) = truth else { return Ok(Figures::new()) };
    let mut pairs = Pairs::new(SIDE)?;
    pairs.add(images, truth)?;
    let figures = pairs.figures().map(|of| {
        Figures::from([
            (Metric::AbsoluteDifference, of.absolute_difference),
            (Metric::Psnr, of.psnr),
            (Metric::Ssim, of.ssim),
        ])
    });
    Ok(figures.unwrap_or_default())
}

/// What is printed.
#[derive(Serialize)]
struct Evaluation {
    #[serde(flatten)]
    report: Report,
    /// The same figures of training pictures in the place of these.
    floor: Option<Figures>,
    /// The file of labels that they were held to.
    labels: Option<PathBuf>,
}

/// MNIST's training pictures, as many as are evaluated, and its test pictures.
struct Real {
    seen: Digits,
    held_out: Digits,
}

/// What the discriminator of a run says of its drawings and of real pictures.
async fn judged(
    trainer: &Trainer,
    real: &Real,
    images: &[u8],
    labels: Option<&[u8]>,
) -> Result<Figures> {
    let nothing = vec![0; images.len() / PIXELS];
    let labels = match labels {
        Some(labels) => labels,
        None if trainer.recipe().conditional => {
            bail!("this run's discriminator is conditional: give --labels")
        }
        None => &nothing,
    };
    let players = trainer.freeze();
    let Real { seen, held_out } = real;
    if trainer.recipe().game().given(0).is_some() {
        bail!(
            "this run's discriminator also sees what a picture was translated from, which the file does not say: leave out --checkpoint"
        );
    }
    let judged = |pixels, labels| Judged { pixels, labels, given: &[] };
    let seen = players.logits(trainer, judged(&seen.images, &seen.labels)).await?;
    let held_out = players.logits(trainer, judged(&held_out.images, &held_out.labels)).await?;
    let fake = players.logits(trainer, judged(images, labels)).await?;
    let threshold = trainer.recipe().objective.threshold();
    Ok(Logits { seen: &seen, held_out: &held_out, fake: &fake, threshold }.figures())
}

/// Every figure by its name, for `--help`.
fn help() -> String {
    let mut text = String::from("What is printed, by its name:\n");
    for metric in Metric::ALL {
        let MetricEntry { label, help, formula, paper, sample, .. } = metric.entry();
        let name = serde_json::to_value(metric).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        text += &format!(
            "\n  {name}\n      {label}. {help}\n      {formula}\n      Of {sample}. {}, {}\n",
            paper.citation, paper.url
        );
    }
    text + "\nStacked digits are read by colour: modes are the numbers from 000 to 999 that occur, reverse_kl their divergence from even shares, in nats.\nThose that begin with d_ need --checkpoint. `floor` holds what training digits read in the place of the pictures, `labels` the file that says what they were meant to be. A figure that needs more pictures says so in its row."
}
