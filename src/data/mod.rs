//! Real pictures: reading them (IDX), drawing them, and the data sets that a run can be given.

pub mod drawn;
pub mod idx;

use serde::{Deserialize, Serialize};

pub use idx::DataError;

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
crate::recipe_described!(DatasetKind { Mnist: "MNIST", Drawn: "Drawn digits" });

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
}
