//! `cargo xtask models`: trains the models that lie ready on the site, by the command line on this machine, and says what
//! they read. They are part of the repository, in `www/models/`; whoever changes a preset that has one trains it anew.

use crate::shell::{self, CARGO, Steps, say};
use crate::workspace::Workspace;
use crate::{data, files};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
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
    measured: Measured,
}

/// How it is told what a model is worth.
#[derive(Clone, Copy)]
enum Measured {
    /// Its samples against a data set of points.
    Points(&'static str),
    /// Its samples, and the checkpoint's, against what the run has seen: a view of the test digits, or those themselves.
    Samples(Option<&'static str>),
    /// By what training has measured last: it translates.
    OnTheWay,
}

const MODELS: [Model; 12] = [
    Model::of("line", 7000, Measured::Points("two-bumps")),
    Model::of("plane", 20000, Measured::Points("ring")),
    Model::of("grid", 14000, Measured::Points("grid")),
    Model {
        name: "super-rival",
        changes: &["adversarial=0"],
        ..Model::of("super", 600, Measured::OnTheWay)
    },
    Model::of("quick", 1000, Measured::Samples(None)),
    Model::of("dcgan", 1000, Measured::Samples(None)),
    Model::of("infogan", 1500, Measured::Samples(None)),
    Model::of("stylegan2", 1500, Measured::Samples(None)),
    Model::of("sketch", 400, Measured::OnTheWay),
    Model::of("zebra", 400, Measured::OnTheWay),
    Model::of("moco", 800, Measured::Samples(Some("moving"))),
    Model::of("tinted", 1000, Measured::Samples(Some("tinted"))),
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
    /// A preset as it is, after so many steps.
    const fn of(preset: &'static str, steps: u32, measured: Measured) -> Self {
        Self { name: preset, preset, changes: &[], seed: 1, steps, measured }
    }

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
        let points = matches!(self.measured, Measured::Points(_));
        let digits = if points { None } else { Some(digits(workspace)?) };
        if let Some(digits) = &digits {
            train.args(["--eval-every", &steps]).arg("--data").arg(digits);
        }
        shell::run(CARGO, &mut train)?;

        let checkpoint = folder.join("checkpoint.safetensors");
        let mut export = ganvas(workspace, "export");
        export.arg("--checkpoint").arg(&checkpoint).arg("--out").arg(&model).arg("--force");
        shell::run(CARGO, &mut export)?;

        match self.measured {
            Measured::OnTheWay => say_figures(&folder),
            Measured::Points(name) => {
                let samples = folder.join("points.csv");
                sample(workspace, &model, &samples)?;
                let mut eval = ganvas(workspace, "eval");
                shell::run(CARGO, eval.arg(samples).args(["--points", name]))
            }
            // In half precision and as it was: the difference is what that costs.
            Measured::Samples(view) => [&checkpoint, &model].into_iter().try_for_each(|network| {
                let samples = folder.join("samples.idx");
                sample(workspace, network, &samples)?;
                let mut eval = ganvas(workspace, "eval");
                eval.arg(samples).args(view.iter().flat_map(|view| ["--view", view]));
                shell::run(CARGO, eval.arg("--data").arg(digits.as_deref().unwrap_or(&folder)))
            }),
        }
    }
}

fn digits(workspace: &Workspace) -> Result<PathBuf> {
    let told = std::env::var_os("GANVAS_MNIST_DIR").filter(|folder| !folder.is_empty());
    told.map(PathBuf::from)
        .or_else(|| data::folder(workspace))
        .context("it learns from MNIST: `cargo xtask data`")
}

fn sample(workspace: &Workspace, network: &Path, to: &Path) -> Result<()> {
    let mut sample = ganvas(workspace, "sample");
    sample.args(["--count", "5000", "--force", "--checkpoint"]).arg(network).arg("--out").arg(to);
    shell::run(CARGO, &mut sample)
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
