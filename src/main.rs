//! The native command line: the same session as the page, driven from a terminal.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
