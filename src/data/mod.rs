//! Real pictures: reading them (IDX), drawing them, and the data sets that a run can be given.

pub mod drawn;
mod error;
pub mod idx;
mod source;

use crate::describe::{Described, Paper, Words};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use strum::VariantArray;

pub use error::{DataError, IdxKind};
pub use source::{CHUNK, HELD_OUT, Source};

/// Pictures are SIDE x SIDE, row by row; 0 is black. A grey one has PIXELS bytes, one in colours three for each
/// pixel.
pub const SIDE: usize = 28;
pub const PIXELS: usize = SIDE * SIDE;
pub const CLASSES: usize = 10;

/// Where the real pictures of a run come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetKind {
    Mnist,
    StackedMnist,
    Drawn,
}

impl Described for DatasetKind {
    fn words(self) -> Words {
        match self {
            Self::Mnist => Words {
                label: "MNIST",
                help: "60,000 digits written by American census clerks and pupils, scanned and shrunk to 28 x 28.",
                paper: Some(Paper::new(
                    "LeCun, Bottou, Bengio & Haffner 1998",
                    "https://doi.org/10.1109/5.726791",
                )),
            },
            Self::StackedMnist => Words {
                label: "Stacked MNIST",
                help: "Three digits of MNIST in each picture, one red, one green and one blue: a thousand modes.",
                paper: Some(Paper::new("Metz et al. 2016", "https://arxiv.org/abs/1611.02163")),
            },
            Self::Drawn => Words {
                label: "Drawn digits",
                help: "Digits that the program scribbles itself, in many hands and without end: no download, and no human wrote them.",
                paper: None,
            },
        }
    }

    /// The page shows grey pictures only.
    fn is_offered(self) -> bool {
        self.channels() == 1 || !cfg!(target_arch = "wasm32")
    }
}

impl DatasetKind {
    /// Channels of a pixel: grey, or red, green and blue.
    pub fn channels(self) -> usize {
        match self {
            Self::StackedMnist => 3,
            Self::Mnist | Self::Drawn => 1,
        }
    }

    /// Values of a picture: pixels times channels.
    pub fn picture_size(self) -> usize {
        PIXELS * self.channels()
    }
}

/// Labelled pictures: `images` holds as many bytes for each of the `labels`. That of a stack is its first digit.
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

    /// Bytes of each picture; 0 if there is none.
    pub fn picture_size(&self) -> usize {
        self.images.len().checked_div(self.len()).unwrap_or_default()
    }

    /// The bytes of those in `range`.
    pub fn pixels(&self, range: Range<usize>) -> &[u8] {
        let size = self.picture_size();
        &self.images[range.start * size..range.end * size]
    }

    /// Those in `range`.
    pub fn part(&self, range: Range<usize>) -> Digits {
        Digits { images: self.pixels(range.clone()).to_vec(), labels: self.labels[range].to_vec() }
    }

    /// Keeps the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.images.truncate(count * self.picture_size());
        self.labels.truncate(count);
    }

    /// `count` of them, evenly spread; all where there are no more. MNIST's test set begins with its easier
    /// half, so that its first pictures would not stand for the whole.
    pub fn spread(&self, count: usize) -> Digits {
        let mut some = Digits::default();
        let count = count.min(self.len());
        for i in (0..count).map(|k| k * self.len() / count) {
            some.images.extend_from_slice(self.pixels(i..i + 1));
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
