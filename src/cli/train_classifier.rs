//! `ganvas train-classifier`: the weights behind every quality figure.

use super::digits::{Data, Half, mnist};
use super::files::{self, Overwrite};
use super::output;
use anyhow::{Result, bail};
use ganvas::device::{self, DeviceKind};
use ganvas::train::train_classifier;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;

/// Train the digit classifier on MNIST and write its weights
#[derive(clap::Args)]
pub struct Args {
    /// The folder of MNIST's four files; the environment variable GANVAS_MNIST_DIR otherwise
    #[arg(long, value_name = "DIR")]
    data: Option<Data>,
    /// Times that every training picture is seen
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    epochs: u32,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "classifier.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    overwrite: Overwrite,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

pub fn run(args: Args) -> Result<()> {
    let Data::Mnist(folder) = Data::or_environment(args.data)? else {
        bail!("the classifier learns from MNIST: give its folder as --data");
    };
    files::check(&[&args.out], args.overwrite)?;
    let (train, test) = (mnist(&folder, Half::Train)?, mnist(&folder, Half::Test)?);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left, {msg}")?;
    let bar = ProgressBar::new(0).with_style(style);
    let (accuracy, weights) = pollster::block_on(async {
        let device = device::open(args.device).await?;
        let epochs = args.epochs as usize;
        let trained = train_classifier(&train, &test, args.seed, epochs, &device, |progress| {
            bar.set_length(progress.steps as u64);
            bar.set_position(progress.step as u64);
            bar.set_message(format!("loss {:.4}", progress.loss));
        })
        .await?;
        anyhow::Ok((trained.test_accuracy, trained.classifier.to_safetensors().await?))
    })?;
    bar.finish_and_clear();
    files::write_new(&[(&args.out, weights)], args.overwrite)?;
    let percent = accuracy * 100.0;
    let out = args.out.display();
    output::result(format_args!(
        "{percent:.2} % of the test pictures are read correctly; wrote {out}"
    ))
}
