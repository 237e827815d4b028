//! Readers that leave, and output that cannot be written.

use super::*;
use std::process::Stdio;

/// Runs with readers that left before the first line; returns the exit code.
fn unread(args: &[&str], folder: &Path) -> Option<i32> {
    let mut command = Command::new(PROGRAM);
    command.args(args).current_dir(folder).env_remove("GANVAS_MNIST_DIR");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    child.wait().unwrap().code()
}

#[test]
fn a_reader_that_leaves_stops_nothing() {
    let dir = folder();
    works(&["draw", "--count=100", "--out=d.idx"], dir.path());
    let run = [&TINY[..], &["--steps=40", "--out=run"]].concat();
    let sample = ["sample", "--checkpoint=run/checkpoint.safetensors", "--count=2", "--out=s.idx"];
    let commands: [&[&str]; 7] = [
        &run,
        &sample,
        &["eval", "d.idx"],
        &["presets"],
        &["presets", "--json"],
        &["train", "--help"],
        &["--version"],
    ];
    for args in commands {
        assert_eq!(unread(args, dir.path()), Some(0), "{args:?}");
    }
    let losses = read(dir.path().join("run/losses.csv"));
    assert_eq!(losses.split(|&byte| byte == b'\n').count(), 42, "a header, 40 steps and an end");
    // What fails still says so by its status, and not by a panic's.
    assert_eq!(unread(&["eval", "none.idx"], dir.path()), Some(1));
    assert_eq!(unread(&["paint"], dir.path()), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_line() {
    let dir = folder();
    works(&["draw", "--count=10", "--out=d.idx"], dir.path());
    refuses(&["draw", "--count=10", "--out=/dev/full"], dir.path(), 1, "cannot write /dev/full");
    let full = fs::File::create("/dev/full").unwrap();
    let output = Command::new(PROGRAM)
        .args(["eval", "d.idx"])
        .current_dir(dir.path())
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("cannot write to the standard output"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}
