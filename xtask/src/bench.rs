//! `cargo xtask bench`: what a training step of each preset costs on the CPU path, natively and in
//! Chromium, as a Markdown table. It measures; it never judges.

use crate::program::{self, Program};
use crate::server::Server;
use crate::shell::{self, CARGO, NODE_JS, Steps, ask, say};
use crate::workspace::Workspace;
use crate::{files, tools};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::process::Command;

#[derive(clap::Args)]
pub struct Options {
    /// Measure natively only, which needs neither Node.js nor Chromium
    #[arg(long)]
    native_only: bool,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.native_only { 1 } else { 3 });
    steps.next("Measuring natively (an optimised build, then about a minute)");
    let mut native = CARGO.command();
    native
        .args(["bench", "--bench", "step"])
        .env("CARGO_TARGET_DIR", &workspace.target)
        .current_dir(&workspace.root);
    let native = measure(CARGO, &mut native)?;

    let mut chromium = Vec::new();
    if !options.native_only {
        steps.next(format_args!("Building the {} ({})", Program::Cpu, Program::Cpu.wait()));
        tools::node()?;
        let browser = tools::chromium()?;
        tools::npm_packages(workspace)?;
        tools::wasm_target(workspace)?;
        let built = program::build(workspace, Program::Cpu, &tools::wasm_bindgen(workspace)?)?;

        steps.next("Measuring in Chromium (about a minute)");
        let server = Server::bind(0)?;
        let address = server.address();
        let _running = server.start(built.parent().context("programs lie in a folder")?)?;
        let mut node = NODE_JS.command();
        node.arg("benches/browser.mjs")
            .env("CHROMIUM", browser)
            .env("GANVAS_PROGRAMS", address)
            .current_dir(&workspace.root);
        chromium = measure(NODE_JS, &mut node)?;
    }
    let browser = chromium.iter().find_map(|line| line["browser"].as_str());
    say(format_args!("\n{}\n\n{}", machine(browser), table(&native, &chromium)));
    Ok(())
}

/// The lines of JSON that a benchmark prints.
fn measure(program: shell::Program, command: &mut Command) -> Result<Vec<Value>> {
    let mut lines = Vec::new();
    shell::run_and_listen(program, command, |line| lines.extend(serde_json::from_str(line)))?;
    ensure!(!lines.is_empty(), "the benchmark printed no figures");
    Ok(lines)
}

/// `rows` of either benchmark, put side by side by the preset's name.
fn table(native: &[Value], chromium: &[Value]) -> String {
    let mut table = String::from(
        "| preset | batch | native: ms per step | images per second | Chromium: ms per step | \
         images per second | a command waits at most (95 %) |\n|---|---:|---:|---:|---:|---:|---:|",
    );
    for row in native {
        let there = chromium.iter().find(|other| other["preset"] == row["preset"]);
        let [a, b, _] = figures(Some(row));
        let [c, d, e] = figures(there);
        let (preset, batch) = (row["preset"].as_str().unwrap_or("?"), &row["batch"]);
        table += &format!("\n| {preset} | {batch} | {a} | {b} | {c} | {d} | {e} |");
    }
    table
}

fn figures(row: Option<&Value>) -> [String; 3] {
    ["step_millis", "images_per_second", "deaf_millis"].map(|name| {
        match row.and_then(|row| row[name].as_f64()) {
            Some(value) if value < 100.0 => format!("{value:.1}"),
            Some(value) => format!("{value:.0}"),
            None => "not measured".to_owned(),
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_of_both_benchmarks_meet_by_name() {
        let native = [
            json!({"preset": "a", "batch": 64, "step_millis": 123.4, "images_per_second": 518.6}),
            json!({"preset": "b", "batch": 32, "step_millis": 8.25, "images_per_second": 3878.8}),
        ];
        let chromium = [
            json!({"browser": "Chromium 1"}),
            json!({"preset": "b", "batch": 32, "step_millis": 16.0, "images_per_second": 2000.0, "deaf_millis": 12.5}),
        ];
        let table = table(&native, &chromium);
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(rows[0], "| a | 64 | 123 | 519 | not measured | not measured | not measured |");
        assert_eq!(rows[1], "| b | 32 | 8.2 | 3879 | 16.0 | 2000 | 12.5 |");
    }
}
