//! The files that pictures are written to, as flags of several commands, and how a file of labels is
//! called.

use super::files::{self, Overwrite};
use super::{grid, point_files};
use anyhow::{Result, ensure};
use ganvas::data::idx::{self, Stack};
use ganvas::shape::Shape;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct PictureFiles {
    /// The file to write, n x 28 x 28 bytes after an IDX header, in colour n x 28 x 28 x 3, of films
    /// n x frames x 28 x 28; of points a table, a line of
    /// numbers for each. Labels go beside it:
    /// those of NAME.idx into NAME.labels.idx
    #[arg(long, value_name = "FILE.idx")]
    out: PathBuf,
    /// Also write a picture of the first 100, of films an animated one
    #[arg(long, value_name = "FILE.png")]
    grid: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

impl PictureFiles {
    /// Refuses what cannot be written to, before any work is done, and to write over what they are made from.
    pub fn check(&self, made_from: Option<&Path>) -> Result<()> {
        let labels = self.labels();
        let paths = [Some(&self.out), labels.as_ref(), self.grid.as_ref()];
        let paths: Vec<&Path> = paths.into_iter().flatten().map(PathBuf::as_path).collect();
        for path in &paths {
            let is_source = made_from.is_some_and(|source| files::are_same(path, source));
            ensure!(
                !is_source,
                "{} is what the pictures are drawn from: give them a name of their own",
                path.display()
            );
        }
        files::check(&paths, self.overwrite)
    }

    /// Writes pictures of that shape, or films of so many frames, and, where they have them, their labels.
    pub fn write(&self, pixels: &[u8], shape: Shape, frames: usize, labels: &[u8]) -> Result<()> {
        self.write_in(grid::COLUMNS, pixels, shape, frames, labels)
    }

    /// The same; the grid has so many columns.
    pub fn write_in(
        &self,
        columns: usize,
        pixels: &[u8],
        shape: Shape,
        frames: usize,
        labels: &[u8],
    ) -> Result<()> {
        let labels_file = self.labels();
        let made = match shape.side {
            1 => point_files::csv(&point_files::numbers(pixels), shape.channels).into_bytes(),
            _ => idx::write_pictures(pixels, shape.side, stack_of(shape, frames)),
        };
        let mut files = vec![(self.out.as_path(), made)];
        if let Some(path) = labels_file.as_ref().filter(|_| !labels.is_empty()) {
            files.push((path, idx::write_labels(labels)));
        }
        if let Some(path) = &self.grid {
            files.push((path, grid::png_of_first(pixels, shape, frames, columns)?));
        }
        files::write_new(&files, self.overwrite)?;
        match labels_file {
            // Those of pictures that were written over.
            Some(path) if labels.is_empty() => files::remove(&path),
            _ => Ok(()),
        }
    }

    /// Where labels go: nowhere for pictures that go into a pipe or a device.
    fn labels(&self) -> Option<PathBuf> {
        (!files::is_special(&self.out)).then(|| labels_of(&self.out))
    }
}

/// How they lie in a file.
fn stack_of(shape: Shape, frames: usize) -> Stack {
    match (frames, shape.channels) {
        (1, 1) => Stack::Grey,
        (1, _) => Stack::Colours,
        (frames, _) => Stack::Films(frames),
    }
}

/// The file of labels that belongs to a file of images: `a.labels.idx` to `a.idx`, and to
/// `train-images-idx3-ubyte` MNIST's `train-labels-idx1-ubyte`.
pub fn labels_of(images: &Path) -> PathBuf {
    let name = images.file_name().unwrap_or_default().to_string_lossy();
    if name.contains("images") && name.contains("idx3") {
        return images.with_file_name(name.replace("images", "labels").replace("idx3", "idx1"));
    }
    let (stem, end) = match name.strip_suffix(".gz") {
        Some(stem) => (stem, ".gz"),
        None => (&*name, ""),
    };
    let stem = stem.strip_suffix(".idx").unwrap_or(stem);
    images.with_file_name(format!("{stem}.labels.idx{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_named_after_their_pictures() {
        for (images, labels) in [
            ("fives.idx", "fives.labels.idx"),
            ("out.d/fives", "out.d/fives.labels.idx"),
            ("a/b.c.idx.gz", "a/b.c.labels.idx.gz"),
            ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
            ("mnist/t10k-images.idx3-ubyte", "mnist/t10k-labels.idx1-ubyte"),
            ("images.idx", "images.labels.idx"),
        ] {
            assert_eq!(labels_of(Path::new(images)), Path::new(labels));
        }
    }
}
