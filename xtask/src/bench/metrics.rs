//! What it costs to measure samples by every figure while the page trains, in Chromium on the CPU path.

use super::{Section, Tools};
use crate::shell::Steps;
use crate::workspace::Workspace;
use crate::{data, files, site};
use anyhow::{Context, Result};
use serde_json::{Value, json};

pub fn run(workspace: &Workspace) -> Result<Section> {
    let mut steps = Steps::new(3);
    steps.next("Looking for MNIST");
    let shards = data::shards(workspace)?.context("measuring needs MNIST's held-out digits")?;
    let tools = Tools::find(workspace)?;
    let folder = tools.program(workspace, &mut steps)?;
    files::copy_tree(&shards, &folder.join("data"))?;
    site::copy_classifier(workspace, &folder)?;

    steps.next("Measuring in Chromium");
    let lines = tools.measure(workspace, &folder, "benches/metrics.mjs", &[])?;
    Ok(Section {
        title: "Measuring by every figure",
        markdown: table(&lines),
        json: json!({ "chromium": lines }),
    })
}

/// The first measurement, which reads the real digits too, and the median of the others.
fn table(lines: &[Value]) -> String {
    let measured: Vec<&Value> = lines.iter().filter(|line| line["time"].is_u64()).collect();
    let (first, later) = measured.split_at(measured.len().min(1));
    let median = |lines: &[&Value], name: &str| {
        let mut all: Vec<f64> = lines.iter().filter_map(|line| line[name].as_f64()).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).map_or("not measured".to_owned(), |value| format!("{value:.0}"))
    };
    let mut table = String::from(
        "| | ms | pieces | a piece (95 %), ms | the longest, ms |\n|---|---:|---:|---:|---:|",
    );
    for (name, lines) in [("the first, real digits included", first), ("any other", later)] {
        let cells = ["millis", "pieces", "piece_millis", "longest_millis"];
        let cells = cells.map(|cell| median(lines, cell)).join(" | ");
        table += &format!("\n| {name} | {cells} |");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_measurement_stands_by_itself() {
        let line = |time: u64, millis: f64| json!({"time": time, "millis": millis, "pieces": 90, "piece_millis": 9.6, "longest_millis": 14.2});
        let lines =
            [json!({"browser": "Chromium 1"}), line(1, 1300.0), line(2, 640.0), line(3, 600.0)];
        let table = table(&lines);
        assert!(table.contains("included | 1300 | 90 | 10 | 14 |"), "{table}");
        assert!(table.ends_with("any other | 640 | 90 | 10 | 14 |"), "{table}");
    }
}
