//! The command line as a person meets it: files that fit together, and one clear line for whatever
//! is wrong. Trains tiny nets on drawn digits, so it needs no data.

use assert_cmd::Command;
use ganvas::data::{PIXELS, idx};
use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// As small as a recipe may be while it still trains.
const TINY: [&str; 7] = [
    "train",
    "--data=drawn",
    "--set=generator.width=4",
    "--set=discriminator.width=4",
    "--set=batch=4",
    "--set=latent=8",
    "--set=seed=3",
];

fn ganvas(args: &[&str], folder: &Path) -> Command {
    let mut command = Command::cargo_bin("ganvas").unwrap();
    command.args(args).current_dir(folder).env_remove("GANVAS_MNIST_DIR");
    command
}

/// Runs what should work and returns its stdout.
fn works(args: &[&str], folder: &Path) -> String {
    let output = ganvas(args, folder).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?} failed: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs what should fail, with this exit code and exactly one line on stderr that holds `says`.
fn refuses(args: &[&str], folder: &Path, code: i32, says: &str) {
    let output = ganvas(args, folder).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{args:?} says more than one line: {stderr}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    assert!(stderr.contains(says), "{args:?} should say `{says}`, but says {stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("fault in ganvas"), "{stderr}");
}

fn train(folder: &Path, out: &str, more: &[&str]) -> String {
    works(&[&TINY[..], &["--out", out], more].concat(), folder)
}

/// The tensors and the header of a checkpoint; the order of the header's entries means nothing.
fn contents(path: PathBuf) -> BTreeMap<String, Vec<u8>> {
    let bytes = read(path);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let entries = header.metadata().clone().unwrap();
    let entries = entries.into_iter().map(|(name, text)| (name, text.into_bytes()));
    file.iter().map(|(name, t)| (name.to_string(), t.data().to_vec())).chain(entries).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn read(path: PathBuf) -> Vec<u8> {
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn drawn_digits_come_with_labels_and_repeat_by_seed() {
    let dir = folder();
    let at = |name: &str| read(dir.path().join(name));
    works(&["draw", "--count=30", "--seed=5", "--out=a.idx", "--grid=a.png"], dir.path());
    let digits = idx::read_pair(&at("a.idx"), &at("labels.idx")).unwrap();
    assert_eq!(digits.len(), 30);
    assert!(digits.images.chunks(PIXELS).all(|picture| picture.contains(&255)));
    assert_eq!(at("a.png")[1..4], *b"PNG");
    works(&["draw", "--count=30", "--seed=5", "--out=b.idx"], dir.path());
    assert!(at("a.idx") == at("b.idx"));
    works(&["draw", "--count=30", "--seed=6", "--out=c.idx"], dir.path());
    assert!(at("a.idx") != at("c.idx"));
}

#[test]
fn a_run_leaves_what_is_needed_to_draw_with_it() {
    let dir = folder();
    let at = |name: &str| read(dir.path().join(name));
    let stdout = train(dir.path(), "run", &["--steps=6", "--every=4", "--keep"]);
    assert!(stdout.lines().any(|line| line.starts_with("step      6")), "{stdout}");
    assert!(stdout.contains("wrote run"), "{stdout}");
    for file in ["grid-000004.png", "grid-000006.png", "checkpoint-000004.safetensors"] {
        assert!(dir.path().join("run").join(file).exists(), "{file} is missing");
    }
    let losses = String::from_utf8(at("run/losses.csv")).unwrap();
    let steps: Vec<_> = losses.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    assert_eq!(steps, ["1", "2", "3", "4", "5", "6"]);

    let sample = |seed: &str, out: &str| {
        let checkpoint = "--checkpoint=run/checkpoint.safetensors";
        works(&["sample", checkpoint, "--count=25", seed, out, "--grid=s.png"], dir.path());
    };
    sample("--seed=1", "--out=s.idx");
    let digits = idx::read_pair(&at("s.idx"), &at("labels.idx")).unwrap();
    let rotation: Vec<u8> = (0..25).map(|i| i % 10).collect();
    assert_eq!(digits.labels, rotation);
    assert_eq!(at("s.png")[1..4], *b"PNG");
    sample("--seed=1", "--out=again.idx");
    assert!(at("s.idx") == at("again.idx"));
    sample("--seed=2", "--out=other.idx");
    assert!(at("s.idx") != at("other.idx"));
}

#[test]
fn the_same_flags_give_the_same_run_and_resuming_goes_on_with_it() {
    let dir = folder();
    let run = |name: &str| contents(dir.path().join(name).join("checkpoint.safetensors"));
    train(dir.path(), "whole", &["--steps=6", "--every=3"]);
    train(dir.path(), "again", &["--steps=6"]);
    assert!(run("whole") == run("again"));
    train(dir.path(), "other", &["--steps=6", "--seed=4"]);
    assert!(run("whole") != run("other"));
    train(dir.path(), "half", &["--steps=3"]);
    let resume = ["train", "--resume=half/checkpoint.safetensors", "--steps=6", "--out=resumed"];
    works(&resume, dir.path());
    assert!(run("whole") == run("resumed"));
    works(&["train", "--recipe=whole/recipe.json", "--steps=6", "--out=from-recipe"], dir.path());
    assert!(run("whole") == run("from-recipe"));
    refuses(&resume[..3], dir.path(), 2, "--out");
    let done = ["train", "--resume=whole/checkpoint.safetensors", "--steps=6", "--out=x"];
    refuses(&done, dir.path(), 1, "already taken 6 steps");
    assert!(!dir.path().join("x").exists());
}

#[test]
fn an_unconditional_run_has_no_labels() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1", "--set=conditional=false"]);
    let checkpoint = "--checkpoint=run/checkpoint.safetensors";
    works(&["sample", checkpoint, "--count=3", "--out=s.idx"], dir.path());
    assert_eq!(idx::read_images(&read(dir.path().join("s.idx"))).unwrap().len(), 3 * PIXELS);
    assert!(!dir.path().join("labels.idx").exists());
}

#[test]
fn eval_prints_what_the_classifier_says_as_json() {
    let dir = folder();
    works(&["draw", "--count=500", "--out=d.idx"], dir.path());
    let eval = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&works(&[&["eval", "d.idx"], args].concat(), dir.path())).unwrap()
    };
    let report = eval(&["--labels=labels.idx"]);
    assert_eq!(report["count"], 500);
    assert!(report["label_accuracy"].as_f64().unwrap() > 0.9, "{report}");
    assert!(report["class_kl"].as_f64().unwrap() < 0.05, "{report}");
    assert!(report["frechet_distance"].is_null());
    assert!(eval(&[])["label_accuracy"].is_null());
    assert_eq!(eval(&["--labels=labels.idx", "--count=20"])["count"], 20);
}

