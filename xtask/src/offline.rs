//! Writes the list of the site's files, each with its hash, in front of its service worker (www/sw.js), which keeps them
//! for use without a connection, and has the page register it. Must not know what the worker does with them.

use crate::compress;
use crate::files;
use crate::single;
use anyhow::{Result, ensure};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use std::path::Path;

const WORKER: &str = "sw.js";
/// The worker without the list, shortened.
const MOST_WORKER_BYTES: usize = 3000;
/// What every visitor keeps, as it lies on the disk.
const MOST_PAGE_BYTES: usize = 1_000_000;
/// A browser takes these when the page is installed as an app; nobody else asks for them.
const ICONS: &str = "icons/";
const LINK: &str = r#"<link rel="serviceworker" href="sw.js" />"#;
const LIST: &str = "self.SITE=";

/// Brings the list in `dist` up to what lies there now. `code` is the name of the folder with the code.
pub fn write(dist: &Path, code: &str) -> Result<()> {
    let index = dist.join("index.html");
    let page = String::from_utf8(files::read(&index)?)?;
    if !page.contains(LINK) {
        let linked = page.replace("</head>", &format!("{LINK}</head>"));
        ensure!(linked != page, "index.html has no </head> to register the service worker before");
        files::write(&index, linked.as_bytes())?;
    }

    let path = dist.join(WORKER);
    let text = String::from_utf8(files::read(&path)?)?;
    let script = match text.split_once('\n') {
        Some((first, rest)) if first.starts_with(LIST) => rest,
        _ => &text,
    };
    let bytes = script.trim_end().len();
    ensure!(
        bytes <= MOST_WORKER_BYTES,
        "{WORKER} is {bytes} bytes long without its list, more than {MOST_WORKER_BYTES}"
    );
    let site = list(dist)?;
    let digest = hash(format!("{}{script}", json!(site)).as_bytes());
    // Pages of an older build are told by the folder that their code is in, see `tidy` in the worker.
    let site = json!({ "build": format!("{code} {digest}"), "files": site });
    files::write(&path, format!("{LIST}{site};\n{script}").as_bytes())
}

/// Hash, bytes and group of each file by its address.
fn list(dist: &Path) -> Result<Map<String, serde_json::Value>> {
    let mut found = Map::new();
    let mut page = 0;
    for path in files::list(dist)? {
        let address = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        let Some(group) = group(&address).filter(|_| !compress::is_packed_twin(&path)) else {
            continue;
        };
        let bytes = files::read(&path)?;
        if group == "page" {
            page += bytes.len();
        }
        let address = if address == "index.html" { String::new() } else { address };
        found.insert(address, json!([hash(&bytes), bytes.len(), group]));
    }
    ensure!(
        page <= MOST_PAGE_BYTES,
        "every visitor would keep {page} bytes of the page, more than {MOST_PAGE_BYTES}: leave files out in offline.rs"
    );
    Ok(found)
}

/// What a file is kept with, as `Group` in the worker says; none where it is not.
fn group(address: &str) -> Option<&'static str> {
    match address {
        // The page in one file keeps itself.
        WORKER | single::NAME => None,
        // What hosts read, and what pages of others fetch.
        _ if address.starts_with('_') || address.starts_with("embed/") => None,
        _ if address.starts_with(ICONS) || address.ends_with("/LICENSE") => None,
        _ if address.contains("/cpu/") => Some("cpu"),
        _ if address.contains("/gpu/") => Some("gpu"),
        _ if address.starts_with("data/") => Some("data"),
        _ if address.ends_with(".safetensors") => Some("more"),
        _ => Some("page"),
    }
}

/// The beginning of the SHA-256 in hexadecimal: tells what was built from whatever else a server may send.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn lay(script: &str) -> tempfile::TempDir {
        let dist = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("index.html", "<head></head>"),
            ("sw.js", script),
            ("css/base.css", "p {}"),
            ("css/base.css.br", "…"),
            ("icons/192.png", "…"),
            ("code-0/js/main.js", "1"),
            ("code-0/cpu/ganvas.js", "2"),
            ("code-0/gpu/ganvas.js", "3"),
            ("data/mnist-00-images.idx.gz", "4"),
            ("models/line.safetensors", "5"),
        ] {
            files::write(&dist.path().join(name), text.as_bytes()).unwrap();
        }
        dist
    }

    fn read(dist: &Path) -> (Value, String) {
        let text = String::from_utf8(files::read(&dist.join(WORKER)).unwrap()).unwrap();
        let (first, script) = text.split_once('\n').unwrap();
        let site = first.strip_prefix(LIST).unwrap().strip_suffix(';').unwrap();
        (serde_json::from_str(site).unwrap(), script.to_owned())
    }

    #[test]
    fn files_are_listed_with_what_they_are_kept_with() {
        let dist = lay("go()");
        write(dist.path(), "code-0").unwrap();
        let (site, script) = read(dist.path());
        assert_eq!(script, "go()");
        assert!(site["build"].as_str().unwrap().starts_with("code-0 "));
        let groups: Vec<_> = site["files"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(address, file)| format!("{address} {}", file[2].as_str().unwrap()))
            .collect();
        assert_eq!(
            groups,
            [
                " page",
                "code-0/cpu/ganvas.js cpu",
                "code-0/gpu/ganvas.js gpu",
                "code-0/js/main.js page",
                "css/base.css page",
                "data/mnist-00-images.idx.gz data",
                "models/line.safetensors more"
            ]
        );
        // As `printf 1 | sha256sum` says.
        assert_eq!(site["files"]["code-0/js/main.js"], json!(["6b86b273ff34fce1", 1, "page"]));
        let page = files::read(&dist.path().join("index.html")).unwrap();
        assert_eq!(String::from_utf8(page).unwrap(), format!("<head>{LINK}</head>"));
    }

    #[test]
    fn a_build_is_named_by_all_that_it_is() {
        let named = |script: &str, change: &dyn Fn(&Path)| {
            let dist = lay(script);
            write(dist.path(), "code-0").unwrap();
            change(dist.path());
            write(dist.path(), "code-0").unwrap();
            read(dist.path()).0["build"].as_str().unwrap().to_owned()
        };
        let first = named("go()", &|_| {});
        assert_eq!(first, named("go()", &|_| {}));
        assert_ne!(first, named("stay()", &|_| {}));
        assert_ne!(
            first,
            named("go()", &|dist| files::write(&dist.join("css/base.css"), b"q {}").unwrap())
        );
        // What is not listed changes nothing.
        assert_eq!(
            first,
            named("go()", &|dist| files::write(&dist.join("icons/192.png"), b"!").unwrap())
        );
    }

    #[test]
    fn a_long_worker_and_a_heavy_page_are_refused() {
        let long = write(lay(&"x".repeat(3001)).path(), "code-0").unwrap_err().to_string();
        assert!(long.contains("3001"), "{long}");
        let dist = lay("go()");
        files::write(&dist.path().join("all.html"), &[b' '; MOST_PAGE_BYTES]).unwrap();
        let heavy = write(dist.path(), "code-0").unwrap_err().to_string();
        assert!(heavy.contains("leave files out"), "{heavy}");
    }
}
