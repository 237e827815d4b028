//! Differentiable augmentation (Zhao et al. 2020, arXiv 2006.10738): all that the discriminator sees, real or
//! drawn, is changed at random first, in both players' steps, and the generator's gradient goes back through
//! the change.
//!
//! Intuition: a judge that never sees a picture twice in the same way cannot learn the real ones by heart; and
//! since drawings are changed likewise, the artist is not taught to draw the changes.
//!
//! Digits are never turned over: they would be others.

use crate::describe::{Described, Paper, Words};
use crate::nets::ops::take;
use crate::nets::params::rows;
use crate::shape::Shape;
use burn::tensor::{Device, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    None,
    Translation,
    Cutout,
    TranslationCutout,
}

/// How far a picture of that side is moved at most: an eighth of it, rounded.
const fn reach(side: usize) -> i32 {
    (side as i32 + 4) / 8
}

/// Side of the square that is cut out: half of the picture's.
const fn hole(side: usize) -> i32 {
    side as i32 / 2
}

/// What shows where a moved picture has ended: background. (The authors' program shows 0 there, which on
/// their photographs is as good as any other.)
const BACKGROUND: f32 = -1.0;

/// What one picture goes through. In a hole there is 0, as in the authors' program: neither ink nor
/// background, so that it cannot be taken for part of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// By how many pixels it is moved.
    pub down: i32,
    pub right: i32,
    /// First row and column of the hole, which may lie outside of the picture in part.
    pub hole: Option<[i32; 2]>,
}

impl Augmentation {
    fn moves(self) -> bool {
        match self {
            Augmentation::Translation | Augmentation::TranslationCutout => true,
            Augmentation::None | Augmentation::Cutout => false,
        }
    }

    fn cuts(self) -> bool {
        match self {
            Augmentation::Cutout | Augmentation::TranslationCutout => true,
            Augmentation::None | Augmentation::Translation => false,
        }
    }

    /// What happens to one picture of that side.
    pub fn change(self, side: usize, rng: &mut ChaCha8Rng) -> Change {
        let reach = reach(side);
        let mut far = || if self.moves() { rng.random_range(-reach..=reach) } else { 0 };
        let (down, right) = (far(), far());
        let centre = self.cuts().then(|| [(); 2].map(|()| rng.random_range(0..=side as i32)));
        Change { down, right, hole: centre.map(|centre| centre.map(|at| at - hole(side) / 2)) }
    }
}

/// What the pictures of a batch go through.
pub struct Changes {
    /// Where in the batch each pixel comes from; [`NOWHERE`] for background and holes.
    from: Vec<u32>,
    /// Where each pixel goes to.
    to: Vec<u32>,
    /// What shows where nothing comes from, [n, picture size].
    rest: Tensor<2>,
}

const NOWHERE: u32 = u32::MAX;

impl Changes {
    /// Of pictures of that shape.
    pub fn new(changes: &[Change], shape: Shape, device: &Device) -> Self {
        let (channels, pixels, width) = (shape.channels, shape.pixels(), hole(shape.side));
        let mut from = vec![NOWHERE; changes.len() * shape.size()];
        let (mut to, mut rest) = (from.clone(), vec![0.0; from.len()]);
        let inside = |at: i32, first: i32, side: i32| (first..first + side).contains(&at);
        let side = shape.side as i32;
        for (i, Change { down, right, hole }) in changes.iter().enumerate() {
            let place = |row: i32, column: i32| i * pixels + (row * side + column) as usize;
            for (row, column) in (0..side).flat_map(|row| (0..side).map(move |c| (row, c))) {
                let here = place(row, column) * channels;
                let hidden = |&[r, c]: &[i32; 2]| inside(row, r, width) && inside(column, c, width);
                if hole.as_ref().is_some_and(hidden) {
                    continue;
                }
                let (row, column) = (row - down, column - right);
                if inside(row, 0, side) && inside(column, 0, side) {
                    let there = place(row, column) * channels;
                    for channel in 0..channels {
                        let (here, there) = (here + channel, there + channel);
                        (from[here], to[there]) = (there as u32, here as u32);
                    }
                } else {
                    rest[here..here + channels].fill(BACKGROUND);
                }
            }
        }
        Self { from, to, rest: rows(rest, shape.size(), device) }
    }

    /// The pictures as the discriminator sees them.
    ///
    /// # Shapes
    /// x: [n, picture size]
    pub fn seen(&self, x: Tensor<2>) -> Tensor<2> {
        take(x, &self.from) + self.rest.clone()
    }

    /// The gradient by the pictures of what has the gradient `g` by what is seen of them.
    ///
    /// # Shapes
    /// g: [n, picture size]
    pub fn backward(&self, g: Tensor<2>) -> Tensor<2> {
        take(g, &self.to)
    }
}

impl Described for Augmentation {
    fn words(self) -> Words {
        match self {
            Self::None => Words {
                label: "None",
                help: "The judge sees every picture unchanged.",
                paper: None,
            },
            Self::Translation => Words {
                label: "Translation",
                help: "Each picture is shifted by up to an eighth of its side.",
                paper: Some(Paper::new("Zhao et al. 2020", "https://arxiv.org/abs/2006.10738")),
            },
            Self::Cutout => Words {
                label: "Cutout",
                help: "A square half as wide as the picture is hidden.",
                paper: Some(Paper::new("Zhao et al. 2020", "https://arxiv.org/abs/2006.10738")),
            },
            Self::TranslationCutout => Words {
                label: "Translation and cutout",
                help: "Each picture is shifted, and a square of it is hidden.",
                paper: Some(Paper::new("Zhao et al. 2020", "https://arxiv.org/abs/2006.10738")),
            },
        }
    }
}
