//! Makes the JavaScript side of a browser program: `ganvas-bind PROGRAM.wasm FOLDER`. This is what
//! `wasm-bindgen --target web` does, without the test runner, web server and TLS of that command line,
//! which take most of the minutes that it needs to build.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(folder), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        anyhow::bail!("usage: ganvas-bind PROGRAM.wasm FOLDER");
    };
    Bindgen::new()
        .web(true)?
        .typescript(false)
        // The script finds its program beside itself.
        .omit_default_module_path(false)
        .out_name("ganvas")
        .remove_name_section(true)
        .remove_producers_section(true)
        .input_path(&program)
        .generate(&folder)
        .with_context(|| format!("{} cannot be bound", program.display()))
}
