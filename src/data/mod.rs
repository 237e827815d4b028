//! Training data: IDX files, digits and points that the program draws itself, and the data sets that a recipe can choose.

pub mod drawn;
mod error;
pub mod idx;
mod kind;
pub mod points;
mod sample;
mod source;
pub mod view;

use points::{Drawing, PointSet};
use std::ops::Range;

pub use error::{DataError, IdxKind};
pub use kind::{Base, DatasetKind};
pub use sample::{Film, Samples, Spec, Values};
pub use source::{CHUNK, HELD_OUT, Source};
pub use view::View;

/// Pictures are SIDE x SIDE, in row-major order; 0 is black. A grey picture has PIXELS bytes, a coloured one three
/// times as many.
pub const SIDE: usize = 28;
pub const PIXELS: usize = SIDE * SIDE;
pub const CLASSES: usize = 10;

/// What a run is trained on: a base, one or several samples of it at a time, seen through a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dataset {
    pub kind: DatasetKind,
    pub view: View,
    /// What a visitor has drawn, for the data sets that are made of it.
    pub drawing: Drawing,
    /// Whether a sample's source is made of its target; otherwise it is made of a picture of its own.
    pub paired: bool,
}

impl Dataset {
    pub fn spec(self) -> Spec {
        let base = self.kind.shape();
        Spec {
            target: self.view.target(base),
            source: self.view.source(base),
            film: self.view.film(),
            digits: self.kind.channels(),
        }
    }

    /// Its points; none of pictures.
    pub fn points(self) -> Option<PointSet> {
        self.kind.points(self.drawing)
    }

    /// The same with pairs: what a run without them is measured by.
    pub fn in_pairs(self) -> Self {
        Self { paired: true, ..self }
    }

    /// Samples of the base for each of its own.
    pub fn takes(self) -> u64 {
        self.kind.channels() as u64 * if self.paired { 1 } else { 2 }
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
