//! Going on with a run in its own folder, and keeping runs apart.

use super::*;

const FIRST: &str = "--resume=run/checkpoint.safetensors";

fn text(path: PathBuf) -> String {
    String::from_utf8(read(path)).unwrap()
}

/// `metrics.jsonl` without what differs from one time to the next.
fn metrics(path: PathBuf) -> Vec<serde_json::Value> {
    let parse = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("millis").unwrap();
        line
    };
    text(path).lines().map(parse).collect()
}

#[test]
fn a_run_that_went_on_has_the_logs_of_one_that_never_stopped() {
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    let measured = ["--every=2", "--eval-every=2", "--eval-count=100", "--keep"];
    train(dir.path(), "whole", &[&["--steps=6"], &measured[..]].concat());
    train(dir.path(), "run", &[&["--steps=4"], &measured[..]].concat());
    let go_on = |from: &str| {
        works(&[&["train", from, "--steps=6", "--out=run"], &measured[..]].concat(), dir.path());
        assert_eq!(text(at("run/losses.csv")), text(at("whole/losses.csv")), "{from}");
        assert_eq!(metrics(at("run/metrics.jsonl")), metrics(at("whole/metrics.jsonl")), "{from}");
        let page = text(at("run/metrics.html"));
        assert!(page.contains("at each of 3 steps"), "{from}: {page}");
        let [run, whole] =
            ["run", "whole"].map(|run| contents(at(run).join("checkpoint.safetensors")));
        assert!(run == whole, "{from}");
    };
    go_on(FIRST);
    // From an older one: what had come after it comes again, and not twice.
    go_on("--resume=run/checkpoint-000002.safetensors");
    // A program that was killed has written more than it had saved, and half a line.
    let mut torn = text(at("run/losses.csv"));
    torn.push_str("7,0.5,0.5,0.5,0.5\n8,0.");
    fs::write(at("run/losses.csv"), torn).unwrap();
    go_on("--resume=run/checkpoint-000004.safetensors");
    // A measurement that was cut off is made up for.
    let lines = text(at("run/metrics.jsonl"));
    fs::write(at("run/metrics.jsonl"), &lines[..lines.find('\n').unwrap() + 20]).unwrap();
    go_on("--resume=run/checkpoint-000004.safetensors");
}

#[test]
fn a_table_that_cannot_be_gone_on_with_is_kept() {
    let dir = folder();
    train(dir.path(), "run", &["--steps=3"]);
    fs::write(dir.path().join("run/losses.csv"), "step,loss\n1,2\n").unwrap();
    let output = ganvas(&["train", FIRST, "--steps=5", "--out=run"], dir.path()).output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("losses.csv.old"), "{output:?}");
    assert_eq!(text(dir.path().join("run/losses.csv.old")), "step,loss\n1,2\n");
    let losses = text(dir.path().join("run/losses.csv"));
    assert_eq!(losses.lines().count(), 3, "{losses}");
}

#[test]
fn going_on_from_an_older_checkpoint_keeps_the_newer_one() {
    let dir = folder();
    let run = |name: &str| contents(dir.path().join("run").join(name));
    train(dir.path(), "run", &["--steps=6", "--every=2", "--keep"]);
    fs::remove_file(dir.path().join("run/checkpoint-000006.safetensors")).unwrap();
    let newest = run("checkpoint.safetensors");
    let older = "--resume=run/checkpoint-000002.safetensors";
    let said = works(&["train", older, "--steps=3", "--out=run"], dir.path());
    assert!(said.contains("checkpoint-000006"), "{said}");
    assert!(run("checkpoint-000006.safetensors") == newest);
    assert!(run("checkpoint.safetensors") != newest);
}

#[test]
fn a_folder_holds_one_run() {
    let dir = folder();
    let at = |name: &str| dir.path().join("run").join(name);
    train(dir.path(), "run", &["--steps=4"]);
    let before = contents(at("checkpoint.safetensors"));
    let again = |more: &[&'static str]| [&TINY[..], &["--steps=2", "--out=run"], more].concat();
    refuses(&again(&[]), dir.path(), 1, "--resume run/checkpoint.safetensors");
    refuses(&again(&["--seed=4"]), dir.path(), 1, "choose another folder");
    // Another run does not go on there either.
    train(dir.path(), "other", &["--steps=1", "--seed=4"]);
    let other = ["train", "--resume=other/checkpoint.safetensors", "--steps=2", "--out=run"];
    refuses(&other, dir.path(), 1, "holds another run");
    refuses(&[&other[..], &["--force"]].concat(), dir.path(), 2, "--force");
    assert!(contents(at("checkpoint.safetensors")) == before);
    assert_eq!(text(at("losses.csv")).lines().count(), 5);
    // One that was given up before it trained has left its recipe, or is named by it.
    fs::create_dir(dir.path().join("early")).unwrap();
    fs::copy(at("recipe.json"), dir.path().join("early/recipe.json")).unwrap();
    works(&["train", "--recipe=early/recipe.json", "--steps=1", "--out=early"], dir.path());
    // Files of somebody else's stay.
    fs::write(at("notes.txt"), "mine").unwrap();
    works(&again(&["--force", "--seed=4"]), dir.path());
    assert_eq!(text(at("losses.csv")).lines().count(), 3);
    assert!(!at("grid-000004.png").exists(), "of the run that was written over");
    assert_eq!(text(at("notes.txt")), "mine");
}
