//! `cargo xtask bench`: what a training step costs, natively and in Chromium, as a table.

use crate::workspace::Workspace;
use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Options {}

pub fn run(_: &Workspace, _: &Options) -> Result<()> {
    bail!("under construction")
}
