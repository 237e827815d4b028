//! `cargo xtask models`: trains the models that lie ready on the site, by the command line on this machine, and says what
//! they read. They are part of the repository, in `www/models/`; whoever changes a preset that has one trains it anew.

use crate::shell::{self, CARGO, Steps, say};
use crate::workspace::Workspace;
use crate::{data, files};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

#[derive(clap::Args)]
pub struct Options {
    /// Those to train, such as `plane`; all when none is named
    names: Vec<String>,
}

struct Model {
    /// Of the file, after the preset that it is shown for (`Outlook` in `src/recipe/presets/outlook.rs`).
    name: &'static str,
    preset: &'static str,
    /// What is different about its recipe.
    changes: &'static [&'static str],
    seed: u32,
    steps: u32,
    /// What its samples are measured against: a data set of points, or the digits that it learned from.
    points: Option<&'static str>,
}

const MODELS: [Model; 4] = [
    Model {
        name: "line",
        preset: "line",
        changes: &[],
        seed: 1,
        steps: 7000,
        points: Some("two-bumps"),
    },
    Model {
        name: "plane",
        preset: "plane",
        changes: &[],
        seed: 1,
        steps: 20000,
        points: Some("ring"),
    },
    Model {
        name: "grid",
        preset: "grid",
        changes: &[],
        seed: 1,
        steps: 14000,
        points: Some("grid"),
    },
    Model {
        name: "super-rival",
        preset: "super",
        changes: &["adversarial=0"],
        seed: 1,
        steps: 600,
        points: None,
    },
];

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if let Some(name) = options.names.iter().find(|name| MODELS.iter().all(|m| m.name != **name)) {
        bail!("there is no model `{name}`");
    }
    let wanted = |model: &&Model| {
        options.names.is_empty() || options.names.iter().any(|name| name == model.name)
    };
    let models: Vec<&Model> = MODELS.iter().filter(wanted).collect();
    let mut steps = Steps::new(models.len());
    for model in models {
        steps.next(format_args!("Training {}", model.name));
        model.make(workspace)?;
    }
    say(format_args!("Done ({})", steps.elapsed()));
    Ok(())
}

impl Model {
    fn make(&self, workspace: &Workspace) -> Result<()> {
        let folder = workspace.cache.join("models").join(self.name);
        let model = workspace.root.join("www/models").join(format!("{}.safetensors", self.name));
        let (seed, steps) = (self.seed.to_string(), self.steps.to_string());
        files::make_folder(model.parent().context("it lies in a folder")?)?;
        files::make_folder(&folder)?;

        let mut train = ganvas(workspace, "train");
        train.args(["--preset", self.preset, "--seed", &seed, "--steps", &steps, "--force"]);
        train.args(self.changes.iter().flat_map(|change| ["--set", change]));
        train.arg("--out").arg(&folder);
        // Who compares with digits measures on the way; points are measured as the model makes them.
        if self.points.is_none() {
            let data =
                data::folder(workspace).context("it learns from MNIST: `cargo xtask data`")?;
            train.args(["--eval-every", &steps]).arg("--data").arg(data);
        }
        shell::run(CARGO, &mut train)?;

        let checkpoint = folder.join("checkpoint.safetensors");
        let mut export = ganvas(workspace, "export");
        export.arg("--checkpoint").arg(checkpoint).arg("--out").arg(&model).arg("--force");
        shell::run(CARGO, &mut export)?;

        let Some(points) = self.points else { return say_figures(&folder) };
        let samples = folder.join("points.csv");
        let mut sample = ganvas(workspace, "sample");
        sample.args(["--count", "5000", "--force", "--checkpoint"]).arg(&model);
        sample.arg("--out").arg(&samples);
        shell::run(CARGO, &mut sample)?;
        let mut eval = ganvas(workspace, "eval");
        eval.arg(samples).args(["--points", points]);
        shell::run(CARGO, &mut eval)
    }
}

/// What training has measured last.
fn say_figures(folder: &Path) -> Result<()> {
    let figures = String::from_utf8(files::read(&folder.join("metrics.jsonl"))?)?;
    say(figures.lines().last().context("nothing was measured")?);
    Ok(())
}

/// The program as the tests build it, so that nothing is compiled twice; it is as fast as a release.
fn ganvas(workspace: &Workspace, command: &str) -> Command {
    let mut cargo = CARGO.command();
    cargo.args(["run", "--quiet", "--package", "ganvas", "--features", "gpu", "--", command]);
    cargo.env("CARGO_TARGET_DIR", &workspace.target).current_dir(&workspace.root);
    cargo
}
