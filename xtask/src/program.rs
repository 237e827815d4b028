//! Builds one of the two programs for the browser: cargo for WebAssembly, then wasm-bindgen. They are
//! one crate with different features, so that nobody without a GPU downloads the code for one.

use crate::files;
use crate::shell::{self, CARGO};
use crate::snip;
use crate::tools::{self, Binder};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Cpu,
    Gpu,
}

impl Program {
    /// Its cargo feature, and its folder in the site.
    pub fn name(self) -> &'static str {
        match self {
            Program::Cpu => "cpu",
            Program::Gpu => "gpu",
        }
    }

    /// Its cargo profile.
    pub fn profile(self) -> &'static str {
        match self {
            Program::Cpu => "wasm-cpu",
            Program::Gpu => "wasm-gpu",
        }
    }

    /// What to expect from a first build on two cores.
    pub fn wait(self) -> &'static str {
        match self {
            Program::Cpu => "about 5 minutes the first time, 8 where tools are built too",
            Program::Gpu => "about 5 minutes the first time",
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Program::Cpu => "CPU program",
            Program::Gpu => "GPU program",
        })
    }
}

/// Builds `program` and returns the folder with its `ganvas.js` and `ganvas_bg.wasm`.
pub fn build(workspace: &Workspace, program: Program, binder: &Binder) -> Result<PathBuf> {
    let wasm = compile(workspace, program)?;
    bind(workspace, program, binder, &wasm)
}

/// Compiles `program` to WebAssembly.
pub fn compile(workspace: &Workspace, program: Program) -> Result<PathBuf> {
    shell::run(CARGO, &mut compiler(workspace, program))
        .with_context(|| format!("the {program} did not build"))?;
    let built = workspace.target.join("wasm32-unknown-unknown").join(program.profile());
    let whole = files::read(&built.join("ganvas.wasm"))?;
    let small = snip::snipped(&whole, program).with_context(|| format!("the {program}"))?;
    // Under the same name, which wasm-bindgen's files are called after.
    let folder = built.join("snipped");
    files::make_folder(&folder)?;
    files::write(&folder.join("ganvas.wasm"), &small)?;
    Ok(folder.join("ganvas.wasm"))
}

/// Compiles both programs while something else goes on. What fails is left for [`compile`] to tell.
pub fn compile_ahead(workspace: &Workspace) {
    for program in [Program::Gpu, Program::Cpu] {
        compiler(workspace, program).arg("--quiet").stderr(Stdio::null()).status().ok();
    }
}

fn compiler(workspace: &Workspace, program: Program) -> Command {
    let mut cargo = CARGO.command();
    cargo
        .args(["build", "--lib", "--target", "wasm32-unknown-unknown", "--no-default-features"])
        .args(["--features", program.name(), "--profile", program.profile()])
        .env("CARGO_TARGET_DIR", &workspace.target)
        // They would replace the flags in .cargo/config.toml, and SIMD with them.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .current_dir(&workspace.root);
    cargo
}

/// Makes the JavaScript side, unless it was made before from the same bytes.
pub fn bind(
    workspace: &Workspace,
    program: Program,
    binder: &Binder,
    wasm: &Path,
) -> Result<PathBuf> {
    let programs = workspace.target.join("programs");
    let folder = programs.join(program.name());
    let stamp = programs.join(format!("{}.made-from", program.name()));
    // Another version of wasm-bindgen changes the program, too.
    let made_from = files::digest(&files::read(wasm)?);
    if folder.is_dir() && files::read(&stamp).is_ok_and(|found| found == made_from.as_bytes()) {
        return Ok(folder);
    }
    files::remove_folder(&folder)?;
    let mut command = binder.command(wasm, &folder);
    shell::run(tools::found("wasm-bindgen"), &mut command)
        .with_context(|| format!("the {program} could not be bound"))?;
    files::write(&stamp, made_from.as_bytes())?;
    Ok(folder)
}
