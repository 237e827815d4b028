//! The same training step in ganvas and in other libraries that train in a browser, on one machine, in
//! one run. The peers come from npm into the cache folder; they are no part of the site.

use super::{Section, Tools};
use crate::files;
use crate::shell::{self, NPM, Steps, say};
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The packages, and the versions that are measured.
const PACKAGES: [(&str, &str); 4] = [
    ("@tensorflow/tfjs", "4.22.0"),
    ("@tensorflow/tfjs-backend-wasm", "4.22.0"),
    ("@tensorflow/tfjs-backend-webgpu", "4.22.0"),
    ("@jax-js/jax", "0.1.25"),
];

/// The files of theirs that a page loads, and where they are served. Each is whole by itself: what else
/// npm installs with them is not used.
const SERVED: [(&str, &str, &[&str]); 4] = [
    ("@tensorflow/tfjs/dist", "tfjs", &["tf.min.js"]),
    (
        "@tensorflow/tfjs-backend-wasm/dist",
        "tfjs-backend-wasm",
        &[
            "tf-backend-wasm.min.js",
            "tfjs-backend-wasm.wasm",
            "tfjs-backend-wasm-simd.wasm",
            "tfjs-backend-wasm-threaded-simd.wasm",
        ],
    ),
    ("@tensorflow/tfjs-backend-webgpu/dist", "tfjs-backend-webgpu", &["tf-backend-webgpu.min.js"]),
    ("@jax-js/jax/dist", "jax", &["*.js"]),
];

