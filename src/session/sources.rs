//! The real pictures that a session has, by data set.

use crate::data::{Base, DatasetKind, Source};

pub struct Sources {
    mnist: Source,
    drawn: Source,
}

impl Sources {
    /// No MNIST yet; drawn digits are there from the start.
    pub fn new() -> Self {
        Self { mnist: Source::new(Base::Mnist), drawn: Source::new(Base::Drawn) }
    }

    pub fn of(&mut self, kind: DatasetKind) -> &mut Source {
        match kind.base() {
            Base::Mnist => &mut self.mnist,
            Base::Drawn => &mut self.drawn,
        }
    }
}
