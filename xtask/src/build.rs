//! `cargo xtask build`: the whole site in dist/, compressed, with a table of its sizes; or ganvas.html alone.

use crate::program::{self, Program};
use crate::shell::{Steps, say};
use crate::tools::Binder;
use crate::workspace::Workspace;
use crate::{budget, compress, data, single, site, tools};
use anyhow::Result;

#[derive(clap::Args, Default)]
pub struct Options {
    /// Leave the GPU program out; the page then trains on the CPU and says why
    #[arg(long)]
    pub cpu_only: bool,
    /// Write the sizes down in xtask/sizes.json, for later builds to say what has grown
    #[arg(long, conflicts_with = "cpu_only")]
    pub record_sizes: bool,
    /// Write only ganvas.html: the whole page in one file, without the GPU program, that needs no server
    #[arg(long, conflicts_with_all = ["cpu_only", "record_sizes"])]
    pub single: bool,
    /// Leave MNIST's first digits out of ganvas.html
    #[arg(long, requires = "single")]
    pub without_mnist: bool,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.single {
        return single(workspace, options.without_mnist);
    }
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
    let homes = site::build(workspace, &trunk, shards.as_deref(), &built)?;
    site::keep_offline(&workspace.dist())?;

    steps.next("Compressing");
    let sizes = compress::site(workspace, &workspace.dist())?;
    print!("\n{}\n", compress::table(&sizes));
    budget::check(workspace, &sizes, &homes, options.record_sizes)?;
    say(format_args!("The site is in {} ({})", workspace.dist().display(), steps.elapsed()));
    Ok(())
}

/// The page in one file.
fn single(workspace: &Workspace, without_mnist: bool) -> Result<()> {
    let mut steps = Steps::new(4);
    steps.next("Looking for tools");
    tools::wasm_target(workspace)?;
    tools::npm_packages(workspace)?;
    let binder = Binder::find(workspace)?;

    steps.next("Looking for MNIST");
    let shards = if without_mnist { None } else { data::shards(workspace)? };

    steps.next(format_args!("Building the {} ({})", Program::Cpu, Program::Cpu.wait()));
    let program = program::build(workspace, Program::Cpu, &binder)?;

    steps.next("Putting the page together");
    let page = workspace.dist().join(single::NAME);
    let bytes = single::write(workspace, &program, shards.as_deref(), &page)?;
    let kilobytes = bytes as f64 / 1000.0;
    say(format_args!("{}: {kilobytes:.1} kB ({})", page.display(), steps.elapsed()));
    Ok(())
}
