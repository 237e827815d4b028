//! Subcommands and how they end: a result on stdout, or one clear line on stderr and a non-zero exit; by a
//! signal that was waited for, as a shell reports it.
//! Knows flags, files and terminals; everything that is about GANs it asks of the library.

mod augment;
mod chart;
mod digits;
mod draw;
mod driver;
mod eval;
mod eval_points;
mod eval_stacks;
mod eval_views;
mod export;
mod files;
mod grid;
mod journal;
mod measure;
mod mnist_files;
mod output;
mod picture_files;
mod plot;
mod point_files;
mod presets;
mod run_folder;
mod sample;
mod settings;
mod stop;
mod train;
mod train_classifier;
mod train_log;
mod view;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use ganvas::device::DeviceKind;
use std::process::ExitCode;

/// Train small GANs on handwritten digits, draw with them and score what they draw.
#[derive(Parser)]
#[command(name = "ganvas", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Train(train::Args),
    Sample(sample::Args),
    Export(export::Args),
    Eval(eval::Args),
    Draw(draw::Args),
    View(view::Args),
    TrainClassifier(train_classifier::Args),
    Augment(augment::Args),
    Presets(presets::Args),
}

const FAILED: u8 = 1;
const BAD_USAGE: u8 = 2;

pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let fault = "error: a fault in ganvas itself, please report it";
        output::notice(format_args!("{fault}: {}", one_line(panic)));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return bad_usage(&error),
    };
    let result = match cli.command {
        Command::Train(args) => train::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Export(args) => export::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Draw(args) => draw::run(args),
        Command::View(args) => view::run(args),
        Command::TrainClassifier(args) => train_classifier::run(args),
        Command::Augment(args) => augment::run(args),
        Command::Presets(args) => presets::run(args),
    };
    match (result, stop::asked()) {
        (Ok(()), None) => ExitCode::SUCCESS,
        (Ok(()), Some(signal)) => ExitCode::from(signal.exit_code()),
        (Err(error), _) => {
            output::notice(format_args!("error: {}", one_line(format!("{error:#}"))));
            ExitCode::from(FAILED)
        }
    }
}

/// Help and version as clap prints them; a wrong flag in one line.
fn bad_usage(error: &clap::Error) -> ExitCode {
    let asked_for = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    if asked_for.contains(&error.kind()) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        output::notice(
            "error: say what to do, such as `ganvas train`; `ganvas --help` lists it all",
        );
        return ExitCode::from(BAD_USAGE);
    }
    let message = error.render().to_string();
    let useful = message.split("Usage:").next().unwrap_or_default();
    let useful = useful.split("For more information").next().unwrap_or_default();
    output::notice(format_args!("{} (see --help)", one_line(useful)));
    ExitCode::from(BAD_USAGE)
}

fn one_line(text: impl ToString) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Parses `--device`.
fn device() -> impl TypedValueParser<Value = DeviceKind> {
    let kinds = [DeviceKind::Cpu, DeviceKind::Gpu];
    PossibleValuesParser::new(kinds.map(DeviceKind::name)).map(move |name| {
        kinds.into_iter().find(|kind| kind.name() == name).unwrap_or(DeviceKind::built_in())
    })
}
