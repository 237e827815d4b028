//! `cargo xtask build`: the whole site in dist/, compressed, with a table of its sizes.

use crate::program::{self, Program};
use crate::shell::{Steps, say};
use crate::tools::Binder;
use crate::workspace::Workspace;
use crate::{budget, compress, data, site, tools};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Options {
    /// Leave the GPU program out; the page then trains on the CPU and says why
    #[arg(long)]
    pub cpu_only: bool,
    /// Write the sizes down in xtask/sizes.json, for later builds to say what has grown
    #[arg(long, conflicts_with = "cpu_only")]
    pub record_sizes: bool,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.cpu_only { 5 } else { 6 });
    steps.next("Looking for tools");
    tools::wasm_target(workspace)?;
    tools::npm_packages(workspace)?;
    let binder = Binder::find(workspace)?;
    let trunk = tools::trunk(workspace)?;

    steps.next("Looking for MNIST");
    let shards = data::shards(workspace)?;

    let programs: &[Program] =
        if options.cpu_only { &[Program::Cpu] } else { &[Program::Cpu, Program::Gpu] };
    let mut built = Vec::new();
    for &program in programs {
        steps.next(format_args!("Building the {program} ({})", program.wait()));
        built.push((program, program::build(workspace, program, &binder)?));
    }

    steps.next("Building the page");
    site::build(workspace, &trunk, shards.as_deref(), &built)?;

    steps.next("Compressing");
    let sizes = compress::site(workspace, &workspace.dist())?;
    print!("\n{}\n", compress::table(&sizes));
    budget::check(workspace, &sizes, options.record_sizes)?;
    say(format_args!("The site is in {} ({})", workspace.dist().display(), steps.elapsed()));
    Ok(())
}
