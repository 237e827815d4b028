//! A step of each preset in this build and in that of another commit, in turns, so that a machine that slows down
//! slows down both.

use super::Section;
use crate::files;
use crate::shell::{self, CARGO, Program, Steps};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const GIT: Program = Program { name: "git", get: "install git" };

/// How often each build measures each preset.
const TURNS: usize = 5;

/// Milliseconds of a step by one thread, then shared by several: `[before, now]` of each turn.
type Turns = Vec<[[f64; 2]; 2]>;

pub fn run(workspace: &Workspace, commit: &str, presets: &[String]) -> Result<Section> {
    let mut steps = Steps::new(3);
    steps.next(format_args!("Building {commit} (minutes the first time)"));
    let before = built_from(workspace, commit)?;
    steps.next("Building this one");
    let now = program(&workspace.root, &workspace.target)?;
    steps.next("Measuring both in turns");
    let mut turns: BTreeMap<String, Turns> = BTreeMap::new();
    for _ in 0..TURNS {
        let [before, now] = [&before, &now].map(|program| measured(program, presets));
        let (before, now) = (before?, now?);
        for (preset, millis) in before {
            // What is new has nothing to be compared with.
            if let Some(now) = now.get(&preset) {
                turns.entry(preset).or_default().push([millis, *now]);
            }
        }
    }
    Ok(Section {
        title: "A step, compared with another commit",
        markdown: table(commit, &turns),
        json: json!({ "commit": commit, "turns": turns }),
    })
}

/// The benchmark of another commit, built from a work tree of its own.
fn built_from(workspace: &Workspace, commit: &str) -> Result<PathBuf> {
    let folder = workspace.target.join("against");
    let tree = folder.join("tree");
    let git = |args: &[&str]| {
        let mut git = GIT.command();
        git.args(args).current_dir(&workspace.root);
        shell::run(GIT, &mut git)
    };
    let path = tree.to_str().context("the target folder has a name in Unicode")?;
    if tree.exists() {
        git(&["worktree", "remove", "--force", path])?;
    }
    files::make_folder(&folder)?;
    git(&["worktree", "add", "--detach", "--force", path, commit])?;
    let program = program(&tree, &folder.join("target"))?;
    git(&["worktree", "remove", "--force", path])?;
    Ok(program)
}

/// The step benchmark of the crate at `root`, built.
fn program(root: &Path, target: &Path) -> Result<PathBuf> {
    let mut cargo = CARGO.command();
    cargo
        .args(["bench", "--quiet", "--bench", "step", "--no-run", "--message-format=json"])
        .env("CARGO_TARGET_DIR", target)
        .current_dir(root)
        .stderr(std::process::Stdio::inherit());
    let output = cargo.output().context("cargo cannot be run")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let artifact = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let name = message["target"]["name"].as_str()?;
        message["executable"].as_str().filter(|_| name == "step").map(PathBuf::from)
    };
    said.lines().find_map(artifact).context("cargo has built no step benchmark")
}

/// A step of each preset, by one thread and by several.
fn measured(program: &Path, presets: &[String]) -> Result<BTreeMap<String, [f64; 2]>> {
    let output = Command::new(program).args(presets).output();
    let output = output.with_context(|| format!("{} cannot be run", program.display()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).ok()?;
        let millis = [row["step_millis"].as_f64()?, row["shared_millis"].as_f64()?];
        Some((row["preset"].as_str()?.to_owned(), millis))
    };
    Ok(said.lines().filter_map(row).collect())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Medians, and the median of each turn's ratio.
fn table(commit: &str, turns: &BTreeMap<String, Turns>) -> String {
    let mut table = format!(
        "| preset | {commit}, one thread: ms per step | now | times as long | shared by several | now | times as long |\n\
         |---|---:|---:|---:|---:|---:|---:|"
    );
    for (preset, turns) in turns {
        table += &format!("\n| {preset} |");
        for threads in 0..2 {
            let of = |build: usize| median(turns.iter().map(|turn| turn[build][threads]).collect());
            let ratio =
                median(turns.iter().map(|turn| turn[1][threads] / turn[0][threads]).collect());
            table += &format!(" {:.1} | {:.1} | {ratio:.3} |", of(0), of(1));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_are_compared_turn_by_turn() {
        // The machine slows down in the second turn; the ratio does not.
        let of = |before: f64, now: f64| [[before, before / 2.0], [now, now / 2.0]];
        let turns =
            BTreeMap::from([("a".into(), vec![of(10.0, 11.0), of(20.0, 22.0), of(10.0, 11.0)])]);
        let table = table("1234567", &turns);
        let row = table.lines().last();
        assert_eq!(row, Some("| a | 10.0 | 11.0 | 1.100 | 5.0 | 5.5 | 1.100 |"));
    }
}
