//! Programs that are told to end: what was trained is kept, and it is said how to go on.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// As long as a busy machine may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A run without end. It ignores no signal but what `program` has it ignore: a shell that runs the tests in the
/// background has them ignore Ctrl-C.
fn spawn(program: &[&str], folder: &Path, more: &[&str]) -> Child {
    let mut command = Command::new("env");
    command.arg("--default-signal").args(program);
    command.arg(PROGRAM).args(TINY).args(["--steps=1000000", "--out=run"]).args(more);
    command.current_dir(folder).env_remove("GANVAS_MNIST_DIR");
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Rows of the table of losses, without its header.
fn rows(folder: &Path) -> usize {
    let losses = fs::read_to_string(folder.join("run/losses.csv")).unwrap_or_default();
    losses.lines().count().saturating_sub(1)
}

fn send(signal: &str, child: &Child) {
    let mut kill = Command::new("kill");
    assert!(kill.args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Waits for the end; the exit code and what was said on stderr.
fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_signal_keeps_what_was_trained_and_says_how_to_go_on() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let dir = folder();
        let child = spawn(&[], dir.path(), &["--keep"]);
        until("losses", || rows(dir.path()) > 0);
        send(signal, &child);
        let (status, said) = end(child);
        assert_eq!(status, Some(code), "{said}");
        let taken = rows(dir.path());
        assert!(said.contains(&format!("stopped after step {taken};")), "{taken}: {said}");

        // The very command, but for its end.
        let words = said.split("to go on: ").nth(1).unwrap().split_whitespace();
        let steps = format!("{}", taken + 2);
        let words: Vec<&str> =
            words.map(|word| if word == "1000000" { &*steps } else { word }).collect();
        assert!(words.contains(&"--keep"), "{said}");
        works(&words[1..], dir.path());
        assert_eq!(rows(dir.path()), taken + 2);
        if signal == "-INT" {
            train(dir.path(), "whole", &["--steps", &steps]);
            let run = |name: &str| dir.path().join(name);
            let checkpoint = |name: &str| contents(run(name).join("checkpoint.safetensors"));
            assert!(checkpoint("run") == checkpoint("whole"), "it is another run");
            assert!(read(run("run/losses.csv")) == read(run("whole/losses.csv")));
        }
    }
}

/// Steps that take many times as long as the test waits.
#[test]
fn a_second_signal_ends_at_once() {
    let dir = folder();
    let large = [
        "--set=batch=512",
        "--set=generator.width=128",
        "--set=discriminator.width=128",
        "--threads=1",
    ];
    let mut child = spawn(&[], dir.path(), &large);
    until("the first step", || dir.path().join("run/losses.csv").exists());
    send("-TERM", &child);
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("another signal ends it at once"), "{said}");
    // The same one again, as `timeout` sends it, is no second one.
    send("-TERM", &child);
    assert!(child.try_wait().unwrap().is_none());
    sleep(Duration::from_secs(1));
    send("-TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(!dir.path().join("run/checkpoint.safetensors").exists(), "the step was waited for");
}

#[test]
fn what_was_told_to_live_through_a_hangup_does() {
    let dir = folder();
    let mut child = spawn(&["nohup"], dir.path(), &[]);
    until("losses", || rows(dir.path()) > 0);
    send("-HUP", &child);
    let so_far = rows(dir.path());
    until("more losses", || rows(dir.path()) > so_far + 4);
    assert!(child.try_wait().unwrap().is_none());
    send("-TERM", &child);
    assert_eq!(end(child).0, Some(143));
}

#[test]
fn what_was_killed_has_its_losses_and_goes_on() {
    let dir = folder();
    let child = spawn(&[], dir.path(), &["--every=3"]);
    let checkpoint = dir.path().join("run/checkpoint.safetensors");
    until("a checkpoint and losses", || checkpoint.exists() && rows(dir.path()) > 4);
    send("-KILL", &child);
    assert_eq!(end(child).0, None);
    let taken = rows(dir.path());
    let steps = format!("--steps={}", taken + 10);
    let resume = "--resume=run/checkpoint.safetensors";
    works(&["train", resume, &steps, "--out=run"], dir.path());
    let losses = String::from_utf8(read(dir.path().join("run/losses.csv"))).unwrap();
    let found: Vec<_> = losses.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    let expected: Vec<_> = (1..=taken + 10).map(|step| step.to_string()).collect();
    assert_eq!(found, expected);
}

#[test]
fn two_processes_do_not_train_into_one_folder() {
    let dir = folder();
    let mut child = spawn(&[], dir.path(), &[]);
    until("losses", || rows(dir.path()) > 0);
    let again = [&TINY[..], &["--steps=2", "--out=run", "--force"]].concat();
    refuses(&again, dir.path(), 1, "another ganvas trains into run");
    child.kill().unwrap();
    child.wait().unwrap();
    works(&again, dir.path());
    assert_eq!(rows(dir.path()), 2);
}

/// The run is saved beside where its folder was, also when another one stands there now.
#[test]
fn a_folder_that_is_moved_away_loses_no_run() {
    let dir = folder();
    let child = spawn(&[], dir.path(), &[]);
    until("losses", || rows(dir.path()) > 0);
    fs::rename(dir.path().join("run"), dir.path().join("moved")).unwrap();
    train(dir.path(), "run", &["--steps=2"]);
    let other = read(dir.path().join("run/checkpoint.safetensors"));
    send("-TERM", &child);
    let (status, said) = end(child);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("run was moved, removed or replaced"), "{said}");
    assert!(said.contains("saved in run-2 at step"), "{said}");
    assert!(read(dir.path().join("run/checkpoint.safetensors")) == other);
    let taken: usize =
        said.split("at step ").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    let more = format!("--steps={}", taken + 2);
    works(&["train", "--resume=run-2/checkpoint.safetensors", "--out=run-2", &more], dir.path());
}

#[test]
fn a_pipe_in_a_files_place_is_refused_and_not_waited_for() {
    let dir = folder();
    let fifo = Command::new("mkfifo").arg("pipe").current_dir(dir.path()).status().unwrap();
    assert!(fifo.success());
    refuses(&["eval", "pipe"], dir.path(), 1, "it is a pipe or a device");
    refuses(&["train", "--resume=pipe", "--out=o"], dir.path(), 1, "it is a pipe or a device");
    fs::create_dir(dir.path().join("run")).unwrap();
    fs::rename(dir.path().join("pipe"), dir.path().join("run/recipe.json")).unwrap();
    refuses(&[&TINY[..], &["--out=run"]].concat(), dir.path(), 1, "holds a run already");
}
