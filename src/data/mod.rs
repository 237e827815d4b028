//! Real pictures: reading them (IDX), drawing them, and the data sets that a run can be given.

pub mod drawn;
mod error;
pub mod idx;
mod source;

use crate::recipe::{Described, Paper};
use serde::{Deserialize, Serialize};

pub use error::{DataError, Part};
pub use source::{CHUNK, HELD_OUT, Source};

/// Pictures are SIDE x SIDE grey bytes, row by row; 0 is black.
pub const SIDE: usize = 28;
pub const PIXELS: usize = SIDE * SIDE;
pub const CLASSES: usize = 10;

/// Where the real pictures of a run come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetKind {
    Mnist,
    Drawn,
}

impl Described for DatasetKind {
    const ALL: &'static [Self] = &[Self::Mnist, Self::Drawn];

    fn label(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::Drawn => "Drawn digits",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Mnist => {
                "60,000 digits written by American census clerks and pupils, scanned and shrunk to 28 x 28."
            }
            Self::Drawn => {
                "Digits that the program scribbles itself, in many hands and without end: no download, and no human wrote them."
            }
        }
    }

    fn paper(self) -> Option<Paper> {
        match self {
            Self::Mnist => Some(Paper::new(
                "LeCun, Bottou, Bengio & Haffner 1998",
                "https://doi.org/10.1109/5.726791",
            )),
            Self::Drawn => None,
        }
    }
}

/// Labelled pictures: `images` holds PIXELS bytes for each of the `labels`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digits {
    pub images: Vec<u8>,
    pub labels: Vec<u8>,
}

impl Digits {
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Adds `more` at the end.
    pub fn append(&mut self, more: Digits) {
        self.images.extend(more.images);
        self.labels.extend(more.labels);
    }

    /// Keeps the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.images.truncate(count * PIXELS);
        self.labels.truncate(count);
    }

    /// `count` of them, evenly spread; all where there are no more. MNIST's test set begins with its easier
    /// half, so that its first pictures would not stand for the whole.
    pub fn spread(&self, count: usize) -> Digits {
        let mut some = Digits::default();
        let count = count.min(self.len());
        for i in (0..count).map(|k| k * self.len() / count) {
            some.images.extend_from_slice(&self.images[i * PIXELS..][..PIXELS]);
            some.labels.push(self.labels[i]);
        }
        some
    }

    /// Adds a picture with its label.
    fn push(&mut self, (label, pixels): (u8, [u8; PIXELS])) {
        self.images.extend_from_slice(&pixels);
        self.labels.push(label);
    }
}
