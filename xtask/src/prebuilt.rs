//! Releases that a tool's project builds itself: a download of seconds in place of minutes of building.
//! The sums are those that the project publishes beside its archives.

use crate::files;
use crate::shell::{self, CURL, say};
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::env;
use std::path::Path;

/// The archives of trunk 0.21.14 and their SHA-256, by system and processor.
const TRUNK: [(&str, &str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "trunk-x86_64-unknown-linux-gnu.tar.gz",
        "f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b",
    ),
    (
        "linux",
        "aarch64",
        "trunk-aarch64-unknown-linux-gnu.tar.gz",
        "b1d8e60e454f7fc182d9a4d95d1506ffbae947d8ba90f8f6f02da93b60f980f9",
    ),
    (
        "macos",
        "x86_64",
        "trunk-x86_64-apple-darwin.tar.gz",
        "f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95",
    ),
    (
        "macos",
        "aarch64",
        "trunk-aarch64-apple-darwin.tar.gz",
        "764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e",
    ),
];

/// Puts trunk into `folder`.
///
/// # Errors
/// When there is no release for this machine, it cannot be fetched, or it is not what was published.
pub fn trunk(version: &str, folder: &Path) -> Result<()> {
    let here = (env::consts::OS, env::consts::ARCH);
    let (.., archive, sum) = TRUNK
        .iter()
        .find(|(system, processor, ..)| (*system, *processor) == here)
        .with_context(|| format!("trunk has no release for {} on {}", here.0, here.1))?;
    say(format_args!("  fetching {archive}"));
    let url = format!("https://github.com/trunk-rs/trunk/releases/download/v{version}/{archive}");
    unpack(&url, sum, "trunk", folder)
}

/// Fetches an archive and takes `program` out of it, once its sum was seen to be right.
fn unpack(url: &str, sum: &str, program: &str, folder: &Path) -> Result<()> {
    files::make_folder(folder)?;
    let archive = folder.join(format!("{program}.part"));
    let mut curl = CURL.command();
    curl.args(["--fail", "--silent", "--location", "--connect-timeout", "10"])
        .args(["--max-time", "120", "--max-filesize", "100000000", "--output"])
        .arg(&archive)
        .arg(url);
    let done = shell::run(CURL, &mut curl)
        .with_context(|| format!("{url} could not be fetched"))
        .and_then(|()| check(&archive, sum, url))
        .and_then(|()| {
            let tar = shell::Program { name: "tar", get: "install it from your system's packages" };
            let mut tar_command = tar.command();
            tar_command.arg("-xzf").arg(&archive).arg("-C").arg(folder).arg(program);
            shell::run(tar, &mut tar_command)
        });
    std::fs::remove_file(&archive).ok();
    done
}

fn check(archive: &Path, sum: &str, url: &str) -> Result<()> {
    let found = Sha256::digest(files::read(archive)?);
    let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(found == sum, "{url} is not the file that was published (its SHA-256 is {found})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::Server;

    /// An archive with a program in it, served on this machine, and its sum.
    fn served(served: &Path) -> String {
        files::write(&served.join("tool"), b"#!/bin/sh\necho tool 1.0\n").unwrap();
        let packed = std::process::Command::new("tar")
            .args(["-czf", "tool.tar.gz", "tool"])
            .current_dir(served)
            .status();
        assert!(packed.unwrap().success());
        let bytes = files::read(&served.join("tool.tar.gz")).unwrap();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_release_is_unpacked_only_when_its_sum_is_right() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sum = served(from.path());
        let server = Server::bind(0).unwrap();
        let address = server.address();
        let _running = server.start(from.path()).unwrap();
        let url = format!("{address}tool.tar.gz");

        let wrong = unpack(&url, &"0".repeat(64), "tool", to.path()).unwrap_err();
        assert!(wrong.to_string().contains("not the file that was published"), "{wrong:#}");
        let absent = unpack(&format!("{address}none.tar.gz"), &sum, "tool", to.path());
        assert!(absent.unwrap_err().to_string().contains("could not be fetched"));
        assert_eq!(files::list(to.path()).unwrap(), Vec::<std::path::PathBuf>::new());

        unpack(&url, &sum, "tool", to.path()).unwrap();
        assert_eq!(files::list(to.path()).unwrap(), [to.path().join("tool")]);
    }
}
