//! The project's own commands: `cargo xtask serve`, `build`, `test`, `fuzz`, `bench`, `soak`, `package` and `data`. Knows tools,
//! files and processes; must not depend on the ganvas crate, so that it builds in seconds.

mod bench;
mod budget;
mod build;
mod bundle;
mod compress;
mod data;
mod files;
mod fuzz;
#[path = "../../src/cli/mnist_files.rs"]
mod mnist_files;
mod models;
mod offline;
mod package;
mod prebuilt;
mod program;
mod serve;
mod server;
mod shell;
mod single;
mod site;
mod snip;
mod soak;
mod test;
mod tools;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use workspace::Workspace;

/// Builds, serves, tests and measures ganvas.
///
/// What is built, downloaded or installed is kept in GANVAS_CACHE_DIR, or else in `ganvas` in your
/// cache folder; cargo's output goes there too, unless CARGO_TARGET_DIR says otherwise.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build the site and serve it on this machine
    Serve(serve::Options),
    /// Build the site into dist/, ready to be put on any static host
    Build(build::Options),
    /// Run every check: formatting, lints, types, unit tests and browser tests
    Test(test::Options),
    /// Try damaged files, messages and addresses on everything that reads some
    Fuzz(fuzz::Options),
    /// Measure a training step of each preset, natively and in Chromium
    Bench(bench::Options),
    /// Train in the real page through everything that may happen to it, and compare its memory
    Soak(soak::Options),
    /// Train the models that lie ready on the site
    Models(models::Options),
    /// Put together the npm package of the custom element, and check it
    Package,
    /// Find or download MNIST and cut it into the site's shards
    Data,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let done = Workspace::locate().and_then(|workspace| match command {
        Command::Serve(options) => serve::run(&workspace, &options),
        Command::Build(options) => build::run(&workspace, &options),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Fuzz(options) => fuzz::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Soak(options) => soak::run(&workspace, &options),
        Command::Models(options) => models::run(&workspace, &options),
        Command::Package => package::run(&workspace),
        Command::Data => data::run(&workspace),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
