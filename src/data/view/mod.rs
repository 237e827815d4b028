//! What a run sees of a base data set. Most views turn a picture into a pair: the picture is the target, and what
//! became of it the source, from which a game makes the target again. Pictures are side x side bytes, row by row, 0 for
//! black paper and 255 for white ink. Knows nothing of training and tensors.

pub mod masked;
pub mod noisy;
#[cfg(test)]
mod references;
pub mod shrunk;
pub mod sketch;

use super::{Digits, Samples, Spec};
use crate::describe::{Described, Paper, Words};
use crate::shape::Shape;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use shrunk::Enlargement;
use strum::VariantArray;

/// How many times smaller a shrunk picture's side is.
pub const FACTOR: usize = 4;

/// How a picture is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    #[default]
    Plain,
    Sketch,
    Shrunk,
    Masked,
    Noisy,
}

impl View {
    /// The shape of the source that it makes of a picture, if it makes one.
    pub fn source(self, picture: Shape) -> Option<Shape> {
        match self {
            Self::Plain => None,
            Self::Sketch | Self::Masked | Self::Noisy => Some(picture),
            Self::Shrunk => Some(Shape { side: picture.side / FACTOR, ..picture }),
        }
    }

    /// What becomes of a grey picture, as its own random numbers say.
    pub fn of(self, pixels: &[u8], side: usize, rng: &mut impl Rng) -> Option<Vec<u8>> {
        match self {
            Self::Plain => None,
            Self::Sketch => Some(sketch::sketch(pixels, side)),
            Self::Shrunk => Some(shrunk::shrink(pixels, side, FACTOR)),
            Self::Masked => Some(masked::mask(pixels, side, masked::HOLE, rng).0),
            Self::Noisy => Some(noisy::noise(pixels, noisy::DEVIATION, rng)),
        }
    }
}

impl View {
    /// Sources as pictures of the target's size without a network: as they are, or enlarged.
    pub fn trivial(self, source: &[u8], spec: Spec) -> Vec<u8> {
        let Some(from) = spec.source.filter(|_| self == Self::Shrunk) else {
            return source.to_vec();
        };
        let pictures = source.chunks_exact(from.size());
        pictures.flat_map(|x| Enlargement::Bicubic.enlarge(x, from.side, FACTOR)).collect()
    }

    /// Grey pictures as samples of a game; `rng` gives the random numbers of the k-th.
    pub fn pairs(
        self,
        digits: Digits,
        spec: Spec,
        mut rng: impl FnMut(u64) -> ChaCha8Rng,
    ) -> Samples {
        let source = spec.source.map(|shape| {
            let mut source = Vec::with_capacity(digits.len() * shape.size());
            for k in 0..digits.len() {
                let pixels = digits.pixels(k..k + 1);
                source.extend(
                    self.of(pixels, spec.target.side, &mut rng(k as u64)).into_iter().flatten(),
                );
            }
            source
        });
        Samples { source, ..digits.into() }
    }
}

impl Described for View {
    fn words(self) -> Words {
        match self {
            Self::Plain => Words {
                label: "As it is",
                help: "The picture alone: the artist draws from noise.",
                paper: None,
            },
            Self::Sketch => Words {
                label: "Sketch",
                help: "The digit thinned to lines one pixel wide, for the artist to fill in.",
                paper: Some(Paper::new(
                    "Zhang & Suen 1984",
                    "https://doi.org/10.1145/357994.358023",
                )),
            },
            Self::Shrunk => Words {
                label: "Shrunk",
                help: "The digit at 7 × 7 pixels, for the artist to enlarge.",
                paper: Some(Paper::new(
                    "Ledig et al. 2017 (SRGAN)",
                    "https://arxiv.org/abs/1609.04802",
                )),
            },
            Self::Noisy => Words {
                label: "Noisy",
                help: "The digit under heavy noise, for the artist to clean.",
                paper: Some(Paper::new(
                    "Vincent et al. 2008 (denoising autoencoders)",
                    "https://doi.org/10.1145/1390156.1390294",
                )),
            },
            Self::Masked => Words {
                label: "Masked",
                help: "The digit with a square hole somewhere, for the artist to fill.",
                paper: Some(Paper::new(
                    "Pathak et al. 2016 (Context Encoders)",
                    "https://arxiv.org/abs/1604.07379",
                )),
            },
        }
    }
}

/// The byte nearest to a grey level; those below 0 and above 255 become 0 and 255.
fn byte(grey: f64) -> u8 {
    // The cast saturates.
    (grey + 0.5).floor() as u8
}
