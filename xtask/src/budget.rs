//! How many bytes a visitor may have to load before the page trains. A build that takes more fails, and
//! says what has grown since the sizes were last recorded in `xtask/sizes.json`.

use crate::compress::Size;
use crate::files;
use crate::workspace::Workspace;
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
const CPU: &str = "CPU program";
const GPU: &str = "GPU program";

/// Brotli bytes by part of the site.
type Parts = BTreeMap<String, usize>;

/// # Errors
/// When a budget is passed.
pub fn check(workspace: &Workspace, sizes: &[Size], record: bool) -> Result<()> {
    let parts = parts(sizes);
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

fn parts(sizes: &[Size]) -> Parts {
    let mut parts = Parts::new();
    for Size { path, raw, packed } in sizes {
        let part = match path.as_str() {
            path if path.contains("/cpu/") => CPU,
            path if path.contains("/gpu/") => GPU,
            // Pictures, and the weights of the evaluator, which come later.
            path if path.starts_with("data/") || path.ends_with(".safetensors") => continue,
            path if path.contains("/vendor/") => CURVES,
            path if ["pairs", "bicubic", "comparing", "filmstrip"]
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
            size("code-0/js/main.js", 20_000),
            size("code-0/js/vendor/uplot/uPlot.min.js", 21_000),
            size("code-0/rooms/watch/room.js", 4_000),
            size("code-0/rooms/draw/room.js", 2_000),
            size("code-0/rooms/draw/room.css", 1_000),
            size("index.html", 3_000),
            size("classifier.safetensors", 200_000),
            shard,
        ];
        let parts = parts(&sizes);
        assert_eq!(parts[CPU], 406_000);
        assert_eq!(parts[PAGE], 23_000);
        assert_eq!((parts[FIRST_ROOM], parts[CURVES]), (4_000, 21_000));
        assert_eq!(parts["room draw"], 3_000);
        assert_eq!(parts.len(), 5);
        assert_eq!(excess(&parts, &Parts::new()), None);
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
        let draw = Parts::from([("room draw".into(), 61_000)]);
        assert_eq!(
            excess(&draw, &Parts::new()).unwrap(),
            "room draw: 61.0 kB of brotli, more than 60 kB; room draw: 61.0 kB, grown by 61.0 kB."
        );
    }
}
