//! `cargo xtask serve`: from a fresh clone to a page that trains. What the page needs first comes
//! first: it is served as soon as the CPU program is there, and the GPU program is added later.

use crate::program::{self, Program};
use crate::server::Server;
use crate::shell::{Steps, say};
use crate::tools::Binder;
use crate::workspace::Workspace;
use crate::{compress, data, site, tools};
use anyhow::Result;
use std::thread;

#[derive(clap::Args)]
pub struct Options {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Leave the GPU program out; the page then trains on the CPU and says why
    #[arg(long)]
    cpu_only: bool,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    // Before minutes of building: a port that is taken is better known now.
    let server = Server::bind(options.port)?;
    let mut steps = Steps::new(if options.cpu_only { 5 } else { 6 });

    steps.next("Looking for tools");
    tools::wasm_target(workspace)?;
    tools::npm_packages(workspace)?;

    steps.next("Looking for MNIST");
    let shards = data::shards(workspace)?;

    steps.next(format_args!("Building the {} ({})", Program::Cpu, Program::Cpu.wait()));
    // The last minutes of the program's build keep one core busy: another can build the tools.
    let (wasm, tools) = thread::scope(|scope| {
        let tools = scope
            .spawn(|| -> Result<_> { Ok((Binder::find(workspace)?, tools::trunk(workspace)?)) });
        let wasm = program::compile(workspace, Program::Cpu);
        (wasm, tools.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (binder, trunk) = tools?;
    let cpu = program::bind(workspace, Program::Cpu, &binder, &wasm?)?;

    steps.next("Building the page");
    site::build(workspace, &trunk, shards.as_deref(), &[(Program::Cpu, cpu)])?;

    let address = server.address();
    let running = server.start(&workspace.dist())?;
    steps.next(format_args!("Serving after {}", steps.elapsed()));
    say(format_args!("\n  Open {address}   (Ctrl+C stops)\n"));
    pack(workspace);

    if !options.cpu_only {
        steps.next(format_args!(
            "Building the {} ({}); until then the page trains on the CPU",
            Program::Gpu,
            Program::Gpu.wait()
        ));
        let added = program::build(workspace, Program::Gpu, &binder)
            .and_then(|gpu| site::add(workspace, Program::Gpu, &gpu));
        match added {
            Ok(()) => {
                say(format_args!("  reload {address} to train on a GPU"));
                pack(workspace);
            }
            Err(error) => {
                eprintln!("error: {error:#}; the page goes on without the {}", Program::Gpu);
            }
        }
    }
    running.wait();
    Ok(())
}

/// Compresses what is served to a fifth of the bytes, as a public host would: what a visitor loads shows in the
/// browser's own tools, and comes faster through a tunnel. It is served as it is until then, and where that fails.
fn pack(workspace: &Workspace) {
    if let Err(error) = compress::site(workspace, &workspace.dist()) {
        eprintln!("warning: the site is served uncompressed: {error:#}");
    }
}
