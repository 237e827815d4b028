//! Samples of a data set, as a run meets them.

use super::view::tinted::grey;
use super::{CLASSES, Digits};
use crate::shape::Shape;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// Rows of numbers, one for each sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Pictures; 0 is black.
    Bytes(Vec<u8>),
    /// Points.
    Reals(Vec<f32>),
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Reals(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn part(&self, range: Range<usize>) -> Self {
        match self {
            Self::Bytes(values) => Self::Bytes(values[range].to_vec()),
            Self::Reals(values) => Self::Reals(values[range].to_vec()),
        }
    }

    /// As bytes that [`Values::of_bytes`] reads again: those of pictures, or of little-endian numbers.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(values) => values,
            Self::Reals(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }

    /// Rows of that shape: points at side 1, else pictures.
    pub fn of_bytes(bytes: Vec<u8>, shape: Shape) -> Self {
        match shape.side {
            1 => {
                let (numbers, _) = bytes.as_chunks::<4>();
                Self::Reals(numbers.iter().map(|&number| f32::from_le_bytes(number)).collect())
            }
            _ => Self::Bytes(bytes),
        }
    }

    /// The numbers of points; none of pictures.
    pub fn reals(&self) -> &[f32] {
        match self {
            Self::Reals(values) => values,
            Self::Bytes(_) => &[],
        }
    }

    /// The pictures' bytes; none of points.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(values) => values,
            Self::Reals(_) => &[],
        }
    }
}

/// What samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub target: Shape,
    /// What a game translates into the target.
    pub source: Option<Shape>,
    /// If the target is a film.
    pub film: Option<Film>,
    /// In each picture: one, or in a stack one in each channel.
    pub digits: usize,
}

/// A film: its frames are the channels of its picture, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Film {
    pub frames: usize,
    /// The frame that shows the digit best.
    pub shown: usize,
}

impl Spec {
    /// Targets as grey pictures that can be read: of a film the frame that shows the digit, of a stack the first digit, of
    /// another coloured picture its brightest channel.
    pub fn readable(self, targets: &[u8]) -> Cow<'_, [u8]> {
        match (self.film, self.target.channels) {
            (Some(film), _) => film.frame(targets, film.shown).into(),
            _ if self.digits > 1 => targets.iter().step_by(self.digits).copied().collect(),
            (None, 3) => grey(targets).into(),
            _ => targets.into(),
        }
    }
}

impl Film {
    /// A frame of each film: of the k-th the k-th in turn, counted from `first`, so that all times come equally often.
    pub fn in_turn(self, films: &[u8], pixels: usize, first: usize) -> Vec<u8> {
        let films = films.chunks_exact(pixels * self.frames).enumerate();
        films.flat_map(|(k, film)| self.frame(film, (first + k) % self.frames)).collect()
    }

    /// One frame of each film.
    pub fn frame(self, films: &[u8], frame: usize) -> Vec<u8> {
        films.iter().skip(frame).step_by(self.frames).copied().collect()
    }
}

/// Labelled samples. A stack of digits is labelled by the first of them, and a point by 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    pub target: Values,
    pub source: Option<Vec<u8>>,
    pub labels: Vec<u8>,
}

impl From<Digits> for Samples {
    fn from(digits: Digits) -> Self {
        Self { target: Values::Bytes(digits.images), source: None, labels: digits.labels }
    }
}

impl Default for Samples {
    fn default() -> Self {
        Digits::default().into()
    }
}

impl Samples {
    /// So many blank ones, with classes in rotation.
    pub fn blank(count: usize, spec: Spec) -> Self {
        let size = count * spec.target.size();
        let target = match spec.target.side {
            1 => Values::Reals(vec![0.0; size]),
            _ => Values::Bytes(vec![0; size]),
        };
        Self {
            target,
            source: spec.source.map(|shape| vec![0; count * shape.size()]),
            labels: (0..count).map(|i| (i % CLASSES) as u8).collect(),
        }
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Appends `more` of the same kind.
    pub fn append(&mut self, more: Self) {
        if self.is_empty() {
            *self = more;
            return;
        }
        match (&mut self.target, more.target) {
            (Values::Bytes(all), Values::Bytes(more)) => all.extend(more),
            (Values::Reals(all), Values::Reals(more)) => all.extend(more),
            _ => {}
        }
        if let Some((all, more)) = self.source.as_mut().zip(more.source) {
            all.extend(more);
        }
        self.labels.extend(more.labels);
    }

    /// The samples in `range`.
    pub fn part(&self, range: Range<usize>) -> Self {
        let numbers = |values: usize| {
            let size = values.checked_div(self.len()).unwrap_or_default();
            range.start * size..range.end * size
        };
        Self {
            target: self.target.part(numbers(self.target.len())),
            source: self.source.as_ref().map(|source| source[numbers(source.len())].to_vec()),
            labels: self.labels[range.clone()].to_vec(),
        }
    }

    /// The targets as labelled pictures; blank of points.
    pub fn into_digits(self) -> Digits {
        match self.target {
            Values::Bytes(images) => Digits { images, labels: self.labels },
            Values::Reals(_) => Digits::default(),
        }
    }

    /// Whether these are samples of that kind, with labels below `classes`.
    pub fn are(&self, spec: Spec, classes: usize) -> bool {
        let rows = |values: usize, shape: Shape| values == self.len() * shape.size();
        let source = match (&self.source, spec.source) {
            (Some(source), Some(shape)) => rows(source.len(), shape),
            (None, None) => true,
            _ => false,
        };
        source
            && rows(self.target.len(), spec.target)
            && self.labels.iter().all(|&label| usize::from(label) < classes)
    }
}
