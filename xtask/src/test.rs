//! `cargo xtask test`: every check there is, the cheap ones first. A check that fails does not keep the
//! others from running; one that cannot run counts as failed and says what it lacks.

use crate::program::Program;
use crate::server::Server;
use crate::shell::{self, CARGO, NODE_JS, NPM, Steps, say};
use crate::workspace::Workspace;
use crate::{build, data, files, site, tools};
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Options {
    /// Run only these checks
    #[arg(value_enum)]
    checks: Vec<Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Check {
    /// rustfmt
    Format,
    /// The page's JavaScript by its type comments
    Types,
    /// Clippy, natively and for both programs
    Lints,
    /// Unit, property and command-line tests
    Unit,
    /// The page in Chromium, against a stand-in for the program
    Page,
    /// The site as it is published
    Site,
    /// The site in Chromium, with the real programs
    Browser,
}

const ALL: [Check; 7] = [
    Check::Format,
    Check::Types,
    Check::Lints,
    Check::Unit,
    Check::Page,
    Check::Site,
    Check::Browser,
];

impl Check {
    fn title(self) -> &'static str {
        match self {
            Check::Format => "Formatting",
            Check::Types => "Types of the page's JavaScript",
            Check::Lints => "Lints",
            Check::Unit => "Unit tests",
            Check::Page => "The page in Chromium",
            Check::Site => "Building the site",
            Check::Browser => "The site in Chromium",
        }
    }

    fn run(self, workspace: &Workspace) -> Result<Tally> {
        match self {
            Check::Format => cargo(workspace, &["fmt", "--all", "--check"]),
            Check::Types => {
                tools::npm_packages(workspace)?;
                let mut types = NPM.command();
                types.args(["run", "--silent", "check"]).current_dir(&workspace.root);
                shell::run(NPM, &mut types)?;
                Ok(Tally::default())
            }
            Check::Lints => lints(workspace),
            Check::Unit => unit(workspace),
            Check::Page => {
                tools::npm_packages(workspace)?;
                node_tests(workspace, Path::new("tests/browser"), &[])
            }
            Check::Site => {
                build::run(workspace, &build::Options { cpu_only: false, record_sizes: false })?;
                Ok(Tally::default())
            }
            Check::Browser => on_the_site(workspace),
        }
    }
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let chosen = |check: &&Check| options.checks.is_empty() || options.checks.contains(check);
    let checks: Vec<Check> = ALL.iter().filter(chosen).copied().collect();
    let mut steps = Steps::new(checks.len());
    let (mut total, mut lines) = (Tally::default(), Vec::new());
    for check in checks {
        steps.next(check.title());
        let began = Instant::now();
        let mut tally = Tally::default();
        let verdict = match check.run(workspace) {
            Ok(found) => {
                tally = found;
                // A check without a count of its own is one check that passed.
                tally.passed = tally.passed.max(1);
                format!("{} passed", tally.passed)
            }
            Err(error) => {
                let broken = error.downcast_ref::<Broken>();
                tally = broken.map_or(tally, |broken| broken.0);
                tally.failed = tally.failed.max(1);
                let line = format!("{} passed, {} failed: {error:#}", tally.passed, tally.failed);
                eprintln!("error: {line}");
                line
            }
        };
        total.add(tally);
        lines.push(format!(
            "{:<32} {:>14}  {verdict}",
            check.title(),
            shell::Clock(began.elapsed()).to_string()
        ));
    }
    say(format_args!("\n{}", lines.join("\n")));
    say(format_args!("{} passed, {} failed in {}", total.passed, total.failed, steps.elapsed()));
    ensure!(total.failed == 0, "not everything passed");
    Ok(())
}

/// Tests that ran.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Learns from a line of cargo's (`test result: ok. 5 passed; 0 failed; ...`) or Node's
    /// (`ℹ pass 5`) summary.
    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |word: &str| word.parse().unwrap_or(0);
        match words[..] {
            ["test", "result:", _, passed, "passed;", failed, "failed;", ..] => {
                self.passed += count(passed);
                self.failed += count(failed);
            }
            ["ℹ" | "#", "pass", passed] => self.passed += count(passed),
            ["ℹ" | "#", "fail" | "cancelled", failed] => self.failed += count(failed),
            _ => {}
        }
    }
}

/// A check whose tests ran and did not all pass.
#[derive(Debug)]
struct Broken(Tally);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("see the output above")
    }
}

impl std::error::Error for Broken {}

