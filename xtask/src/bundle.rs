//! Puts the page's modules together: each that is asked for by its path with what it alone imports, and what several of
//! them import in files of its own. That is a fifth less to load than file by file, in a third of the requests.

use crate::workspace::Workspace;
use crate::{files, shell, site};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Loaded with the page, in this order.
const FIRST: [&str; 4] = ["js/main.js", "rooms/watch/room.js", "worker.js", "helper.js"];
/// What the page brings later by these paths, beside its rooms (`bring` in www/js/place.js); and what tests and benchmarks
/// take from a site that does not show itself.
const LATER: [&str; 11] = [
    "js/embed.js",
    "js/helpers.js",
    "js/link/more.js",
    "js/link/settings.js",
    "js/offline.js",
    "js/share/dialog.js",
    "js/views/chart.js",
    "js/views/chart/judging.js",
    "js/views/filmstrip.js",
    "js/views/inspection.js",
    "js/views/pairs.js",
];
/// How the files of what several import are called.
const SHARED: &str = "js/shared-[hash]";

/// Which entry first brings a file of what several import, by its path.
pub type Homes = BTreeMap<String, String>;

/// Replaces the modules in `dist` by fewer and shorter ones. Libraries stay as they are.
pub fn bundle(workspace: &Workspace, dist: &Path) -> Result<Homes> {
    let is_module = |file: &PathBuf| {
        let parts: Vec<_> = file.strip_prefix(dist).into_iter().flatten().collect();
        let ours = parts.first().is_some_and(|part| {
            ["js", "rooms", "worker.js", "helper.js"].iter().any(|name| *part == *name)
        });
        ours && file.extension().is_some_and(|extension| extension == "js")
            && !parts.iter().any(|part| *part == "vendor")
    };
    let modules: Vec<PathBuf> = files::list(dist)?.into_iter().filter(is_module).collect();
    let rooms = modules.iter().filter(|file| file.ends_with("room.js"));
    let rooms: BTreeSet<String> = rooms.map(|file| relative(dist, file)).collect();
    let entries: BTreeSet<String> =
        FIRST.iter().chain(&LATER).map(ToString::to_string).chain(rooms).collect();

    let out = workspace.target.join("bundle");
    files::remove_folder(&out)?;
    let meta = out.join("meta.json");
    let mut esbuild = site::esbuild(workspace, dist);
    esbuild
        .args(&entries)
        .args(["--bundle", "--splitting", "--format=esm", "--minify", "--outbase=."])
        .arg(format!("--chunk-names={SHARED}"))
        .arg(format!("--metafile={}", meta.display()))
        .arg(format!("--outdir={}", out.join("site").display()));
    shell::run(site::ESBUILD, &mut esbuild).context("the scripts could not be put together")?;

    for module in &modules {
        std::fs::remove_file(module)
            .with_context(|| format!("cannot remove {}", module.display()))?;
    }
    files::copy_tree(&out.join("site"), dist)?;
    let meta: Value = serde_json::from_slice(&files::read(&meta)?)?;
    preload(dist, &meta)?;
    Ok(homes(&meta))
}

/// Has the page ask at once for what its script imports, instead of once that has come and been read.
fn preload(dist: &Path, meta: &Value) -> Result<()> {
    const SCRIPT: &str = "<script src=\"js/main.js\"";
    let index = dist.join("index.html");
    let page = String::from_utf8(files::read(&index)?)?;
    let at = page.find(SCRIPT).context("index.html has no script to load")?;
    let shared = homes(meta).into_iter().filter(|(_, home)| home == FIRST[0]);
    let links: String = shared
        .map(|(name, _)| format!("<link rel=\"modulepreload\" href=\"js/{name}\" />\n"))
        .collect();
    files::write(&index, [&page[..at], &links, &page[at..]].concat().as_bytes())
}

fn relative(dist: &Path, file: &Path) -> String {
    file.strip_prefix(dist).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// By what esbuild says of the files that it wrote.
fn homes(meta: &Value) -> Homes {
    let outputs = meta["outputs"].as_object();
    let of_entry = |entry: &str| {
        let mut outputs = outputs.into_iter().flatten();
        outputs.find(|(_, output)| output["entryPoint"] == entry).map(|(path, _)| path.clone())
    };
    let entries = outputs.into_iter().flatten().filter_map(|(_, o)| o["entryPoint"].as_str());
    let mut homes = Homes::new();
    for entry in FIRST.into_iter().chain(entries) {
        let mut waiting: Vec<String> = of_entry(entry).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let output = &meta["outputs"][&path];
            let imports = output["imports"].as_array().into_iter().flatten();
            let now = imports.filter(|import| import["kind"] == "import-statement");
            waiting.extend(now.filter_map(|import| Some(import["path"].as_str()?.to_owned())));
            if output["entryPoint"].is_null() {
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                homes.entry(name).or_insert_with(|| entry.to_owned());
            }
        }
    }
    homes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_several_import_belongs_to_the_first_that_brings_it() {
        let import = |path| json!({ "path": path, "kind": "import-statement" });
        let later = json!({ "path": "../out/js/shared-C.js", "kind": "dynamic-import" });
        let meta = json!({ "outputs": {
            "../out/js/main.js": { "entryPoint": "js/main.js", "imports": [import("../out/js/shared-A.js"), later] },
            "../out/rooms/pad/room.js": { "entryPoint": "rooms/pad/room.js", "imports": [import("../out/js/shared-B.js"), import("../out/js/shared-C.js")] },
            "../out/js/shared-A.js": { "imports": [] },
            "../out/js/shared-B.js": { "imports": [import("../out/js/shared-A.js")] },
            "../out/js/shared-C.js": { "imports": [] },
        } });
        let expected =
            [("A", "js/main.js"), ("B", "rooms/pad/room.js"), ("C", "rooms/pad/room.js")];
        let expected = expected.map(|(name, home)| (format!("shared-{name}.js"), home.to_owned()));
        assert_eq!(homes(&meta), Homes::from(expected));
    }

    /// A path that the build does not know would not be there.
    #[test]
    fn what_the_page_brings_is_left_at_its_path() {
        let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www");
        let mut brought = BTreeSet::new();
        for file in files::list(&www).unwrap() {
            if file.extension().is_none_or(|extension| extension != "js") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            for call in text.split("bring(\"").skip(1) {
                brought.insert(call.split('"').next().unwrap().to_owned());
            }
        }
        brought.retain(|path| !path.contains("/vendor/"));
        let listed = LATER.iter().filter(|&&path| path != "js/helpers.js");
        assert_eq!(brought, listed.map(ToString::to_string).collect());
    }
}
