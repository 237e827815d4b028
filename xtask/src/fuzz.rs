//! `cargo xtask fuzz`: damaged inputs by the hundred thousand. What takes them, and what is asked of it, stands in
//! `tests/fuzz.rs` and `tests/browser/fuzz.test.mjs`; this only says for how long, and from which seed.

use crate::shell::{self, CARGO, NODE_JS};
use crate::workspace::Workspace;
use anyhow::Result;

#[derive(clap::Args)]
pub struct Options {
    /// For how long
    #[arg(long, default_value_t = 5)]
    minutes: u64,
    /// At most so many inputs
    #[arg(long)]
    inputs: Option<u64>,
    /// The same seed gives the same inputs
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Inputs that the page's address is tried with: it takes no time.
const ADDRESSES: u64 = 100_000;

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let seed = options.seed.to_string();
    let mut addresses = NODE_JS.command();
    addresses.args(["--test", "tests/browser/fuzz.test.mjs"]).current_dir(&workspace.root);
    addresses.env("GANVAS_FUZZ_SEED", &seed).env("GANVAS_FUZZ_INPUTS", ADDRESSES.to_string());
    shell::run(NODE_JS, &mut addresses)?;

    let mut inputs = CARGO.command();
    inputs.args(["test", "--package", "ganvas", "--test", "tests", "--"]);
    inputs.args(["fuzz::inputs", "--exact", "--ignored", "--nocapture"]);
    inputs.current_dir(&workspace.root).env("CARGO_TARGET_DIR", &workspace.target);
    inputs.env("GANVAS_FUZZ_SEED", &seed);
    inputs.env("GANVAS_FUZZ_MINUTES", options.minutes.to_string());
    if let Some(most) = options.inputs {
        inputs.env("GANVAS_FUZZ_INPUTS", most.to_string());
    }
    shell::run(CARGO, &mut inputs)
}
