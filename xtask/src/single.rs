//! ganvas.html: the whole page in one file, which needs no server. The same sources as the site's, but for
//! `js/place.js`, which says where files come from: `www/single/place.js` stands in its place. The GPU program is left
//! out, and of MNIST all but the first shard.

mod page;
mod text;

pub use page::{short, styles};

use crate::workspace::Workspace;
use crate::{budget, compress, data, files, shell, site};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

pub const NAME: &str = "ganvas.html";
/// Scripts: those that are zipped into the page as files, and the one that finds them there.
const SCRIPTS: [&str; 3] = ["js/main.js", "worker.js", "helper.js"];
const LOADER: &str = "single/loader.js";
/// A model that was trained on MNIST, to compare with on its digits.
const OF_MNIST: &str = "super-rival.safetensors";
/// Other models have to be small, bytes.
const MODEL_LIMIT: u64 = 16_000;

/// Writes the page to `to`, from a folder with the bound CPU program and, if there, MNIST's shards. Returns its bytes.
///
/// # Errors
/// Also when it is larger than it may be.
pub fn write(
    workspace: &Workspace,
    program: &Path,
    shards: Option<&Path>,
    to: &Path,
) -> Result<usize> {
    let page =
        build(workspace, program, shards).with_context(|| format!("{NAME} did not build"))?;
    files::write(to, page.as_bytes())?;
    budget::check_single(page.len(), shards.is_some())?;
    Ok(page.len())
}

