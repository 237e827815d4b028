//! `cargo xtask test`: every check there is, the cheap ones first. A check that fails does not keep the
//! others from running; one that cannot run counts as failed and says what it lacks.

mod node;
mod rust;
mod tally;

use crate::program::{self, Program};
use crate::server::Server;
use crate::shell::{self, CARGO, NPM, Steps, say};
use crate::workspace::Workspace;
use crate::{build, files, single, site, tools};
use anyhow::{Context, Result, bail, ensure};
use rust::cargo;
use std::path::Path;
use std::thread;
use std::time::Instant;
use tally::{Tally, Times};

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
    /// The site in Chromium and Firefox, with the real programs
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
            Check::Browser => "The site in browsers",
        }
    }

    fn run(self, workspace: &Workspace) -> Result<Tally> {
        match self {
            Check::Format => {
                passes(workspace, &["fmt", "--all", "--check"]).map(|()| Tally::default())
            }
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
                node::run(workspace, Path::new("tests/browser"), 2, &[]).map(tell)
            }
            Check::Site => {
                build::run(workspace, &build::Options::default())?;
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
    thread::scope(|scope| {
        let mut ahead = None;
        for &check in &checks {
            steps.next(check.title());
            let began = Instant::now();
            if check == Check::Unit && checks.contains(&Check::Site) {
                // Linking the site's programs takes one core some minutes.
                ahead = Some(scope.spawn(|| program::compile_ahead(workspace)));
            } else if let Some(ahead) = ahead.take() {
                ahead.join().ok();
            }
            let (tally, verdict) = match check.run(workspace) {
                Ok(Tally { passed, failed: 0 }) => {
                    // A check without a count of its own is one check that passed.
                    let tally = Tally { passed: passed.max(1), failed: 0 };
                    (tally, format!("{} passed", tally.passed))
                }
                Ok(tally) => {
                    let verdict = format!("{} passed, {} failed", tally.passed, tally.failed);
                    (tally, format!("{verdict}: see the output above"))
                }
                Err(error) => (Tally { passed: 0, failed: 1 }, format!("failed: {error:#}")),
            };
            if tally.failed > 0 {
                eprintln!("error: {verdict}");
            }
            total.add(tally);
            let took = shell::Clock(began.elapsed()).to_string();
            lines.push(format!("{:<32} {took:>14}  {verdict}", check.title()));
        }
    });
    say(format_args!("\n{}", lines.join("\n")));
    say(format_args!("{} passed, {} failed in {}", total.passed, total.failed, steps.elapsed()));
    ensure!(total.failed == 0, "not everything passed");
    Ok(())
}

/// Cargo's answer to one command that checks something.
fn passes(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    shell::run(CARGO, &mut cargo(workspace, arguments))
}

/// As a check reports them: the times were printed.
fn tell((tally, times): (Tally, Times)) -> Tally {
    say(format_args!("\n{}", times.table()));
    tally
}

fn unit(workspace: &Workspace) -> Result<Tally> {
    // Xtask in the profile that it was just built in: its dependencies are not built twice.
    let own = rust::run(workspace, &["--package", "xtask", "--profile", "xtask"], &[])?;
    let mut tally = tell(own);
    // Both device paths at once, as the lints: nothing is compiled twice for the GPU's numbers to be held to the CPU's.
    let ours = ["--package", "ganvas", "--features", "gpu"];
    tally.add(tell(rust::run(workspace, &ours, &[])?));
    Ok(tally)
}

fn lints(workspace: &Workspace) -> Result<Tally> {
    let strict = ["--", "-D", "warnings"];
    // Both device paths at once: natively one program can have both.
    let all = ["clippy", "--workspace", "--all-targets", "--features", "ganvas/gpu"];
    passes(workspace, &[&all[..], &strict].concat())?;
    tools::wasm_target(workspace)?;
    // The bindings, in the site's own profile, whose build scripts and macros the site needs anyway.
    let web = ["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--profile"];
    let features = [Program::Cpu.profile(), "--no-default-features", "--features", "cpu"];
    passes(workspace, &[&web[..], &features, &strict].concat()).context("the CPU program")?;
    Ok(Tally { passed: 2, failed: 0 })
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
    site::keep_offline(&bare)?;
    // The page in one file as well; and what is built twice is the same.
    let file = workspace.target.join("single-without-data").join(single::NAME);
    let program = site::folder(&dist, Program::Cpu).context("dist/ holds no site")?;
    single::write(workspace, &program, None, &file)?;
    let twice = single::build(workspace, &program, None)?;
    ensure!(
        files::read(&file)? == twice.as_bytes(),
        "{} differs from build to build",
        single::NAME
    );

    let (whole, without) = (Server::bind(0)?, Server::bind(0)?);
    let environment = [
        ("GANVAS_SITE", whole.address()),
        ("GANVAS_SITE_WITHOUT_DATA", without.address()),
        ("GANVAS_SINGLE", file.display().to_string()),
    ];
    let _serving = (whole.start(&dist)?, without.start(&bare)?);
    // One after another: they train, on all cores.
    node::run(workspace, Path::new("tests/browser/real"), 1, &environment).map(tell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_runs_by_default() {
        use clap::ValueEnum;
        assert_eq!(Check::value_variants(), ALL);
    }
}
