//! Reading and writing whole files, with messages that name them.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// As [`write`], but what was there stays whole until the new is.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let coming = path.with_extension("part");
    write(&coming, bytes)?;
    fs::rename(&coming, path).with_context(|| format!("cannot write {}", path.display()))
}

pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("cannot create the folder {}", path.display()))
}

/// Where the labels of an image file go: `labels.idx` in the same folder.
///
/// # Errors
/// When that is the image file itself.
pub fn labels_beside(images: &Path) -> Result<PathBuf> {
    let labels = images.with_file_name("labels.idx");
    anyhow::ensure!(
        labels != images,
        "the labels go into labels.idx, so the images need another name than {}",
        images.display()
    );
    Ok(labels)
}