/// The page, the same bytes for the same sources.
pub fn build(workspace: &Workspace, program: &Path, shards: Option<&Path>) -> Result<String> {
    let www = workspace.root.join("www");
    let stage = workspace.target.join("single");
    files::remove_folder(&stage)?;
    files::copy_tree(&www, &stage)?;
    files::copy(&www.join("single/place.js"), &stage.join("js/place.js"))?;
    files::copy_tree(program, &stage.join("cpu"))?;
    // So that a worker's script has nothing of what only the page brings.
    files::write(&stage.join("package.json"), br#"{ "sideEffects": false }"#)?;
    let index = text_of(&www.join("index.html"))?;
    files::write(&stage.join("style.css"), sheets(workspace, &www, &index)?.as_bytes())?;
    bundle(workspace, &stage)?;

    let mut inside = Vec::new();
    let mut put = |path: &str, file: &Path| -> Result<()> {
        let bytes = files::read(file)?;
        // What is zipped already stays as it is.
        let zipped = if path.ends_with(".gz") { bytes } else { compress::gzip(&bytes)? };
        inside.push((path.to_owned(), zipped));
        Ok(())
    };
    for script in SCRIPTS {
        put(script, &stage.join("out").join(script))?;
    }
    put("cpu/ganvas_bg.wasm", &program.join("ganvas_bg.wasm"))?;
    put("classifier.safetensors", &workspace.root.join(site::CLASSIFIER))?;
    for model in files::list(&www.join("models"))? {
        let name = model.file_name().unwrap_or_default().to_string_lossy();
        let small = fs::metadata(&model)?.len() <= MODEL_LIMIT;
        if small || (shards.is_some() && name == OF_MNIST) {
            put(&format!("models/{name}"), &model)?;
        }
    }
    if let Some(shards) = shards {
        let first = data::first_shard(shards)?;
        let manifest = stage.join("mnist.json");
        files::write(&manifest, first.manifest.as_bytes())?;
        put("data/mnist.json", &manifest)?;
        for name in first.files {
            put(&format!("data/{name}"), &shards.join(&name))?;
        }
    }

    let about = about(workspace, &text_of(&www.join("single/about.html"))?, shards.is_some())?;
    page::rewritten(
        &index,
        &page::Parts {
            style: text_of(&stage.join("out/style.css"))?.trim(),
            guard: text_of(&stage.join("out/guard.js"))?.trim(),
            loader: text_of(&stage.join("out").join(LOADER))?.trim(),
            icon: &files::read(&www.join("icon.svg"))?,
            noscript: &text_of(&www.join("single/noscript.html"))?,
            about: &about,
            files: &inside,
        },
    )
}

fn text_of(file: &Path) -> Result<String> {
    String::from_utf8(files::read(file)?).with_context(|| format!("{} is no text", file.display()))
}

/// All styles, the page's own first, as they come on the site.
fn sheets(workspace: &Workspace, www: &Path, index: &str) -> Result<String> {
    let own: Vec<_> = styles(index).into_iter().map(|name| www.join(name)).collect();
    let late = files::list(www)?.into_iter().filter(|file| {
        file.extension().is_some_and(|extension| extension == "css") && !own.contains(file)
    });
    let of_curves = workspace.root.join("node_modules/uplot/dist/uPlot.min.css");
    own.iter().cloned().chain(late).chain([of_curves]).map(|file| text_of(&file)).collect()
}

/// Makes plain scripts of modules in `stage/out`, each with all that it imports, and shortens what the page holds itself.
fn bundle(workspace: &Workspace, stage: &Path) -> Result<()> {
    let mut scripts = site::esbuild(workspace, stage);
    scripts
        .args(SCRIPTS)
        .args([LOADER, "--bundle", "--format=iife", "--minify", "--legal-comments=none"])
        .args(["--log-override:empty-import-meta=silent", "--log-override:empty-glob=silent"])
        .args(["--outdir=out", "--outbase=."])
        .env("NODE_PATH", workspace.root.join("node_modules"));
    shell::run(site::ESBUILD, &mut scripts).context("the scripts could not be put together")?;
    let mut plain = site::esbuild(workspace, stage);
    plain.args(["guard.js", "style.css", "--minify-whitespace", "--minify-identifiers"]);
    shell::run(site::ESBUILD, plain.args(["--outdir=out", "--outbase=."]))
}

/// What the file is, and its licences, by a template.
fn about(workspace: &Workspace, template: &str, with_mnist: bool) -> Result<String> {
    let manifest = text_of(&workspace.root.join("Cargo.toml"))?;
    let mut version = field(&manifest, "version").unwrap_or_default().to_owned();
    let root = workspace.root.to_string_lossy();
    // A commit's own name, whatever tags there are.
    let describe = ["-C", &root, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
    if let Some(commit) = shell::ask("git", &describe) {
        version += &format!(", commit {commit}");
    }
    if let Some(address) = field(&manifest, "repository") {
        version += &format!(", from {}", escaped(address));
    }
    let mut licences = String::new();
    for (title, file) in [
        ("MIT licence", "LICENSE-MIT"),
        ("Apache licence 2.0", "LICENSE-APACHE"),
        ("uPlot’s licence", "node_modules/uplot/LICENSE"),
        ("lean-qr’s licence", "node_modules/lean-qr/LICENSE"),
    ] {
        let words = escaped(text_of(&workspace.root.join(file))?.trim());
        licences += &format!("<details><summary>{title}</summary><pre>{words}</pre></details>\n");
    }
    let digits =
        if with_mnist { "MNIST’s first 4,000 digits" } else { "digits that the program draws" };
    Ok(template
        .replace("{{version}}", &version)
        .replace("{{digits}}", digits)
        .replace("{{licences}}", &licences))
}

/// What the package's manifest says of itself, in one line.
fn field<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    let package = manifest.split("[package]").nth(1)?.split("\n[").next()?;
    let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
    line?.strip_suffix('"')
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_asked_about_the_package_alone() {
        let manifest = "[workspace]\nversion = \"9\"\n\n[package]\nname = \"a\"\nversion = \"0.2.0\"\n\n[dependencies]\nrepository = \"b\"\n";
        assert_eq!(field(manifest, "version"), Some("0.2.0"));
        assert_eq!(field(manifest, "repository"), None);
    }
}
