//! The command line as a person meets it: files that fit together, and one clear line for whatever
//! is wrong. Trains tiny nets on drawn digits, so it needs no data.

use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

mod augment;
mod eval;
mod failures;
mod help;
mod output;
mod pictures;
mod resume;
#[cfg(target_os = "linux")]
mod signals;
mod train;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ganvas");

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
    let mut command = Command::new(PROGRAM);
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
