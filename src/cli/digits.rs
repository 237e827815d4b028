//! `--data`: MNIST's files in a folder, or drawn digits.

use super::{files, mnist_files};
use anyhow::{Context, Error, Result, bail};
use ganvas::data::{Digits, idx};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The environment variable that names MNIST's folder when no flag does.
const FOLDER: &str = "GANVAS_MNIST_DIR";

/// Where real pictures come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    Mnist(PathBuf),
    Drawn,
}

impl FromStr for Data {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "drawn" { Data::Drawn } else { Data::Mnist(text.into()) })
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Mnist(folder) => folder.display().fmt(f),
            Data::Drawn => f.write_str("drawn"),
        }
    }
}

impl Data {
    /// What a flag says, or else the environment.
    pub fn or_environment(flag: Option<Self>) -> Result<Self> {
        if let Some(data) = flag {
            return Ok(data);
        }
        match std::env::var_os(FOLDER) {
            Some(folder) if !folder.is_empty() => Ok(Data::Mnist(folder.into())),
            _ => bail!(
                "no data: give `--data DIR` with MNIST's files, set {FOLDER}, or use `--data drawn`"
            ),
        }
    }
}

/// MNIST's two halves.
#[derive(Clone, Copy, Debug)]
pub enum Half {
    Train,
    Test,
}

/// Reads one half of MNIST from its files in `folder`, gzipped or not.
///
/// # Errors
/// Files that are missing, cannot be read or hold something else.
pub fn mnist(folder: &Path, half: Half) -> Result<Digits> {
    let name = match half {
        Half::Train => "train",
        Half::Test => "t10k",
    };
    let find = |file: &str| mnist_files::find(folder, &format!("{name}-{file}"));
    let images = find("images-idx3-ubyte").map_err(Error::msg)?;
    let labels = find("labels-idx1-ubyte").map_err(Error::msg)?;
    idx::read_pair(&files::read(&images)?, &files::read(&labels)?)
        .with_context(|| format!("{} and {} cannot be used", images.display(), labels.display()))
}
