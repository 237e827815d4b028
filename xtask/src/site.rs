//! Puts the site together in dist/: trunk builds the page, then the programs, the data and the
//! classifier are laid beside it.

use crate::files;
use crate::program::Program;
use crate::shell::{self, say};
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// The evaluator's weights: committed, fetched by the page when it first scores samples.
const CLASSIFIER: &str = "assets/classifier.safetensors";

/// Builds the page into an empty dist/, with the data and the classifier, but no program yet.
pub fn page(workspace: &Workspace, trunk: &Path, shards: Option<&Path>) -> Result<()> {
    let mut build = Command::new(trunk);
    build
        .args(["build", "--release", "--offline"])
        // Trunk reads it as true or false and stops at the `1` that others expect.
        .env_remove("NO_COLOR")
        .current_dir(&workspace.root);
    shell::run(tools::found("trunk"), &mut build).context("the page did not build")?;
    let dist = workspace.dist();
    if let Some(shards) = shards {
        files::copy_tree(shards, &dist.join("data"))?;
    }
    let classifier = workspace.root.join(CLASSIFIER);
    files::copy(&classifier, &dist.join("classifier.safetensors"))
        .context("the classifier is part of the repository: make it with `ganvas train-classifier`")
}

/// Lays a built program into the site.
pub fn add(workspace: &Workspace, program: Program, built: &Path) -> Result<()> {
    files::copy_tree(built, &workspace.dist().join(program.name()))?;
    say(format_args!("  the {program} is in the site"));
    Ok(())
}