#[test]
fn a_run_measured_on_its_way_leaves_a_line_for_each_time_and_a_page_of_curves() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=5", "--eval-every=2", "--eval-count=100"]);
    let lines = String::from_utf8(read(dir.path().join("run/metrics.jsonl"))).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str| lines.iter().map(|l| l[key].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("step"), [2, 4, 5]);
    assert_eq!(of("images_seen"), [8, 16, 20]);
    assert_eq!((of("count"), of("seed")), (vec![100; 3], vec![3; 3]));
    for metric in ganvas::metrics::Metric::ALL {
        let name = serde_json::to_value(metric).unwrap();
        let name = name.as_str().unwrap();
        assert!(lines.iter().all(|line| line[name].is_f64()), "{name}");
        assert_eq!(lines[0]["floor"][name].is_f64(), !name.starts_with("d_"), "{name}");
    }
    let page = String::from_utf8(read(dir.path().join("run/metrics.html"))).unwrap();
    assert_eq!(page.matches("<svg").count(), ganvas::metrics::Metric::ALL.len());
    assert!(!page.contains("http"), "it needs nothing else");

    // Measuring changes nothing.
    train(dir.path(), "plain", &["--steps=5"]);
    let run = |name: &str| contents(dir.path().join(name).join("checkpoint.safetensors"));
    assert!(run("run") == run("plain"));
    assert!(!dir.path().join("plain/metrics.jsonl").exists());
    let stray = ["train", "--data=drawn", "--out=x", "--eval-count=200"];
    refuses(&stray, dir.path(), 2, "--eval-every");
}

