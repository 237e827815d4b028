//! Puts the site together in dist/: trunk builds the page, then the programs, the data and the
//! classifier are laid beside it.
//!
//! All code but index.html and its style goes into a folder named after its content. Modules, worker
//! and programs find each other relative to themselves, so a visitor never gets old and new code mixed
//! from caches, whatever host the site is put on.

use crate::bundle::{self, Homes};
use crate::files;
use crate::offline;
use crate::program::Program;
use crate::shell::{self, say};
use crate::single;
use crate::tools;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The evaluator's weights: committed, fetched by the page when it first scores samples.
pub const CLASSIFIER: &str = "assets/classifier.safetensors";
pub const ESBUILD: shell::Program = shell::Program {
    name: if cfg!(windows) { "esbuild.cmd" } else { "esbuild" },
    get: "remove node_modules/ and run the command again",
};
/// All styles of the page itself.
const STYLE: &str = "css/page.css";
/// How the name of the folder with the code begins.
const CODE: &str = "code-";

/// Builds the site into an empty dist/ with these programs, given with their folders. Returns whose the shared modules are.
pub fn build(
    workspace: &Workspace,
    trunk: &Path,
    shards: Option<&Path>,
    programs: &[(Program, PathBuf)],
) -> Result<Homes> {
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
    copy_classifier(workspace, &dist)?;
    for (program, built) in programs {
        files::copy_tree(built, &dist.join(program.name()))?;
    }
    let cpu = programs.iter().find(|(program, _)| *program == Program::Cpu);
    let (_, cpu) = cpu.context("a site has the CPU program")?;
    single::write(workspace, cpu, shards, &dist.join(single::NAME))?;
    join_styles(&dist)?;
    let homes = bundle::bundle(workspace, &dist)?;
    minify(workspace, &dist)?;
    name_code(&dist)?;
    Ok(homes)
}

/// Has the finished site in `dist` keep itself for use without a connection. Not for one that is served on this machine:
/// its worker would stay at that port, whatever is served there next.
pub fn keep_offline(dist: &Path) -> Result<()> {
    let code = code(dist).context("dist/ holds no site")?;
    offline::write(dist, &code.file_name().unwrap_or_default().to_string_lossy())
}

/// Lays the evaluator's weights into `folder`, under the name that the page knows.
pub fn copy_classifier(workspace: &Workspace, folder: &Path) -> Result<()> {
    files::copy(&workspace.root.join(CLASSIFIER), &folder.join("classifier.safetensors"))
        .context("the classifier is part of the repository: make it with `ganvas train-classifier`")
}

/// Lays a program beside those that a finished site has already.
pub fn add(workspace: &Workspace, program: Program, built: &Path) -> Result<()> {
    let code = code(&workspace.dist()).context("dist/ holds no site")?;
    files::copy_tree(built, &code.join(program.name()))?;
    say(format_args!("  the {program} is in the site"));
    Ok(())
}

/// Whether the site in `dist` has this program.
pub fn has(dist: &Path, program: Program) -> bool {
    folder(dist, program).is_some_and(|folder| folder.join("ganvas_bg.wasm").is_file())
}

/// Where the site in `dist` has this program, if it does.
pub fn folder(dist: &Path, program: Program) -> Option<PathBuf> {
    code(dist).map(|code| code.join(program.name()))
}

/// The folder with the site's code.
fn code(dist: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(dist).ok()?;
    let is_code = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(CODE);
    entries.flatten().find(|entry| is_code(&entry.file_name())).map(|entry| entry.path())
}

/// Puts the page's own styles into one file, which is shorter than several, and takes from the page what is only for
/// who reads its source.
fn join_styles(dist: &Path) -> Result<()> {
    let index = dist.join("index.html");
    let page = String::from_utf8(files::read(&index)?)?;
    let link = |name: &str| format!("<link rel=\"stylesheet\" href=\"{name}\" />\n");
    let (mut joined, mut short, mut all) = (Vec::new(), single::short(&page), String::new());
    for name in single::styles(&page) {
        joined.extend(files::read(&dist.join(name))?);
        fs::remove_file(dist.join(name)).with_context(|| format!("cannot remove {name}"))?;
        all += &link(name);
    }
    ensure!(short.contains(&all), "index.html does not link to its styles one after another");
    short = short.replace(&all, &link(STYLE));
    files::write(&dist.join(STYLE), &joined)?;
    files::write(&index, short.as_bytes())
}

/// What shortens code, run in `folder`.
pub fn esbuild(workspace: &Workspace, folder: &Path) -> Command {
    let mut esbuild = Command::new(workspace.root.join("node_modules/.bin").join(ESBUILD.name));
    esbuild
        // Modules are strict without being told.
        .args(["--target=es2022", "--tsconfig-raw={}", "--charset=utf8", "--log-level=warning"])
        .current_dir(folder);
    esbuild
}

