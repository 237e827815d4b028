//! What the page costs training: steps a second and the time to digits, of the engine alone and of the real page in
//! turns, with one worker and with two.

use super::{Section, Tools};
use crate::data;
use crate::shell::Steps;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub struct Options {
    /// How many seeds, from 1 on
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seeds: 5 }
    }
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<Section> {
    let mut steps = Steps::new(2);
    let tools = Tools::find(workspace)?;
    let shards = data::shards(workspace)?.context("the time to digits is measured on MNIST")?;
    tools.site(workspace, Some(&shards), &mut steps)?;

    steps.next("Training in Chromium (about a minute a seed)");
    let seeds = [options.seeds.to_string()];
    let lines = tools.measure(workspace, &workspace.dist(), "benches/page.mjs", &seeds)?;
    Ok(Section {
        title: "What the page costs training",
        markdown: table(&lines),
        json: json!({ "chromium": lines }),
    })
}

/// Medians over the seeds; of ratios, those of each seed's own two runs.
fn table(lines: &[Value]) -> String {
    let figure = |line: &Value, who: &str, what: &str| line[who][what].as_f64();
    // What never got there took for ever.
    let seconds = |line: &Value, who: &str| figure(line, who, "seconds").unwrap_or(f64::INFINITY);
    let rate = |line: &Value, who: &str| figure(line, who, "steps_per_second").unwrap_or(f64::NAN);
    let of = |workers: u64| lines.iter().filter(move |line| line["workers"] == workers);
    let mut table = String::from(
        "| workers | engine, steps/s | page, steps/s | share | engine, s to digits | page, s to digits | times |\n\
         |---:|---:|---:|---:|---:|---:|---:|",
    );
    for workers in [1, 2] {
        let over = |value: &dyn Fn(&Value) -> f64| median(of(workers).map(value).collect());
        table += &format!(
            "\n| {workers} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.2} |",
            over(&|line| rate(line, "engine")),
            over(&|line| rate(line, "page")),
            over(&|line| rate(line, "page") / rate(line, "engine")),
            over(&|line| seconds(line, "engine")),
            over(&|line| seconds(line, "page")),
            over(&|line| seconds(line, "page") / seconds(line, "engine")),
        );
    }
    let gain = |who: &str| {
        let pairs = of(1).zip(of(2)).map(|(one, two)| rate(two, who) / rate(one, who));
        median(pairs.collect())
    };
    table
        + &format!(
            "\n\nTwo workers make {:.2} times the steps of one in the engine and {:.2} times on the page.",
            gain("engine"),
            gain("page")
        )
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_never_drew_digits_took_for_ever() {
        let line = |seed: u64, workers: u64, engine: f64, page: f64, seconds: Option<f64>| {
            json!({
                "seed": seed,
                "workers": workers,
                "engine": { "seconds": 4.0, "steps_per_second": engine },
                "page": { "seconds": seconds, "steps_per_second": page },
            })
        };
        let table = table(&[
            json!({"browser": "Chromium 1"}),
            line(1, 1, 20.0, 16.0, Some(6.0)),
            line(1, 2, 30.0, 21.0, None),
            line(2, 1, 20.0, 18.0, Some(8.0)),
            line(2, 2, 40.0, 20.0, None),
        ]);
        assert!(table.contains("| 1 | 20.0 | 18.0 | 0.90 | 4.0 | 8.0 | 2.00 |"), "{table}");
        assert!(table.contains("| 2 | 40.0 | 21.0 | 0.70 | 4.0 | inf | inf |"), "{table}");
        let gains = "2.00 times the steps of one in the engine and 1.31 times on the page.";
        assert!(table.ends_with(gains), "{table}");
    }
}
