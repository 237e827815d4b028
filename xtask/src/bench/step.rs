//! What a training step of each preset costs on the CPU path, natively and in Chromium, alone and shared
//! by several workers, and in PyTorch where that is at hand; how near it comes to what one core can do; and how
//! long a command waits.

use super::{Section, Tools, measure};
use crate::files;
use crate::shell::{self, CARGO, Program, Steps};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::env;
use std::path::Path;
use std::process::Command;

const PYTHON: Program =
    Program { name: "python3", get: "point GANVAS_PYTHON at an interpreter that has it" };

#[derive(clap::Args, Default)]
pub struct Options {
    /// Measure natively only, which needs neither Node.js nor Chromium
    #[arg(long)]
    native_only: bool,
    /// Compare with the build of another commit instead, natively and in turns
    #[arg(long, value_name = "COMMIT")]
    against: Option<String>,
    /// Of these presets only, with --against
    #[arg(requires = "against")]
    presets: Vec<String>,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<Section> {
    if let Some(commit) = &options.against {
        return super::compare::run(workspace, commit, &options.presets);
    }
    let mut steps = Steps::new(if options.native_only { 2 } else { 4 });
    steps.next("Measuring natively (an optimised build, then about a minute)");
    let native = measure_natively(workspace, &[])?;
    let pytorch = beside_pytorch(workspace, &mut steps)?;

    let mut chromium = Vec::new();
    if !options.native_only {
        let tools = Tools::find(workspace)?;
        let folder = tools.program(workspace, &mut steps)?;
        peak_program(workspace, &folder.join("peak.wasm"))?;
        steps.next("Measuring in Chromium (about two minutes)");
        chromium = tools.measure(workspace, &folder, "benches/browser.mjs", &[])?;
    }
    let mut markdown = native_table(&native, &pytorch);
    if !chromium.is_empty() {
        markdown += &format!("\n\n{}", chromium_table(&native, &chromium));
    }
    Ok(Section {
        title: "A step on the CPU path",
        markdown,
        json: json!({ "native": native, "pytorch": pytorch, "chromium": chromium }),
    })
}

/// A step of these presets, or of all of them.
fn measure_natively(workspace: &Workspace, presets: &[&str]) -> Result<Vec<Value>> {
    let mut native = CARGO.command();
    native
        .args(["bench", "--quiet", "--bench", "step", "--"])
        .args(presets)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .current_dir(&workspace.root);
    measure(CARGO, &mut native)
}

/// What benches/pytorch_step.py has been written for.
const IN_PYTORCH: &str = "quick";
/// How often ganvas and PyTorch take turns.
const TURNS: usize = 5;

/// The same step in ganvas and in PyTorch, in turns, so that a machine that slows down slows down both: the lines
/// of each turn, merged. None where there is no PyTorch.
fn beside_pytorch(workspace: &Workspace, steps: &mut Steps) -> Result<Vec<Value>> {
    let python = env::var("GANVAS_PYTHON").unwrap_or_else(|_| PYTHON.name.to_owned());
    if shell::ask(&python, &["-c", "import torch"]).is_none() {
        steps.next(format_args!(
            "PyTorch is left out: {python} cannot import torch ({})",
            PYTHON.get
        ));
        return Ok(Vec::new());
    }
    steps.next("Measuring in turns with PyTorch (about a minute)");
    let turn = |_| {
        let ours = measure_natively(workspace, &[IN_PYTORCH])?.swap_remove(0);
        let mut script = Command::new(&python);
        script.args(["benches/pytorch_step.py", &ours["threads"].to_string()]);
        let mut line = measure(PYTHON, script.current_dir(&workspace.root))?.swap_remove(0);
        line["ours_millis"] = ours["shared_millis"].clone();
        Ok(line)
    };
    (0..TURNS).map(turn).collect()
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

/// A step natively, and how it compares with PyTorch in the same turns.
fn native_table(native: &[Value], pytorch: &[Value]) -> String {
    let threads = native.first().and_then(|row| row["threads"].as_u64()).unwrap_or(1);
    let mut table = format!(
        "| preset | natively, one thread: ms per step | {threads} threads | PyTorch, {threads} threads | \
         in turns with it | times as fast |\n|---|---:|---:|---:|---:|---:|"
    );
    for row in native {
        let turns = || pytorch.iter().filter(|turn| turn["preset"] == row["preset"]);
        let middle = |name: &str| median(turns().filter_map(|turn| turn[name].as_f64()).collect());
        let (theirs, ours) = (middle("step_millis"), middle("ours_millis"));
        table += &format!(
            "\n| {} | {} | {} | {} | {} | {} |",
            row["preset"].as_str().unwrap_or("?"),
            figure(row["step_millis"].as_f64(), 1),
            figure(row["shared_millis"].as_f64(), 1),
            figure(theirs, 1),
            figure(ours, 1),
            figure(theirs.zip(ours).map(|(theirs, ours)| theirs / ours), 1),
        );
    }
    table
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// The browser's rows, put beside the native ones by the preset's name.
fn chromium_table(native: &[Value], chromium: &[Value]) -> String {
    let mut table = String::from(
        "| preset | batch | Chromium, one worker: ms per step | images per second | GFLOP/s | \
         share of one core's peak | shared: ms per step | speed-up | \
         a command waits at most (95 %) |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|",
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
            "\n| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            row["preset"].as_str().unwrap_or("?"),
            row["batch"],
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
            json!({"preset": "a", "batch": 64, "multiply_adds": 1e8}),
            json!({"preset": "b", "batch": 32, "multiply_adds": 1e8}),
        ];
        let chromium = [
            json!({"browser": "Chromium 1"}),
            json!({"preset": "b", "batch": 32, "step_millis": 10.0, "images_per_second": 3200.0,
                   "workers": 2, "shared_millis": 6.0, "speedup": 1.67, "peak_millis": 400.0,
                   "deaf_millis": 12.5}),
        ];
        let table = chromium_table(&native, &chromium);
        let rows: Vec<_> = table.lines().skip(2).collect();
        let no = "not measured";
        assert_eq!(rows[0], format!("| a | 64 | {no} | {no} | {no} | {no} | {no} | {no} | {no} |"));
        assert_eq!(rows[1], "| b | 32 | 10.0 | 3200 | 20.0 | 0.50 | 6.0 by 2 | 1.67 | 12.5 |");
    }

    #[test]
    fn pytorch_stands_beside_the_preset_that_it_was_measured_on() {
        let row = |preset: &str| json!({"preset": preset, "threads": 2, "step_millis": 12.5, "shared_millis": 7.0});
        let turn = |theirs: f64, ours: f64| json!({"preset": "b", "step_millis": theirs, "ours_millis": ours});
        let turns = [turn(30.0, 8.0), turn(90.0, 9.0), turn(24.0, 6.0)];
        let table = native_table(&[row("a"), row("b")], &turns);
        let rows: Vec<_> = table.lines().skip(2).collect();
        let no = "not measured";
        assert_eq!(rows[0], format!("| a | 12.5 | 7.0 | {no} | {no} | {no} |"));
        assert_eq!(rows[1], "| b | 12.5 | 7.0 | 30.0 | 8.0 | 3.8 |");
    }
}
