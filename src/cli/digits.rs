//! `--data`: MNIST's files in a folder, or drawn digits.

use super::files;
use anyhow::{Context, Result, bail};
use ganvas::data::{Digits, idx};
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

/// Reads one half of MNIST from its canonical files in `folder`, gzipped or not.
pub fn mnist(folder: &Path, half: Half) -> Result<Digits> {
    let name = match half {
        Half::Train => "train",
        Half::Test => "t10k",
    };
    let images = find(folder, &format!("{name}-images-idx3-ubyte"))?;
    let labels = find(folder, &format!("{name}-labels-idx1-ubyte"))?;
    idx::read_pair(&files::read(&images)?, &files::read(&labels)?)
        .with_context(|| format!("{} and {} cannot be used", images.display(), labels.display()))
}

fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let candidates = [format!("{name}.gz"), name.to_string()].map(|name| folder.join(name));
    match candidates.into_iter().find(|path| path.exists()) {
        Some(path) => Ok(path),
        None => bail!("there is no {name} (or {name}.gz) in {}", folder.display()),
    }
}
