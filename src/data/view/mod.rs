//! What a run sees of a base data set. Most views turn a picture into a pair: the picture is the target, and what
//! became of it the source, from which a game makes the target again. Pictures are side x side bytes, row by row, 0 for
//! black paper and 255 for white ink. Knows nothing of training and tensors.

pub mod hollow;
pub mod masked;
mod morphology;
pub mod moving;
pub mod noisy;
#[cfg(test)]
mod references;
pub mod shrunk;
pub mod sketch;
pub mod tinted;
pub mod zebra;

use super::{Digits, Film, Samples, Spec, Values, drawn};
use crate::describe::{Described, Paper, Words};
use crate::shape::Shape;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use shrunk::Enlargement;
use strum::VariantArray;

/// How many times smaller a shrunk picture's side is.
pub const FACTOR: usize = 4;

/// Frames of a film.
pub const FRAMES: usize = 8;

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
    Zebra,
    Hollow,
    Hand,
    Moving,
    Written,
    Tinted,
}

impl View {
    /// The shape of the source that it makes of a picture, if it makes one.
    pub fn source(self, picture: Shape) -> Option<Shape> {
        match self {
            Self::Plain | Self::Moving | Self::Written | Self::Tinted => None,
            Self::Sketch | Self::Masked | Self::Noisy => Some(picture),
            Self::Zebra | Self::Hollow | Self::Hand => Some(picture),
            Self::Shrunk => Some(Shape { side: picture.side / FACTOR, ..picture }),
        }
    }

    /// Whether it makes sources of pictures, for a game that translates.
    pub fn makes_sources(self) -> bool {
        !matches!(self, Self::Plain | Self::Moving | Self::Written | Self::Tinted)
    }

    /// The shape of the target that it makes of a picture.
    pub fn target(self, picture: Shape) -> Shape {
        match (self.film(), self) {
            (Some(film), _) => picture.of(film.frames),
            (None, Self::Tinted) => picture.of(3),
            _ => picture,
        }
    }

    pub fn film(self) -> Option<Film> {
        match self {
            Self::Moving => Some(Film { frames: FRAMES, shown: FRAMES / 2 }),
            Self::Written => Some(Film { frames: FRAMES, shown: FRAMES - 1 }),
            _ => None,
        }
    }

    /// The target that it makes of a grey picture, if that is another.
    pub fn target_of(self, pixels: &[u8], side: usize, rng: &mut impl Rng) -> Option<Vec<u8>> {
        match self {
            Self::Moving => Some(film_of(&moving::frames(pixels, side, FRAMES, rng))),
            Self::Tinted => Some(tinted::tint(pixels, rng)),
            _ => None,
        }
    }

    /// Whether a source shows the digit that is its target; otherwise they have only the class in common, and nobody
    /// knows what the source should become.
    pub fn has_truth(self) -> bool {
        self != Self::Hand
    }

    /// Whether what it makes of a picture is decided by that picture, so that there is a truth the other way, too.
    pub fn is_function(self) -> bool {
        !matches!(self, Self::Hand | Self::Masked | Self::Noisy)
    }

    /// What becomes of a grey picture of that class, as its own random numbers say.
    pub fn of(self, pixels: &[u8], label: u8, side: usize, rng: &mut impl Rng) -> Option<Vec<u8>> {
        match self {
            Self::Plain | Self::Moving | Self::Written | Self::Tinted => None,
            Self::Sketch => Some(sketch::sketch(pixels, side)),
            Self::Shrunk => Some(shrunk::shrink(pixels, side, FACTOR)),
            Self::Masked => Some(masked::mask(pixels, side, masked::HOLE, rng).0),
            Self::Noisy => Some(noisy::noise(pixels, noisy::DEVIATION, rng)),
            Self::Zebra => Some(zebra::zebra(pixels, side)),
            Self::Hollow => Some(hollow::hollow(pixels, side)),
            Self::Hand => Some(drawn::draw(label, rng).into()),
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
        let side = spec.target.side;
        if spec.source.is_none() && self != Self::Plain {
            let mut target = Vec::with_capacity(digits.len() * spec.target.size());
            for k in 0..digits.len() {
                let pixels = digits.pixels(k..k + 1);
                target
                    .extend(self.target_of(pixels, side, &mut rng(k as u64)).into_iter().flatten());
            }
            return Samples { target: Values::Bytes(target), source: None, labels: digits.labels };
        }
        let source = spec.source.map(|shape| {
            let mut source = Vec::with_capacity(digits.len() * shape.size());
            for k in 0..digits.len() {
                let pixels = digits.pixels(k..k + 1);
                let label = digits.labels[k];
                let made = self.of(pixels, label, side, &mut rng(k as u64));
                source.extend(made.into_iter().flatten());
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
            Self::Zebra => Words {
                label: "Zebra",
                help: "The digit made thicker and cut into diagonal stripes.",
                paper: Some(Paper::new(
                    "Zhu et al. 2017 (CycleGAN)",
                    "https://arxiv.org/abs/1703.10593",
                )),
            },
            Self::Hollow => Words {
                label: "Hollow",
                help: "The outline of the digit, without what is inside.",
                paper: Some(Paper::new(
                    "Zhu et al. 2017 (CycleGAN)",
                    "https://arxiv.org/abs/1703.10593",
                )),
            },
            Self::Hand => Words {
                label: "Another hand",
                help: "A digit that the program draws, of the same class: another writer, whom the artist is to copy.",
                paper: Some(Paper::new(
                    "Zhu et al. 2017 (CycleGAN)",
                    "https://arxiv.org/abs/1703.10593",
                )),
            },
            Self::Moving => Words {
                label: "Moving",
                help: "A film of eight frames: the digit slides, turns and grows.",
                paper: Some(Paper::new(
                    "Srivastava et al. 2015 (moving MNIST)",
                    "https://arxiv.org/abs/1502.04681",
                )),
            },
            Self::Written => Words {
                label: "Being written",
                help: "A film of eight frames in which a pen writes the digit, which the program draws.",
                paper: None,
            },
            Self::Tinted => {
                Words { label: "Tinted", help: "The digit in an ink of any hue.", paper: None }
            }
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

/// Frames as the channels of one picture.
pub fn film_of(frames: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let pixels = frames.first().map_or(0, |frame| frame.as_ref().len());
    (0..pixels).flat_map(|i| frames.iter().map(move |frame| frame.as_ref()[i])).collect()
}

/// The byte nearest to a grey level; those below 0 and above 255 become 0 and 255.
fn byte(grey: f64) -> u8 {
    // The cast saturates.
    (grey + 0.5).floor() as u8
}