#[derive(clap::Args, Default)]
pub struct Options {
    /// Only the rows whose name, such as `dcgan: TensorFlow.js, wasm`, has this in it
    #[arg(long, default_value = "")]
    only: String,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<Section> {
    let mut steps = Steps::new(3);
    steps.next("Setting up the peers");
    let packages = install(workspace)?;
    let tools = Tools::find(workspace)?;
    let folder = tools.program(workspace, &mut steps)?;
    lay_out(workspace, &packages, &folder)?;

    steps.next("Training in Chromium (about ten minutes)");
    let lines = tools.measure(
        workspace,
        &folder,
        "benches/peers.mjs",
        std::slice::from_ref(&options.only),
    )?;
    Ok(Section {
        title: "The same step in other libraries",
        markdown: format!("{}\n\n{}", load(&lines), table(&lines)),
        json: json!({ "chromium": lines }),
    })
}

/// How busy the machine was: other processes slow down most who use all processors.
fn load(lines: &[Value]) -> String {
    let loads = || lines.iter().filter_map(|line| line["load"].as_f64());
    let least = loads().fold(f64::INFINITY, f64::min);
    let most = loads().fold(0.0, f64::max);
    format!("Load average {least:.1} to {most:.1}; the benchmark alone makes 1 to 2.")
}

/// Installs the peers unless they are there; returns the folder of packages.
fn install(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.cache.join("peers");
    let versions: serde_json::Map<String, Value> =
        PACKAGES.iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
    let wanted = json!({ "private": true, "dependencies": versions }).to_string();
    let stamp = folder.join("installed.json");
    let packages = folder.join("node_modules");
    if files::read(&stamp).is_ok_and(|found| found == wanted.as_bytes()) {
        return Ok(packages);
    }
    say(format_args!("  installing them into {}", folder.display()));
    files::remove_folder(&folder)?;
    files::write(&folder.join("package.json"), wanted.as_bytes())?;
    let mut npm = NPM.command();
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    shell::run(NPM, npm.current_dir(&folder))?;
    files::write(&stamp, wanted.as_bytes())?;
    Ok(packages)
}

/// Adds to the folder that holds the program what else the benchmark's page loads.
fn lay_out(workspace: &Workspace, packages: &Path, folder: &Path) -> Result<()> {
    for (from, to, names) in SERVED {
        let from = packages.join(from);
        for name in names {
            match name.strip_prefix('*') {
                Some(ending) => {
                    for file in files::list(&from)? {
                        if file.to_string_lossy().ends_with(ending) {
                            let relative = file.strip_prefix(&from)?;
                            files::copy(&file, &folder.join("vendor").join(to).join(relative))?;
                        }
                    }
                }
                None => files::copy(&from.join(name), &folder.join("vendor").join(to).join(name))?,
            }
        }
    }
    files::copy_tree(&workspace.root.join("benches/peers"), &folder.join("peers"))
}

/// A line for each network and peer. A peer that was measured several times has the median of those.
fn table(lines: &[Value]) -> String {
    let mut table = String::from(
        "| network | trained by | ms per step | of ganvas' best | first step, ms | steps | first d_loss | \
         the last, or the 32nd |\n|---|---|---:|---:|---:|---:|---:|---:|",
    );
    for network in distinct(lines, "network") {
        let here: Vec<&Value> = lines.iter().filter(|line| line["network"] == network).collect();
        let peers = distinct(here.iter().copied(), "peer");
        let ours = peers.iter().filter(|peer| peer.starts_with("ganvas"));
        let best = ours.filter_map(|peer| figure(&here, peer, "step_millis")).reduce(f64::min);
        for peer in &peers {
            let row = row(&here, peer, best);
            table += &format!("\n| {network} | {peer} | {row} |");
        }
    }
    table
}

fn row(lines: &[&Value], peer: &str, best: Option<f64>) -> String {
    let its: Vec<&Value> = lines.iter().copied().filter(|line| line["peer"] == peer).collect();
    let Some(millis) = figure(lines, peer, "step_millis") else {
        let error = its.iter().find_map(|line| line["error"].as_str()).unwrap_or("not measured");
        return format!("{} | | | | |", error.replace('|', "/"));
    };
    let ratio = best.map_or_else(String::new, |best| format!("{:.2}", millis / best));
    let first = figure(lines, peer, "first_millis").unwrap_or(f64::NAN);
    let steps: u64 = its.iter().filter_map(|line| line["steps"].as_u64()).sum();
    let losses = its.iter().find_map(|line| line["d_losses"].as_array());
    let losses: Vec<f64> = losses.into_iter().flatten().filter_map(Value::as_f64).collect();
    let begin = losses.first().copied().unwrap_or(f64::NAN);
    let end = losses.last().copied().unwrap_or(f64::NAN);
    format!("{} | {ratio} | {} | {steps} | {begin:.3} | {end:.3}", short(millis), short(first))
}

/// The values of a field, in the order in which they first come.
fn distinct<'a>(lines: impl IntoIterator<Item = &'a Value>, field: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for value in lines.into_iter().filter_map(|line| line[field].as_str()) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// The median of what a peer's lines say.
fn figure(lines: &[&Value], peer: &str, field: &str) -> Option<f64> {
    let its = lines.iter().filter(|line| line["peer"] == peer);
    let mut values: Vec<f64> = its.filter_map(|line| line[field].as_f64()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn short(millis: f64) -> String {
    if millis < 100.0 { format!("{millis:.1}") } else { format!("{millis:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_compared_with_the_best_of_ours_within_a_network() {
        let ours = |peer: &str, millis: f64| json!({"network": "A", "peer": peer, "step_millis": millis, "first_millis": 50.0, "steps": 100, "d_losses": [1.386, 1.3]});
        let lines = [
            ours("ganvas, 1 worker", 20.0),
            ours("ganvas, 2 workers", 9.0),
            json!({"network": "A", "peer": "slow", "step_millis": 1234.0, "first_millis": 2000.0, "steps": 3, "d_losses": [1.4, 1.25]}),
            json!({"network": "A", "peer": "broken", "error": "no kernel"}),
            ours("ganvas, 2 workers", 10.0),
            ours("ganvas, 2 workers", 12.0),
            json!({"network": "B", "peer": "fast", "step_millis": 5.0}),
        ];
        let table = table(&lines);
        let rows: Vec<_> = table.lines().skip(2).collect();
        assert_eq!(rows[0], "| A | ganvas, 1 worker | 20.0 | 2.00 | 50.0 | 100 | 1.386 | 1.300 |");
        assert_eq!(rows[1], "| A | ganvas, 2 workers | 10.0 | 1.00 | 50.0 | 300 | 1.386 | 1.300 |");
        assert_eq!(rows[2], "| A | slow | 1234 | 123.40 | 2000 | 3 | 1.400 | 1.250 |");
        assert_eq!(rows[3], "| A | broken | no kernel | | | | | |");
        assert!(rows[4].starts_with("| B | fast | 5.0 |  |"), "{}", rows[4]);
    }
}
