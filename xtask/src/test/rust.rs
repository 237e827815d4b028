//! Rust's own tests. The test programs are built by cargo and then run directly, which lets them say how
//! long each test took.

use super::tally::{Tally, Times};
use crate::data;
use crate::shell::{self, CARGO, say};
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// Cargo, as all checks call it.
pub fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut cargo = CARGO.command();
    cargo.args(arguments).env("CARGO_TARGET_DIR", &workspace.target).current_dir(&workspace.root);
    cargo
}

/// Builds the test programs that `arguments` select and runs them one after another, whether or not one
/// fails.
pub fn run(workspace: &Workspace, arguments: &[&str], options: &[&str]) -> Result<(Tally, Times)> {
    let programs = programs(workspace, arguments)?;
    ensure!(!programs.is_empty(), "cargo {} built no test program", arguments.join(" "));
    let (mut tally, mut times) = (Tally::default(), Times::default());
    for program in programs {
        let mut test = Command::new(&program);
        test.args(["-Zunstable-options", "--report-time"])
            .args(options)
            // The harness of a stable Rust tells times only then. Nothing is compiled with it.
            .env("RUSTC_BOOTSTRAP", "1")
            .current_dir(&workspace.root);
        if let Some(folder) = data::folder(workspace) {
            test.env("GANVAS_MNIST_DIR", folder);
        }
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        say(format_args!("  running {name}"));
        let before = tally.failed;
        let heard = |line: &str| {
            tally.hear(line);
            times.hear(line);
        };
        let ran = shell::run_and_listen(crate::tools::found("a test program"), &mut test, heard);
        // One that breaks off fails without a summary.
        if ran.is_err() && tally.failed == before {
            tally.failed += 1;
        }
    }
    Ok((tally, times))
}

/// The programs that cargo built for this selection of tests.
fn programs(workspace: &Workspace, arguments: &[&str]) -> Result<Vec<PathBuf>> {
    let mut build = cargo(workspace, &["test", "--no-run"]);
    build.args(arguments).arg("--message-format=json-render-diagnostics");
    let output = build.stderr(std::process::Stdio::inherit()).output().context("cargo")?;
    ensure!(output.status.success(), "the tests did not build");
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(test_program).collect())
}

/// The program that a line of cargo's messages tells of, if it is one of tests.
fn test_program(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_test = message["profile"]["test"].as_bool()?;
    is_test.then(|| message["executable"].as_str().map(PathBuf::from))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_found_in_cargos_messages() {
        let found =
            r#"{"reason":"compiler-artifact","profile":{"test":true},"executable":"/t/tests-1"}"#;
        assert_eq!(test_program(found), Some("/t/tests-1".into()));
        for other in [
            r#"{"reason":"compiler-artifact","profile":{"test":false},"executable":"/t/ganvas"}"#,
            r#"{"reason":"compiler-artifact","profile":{"test":true},"executable":null}"#,
            r#"{"reason":"build-finished","success":true}"#,
            "warning: not JSON",
        ] {
            assert_eq!(test_program(other), None, "{other}");
        }
    }
}