#[test]
fn a_measured_run_that_collapses_says_so_once() {
    let dir = folder();
    // A judge that hardly learns; looks keep to a share of the time, hence the many short steps.
    let weak = [
        "--set=generator.width=8",
        "--set=discriminator.width=8",
        "--set=batch=8",
        "--set=penalty.kind=none",
        "--set=generator.optimiser.lr=0.01",
        "--set=discriminator.optimiser.lr=1e-4",
        "--set=generator.schedule.kind=constant",
        "--set=discriminator.schedule.kind=constant",
    ];
    let measured = ["--steps=3000", "--eval-every=3000", "--eval-count=100", "--out=run"];
    let lines = works(&[&TINY[..], &weak, &measured].concat(), dir.path());
    let warnings: Vec<&str> = lines.lines().filter(|line| line.contains("mode collapse")).collect();
    assert!(!warnings.is_empty() && warnings[0].contains("Try: "), "{lines}");
    assert!(warnings.len() < 20, "not at every look: {lines}");
}

/// Drawn digits in MNIST's place, so that no data is needed.
#[test]
fn eval_holds_pictures_against_test_digits_beside_training_digits_and_asks_the_judge() {
    let dir = folder();
    fs::create_dir(dir.path().join("mnist")).unwrap();
    for (seed, half) in [("5", "train"), ("6", "t10k"), ("7", "other")] {
        let (images, seed) =
            (format!("--out=mnist/{half}-images-idx3-ubyte"), format!("--seed={seed}"));
        works(&["draw", "--count=1000", &seed, &images], dir.path());
        let labels = dir.path().join("mnist/labels.idx");
        fs::rename(labels, dir.path().join(format!("mnist/{half}-labels-idx1-ubyte"))).unwrap();
    }
    train(dir.path(), "run", &["--steps=3"]);
    let images = ["eval", "mnist/other-images-idx3-ubyte", "--data=mnist"];
    let asking = [&images[..], &["--checkpoint=run/checkpoint.safetensors"]].concat();
    let labelled = [&asking[..], &["--labels=mnist/other-labels-idx1-ubyte"]].concat();
    let report: serde_json::Value = serde_json::from_str(&works(&labelled, dir.path())).unwrap();
    assert_eq!((&report["count"], &report["reference"]), (&1000.into(), &1000.into()));
    for metric in ganvas::metrics::Metric::ALL {
        let name = serde_json::to_value(metric).unwrap();
        let name = name.as_str().unwrap();
        let (own, floor) = (&report[name], &report["floor"][name]);
        assert!(own.is_f64() && floor.is_f64() != name.starts_with("d_"), "{name}: {report}");
        // Three draws of one hand: the pictures are as near to the test set as the training set is.
        if let (Some(own), Some(floor)) = (own.as_f64(), floor.as_f64())
            && !matches!(name, "kernel_distance" | "class_kl")
        {
            assert!((own - floor).abs() < 0.25 * floor, "{name}: {own}, floor {floor}");
        }
    }
    // All three sorts of pictures are real, so that nothing tells them apart.
    let gap = |name: &str| report[name].as_f64().unwrap().abs();
    assert!(gap("d_logit_gap") < 0.1 && gap("d_held_out_gap") < 0.1, "{report}");

    refuses(&asking, dir.path(), 1, "give --labels");
    let without =
        ["eval", "mnist/other-images-idx3-ubyte", "--checkpoint=run/checkpoint.safetensors"];
    refuses(&without, dir.path(), 2, "--data");
    let noise = [&images[..], &["--checkpoint=mnist/t10k-labels-idx1-ubyte"]].concat();
    refuses(&noise, dir.path(), 1, "was refused");
}

