//! `ganvas export`: a run as a model, a small file to look at it by and to go on from.

use super::driver::Driver;
use super::files::{self, Overwrite};
use super::output;
use anyhow::{Context, Result, ensure};
use ganvas::device::DeviceKind;
use ganvas::session::protocol::{Command, Event};
use std::path::PathBuf;

/// Make a small file of a run: numbers of half precision, the generator's moving average instead of its own weights,
/// and nothing of what optimisers have gathered, who start gathering again
#[derive(clap::Args)]
pub struct Args {
    /// A checkpoint that `ganvas train` or the page has saved
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// The file to write; all that takes a checkpoint takes it as well
    #[arg(long, value_name = "FILE.safetensors")]
    out: PathBuf,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub fn run(args: Args) -> Result<()> {
    ensure!(
        !files::are_same(&args.out, &args.checkpoint),
        "{} is what the model is made from: give it a name of its own",
        args.out.display()
    );
    files::check(&[&args.out], args.overwrite)?;
    let mut driver = Driver::open(DeviceKind::built_in())?;
    driver.restore(&args.checkpoint)?;
    let events = driver.tick(vec![Command::Export { id: 0 }])?;
    let exported = events.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint.into_vec()),
        _ => None,
    });
    let model = exported.context("the session did not answer")?;
    let bytes = model.len();
    files::write_new(&[(&args.out, model)], args.overwrite)?;
    output::result(format_args!("wrote {}, {bytes} bytes", args.out.display()))?;
    Ok(())
}
