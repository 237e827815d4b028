//! `ganvas presets`: what can be trained and what can be set.

use super::{output, settings};
use anyhow::Result;
use ganvas::recipe::catalog;
use std::fmt::Write;

/// List the presets, and the settings that `--set` takes
#[derive(clap::Args)]
pub struct Args {
    /// Print the whole catalog as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> Result<()> {
    let catalog = catalog();
    if args.json {
        return output::result(serde_json::to_string_pretty(&catalog)?);
    }
    let mut text = String::from("Presets (--preset NAME):\n");
    for preset in &catalog.presets {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n  {:<10} {}. {}", preset.name, preset.label, preset.summary);
        if let Some(paper) = &preset.paper {
            let _ = writeln!(text, "             {}, {}", paper.citation, paper.url);
        }
    }
    output::result(format_args!("{text}\n{}", settings::help()))
}
