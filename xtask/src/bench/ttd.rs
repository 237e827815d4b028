//! Time to digits: seconds of training on MNIST in Chromium, on the CPU path, until the project's
//! classifier reads nine of ten samples as the digit that was asked for.

use super::{Section, Tools};
use crate::shell::Steps;
use crate::workspace::Workspace;
use crate::{data, files, site};
use anyhow::{Context, Result};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Options {
    /// How many seeds, from 1 on
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// Which preset
    #[arg(long, default_value = "quick")]
    preset: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { seeds: 5, preset: "quick".to_owned() }
    }
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<Section> {
    let mut steps = Steps::new(3);
    steps.next("Looking for MNIST");
    let shards = data::shards(workspace)?.context("the time to digits is measured on MNIST")?;
    let tools = Tools::find(workspace)?;
    let folder = tools.program(workspace, &mut steps)?;
    files::copy_tree(&shards, &folder.join("data"))?;
    site::copy_classifier(workspace, &folder)?;

    steps.next("Training in Chromium (about half a minute a seed)");
    let arguments = [options.preset.clone(), options.seeds.to_string()];
    let lines = tools.measure(workspace, &folder, "benches/ttd.mjs", &arguments)?;
    Ok(Section {
        title: "Time to digits",
        markdown: table(&lines),
        json: json!({ "chromium": lines }),
    })
}

/// Every run, and their median.
fn table(lines: &[Value]) -> String {
    let runs: Vec<&Value> = lines.iter().filter(|line| line["seed"].is_u64()).collect();
    let mut table =
        String::from("| seed | seconds | step | label accuracy |\n|---:|---:|---:|---:|");
    let mut all: Vec<f64> = Vec::new();
    for run in runs {
        let accuracy = run["accuracy"].as_f64().unwrap_or(f64::NAN);
        let seconds = run["seconds"].as_f64();
        // A run that never got there counts as endless.
        all.push(seconds.unwrap_or(f64::INFINITY));
        let shown = seconds.map_or("not reached".to_owned(), |seconds| format!("{seconds:.1}"));
        table += &format!("\n| {} | {shown} | {} | {accuracy:.3} |", run["seed"], run["step"]);
    }
    all.sort_by(f64::total_cmp);
    let median = all.get(all.len() / 2).copied().unwrap_or(f64::NAN);
    table + &format!("\n\nMedian: {median:.1} s.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_counts_runs_that_never_got_there() {
        let lines = [
            json!({"browser": "Chromium 1"}),
            json!({"seed": 1, "seconds": 9.25, "step": 180, "accuracy": 0.907}),
            json!({"seed": 2, "seconds": null, "step": 900, "accuracy": 0.5}),
            json!({"seed": 3, "seconds": null, "step": 900, "accuracy": 0.6}),
        ];
        let table = table(&lines);
        assert!(table.contains("| 1 | 9.2 | 180 | 0.907 |"), "{table}");
        assert!(table.contains("| 2 | not reached | 900 | 0.500 |"), "{table}");
        assert!(table.ends_with("Median: inf s."), "{table}");
    }
}