/// Shortens in place what is not bundled: styles, the guard, the service worker and the programs' scripts. The guard's syntax stays as it was written: it has to run where nothing newer
/// does.
fn minify(workspace: &Workspace, dist: &Path) -> Result<()> {
    let is_ours = |file: &PathBuf| {
        let is_style = file.extension().is_some_and(|extension| extension == "css");
        (is_style && !file.components().any(|part| part.as_os_str() == "vendor"))
            || file.ends_with("sw.js")
            || file.ends_with("ganvas.js")
    };
    let others: Vec<PathBuf> = files::list(dist)?.into_iter().filter(is_ours).collect();
    for (files, extra) in [(vec![dist.join("guard.js")], None), (others, Some("--minify-syntax"))] {
        let mut esbuild = esbuild(workspace, dist);
        esbuild
            .args(files)
            .args(["--minify-whitespace", "--minify-identifiers"])
            .args(extra)
            .args(["--allow-overwrite", "--outdir=.", "--outbase=."]);
        shell::run(ESBUILD, &mut esbuild).context("scripts and styles could not be shortened")?;
    }
    Ok(())
}

/// Moves the code into its folder and points the page there.
fn name_code(dist: &Path) -> Result<()> {
    let parts = ["js", "rooms", "worker.js", "helper.js", "cpu", "gpu"].map(|part| dist.join(part));
    let parts: Vec<PathBuf> = parts.into_iter().filter(|part| part.exists()).collect();
    let mut digests = String::new();
    for part in &parts {
        let found = if part.is_dir() { files::list(part)? } else { vec![part.clone()] };
        for file in found {
            digests += &files::digest(&files::read(&file)?);
            digests += &file.strip_prefix(dist)?.to_string_lossy();
        }
    }
    let name = format!("{CODE}{}", &files::digest(digests.as_bytes())[..10]);

    let folder = dist.join(&name);
    files::make_folder(&folder)?;
    for part in &parts {
        let to = folder.join(part.file_name().unwrap_or_default());
        fs::rename(part, &to).with_context(|| format!("cannot move {}", part.display()))?;
    }
    let index = dist.join("index.html");
    let page = String::from_utf8(files::read(&index)?)?;
    let moved = page.replace("\"js/", &format!("\"{name}/js/"));
    ensure!(moved != page, "index.html names no script in js/, so the page would not start");
    files::write(&index, moved.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(wasm: &[u8]) -> tempfile::TempDir {
        let dist = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("index.html", &b"<script src=\"js/main.js\" type=\"module\"></script>"[..]),
            ("style.css", b"p {}"),
            ("worker.js", b"0"),
            ("helper.js", b"2"),
            ("js/main.js", b"1"),
            ("js/vendor/plot/LICENSE", b"// MIT"),
            ("rooms/watch/room.js", b"// what\n3"),
            ("rooms/watch/room.css", b"i {}"),
            ("cpu/ganvas_bg.wasm", wasm),
        ] {
            files::write(&dist.path().join(name), bytes).unwrap();
        }
        name_code(dist.path()).unwrap();
        dist
    }

    #[test]
    fn code_moves_together_and_the_page_follows() {
        let dist = lay(b"old");
        let code = code(dist.path()).unwrap();
        let name = code.file_name().unwrap().to_str().unwrap().to_owned();
        for file in
            ["worker.js", "helper.js", "js/main.js", "rooms/watch/room.css", "cpu/ganvas_bg.wasm"]
        {
            assert!(code.join(file).is_file(), "{file}");
            assert!(!dist.path().join(file).exists(), "{file}");
        }
        let page = fs::read_to_string(dist.path().join("index.html")).unwrap();
        assert_eq!(page, format!("<script src=\"{name}/js/main.js\" type=\"module\"></script>"));
        assert!(dist.path().join("style.css").is_file());
        assert!(has(dist.path(), Program::Cpu) && !has(dist.path(), Program::Gpu));
    }

    #[test]
    fn styles_come_as_one_in_their_order_and_the_page_without_comments() {
        let dist = tempfile::tempdir().unwrap();
        let page = "<p>\n  <!-- Why. -->\n  <link rel=\"stylesheet\" href=\"css/b.css\" />\n  <link rel=\"stylesheet\" href=\"css/a.css\" />\n</p>\n";
        for (name, text) in [("index.html", page), ("css/a.css", "a {}"), ("css/b.css", "b {}\n")] {
            files::write(&dist.path().join(name), text.as_bytes()).unwrap();
        }
        join_styles(dist.path()).unwrap();
        let text = |name| fs::read_to_string(dist.path().join(name)).unwrap();
        let link = "<link rel=\"stylesheet\" href=\"css/page.css\" />";
        assert_eq!(text("index.html"), format!("<p>\n{link}\n</p>\n"));
        assert_eq!(text("css/page.css"), "b {}\na {}");
        assert!(!dist.path().join("css/a.css").exists());
    }

    #[test]
    fn the_name_changes_with_the_code_and_only_then() {
        let name = |wasm| code(lay(wasm).path()).unwrap().file_name().unwrap().to_owned();
        assert_eq!(name(b"old"), name(b"old"));
        assert_ne!(name(b"old"), name(b"new"));
    }
}
