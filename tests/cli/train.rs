//! What a run leaves behind.

use super::*;
use ganvas::data::{PIXELS, idx};

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
        works(
            &["sample", checkpoint, "--count=25", seed, out, "--grid=s.png", "--force"],
            dir.path(),
        );
    };
    sample("--seed=1", "--out=s.idx");
    let digits = idx::read_pair(&at("s.idx"), &at("s.labels.idx")).unwrap();
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
fn a_run_measured_on_its_way_leaves_a_line_for_each_time_and_a_page_of_curves() {
    let dir = folder();
    // Of an objective with a threshold, so that there is every figure.
    let hinge = "--set=objective=hinge";
    train(dir.path(), "run", &["--steps=5", hinge, "--eval-every=2", "--eval-count=100"]);
    let lines = String::from_utf8(read(dir.path().join("run/metrics.jsonl"))).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str| lines.iter().map(|l| l[key].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(of("step"), [2, 4, 5]);
    assert_eq!(of("images_seen"), [8, 16, 20]);
    assert_eq!((of("count"), of("seed")), (vec![100; 3], vec![3; 3]));
    let fits =
        |metric: &&ganvas::metrics::Metric| !metric.is_of_some_games() && !metric.is_of_points();
    let drawn = || ganvas::metrics::Metric::ALL.iter().filter(fits);
    for metric in drawn() {
        let name = serde_json::to_value(metric).unwrap();
        let name = name.as_str().unwrap();
        assert!(lines.iter().all(|line| line[name].is_f64()), "{name}");
        assert_eq!(lines[0]["floor"][name].is_f64(), !name.starts_with("d_"), "{name}");
    }
    let page = String::from_utf8(read(dir.path().join("run/metrics.html"))).unwrap();
    assert_eq!(page.matches("<svg").count(), drawn().count());
    assert!(!page.contains("http"), "it needs nothing else");

    // Measuring changes nothing.
    train(dir.path(), "plain", &["--steps=5", hinge]);
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

#[test]
fn stacked_digits_are_trained_on_drawn_and_counted() {
    let dir = folder();
    fs::create_dir(dir.path().join("mnist")).unwrap();
    works(&["draw", "--count=300", "--out=mnist/train-images-idx3-ubyte"], dir.path());

    let stacked = ["--set=dataset=stacked-mnist", "--set=conditional=false"];
    let small = [&TINY[..1], &TINY[2..], &stacked, &["--data=mnist"]].concat();
    works(&[&small[..], &["--steps=2", "--out=run"]].concat(), dir.path());
    let grid = fs::File::open(dir.path().join("run/grid-000002.png")).unwrap();
    let grid = png::Decoder::new(std::io::BufReader::new(grid)).read_info().unwrap();
    assert_eq!(grid.info().color_type, png::ColorType::Rgb);
    let resume = ["train", "--resume=run/checkpoint.safetensors", "--data=mnist"];
    works(&[&resume[..], &["--steps=3", "--out=on"]].concat(), dir.path());

    let checkpoint = "--checkpoint=on/checkpoint.safetensors";
    works(&["sample", checkpoint, "--count=40", "--out=s.idx", "--grid=s.png"], dir.path());
    let (stack, pixels) = idx::read_pictures(&read(dir.path().join("s.idx"))).unwrap();
    assert_eq!((stack, pixels.len()), (idx::Stack::Colours, 40 * 3 * PIXELS));
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
    refuses(&[&small[..], &["--out=r", "--set=conditional=true"]].concat(), "conditional must");
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
