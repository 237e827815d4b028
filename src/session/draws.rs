//! What samples are made from, piece by piece: latents, or pictures to translate.

use crate::data::Samples;
use crate::gan::game::Direction;
use crate::train::{Inputs, Latents, Trainer, in_rotation};
use std::ops::Range;

/// So many samples to be drawn, one piece after the other.
pub struct Draws {
    from: From,
    /// What is asked for, or what is translated.
    pub labels: Vec<u8>,
}

enum From {
    Noise(Latents),
    /// Latents, and second ones that take over from a layer on.
    Mixed {
        latents: Latents,
        second: Latents,
        from: usize,
    },
    /// Pictures, and what they should become.
    Pictures(Samples, Direction),
}

/// The next of them.
pub struct Piece {
    latents: Vec<f32>,
    second: Option<(Vec<f32>, usize)>,
    labels: Vec<u8>,
    /// Sources with their targets, of a game that translates.
    pub pairs: Option<Samples>,
    direction: Direction,
}

impl Draws {
    /// Latents under `seed`, and classes in rotation.
    pub fn of_noise(trainer: &Trainer, seed: u64, count: usize) -> Self {
        let latents = trainer.sample_latents(seed, 1.0);
        Self { from: From::Noise(latents), labels: in_rotation(count) }
    }

    pub fn of(latents: Latents, labels: Vec<u8>) -> Self {
        Self { from: From::Noise(latents), labels }
    }

    /// `second` latents take over from layer `from` on.
    pub fn of_two(latents: Latents, second: Latents, from: usize, labels: Vec<u8>) -> Self {
        Self { from: From::Mixed { latents, second, from }, labels }
    }

    /// These pictures, to be translated that way.
    pub fn of_pictures(pairs: Samples, direction: Direction) -> Self {
        let labels = pairs.labels.clone();
        Self { from: From::Pictures(pairs, direction), labels }
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The samples in `range`, which follows the one before.
    pub fn take(&mut self, range: Range<usize>) -> Piece {
        let labels = self.labels[range.clone()].to_vec();
        let n = labels.len();
        let piece = Piece {
            latents: Vec::new(),
            second: None,
            labels,
            pairs: None,
            direction: Direction::Back,
        };
        match &mut self.from {
            From::Noise(latents) => Piece { latents: latents.take(n), ..piece },
            From::Mixed { latents, second, from } => {
                Piece { latents: latents.take(n), second: Some((second.take(n), *from)), ..piece }
            }
            From::Pictures(pairs, direction) => {
                Piece { pairs: Some(pairs.part(range)), direction: *direction, ..piece }
            }
        }
    }

    /// All of the pictures that are translated, and which way.
    pub fn given(&self) -> Option<(&[u8], Direction)> {
        match &self.from {
            From::Pictures(pairs, direction) => Some((from(pairs, *direction), *direction)),
            From::Noise(_) | From::Mixed { .. } => None,
        }
    }
}

/// Those of pairs that are translated.
fn from(pairs: &Samples, direction: Direction) -> &[u8] {
    match direction {
        Direction::Back => pairs.source.as_deref().unwrap_or_default(),
        Direction::Forth => pairs.target.bytes(),
    }
}

impl Piece {
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The pictures that are translated; none where it is drawn from noise.
    pub fn source(&self) -> &[u8] {
        self.pairs.as_ref().and_then(|pairs| pairs.source.as_deref()).unwrap_or_default()
    }

    pub fn inputs(&self) -> Inputs<'_> {
        let Self { latents, labels, .. } = self;
        match (&self.pairs, &self.second) {
            (Some(pairs), _) => {
                Inputs::Pictures { pixels: from(pairs, self.direction), direction: self.direction }
            }
            (None, Some((second, from))) => Inputs::Mixed { latents, second, from: *from, labels },
            (None, None) => Inputs::Noise { latents, labels },
        }
    }
}
