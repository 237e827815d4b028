//! How many bytes a visitor may have to load before the page trains. A build that takes more fails, and
//! says what has grown since the sizes were last recorded in `xtask/sizes.json`.

use crate::bundle::Homes;
use crate::compress::Size;
use crate::shell::say;
use crate::workspace::Workspace;
use crate::{files, single};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is loaded together, in kB of brotli: on the CPU path the page with its first room and the program, on the GPU
/// path the program.
const BUDGETS: [(&str, &[&str], usize); 2] = [
    ("the page and the CPU program", &[PAGE, FIRST_ROOM, CPU], 600),
    ("the GPU program", &[GPU], 1800),
];
/// What opening any one room may load, in kB of brotli.
const ROOM_BUDGET: usize = 60;

/// What the page in one file may weigh, in kB as it lies on the disk: without MNIST, and with its first shard.
const SINGLE_BUDGETS: [usize; 2] = [1500, 2500];

const PAGE: &str = "page";
/// How the parts that are rooms are named.
const ROOM: &str = "room ";
/// The one that a visit begins with.
const FIRST_ROOM: &str = "room watch";
/// The library that draws its curves comes when there are some.
const CURVES: &str = "room watch's curves";
/// The stage of a game that translates comes with such a game, and what plays films with one that makes some.
const PAIRS: &str = "room watch's pairs";
/// So does that of a game with points.
const CHART: &str = "room watch's charts";
/// What looks closely at a picture comes when one is first pressed.
const CLOSE_UP: &str = "room watch's close-up";
/// What makes links comes when one is wanted, and what reads the longer ones with such a link.
const SHARING: &str = "room watch's sharing";
/// What is kept for use without a connection is looked after when the first pictures are there.
const OFFLINE: &str = "offline";
/// What stands on pages of others, and what the page takes to be in a frame of theirs.
const EMBEDDING: &str = "embedding";
const CPU: &str = "CPU program";
const GPU: &str = "GPU program";

/// Brotli bytes by part of the site.
type Parts = BTreeMap<String, usize>;

/// # Errors
/// When a budget is passed.
pub fn check(workspace: &Workspace, sizes: &[Size], homes: &Homes, record: bool) -> Result<()> {
    let parts = parts(sizes, homes);
    for (name, members, most) in BUDGETS {
        let total: usize = members.iter().filter_map(|part| parts.get(*part)).sum();
        say(format_args!("{name}: {:.1} kB of brotli, of {most}", total as f64 / 1000.0));
    }
    let path = workspace.root.join("xtask/sizes.json");
    if record {
        return files::write(&path, (serde_json::to_string_pretty(&parts)? + "\n").as_bytes());
    }
    let recorded = serde_json::from_slice(&files::read(&path)?)
        .with_context(|| format!("{} holds no sizes", path.display()))?;
    match excess(&parts, &recorded) {
        None => Ok(()),
        Some(excess) => bail!("{excess}"),
    }
}

/// # Errors
/// When the page in one file, of so many bytes, is larger than it may be.
pub fn check_single(bytes: usize, with_mnist: bool) -> Result<()> {
    let most = SINGLE_BUDGETS[usize::from(with_mnist)];
    if bytes > most * 1000 {
        bail!("{}: {:.1} kB, more than {most} kB", single::NAME, bytes as f64 / 1000.0);
    }
    Ok(())
}

/// What several modules import counts for the first that brings it.
fn parts(sizes: &[Size], homes: &Homes) -> Parts {
    let mut parts = Parts::new();
    for Size { path, raw, packed } in sizes {
        let home = homes.get(path.rsplit('/').next().unwrap_or(path));
        let path = home.map_or(path.clone(), |home| format!("code/{home}"));
        let part = match path.as_str() {
            path if path.contains("/cpu/") => CPU,
            path if path.contains("/gpu/") => GPU,
            // A page of its own.
            single::NAME => continue,
            // Pictures, and the weights of the evaluator, which come later.
            path if path.starts_with("data/") || path.ends_with(".safetensors") => continue,
            path if ["/js/share/", "/js/link/", "/vendor/lean-qr/"]
                .iter()
                .any(|folder| path.contains(folder)) =>
            {
                SHARING
            }
            // Taken when the page is installed as an app.
            path if path.starts_with("icons/") => continue,
            path if path == "sw.js"
                || path.ends_with(".webmanifest")
                || path.ends_with("/js/offline.js") =>
            {
                OFFLINE
            }
            // Read by the host alone.
            path if path.starts_with('_') => continue,
            path if path.starts_with("embed/") || path.contains("/js/embed.") => EMBEDDING,
            path if path.contains("/vendor/") => CURVES,
            path if ["pairs", "filmstrip"]
                .iter()
                .any(|name| path.contains(&format!("/views/{name}."))) =>
            {
                PAIRS
            }
            path if path.contains("/views/inspection.") => CLOSE_UP,
            path if path.contains("/views/chart") => CHART,
            path => match path.split_once("/rooms/").and_then(|(_, rest)| rest.split_once('/')) {
                Some((room, _)) => &format!("{ROOM}{room}"),
                None => PAGE,
            },
        };
        *parts.entry(part.to_owned()).or_default() += packed.map_or(*raw, |packed| packed.brotli);
    }
    parts
}

