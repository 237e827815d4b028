//! The real pictures that a session has, by data set.

use crate::data::{DatasetKind, Source};

pub struct Sources {
    mnist: Source,
    drawn: Source,
}

impl Sources {
    /// No MNIST yet; drawn digits are there from the start.
    pub fn new() -> Self {
        Self { mnist: Source::new(DatasetKind::Mnist), drawn: Source::new(DatasetKind::Drawn) }
    }

    pub fn of(&mut self, kind: DatasetKind) -> &mut Source {
        match kind {
            DatasetKind::Mnist | DatasetKind::StackedMnist => self.mnist.seen_as(kind),
            DatasetKind::Drawn => &mut self.drawn,
        }
    }
}
