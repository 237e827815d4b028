//! Runs other programs and says what is being done. Every failure is one line that names the program.

use anyhow::{Result, bail};
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Numbers what a command does: `[2/5] Building the CPU program`.
pub struct Steps {
    total: usize,
    done: usize,
    began: Instant,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self { total, done: 0, began: Instant::now() }
    }

    pub fn next(&mut self, what: impl fmt::Display) {
        self.done += 1;
        say(format_args!("[{}/{}] {what}", self.done, self.total));
    }

    pub fn elapsed(&self) -> Clock {
        Clock(self.began.elapsed())
    }
}

/// A duration as people say it: `7 s`, `4 min 20 s`.
pub struct Clock(pub Duration);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs_f64();
        match seconds {
            s if s < 10.0 => write!(f, "{s:.1} s"),
            s if s < 60.0 => write!(f, "{s:.0} s"),
            s => write!(f, "{} min {} s", s as u64 / 60, s as u64 % 60),
        }
    }
}

/// One line for the person who waits.
pub fn say(what: impl fmt::Display) {
    println!("{what}");
    // When standard output is a file or a pipe, the line is wanted now and not at the end.
    io::stdout().flush().ok();
}

/// A program that may be missing, and how to get it.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    pub name: &'static str,
    pub get: &'static str,
}

const NODE: &str = "install Node.js 20 or newer, from https://nodejs.org or your system's packages";
pub const CARGO: Program =
    Program { name: "cargo", get: "install Rust with rustup, from https://rustup.rs" };
pub const RUSTUP: Program = Program { name: "rustup", get: "install it from https://rustup.rs" };
pub const CURL: Program = Program { name: "curl", get: "install it from your system's packages" };
pub const NODE_JS: Program = Program { name: "node", get: NODE };
pub const NPM: Program = Program { name: if cfg!(windows) { "npm.cmd" } else { "npm" }, get: NODE };

impl Program {
    pub fn command(self) -> Command {
        Command::new(self.name)
    }
}

/// The error of a program that is not there.
#[derive(Debug)]
pub struct Missing(pub Program);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not found: {}", self.0.name, self.0.get)
    }
}

impl std::error::Error for Missing {}

/// Runs `command` to its end; its output goes straight to the terminal.
pub fn run(program: Program, command: &mut Command) -> Result<()> {
    check_status(program, command.status(), command)
}

/// As [`run`], and returns each line of its standard output, which still appears as it comes.
pub fn run_and_listen(
    program: Program,
    command: &mut Command,
    mut hear: impl FnMut(&str),
) -> Result<()> {
    let status = command.stdout(Stdio::piped()).spawn().and_then(|mut child| {
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                say(&line);
                hear(&line);
            }
        }
        child.wait()
    });
    check_status(program, status, command)
}

/// The trimmed standard output of a program that is asked a question, or none if it cannot answer.
pub fn ask(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let answer = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

fn check_status(
    program: Program,
    status: io::Result<std::process::ExitStatus>,
    command: &Command,
) -> Result<()> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("`{}` failed ({status})", words(command)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Missing(program).into()),
        Err(error) => bail!("{} cannot be run: {error}", program.name),
    }
}

fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    command.get_args().fold(name.into_owned(), |all, word| all + " " + &word.to_string_lossy())
}
