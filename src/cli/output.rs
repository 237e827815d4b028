//! All that is printed. A reader that leaves, as in `ganvas train .. | head -1`, is no failure: what is
//! left to say is said to nobody, and the work goes on.

use anyhow::{Context, Result};
use std::fmt::Display;
use std::io::{ErrorKind, Write, stderr, stdout};

/// Prints what a command was asked for, on stdout.
///
/// # Errors
/// When it cannot be written although somebody would read it, as on a full disk.
pub fn result(text: impl Display) -> Result<()> {
    match writeln!(stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to the standard output")
        }
        _ => Ok(()),
    }
}

/// Prints a line on the way, on stdout. Nothing depends on its being read.
pub fn news(line: impl Display) {
    let _ = writeln!(stdout().lock(), "{line}");
}

/// Prints what a person at the terminal should know, on stderr.
pub fn notice(line: impl Display) {
    let _ = writeln!(stderr().lock(), "{line}");
}
