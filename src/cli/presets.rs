//! `ganvas presets`: what can be trained and what can be set.

use super::settings;
use anyhow::Result;
use ganvas::recipe::catalog;
use std::io::{Write, stdout};

/// List the presets, and the settings that `--set` takes
#[derive(clap::Args)]
pub struct Args {
    /// Print the whole catalog as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> Result<()> {
    let catalog = catalog();
    let mut out = stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(catalog)?)?;
        return Ok(());
    }
    writeln!(out, "Presets (--preset NAME):")?;
    for preset in &catalog.presets {
        writeln!(out, "\n  {:<10} {}. {}", preset.name, preset.label, preset.summary)?;
        if let Some(paper) = &preset.paper {
            writeln!(out, "             {}, {}", paper.citation, paper.url)?;
        }
    }
    writeln!(out, "\n{}", settings::help())?;
    Ok(())
}
