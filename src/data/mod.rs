//! Training pictures: IDX files, digits that the program draws itself, and the data sets that a recipe can choose.

pub mod drawn;
mod error;
pub mod idx;
pub mod points;
mod sample;
mod source;
pub mod view;

use crate::describe::{Described, Paper, Words};
use crate::shape::Shape;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use strum::VariantArray;

pub use error::{DataError, IdxKind};
pub use sample::{Samples, Spec, Values};
pub use source::{CHUNK, HELD_OUT, Source};
pub use view::View;

/// Pictures are SIDE x SIDE, in row-major order; 0 is black. A grey picture has PIXELS bytes, a coloured one three
/// times as many.
pub const SIDE: usize = 28;
pub const PIXELS: usize = SIDE * SIDE;
pub const CLASSES: usize = 10;

/// A data set.
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
                help: "60,000 digits handwritten by American census workers and students, scaled to 28 × 28 pixels.",
                paper: Some(Paper::new(
                    "LeCun, Bottou, Bengio & Haffner 1998",
                    "https://doi.org/10.1109/5.726791",
                )),
            },
            Self::StackedMnist => Words {
                label: "Stacked MNIST",
                help: "Three MNIST digits per picture, one each in red, green and blue: a thousand modes.",
                paper: Some(Paper::new("Metz et al. 2016", "https://arxiv.org/abs/1611.02163")),
            },
            Self::Drawn => Words {
                label: "Drawn digits",
                help: "Digits that the program draws itself, in endless variation: nothing to download.",
                paper: None,
            },
        }
    }

    /// The page shows only grey pictures.
    fn is_offered(self) -> bool {
        self.channels() == 1 || !cfg!(target_arch = "wasm32")
    }
}

/// Where single samples come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Files that arrive bit by bit.
    Mnist,
    /// Digits that the program draws.
    Drawn,
}

/// What a run is trained on: a base, one or several samples of it at a time, seen through a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dataset {
    pub kind: DatasetKind,
    pub view: View,
}

impl Dataset {
    pub fn spec(self) -> Spec {
        let target = Shape { side: SIDE, channels: self.kind.channels() };
        Spec { target, source: self.view.source(target) }
    }

    /// Samples of the base for each of its own.
    pub fn takes(self) -> u64 {
        self.kind.channels() as u64
    }
}

impl DatasetKind {
    pub fn base(self) -> Base {
        match self {
            Self::Mnist | Self::StackedMnist => Base::Mnist,
            Self::Drawn => Base::Drawn,
        }
    }

    /// The data set itself, without anything made of it.
    pub fn plain(self) -> Dataset {
        Dataset { kind: self, view: View::Plain }
    }

    /// 1 for grey, 3 for red, green and blue.
    pub fn channels(self) -> usize {
        match self {
            Self::StackedMnist => 3,
            Self::Mnist | Self::Drawn => 1,
        }
    }

    /// Pixels times channels.
    pub fn picture_size(self) -> usize {
        PIXELS * self.channels()
    }
}

/// Labelled pictures: `images` holds the same number of bytes for each label. A stack is labelled by its first digit.
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

    /// Appends `more`.
    pub fn append(&mut self, more: Digits) {
        self.images.extend(more.images);
        self.labels.extend(more.labels);
    }

    /// Bytes per picture; 0 without pictures.
    pub fn picture_size(&self) -> usize {
        self.images.len().checked_div(self.len()).unwrap_or_default()
    }

    /// The bytes of the pictures in `range`.
    pub fn pixels(&self, range: Range<usize>) -> &[u8] {
        let size = self.picture_size();
        &self.images[range.start * size..range.end * size]
    }

    /// The pictures in `range`.
    pub fn part(&self, range: Range<usize>) -> Digits {
        Digits { images: self.pixels(range.clone()).to_vec(), labels: self.labels[range].to_vec() }
    }

    /// Keeps the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.images.truncate(count * self.picture_size());
        self.labels.truncate(count);
    }

    /// `count` pictures at even intervals, or all if there are fewer. (The first half of MNIST's test set is easier
    /// than the second, so its first pictures are not representative.)
    pub fn spread(&self, count: usize) -> Digits {
        let mut some = Digits::default();
        let count = count.min(self.len());
        for i in (0..count).map(|k| k * self.len() / count) {
            some.images.extend_from_slice(self.pixels(i..i + 1));
            some.labels.push(self.labels[i]);
        }
        some
    }

    /// Appends a picture with its label.
    fn push(&mut self, (label, pixels): (u8, [u8; PIXELS])) {
        self.images.extend_from_slice(&pixels);
        self.labels.push(label);
    }
}
