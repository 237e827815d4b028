//! Penalties on the slope of the discriminator at its inputs. They are functions of the network's
//! exact input gradient; what that means for its weights is worked out in `nets::network`.

use crate::describe::{Described, Paper, Words};
use crate::nets::ops::square_sum;
use crate::rng::normals;
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// At which pictures the slope is penalised, and for what.
///
/// R1 at real ones, R2 at fakes (Mescheder et al. 2018, arXiv 1801.04406, eq. 9 and 10), for any slope
/// at all: γ/2 · E‖∇ₓD(x)‖².
///
/// WGAN-GP between the two (Gulrajani et al. 2017, arXiv 1704.00028, eq. 3), DRAGAN around real ones (Kodali
/// et al. 2017, arXiv 1705.07215), for a slope other than 1: γ · E(‖∇ₓD(x̂)‖ − 1)², with γ
/// the papers' λ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
pub enum PenaltyKind {
    #[serde(rename = "r1-r2")]
    R1R2,
    #[serde(rename = "r1")]
    R1,
    #[serde(rename = "r2")]
    R2,
    #[serde(rename = "wgan-gp")]
    WganGp,
    #[serde(rename = "dragan")]
    Dragan,
    #[serde(rename = "none")]
    None,
}

/// At which pictures: at those of the batch for any slope at all, at points of its own for one other than 1.
#[derive(Clone, Copy)]
enum Place {
    RealAndFake,
    Real,
    Fake,
    Own(Points),
    Nowhere,
}

/// Pictures that are neither real nor fakes.
#[derive(Clone, Copy)]
pub enum Points {
    /// Anywhere between a real picture and a fake.
    Between,
    /// Around real ones.
    Around,
}

/// How far DRAGAN's points lie from real pictures, as the deviation of each pixel in [-1, 1]: about half of
/// that of MNIST's own pixels, as in the authors' program.
const AROUND: f64 = 0.3;

/// Keeps the root of a slope of 0 differentiable.
const TINY: f64 = 1e-12;

impl PenaltyKind {
    fn place(self) -> Place {
        match self {
            PenaltyKind::R1R2 => Place::RealAndFake,
            PenaltyKind::R1 => Place::Real,
            PenaltyKind::R2 => Place::Fake,
            PenaltyKind::WganGp => Place::Own(Points::Between),
            PenaltyKind::Dragan => Place::Own(Points::Around),
            PenaltyKind::None => Place::Nowhere,
        }
    }

    /// At which points of its own the slope is wanted, if it is at such.
    pub fn points(self) -> Option<Points> {
        match self.place() {
            Place::Own(points) => Some(points),
            Place::RealAndFake | Place::Real | Place::Fake | Place::Nowhere => None,
        }
    }

    /// Whether a slope of 1 is asked for, instead of none.
    pub fn wants_unit_slope(self) -> bool {
        self.points().is_some()
    }

    /// The penalty for these slopes of the logits, with weight `gamma`.
    ///
    /// # Shapes
    /// slopes: ∇ₓ logit at n real pictures, then at n fakes, then at its n points if it has such,
    /// [2n or 3n, picture size]; to [1]
    pub fn value(self, slopes: Tensor<2>, n: usize, gamma: f64) -> Tensor<1> {
        let half = gamma / 2.0 / n as f64;
        match self.place() {
            Place::RealAndFake => square_sum(slopes, half),
            Place::Real => square_sum(slopes.narrow(0, 0, n), half),
            Place::Fake => square_sum(slopes.narrow(0, n, n), half),
            Place::Own(_) => {
                let squares = slopes.narrow(0, 2 * n, n).square().sum_dim(1); // [n, 1]
                square_sum((squares + TINY).sqrt() - 1.0, gamma / n as f64)
            }
            Place::Nowhere => Tensor::zeros([1], &slopes.device()),
        }
    }
}

impl Points {
    /// The random values behind one point of `size` values: as many for each.
    pub fn chance(self, size: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
        match self {
            Points::Between => vec![rng.random()],
            Points::Around => normals(rng, size),
        }
    }

    /// The points, from these random values.
    ///
    /// # Shapes
    /// real, fake: [n, picture size], chance: [n, values of a point]; to [n, picture size]
    pub fn pictures(self, real: Tensor<2>, fake: Tensor<2>, chance: Tensor<2>) -> Tensor<2> {
        match self {
            Points::Between => fake.clone() + (real - fake) * chance, // εx + (1 − ε)x̃
            Points::Around => real + chance * AROUND,
        }
    }
}

impl Described for PenaltyKind {
    fn words(self) -> Words {
        match self {
            Self::R1R2 => Words {
                label: "R1 + R2",
                help: "Keeps the judge's score from changing abruptly around real pictures and fakes, which the relativistic objective needs to converge.",
                paper: Some(Paper::new(
                    "Huang et al. 2024, eq. 3",
                    "https://arxiv.org/abs/2501.05441",
                )),
            },
            Self::R1 => Words {
                label: "R1",
                help: "Keeps the judge's score from changing abruptly around real pictures.",
                paper: Some(Paper::new(
                    "Mescheder et al. 2018, eq. 9",
                    "https://arxiv.org/abs/1801.04406",
                )),
            },
            Self::R2 => Words {
                label: "R2",
                help: "Keeps the judge's score from changing abruptly around fakes.",
                paper: Some(Paper::new(
                    "Mescheder et al. 2018, eq. 10",
                    "https://arxiv.org/abs/1801.04406",
                )),
            },
            Self::WganGp => Words {
                label: "WGAN-GP",
                help: "Pushes the slope of the judge's score towards 1 between real pictures and fakes, which makes it measure a distance.",
                paper: Some(Paper::new(
                    "Gulrajani et al. 2017, eq. 3",
                    "https://arxiv.org/abs/1704.00028",
                )),
            },
            Self::Dragan => Words {
                label: "DRAGAN",
                help: "Pushes the slope of the judge's score towards 1 around real pictures.",
                paper: Some(Paper::new("Kodali et al. 2017", "https://arxiv.org/abs/1705.07215")),
            },
            Self::None => {
                Words { label: "None", help: "Nothing holds the judge back.", paper: None }
            }
        }
    }
}