#[test]
fn stacked_digits_are_trained_on_drawn_and_counted() {
    let dir = folder();
    fs::create_dir(dir.path().join("mnist")).unwrap();
    works(&["draw", "--count=300", "--out=mnist/train-images-idx3-ubyte"], dir.path());
    let labels = dir.path().join("mnist/train-labels-idx1-ubyte");
    fs::rename(dir.path().join("mnist/labels.idx"), labels).unwrap();

    let stacked = ["--set=dataset=stacked-mnist", "--set=conditional=false"];
    let small = [&TINY[..1], &TINY[2..], &stacked, &["--data=mnist"]].concat();
    works(&[&small[..], &["--steps=2", "--out=run"]].concat(), dir.path());
    let grid = image::open(dir.path().join("run/grid-000002.png")).unwrap();
    assert_eq!(grid.color(), image::ColorType::Rgb8);
    let resume = ["train", "--resume=run/checkpoint.safetensors", "--data=mnist"];
    works(&[&resume[..], &["--steps=3", "--out=on"]].concat(), dir.path());

    let checkpoint = "--checkpoint=on/checkpoint.safetensors";
    works(&["sample", checkpoint, "--count=40", "--out=s.idx", "--grid=s.png"], dir.path());
    let (channels, pixels) = idx::read_pictures(&read(dir.path().join("s.idx"))).unwrap();
    assert_eq!((channels, pixels.len()), (3, 40 * 3 * PIXELS));
    let report = works(&["eval", "s.idx", "--data=mnist", "--count=30"], dir.path());
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    // Thirty fair stacks of a thousand are nearly all different.
    let floor = &report["floor"];
    assert_eq!((&report["count"], &floor["count"]), (&30.into(), &30.into()));
    assert!((25..=30).contains(&floor["modes"].as_u64().unwrap()), "{report}");
    assert!(report["modes"].as_u64().unwrap() <= floor["modes"].as_u64().unwrap(), "{report}");
    let divergence = |of: &serde_json::Value| of["reverse_kl"].as_f64().unwrap();
    assert!(divergence(&report) >= divergence(floor) && divergence(floor) > 3.0, "{report}");

    let refuses = |args: &[&str], says| refuses(args, dir.path(), 1, says);
    refuses(&["eval", "s.idx", "--labels=mnist/train-labels-idx1-ubyte"], "--labels");
    let drawn = [&TINY[..], &stacked, &["--out=r"]].concat();
    refuses(&drawn, "made of MNIST");
    refuses(&[&small[..], &["--out=r", "--eval-every=1"]].concat(), "--eval-every");
    refuses(&[&small[..], &["--out=r", "--set=conditional=true"]].concat(), "conditional must");
}

#[test]
fn help_comes_from_the_catalog() {
    let dir = folder();
    let help = works(&["train", "--help"], dir.path());
    let list = works(&["presets"], dir.path());
    let catalog = ganvas::recipe::catalog();
    for preset in &catalog.presets {
        assert!(help.contains(&preset.name) && help.contains(&preset.label), "{help}");
        assert!(list.contains(&preset.summary), "{list}");
    }
    for field in &catalog.fields {
        assert!(help.contains(&field.path), "{} is missing from the help", field.path);
        assert!(list.contains(&field.help), "{} is missing from the list", field.path);
    }
    let eval = works(&["eval", "--help"], dir.path());
    for metric in &catalog.metrics {
        for words in [metric.label.as_str(), &metric.formula, &metric.paper.url] {
            assert!(eval.contains(words), "{words} is missing from eval's help");
        }
    }
    let json = works(&["presets", "--json"], dir.path());
    let _: ganvas::recipe::Catalog = serde_json::from_str(&json).unwrap();
}

