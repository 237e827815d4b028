//! What can be wrong with data, wherever they come from.

use super::CLASSES;
use super::idx::MAX_PICTURES;

/// One of a data set's two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdxKind {
    Images,
    Labels,
}

impl std::fmt::Display for IdxKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            IdxKind::Images => "image",
            IdxKind::Labels => "label",
        })
    }
}

/// Why data were refused. Each message says what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    #[error("the {kind} file is empty; it must hold at least one entry")]
    Empty { kind: IdxKind },

    #[error(
        "the {kind} file starts with {found:#010x} where an IDX file of {kind}s has {expected:#010x}; check that it is the right file and not the other one"
    )]
    WrongMagic { kind: IdxKind, expected: u32, found: u32 },

    #[error(
        "the {kind} file ends after {found} of its {expected} bytes; download or write it again"
    )]
    Truncated { kind: IdxKind, expected: u64, found: u64 },

    #[error(
        "the {kind} file is longer than the {expected} bytes that its header announces; download or write it again"
    )]
    TrailingBytes { kind: IdxKind, expected: u64 },

    #[error(
        "the {kind} file announces {count} entries; at most {MAX_PICTURES} are supported: split the file or check its header"
    )]
    TooMany { kind: IdxKind, count: u32 },

    #[error(
        "the image file holds pictures of {rows} x {columns} pixels; scale them to {side} x {side} first"
    )]
    WrongDimensions { rows: u32, columns: u32, side: u32 },

    #[error(
        "the image file holds pictures with {channels} channels; only 1 (grey) and 3 (red, green, blue) are supported"
    )]
    WrongColours { channels: u32 },

    #[error("the image file holds films of {frames} frames; between 1 and {most} are supported")]
    WrongFrames { frames: u32, most: u32 },

    #[error(
        "label number {index} is {label}, but labels are the digits 0 to {}; check that this is a digit data set",
        CLASSES - 1
    )]
    LabelOverNine { index: usize, label: u8 },

    #[error("there are {images} images but {labels} labels; the two files do not belong together")]
    CountMismatch { images: usize, labels: usize },

    #[error("the {kind} file cannot be decompressed ({reason}); download or compress it again")]
    BrokenGzip { kind: IdxKind, reason: String },

    #[error(
        "these pictures make {loaded}, more than the {total} that were announced; announce the whole data set's size with every part"
    )]
    MoreThanAnnounced { loaded: usize, total: usize },

    #[error(
        "the data set was announced with {before} pictures and now with {now}; its size must stay the same while it arrives"
    )]
    TotalChanged { before: usize, now: usize },

    #[error("this data set needs no files: it draws its own digits; choose MNIST to use yours")]
    NotNeeded,
}

impl DataError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DataError::Empty { .. } => "data-empty",
            DataError::WrongMagic { .. } => "data-wrong-magic",
            DataError::Truncated { .. } => "data-truncated",
            DataError::TrailingBytes { .. } => "data-trailing-bytes",
            DataError::TooMany { .. } => "data-too-many",
            DataError::WrongDimensions { .. } => "data-wrong-dimensions",
            DataError::WrongColours { .. } => "data-wrong-colours",
            DataError::WrongFrames { .. } => "data-wrong-frames",
            DataError::LabelOverNine { .. } => "data-label-over-nine",
            DataError::CountMismatch { .. } => "data-count-mismatch",
            DataError::BrokenGzip { .. } => "data-broken-gzip",
            DataError::MoreThanAnnounced { .. } => "data-more-than-announced",
            DataError::TotalChanged { .. } => "data-total-changed",
            DataError::NotNeeded => "data-not-needed",
        }
    }
}
