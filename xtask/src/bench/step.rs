//! What a training step of each preset costs on the CPU path, natively and in Chromium, and how long
//! a command waits.

use super::{Tools, machine, measure};
use crate::shell::{CARGO, Steps, say};
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::Value;

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
        let tools = Tools::find(workspace)?;
        let program = tools.program(workspace, &mut steps)?;
        steps.next("Measuring in Chromium (about a minute)");
        chromium = tools.measure(workspace, &program, "benches/browser.mjs", &[])?;
    }
    let browser = chromium.iter().find_map(|line| line["browser"].as_str());
    say(format_args!("\n{}\n\n{}", machine(browser), table(&native, &chromium)));
    Ok(())
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
