//! The files that pictures are written to, as flags of several commands.

use super::{files, grid};
use anyhow::Result;
use ganvas::data::idx;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct PictureFiles {
    /// The file to write, n x 28 x 28 bytes after an IDX header, or n x 28 x 28 x 3
    #[arg(long, value_name = "FILE.idx")]
    out: PathBuf,
    /// Also write a picture of the first 100
    #[arg(long, value_name = "FILE.png")]
    grid: Option<PathBuf>,
}

impl PictureFiles {
    /// Refuses what cannot be written to, before any work is done.
    pub fn check(&self) -> Result<()> {
        files::labels_beside(&self.out).map(drop)
    }

    /// Writes pictures with so many numbers a pixel and, where they have labels, labels.idx beside them.
    pub fn write(&self, pixels: &[u8], channels: usize, labels: &[u8]) -> Result<()> {
        let labels_file = files::labels_beside(&self.out)?;
        files::write(&self.out, &idx::write_pictures(pixels, channels))?;
        if !labels.is_empty() {
            files::write(&labels_file, &idx::write_labels(labels))?;
        }
        if let Some(path) = &self.grid {
            grid::write_first(path, pixels, channels)?;
        }
        Ok(())
    }
}
