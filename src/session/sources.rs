//! The real pictures that a session has, by data set.

use crate::data::{Base, DatasetKind, Source};

pub struct Sources {
    mnist: Source,
    drawn: Source,
    points: Source,
}

impl Sources {
    /// No MNIST yet; drawn digits are there from the start.
    pub fn new() -> Self {
        let [mnist, drawn, points] = [Base::Mnist, Base::Drawn, Base::Points].map(Source::new);
        Self { mnist, drawn, points }
    }

    pub fn of(&mut self, kind: DatasetKind) -> &mut Source {
        match kind.base() {
            Base::Mnist => &mut self.mnist,
            Base::Drawn => &mut self.drawn,
            Base::Points => &mut self.points,
        }
    }
}