/// Which budgets are passed, and what grew.
fn excess(parts: &Parts, recorded: &Parts) -> Option<String> {
    let mut text = String::new();
    let rooms: Vec<&str> =
        parts.keys().map(String::as_str).filter(|part| part.starts_with(ROOM)).collect();
    let rooms = rooms.iter().map(|room| (*room, std::slice::from_ref(room), ROOM_BUDGET));
    for (name, members, kilobytes) in BUDGETS.into_iter().chain(rooms) {
        let of = |parts: &Parts, part: &str| parts.get(part).copied().unwrap_or(0);
        let total: usize = members.iter().map(|part| of(parts, part)).sum();
        if total <= kilobytes * 1000 {
            continue;
        }
        let kilo = |bytes: usize| format!("{:.1} kB", bytes as f64 / 1000.0);
        // Writing to a string cannot fail.
        let _ = write!(text, "{name}: {} of brotli, more than {kilobytes} kB", kilo(total));
        for part in members {
            let (now, before) = (of(parts, part), of(recorded, part));
            if now > before {
                let grown = kilo(now - before);
                let _ = write!(text, "; {part}: {}, grown by {grown}", kilo(now));
            }
        }
        text += ". ";
    }
    (!text.is_empty()).then(|| text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compress::Packed;

    fn size(path: &str, brotli: usize) -> Size {
        let packed = Some(Packed { gzip: brotli + 1, brotli });
        Size { path: path.into(), raw: 10 * brotli, packed }
    }

    #[test]
    fn files_belong_to_what_they_are_loaded_with() {
        let shard = Size { path: "data/mnist-00-images.idx.gz".into(), raw: 600_000, packed: None };
        let sizes = [
            size("code-0/cpu/ganvas_bg.wasm", 400_000),
            size("code-0/cpu/ganvas.js", 6_000),
            size("code-0/js/main.js", 18_000),
            size("code-0/js/shared-A.js", 2_000),
            size("code-0/js/shared-B.js", 500),
            size("code-0/js/vendor/uplot/uPlot.min.js", 21_000),
            size("code-0/js/vendor/lean-qr/nano.mjs", 2_000),
            size("code-0/js/share/dialog.js", 3_000),
            size("code-0/js/link/write.js", 1_000),
            size("code-0/rooms/watch/room.js", 4_000),
            size("code-0/rooms/explore/room.js", 1_500),
            size("code-0/rooms/explore/room.css", 1_000),
            size("index.html", 3_000),
            size("sw.js", 4_000),
            size("code-0/js/offline.js", 2_000),
            size("classifier.safetensors", 200_000),
            size("ganvas.html", 1_400_000),
            shard,
        ];
        let shared = |name: &str, home: &str| (format!("shared-{name}.js"), home.to_owned());
        let homes = [shared("A", "js/main.js"), shared("B", "rooms/explore/room.js")];
        let parts = parts(&sizes, &Homes::from(homes));
        assert_eq!(parts[CPU], 406_000);
        assert_eq!(parts[PAGE], 23_000);
        assert_eq!((parts[FIRST_ROOM], parts[CURVES]), (4_000, 21_000));
        assert_eq!((parts["room explore"], parts[SHARING]), (3_000, 6_000));
        assert_eq!(parts[OFFLINE], 6_000);
        assert_eq!(parts.len(), 7);
        assert_eq!(excess(&parts, &Parts::new()), None);
    }

    #[test]
    fn the_page_in_one_file_may_weigh_more_with_mnist() {
        assert!(check_single(1_500_000, false).is_ok() && check_single(2_500_000, true).is_ok());
        let error = check_single(1_500_100, false).unwrap_err();
        assert_eq!(error.to_string(), "ganvas.html: 1500.1 kB, more than 1500 kB");
    }

    #[test]
    fn a_passed_budget_names_what_grew() {
        let of = |page, cpu| Parts::from([(PAGE.into(), page), (CPU.into(), cpu)]);
        let text = excess(&of(80_000, 550_000), &of(80_000, 490_000)).unwrap();
        assert_eq!(
            text,
            "the page and the CPU program: 630.0 kB of brotli, more than 600 kB; CPU program: \
             550.0 kB, grown by 60.0 kB."
        );
        let explore = Parts::from([("room explore".into(), 61_000)]);
        assert_eq!(
            excess(&explore, &Parts::new()).unwrap(),
            "room explore: 61.0 kB of brotli, more than 60 kB; room explore: 61.0 kB, grown by 61.0 kB."
        );
    }
}