/// Runs a program that prints test summaries and adds them up.
fn tests(program: shell::Program, command: &mut Command) -> Result<Tally> {
    let mut tally = Tally::default();
    match shell::run_and_listen(program, command, |line| tally.hear(line)) {
        Ok(()) => Ok(tally),
        Err(error) if tally.failed > 0 => Err(error.context(Broken(tally))),
        Err(error) => Err(error),
    }
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<Tally> {
    let mut cargo = CARGO.command();
    cargo.args(arguments).env("CARGO_TARGET_DIR", &workspace.target).current_dir(&workspace.root);
    if let Some(folder) = data::folder(workspace) {
        cargo.env("GANVAS_MNIST_DIR", folder);
    }
    tests(CARGO, &mut cargo)
}

fn unit(workspace: &Workspace) -> Result<Tally> {
    // Xtask in the profile that it was just built in: its dependencies are not built twice.
    let mut tally =
        cargo(workspace, &["test", "--package", "xtask", "--profile", "xtask", "--no-fail-fast"])?;
    match cargo(workspace, &["test", "--package", "ganvas", "--no-fail-fast"]) {
        Ok(ours) => tally.add(ours),
        Err(error) => {
            if let Some(Broken(ours)) = error.downcast_ref() {
                tally.add(*ours);
            }
            return Err(error.context(Broken(tally)));
        }
    }
    Ok(tally)
}

fn lints(workspace: &Workspace) -> Result<Tally> {
    let strict = ["--", "-D", "warnings"];
    cargo(workspace, &[&["clippy", "--workspace", "--all-targets"][..], &strict].concat())?;
    tools::wasm_target(workspace)?;
    for program in [Program::Cpu, Program::Gpu] {
        // In the site's own profile, whose build scripts and macros the site needs anyway.
        let web = ["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--profile"];
        let features = [program.profile(), "--no-default-features", "--features", program.name()];
        cargo(workspace, &[&web[..], &features, &strict].concat())
            .with_context(|| format!("the {program}"))?;
    }
    Ok(Tally { passed: 3, failed: 0 })
}

/// Runs the test files that lie directly in `folder`, one after another: they share the processor.
fn node_tests(
    workspace: &Workspace,
    folder: &Path,
    environment: &[(&str, String)],
) -> Result<Tally> {
    tools::node()?;
    let chromium = tools::chromium()?;
    let mut tests_there: Vec<PathBuf> = files::list(&workspace.root.join(folder))?
        .into_iter()
        .filter(|file| file.parent() == Some(&workspace.root.join(folder)))
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests_there.sort();
    ensure!(!tests_there.is_empty(), "{} holds no tests", folder.display());
    let mut node = NODE_JS.command();
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(tests_there)
        .env("CHROMIUM", chromium)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(&workspace.root);
    tests(NODE_JS, &mut node)
}

/// The browser tests on dist/, served as a visitor would get it: once whole, once without MNIST.
fn on_the_site(workspace: &Workspace) -> Result<Tally> {
    tools::npm_packages(workspace)?;
    let dist = workspace.dist();
    for program in [Program::Cpu, Program::Gpu] {
        ensure!(site::has(&dist, program), "dist/ has no {program}: run `cargo xtask build` first");
    }
    if !dist.join("data").is_dir() {
        bail!(
            "these tests train on MNIST, and dist/ has none: set GANVAS_MNIST_DIR or let \
             `cargo xtask data` download it, then run `cargo xtask build`"
        );
    }
    let bare = workspace.target.join("dist-without-data");
    files::remove_folder(&bare)?;
    files::copy_tree(&dist, &bare)?;
    files::remove_folder(&bare.join("data"))?;

    let (whole, without) = (Server::bind(0)?, Server::bind(0)?);
    let environment =
        [("GANVAS_SITE", whole.address()), ("GANVAS_SITE_WITHOUT_DATA", without.address())];
    let _serving = (whole.start(&dist)?, without.start(&bare)?);
    node_tests(workspace, Path::new("tests/browser/real"), &environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_cargo_and_node_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result::is_a_test_name ... ok",
            "ℹ tests 9",
            "ℹ pass 7",
            "ℹ fail 1",
            "ℹ cancelled 1",
        ] {
            tally.hear(line);
        }
        assert_eq!(tally, Tally { passed: 22, failed: 4 });
    }

    #[test]
    fn every_check_runs_by_default() {
        use clap::ValueEnum;
        assert_eq!(Check::value_variants(), ALL);
    }
}