#[test]
fn wrong_flags_are_one_line() {
    let dir = folder();
    let refuses = |args: &[&str], says| refuses(args, dir.path(), 2, says);
    refuses(&[], "--help");
    refuses(&["paint"], "paint");
    refuses(&["draw", "--count=3"], "--out");
    refuses(&["draw", "--count=0", "--out=a.idx"], "0 is not in");
    refuses(&["draw", "--count=many", "--out=a.idx"], "many");
    refuses(&["draw", "--count=3", "--out=a.idx", "--colour=red"], "--colour");
    refuses(&["train", "--preset=nonesuch", "--out=r"], "quick");
    refuses(&["train", "--device=abacus", "--out=r"], "cpu");
    refuses(&["train", "--out=r", "--set=width=3"], "generator.width");
    refuses(&["train", "--out=r", "--set=generator.width=wide"], "whole number");
    refuses(&["train", "--out=r", "--steps=0"], "--steps");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn what_is_missing_or_broken_is_named_in_one_line() {
    let dir = folder();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    write("noise", &[7; 3000]);
    write("one.idx", &idx::write_images(&[9; PIXELS]));
    write("two-labels.idx", &idx::write_labels(&[1, 2]));
    let cut = &idx::write_images(&[9; PIXELS])[..500];
    write("cut.idx", cut);
    write("folder-like", b"");

    let refuses = |args: &[&str], says| refuses(args, dir.path(), 1, says);
    refuses(&["sample", "--checkpoint=none", "--count=1", "--out=a.idx"], "cannot read none");
    refuses(&["sample", "--checkpoint=noise", "--count=1", "--out=a.idx"], "checkpoint");
    refuses(&["sample", "--checkpoint=one.idx", "--count=1", "--out=labels.idx"], "another name");
    refuses(&["eval", "none.idx"], "cannot read none.idx");
    refuses(&["eval", "noise"], "noise cannot be used");
    refuses(&["eval", "cut.idx"], "ends after 500 of its 800 bytes");
    refuses(&["eval", "one.idx", "--labels=two-labels.idx"], "1 images but 2 labels");
    refuses(&["eval", "one.idx", "--count=2"], "one.idx has 1");
    refuses(&["eval", "one.idx", "--classifier=noise"], "noise was refused");
    refuses(&["eval", "one.idx", "--data=nowhere"], "nowhere");
    refuses(&["eval", "one.idx", "--data=drawn"], "MNIST");
    refuses(&["train", "--out=r"], "GANVAS_MNIST_DIR");
    refuses(&["train", "--out=r", "--data=nowhere"], "nowhere");
    refuses(&["train", "--out=r", "--data=drawn", "--set=batch=1"], "batch");
    refuses(&["train", "--out=r", "--recipe=noise"], "noise is not a recipe");
    refuses(&["train", "--out=r", "--resume=noise"], "noise was refused");
    refuses(&["train-classifier", "--data=nowhere"], "nowhere");
    refuses(&["train-classifier", "--data=drawn"], "MNIST");
    refuses(&["draw", "--count=1", "--out=nowhere/a.idx"], "cannot write nowhere");
    let into_a_file = [&TINY[..], &["--out=folder-like", "--steps=1"]].concat();
    refuses(&into_a_file, "folder-like");
}

#[test]
fn checkpoints_cut_short_or_changed_are_refused() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    let whole = read(dir.path().join("run/checkpoint.safetensors"));
    let sample = ["sample", "--checkpoint=broken", "--count=1", "--out=a.idx"];
    for length in [0, 7, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(dir.path().join("broken"), &whole[..length]).unwrap();
        refuses(&sample, dir.path(), 1, "broken was refused");
    }
    let mut poisoned = whole.clone();
    let end = poisoned.len();
    poisoned[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs::write(dir.path().join("broken"), &poisoned).unwrap();
    refuses(&sample, dir.path(), 1, "broken was refused");
}

/// The catalog's bounds keep a fresh run from diverging quickly, so this one goes on from weights
/// that are finite, but too large to compute with.
#[test]
fn a_run_that_diverges_ends_with_one_line() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=1"]);
    let good = read(dir.path().join("run/checkpoint.safetensors"));
    let mut checkpoint = good.clone();
    let file = SafeTensors::deserialize(&checkpoint).unwrap();
    let weights = file.tensor("discriminator.logit.weight").unwrap().data().as_ptr_range();
    let from = weights.start as usize - checkpoint.as_ptr() as usize;
    let to = weights.end as usize - checkpoint.as_ptr() as usize;
    for weight in checkpoint[from..to].chunks_exact_mut(4) {
        weight.copy_from_slice(&f32::MAX.to_le_bytes());
    }
    fs::write(dir.path().join("huge"), checkpoint).unwrap();
    let resume = ["train", "--resume=huge", "--steps=20", "--out=run"];
    refuses(&resume, dir.path(), 1, "diverged");
    refuses(&resume, dir.path(), 1, "the last good checkpoint, of step 1, is huge");
    let kept = read(dir.path().join("run/checkpoint.safetensors"));
    assert!(kept == good, "a good checkpoint was written over");
}
