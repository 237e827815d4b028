//! What a training step of each preset costs on the CPU path, natively and in Chromium, alone and shared
//! by several workers; how near it comes to what one core can do; and how long a command waits.

use super::{Section, Tools, measure};
use crate::files;
use crate::shell::{self, CARGO, Program, Steps};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

#[derive(clap::Args, Default)]
pub struct Options {
    /// Measure natively only, which needs neither Node.js nor Chromium
    #[arg(long)]
    native_only: bool,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<Section> {
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
        let tools = Tools::find(workspace)?;
        let folder = tools.program(workspace, &mut steps)?;
        peak_program(workspace, &folder.join("peak.wasm"))?;
        steps.next("Measuring in Chromium (about two minutes)");
        chromium = tools.measure(workspace, &folder, "benches/browser.mjs", &[])?;
    }
    Ok(Section {
        title: "A step on the CPU path",
        markdown: table(&native, &chromium),
        json: json!({ "native": native, "chromium": chromium }),
    })
}

/// Compiles the measure of what a core can do: one file without dependencies.
fn peak_program(workspace: &Workspace, to: &Path) -> Result<()> {
    const RUSTC: Program = Program { name: "rustc", get: CARGO.get };
    let mut rustc = Command::new(RUSTC.name);
    rustc
        .args(["--edition", "2024", "--crate-type", "cdylib", "--target", "wasm32-unknown-unknown"])
        .args(["-C", "opt-level=3", "-C", "target-feature=+simd128", "-C", "panic=abort", "-o"])
        .arg(to)
        .arg("benches/peak.rs")
        .current_dir(&workspace.root);
    files::make_folder(to.parent().context("a file lies in a folder")?)?;
    shell::run(RUSTC, &mut rustc)
}

/// `rows` of either benchmark, put side by side by the preset's name.
fn table(native: &[Value], chromium: &[Value]) -> String {
    let mut table = String::from(
        "| preset | batch | native, one thread: ms per step | Chromium, one worker: ms per step | \
         images per second | GFLOP/s | share of one core's peak | shared: ms per step | speed-up | \
         a command waits at most (95 %) |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    );
    for row in native {
        let there = chromium.iter().find(|other| other["preset"] == row["preset"]);
        let of = |row: Option<&Value>, name: &str| row.and_then(|row| row[name].as_f64());
        // 10⁹ operations a second are 10⁶ a millisecond.
        let millions = of(Some(row), "multiply_adds").map(|adds| 2.0 * adds / 1e6);
        let rate = millions.zip(of(there, "step_millis")).map(|(m, millis)| m / millis);
        let share = millions.zip(of(there, "peak_millis")).map(|(m, limit)| m / limit);
        let workers = there.and_then(|there| there["workers"].as_u64());
        let shared = figure(of(there, "shared_millis"), 1);
        table += &format!(
            "\n| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row["preset"].as_str().unwrap_or("?"),
            row["batch"],
            figure(of(Some(row), "step_millis"), 1),
            figure(of(there, "step_millis"), 1),
            figure(of(there, "images_per_second"), 0),
            figure(rate, 1),
            figure(share, 2),
            workers.map_or(shared.clone(), |workers| format!("{shared} by {workers}")),
            figure(of(there, "speedup"), 2),
            figure(of(there, "deaf_millis"), 1),
        );
    }
    table
}

fn figure(value: Option<f64>, digits: usize) -> String {
    value.map_or("not measured".to_owned(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_both_benchmarks_meet_by_name() {
        let native = [
            json!({"preset": "a", "batch": 64, "step_millis": 123.4, "multiply_adds": 1e8}),
            json!({"preset": "b", "batch": 32, "step_millis": 8.25, "multiply_adds": 1e8}),
        ];
        let chromium = [
            json!({"browser": "Chromium 1"}),
            json!({"preset": "b", "batch": 32, "step_millis": 10.0, "images_per_second": 3200.0,
                   "workers": 2, "shared_millis": 6.0, "speedup": 1.67, "peak_millis": 400.0,
                   "deaf_millis": 12.5}),
        ];
        let table = table(&native, &chromium);
        let rows: Vec<_> = table.lines().skip(2).collect();
        let no = "not measured";
        assert_eq!(
            rows[0],
            format!("| a | 64 | 123.4 | {no} | {no} | {no} | {no} | {no} | {no} | {no} |")
        );
        assert_eq!(
            rows[1],
            "| b | 32 | 8.2 | 10.0 | 3200 | 20.0 | 0.50 | 6.0 by 2 | 1.67 | 12.5 |"
        );
    }
}
