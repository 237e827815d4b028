//! `cargo xtask soak`: the built site in Chromium for as long as one likes, while everything happens to it that
//! happens to a page in a long life. What that is stands in `tests/browser/soak.mjs`.

use crate::program::Program;
use crate::server::Server;
use crate::shell::{self, NODE_JS, Steps};
use crate::workspace::Workspace;
use crate::{site, tools};
use anyhow::{Result, ensure};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
pub struct Options {
    /// How long; an hour destroys a hundred GPU devices
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// Which sequence of events, as a run that failed has printed it; otherwise a new one
    #[arg(long)]
    seed: Option<u32>,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::new(2);
    steps.next("Looking for the site and the browser");
    tools::node()?;
    let chromium = tools::chromium()?;
    tools::npm_packages(workspace)?;
    let dist = workspace.dist();
    for program in [Program::Cpu, Program::Gpu] {
        ensure!(site::has(&dist, program), "dist/ has no {program}: run `cargo xtask build` first");
    }
    let seed = options.seed.unwrap_or_else(any_seed);

    steps.next(format_args!(
        "Training through everything that may happen ({} min, --seed {seed})",
        options.minutes
    ));
    // Isolated: only such a page may measure all of its memory, its workers' included.
    let server = Server::bind(0)?.isolated();
    let address = server.address();
    let _serving = server.start(&dist)?;
    let mut node = NODE_JS.command();
    node.arg("tests/browser/soak.mjs")
        .args([options.minutes.to_string(), seed.to_string()])
        .env("CHROMIUM", chromium)
        .env("GANVAS_SITE", address)
        .current_dir(&workspace.root);
    shell::run(NODE_JS, &mut node)
}

fn any_seed() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() as u32 % 1_000_000
}
