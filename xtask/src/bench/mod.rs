//! `cargo xtask bench`: what training costs, as one report in Markdown and JSON. It measures; it never
//! judges.

mod compare;
mod load;
mod metrics;
mod page;
mod peers;
mod step;
mod ttd;

use crate::program::{self, Program};
use crate::server::Server;
use crate::shell::{self, NODE_JS, Steps, ask, say};
use crate::tools::Binder;
use crate::workspace::Workspace;
use crate::{files, site, tools};
use anyhow::{Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// The folder to write bench.md and bench.json into
    #[arg(long, global = true, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum What {
    /// A training step of each preset, natively and in Chromium, by one worker and by several
    Step(step::Options),
    /// Time to digits: seconds of training in Chromium until the digits can be read
    Ttd(ttd::Options),
    /// How soon a visitor of the built site sees pictures
    Load,
    /// What the page costs training: the engine alone and the real page in turns
    Page(page::Options),
    /// What measuring 2,000 samples by every figure costs in Chromium
    Metrics,
    /// The same step in ganvas, TensorFlow.js and jax-js, in Chromium
    Peers(peers::Options),
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let sections = match &options.what {
        Some(What::Step(options)) => vec![step::run(workspace, options)?],
        Some(What::Ttd(options)) => vec![ttd::run(workspace, options)?],
        Some(What::Load) => vec![load::run(workspace)?],
        Some(What::Page(options)) => vec![page::run(workspace, options)?],
        Some(What::Metrics) => vec![metrics::run(workspace)?],
        Some(What::Peers(options)) => vec![peers::run(workspace, options)?],
        None => vec![
            step::run(workspace, &step::Options::default())?,
            ttd::run(workspace, &ttd::Options::default())?,
            load::run(workspace)?,
            page::run(workspace, &page::Options::default())?,
            metrics::run(workspace)?,
            peers::run(workspace, &peers::Options::default())?,
        ],
    };
    report(&sections, options.out.as_deref())
}

/// A part of the report.
struct Section {
    title: &'static str,
    markdown: String,
    json: Value,
}

/// Prints the report, and writes it where it is wanted.
fn report(sections: &[Section], out: Option<&Path>) -> Result<()> {
    let lines = sections.iter().filter_map(|section| section.json["chromium"].as_array()).flatten();
    let browser = lines.filter_map(|line| line["browser"].as_str()).next();
    let machine = machine(browser);
    let mut markdown = format!("{machine}\n");
    for Section { title, markdown: section, .. } in sections {
        markdown += &format!("\n**{title}**\n\n{section}\n");
    }
    say(format_args!("\n{markdown}"));
    let Some(out) = out else { return Ok(()) };
    let parts: serde_json::Map<String, Value> =
        sections.iter().map(|s| (s.title.to_owned(), s.json.clone())).collect();
    let json = serde_json::json!({ "machine": machine, "sections": parts });
    files::write(&out.join("bench.md"), markdown.as_bytes())?;
    files::write(&out.join("bench.json"), &serde_json::to_vec_pretty(&json)?)
}

/// What a benchmark in the browser needs.
struct Tools {
    browser: PathBuf,
    binder: Binder,
}

impl Tools {
    fn find(workspace: &Workspace) -> Result<Self> {
        tools::node()?;
        let browser = tools::chromium()?;
        tools::npm_packages(workspace)?;
        tools::wasm_target(workspace)?;
        Ok(Self { browser, binder: Binder::find(workspace)? })
    }

    /// Builds the CPU program; returns a folder that holds nothing but it, as `cpu/`.
    fn program(&self, workspace: &Workspace, steps: &mut Steps) -> Result<PathBuf> {
        steps.next(format_args!("Building the {} ({})", Program::Cpu, Program::Cpu.wait()));
        let built = program::build(workspace, Program::Cpu, &self.binder)?;
        let folder = workspace.target.join("bench-site");
        files::remove_folder(&folder)?;
        files::copy_tree(&built, &folder.join(Program::Cpu.name()))?;
        // What several workers need to share a step.
        for script in ["helper.js", "js/helpers.js", "js/place.js", "js/waits.js"] {
            files::copy(&workspace.root.join("www").join(script), &folder.join(script))?;
        }
        Ok(folder)
    }

    /// Builds the site with the CPU program.
    fn site(&self, workspace: &Workspace, shards: Option<&Path>, steps: &mut Steps) -> Result<()> {
        steps.next("Building the site");
        let trunk = tools::trunk(workspace)?;
        let cpu = program::build(workspace, Program::Cpu, &self.binder)?;
        site::build(workspace, &trunk, shards, &[(Program::Cpu, cpu)])?;
        site::keep_offline(&workspace.dist())
    }

    /// Runs a script of `benches/` on what `folder` holds and returns its lines of JSON.
    fn measure(
        &self,
        workspace: &Workspace,
        folder: &Path,
        script: &str,
        arguments: &[String],
    ) -> Result<Vec<Value>> {
        let server = Server::bind(0)?.isolated();
        let address = server.address();
        let _running = server.start(folder)?;
        let mut node = NODE_JS.command();
        node.arg(script)
            .args(arguments)
            .env("CHROMIUM", &self.browser)
            .env("GANVAS_PROGRAMS", address)
            .current_dir(&workspace.root);
        measure(NODE_JS, &mut node)
    }
}

/// The lines of JSON that a benchmark prints.
fn measure(program: shell::Program, command: &mut Command) -> Result<Vec<Value>> {
    let mut lines = Vec::new();
    shell::run_and_listen(program, command, |line| lines.extend(serde_json::from_str(line)))?;
    ensure!(!lines.is_empty(), "the benchmark printed no figures");
    Ok(lines)
}

/// One line on what was measured on.
fn machine(browser: Option<&str>) -> String {
    let first = |path: &str, key: &str| {
        let text = String::from_utf8(files::read(path.as_ref()).ok()?).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        let value = line.split_once([':', '='])?.1;
        Some(value.trim().trim_matches('"').to_owned())
    };
    let processor = first("/proc/cpuinfo", "model name")
        .or_else(|| ask("sysctl", &["-n", "machdep.cpu.brand_string"]))
        .unwrap_or_else(|| format!("an {} processor", std::env::consts::ARCH));
    let system = first("/etc/os-release", "PRETTY_NAME")
        .or_else(|| ask("sw_vers", &["-productVersion"]).map(|version| format!("macOS {version}")))
        .unwrap_or_else(|| std::env::consts::OS.to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rust = ask("rustc", &["--version"]).unwrap_or_else(|| "an unknown rustc".to_owned());
    let browser = browser.unwrap_or("no browser");
    format!("Measured on {processor}, {cores} cores, {system}, {rust}, {browser}. Medians.")
}
