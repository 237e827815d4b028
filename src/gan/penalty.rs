//! Penalties on the slope of the discriminator at its inputs. They are functions of the network's
//! exact input gradient; what that means for its weights is worked out in `nets::layers::stack`.

use crate::nets::ops::square_sum;
use crate::recipe::{Described, Paper};
use crate::rng::normals;
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// At which pictures the slope is penalised, and for what.
///
/// R1 at real ones, R2 at fakes (Mescheder et al. 2018, arXiv 1801.04406, eq. 9 and 10), for any slope
/// at all: γ/2 · E‖∇ₓD(x)‖².
///
/// WGAN-GP between the two (Gulrajani et al. 2017, arXiv 1704.00028, eq. 3), DRAGAN around real ones (Kodali
/// et al. 2017, arXiv 1705.07215), for a slope other than 1: γ · E(‖∇ₓD(x̂)‖ − 1)², with γ
/// the papers' λ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PenaltyKind {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "r1")]
    R1,
    #[serde(rename = "r2")]
    R2,
    #[serde(rename = "r1-r2")]
    R1R2,
    #[serde(rename = "wgan-gp")]
    WganGp,
    #[serde(rename = "dragan")]
    Dragan,
}

/// How far DRAGAN's points lie from real pictures, as the deviation of each pixel in [-1, 1]: about half of
/// that of MNIST's own pixels, as in the authors' program.
const AROUND: f64 = 0.3;

/// Keeps the root of a slope of 0 differentiable.
const TINY: f64 = 1e-12;

impl PenaltyKind {
    fn at_real(self) -> bool {
        matches!(self, PenaltyKind::R1 | PenaltyKind::R1R2)
    }

    fn at_fake(self) -> bool {
        matches!(self, PenaltyKind::R2 | PenaltyKind::R1R2)
    }

    /// Whether the slope is wanted at pictures that are neither real nor fakes: [`PenaltyKind::points`].
    pub fn has_points(self) -> bool {
        self.wants_unit_slope()
    }

    /// Whether a slope of 1 is asked for, instead of none.
    pub fn wants_unit_slope(self) -> bool {
        matches!(self, PenaltyKind::WganGp | PenaltyKind::Dragan)
    }

    /// The random numbers behind one of its points, which has so many numbers itself: as many for each.
    pub fn chance(self, numbers: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
        match self {
            PenaltyKind::WganGp => vec![rng.random()],
            PenaltyKind::Dragan => normals(rng, numbers),
            _ => Vec::new(),
        }
    }

    /// Pictures at which the slope is penalised, from these random numbers.
    ///
    /// # Shapes
    /// real, fake: [n, numbers], chance: [n, numbers of a point]; to [n, numbers]
    pub fn points(self, real: Tensor<2>, fake: Tensor<2>, chance: Tensor<2>) -> Tensor<2> {
        match self {
            PenaltyKind::Dragan => real + chance * AROUND,
            _ => fake.clone() + (real - fake) * chance, // εx + (1 − ε)x̃
        }
    }

    /// The penalty for these slopes of the logits, with weight `gamma`.
    ///
    /// # Shapes
    /// slopes: ∇ₓ logit at n real pictures, then at n fakes, then at its n points if it has such,
    /// [2n or 3n, numbers]; to [1]
    pub fn value(self, slopes: Tensor<2>, n: usize, gamma: f64) -> Tensor<1> {
        let half = gamma / 2.0 / n as f64;
        match (self.at_real(), self.at_fake()) {
            (true, true) => square_sum(slopes, half),
            (true, false) => square_sum(slopes.narrow(0, 0, n), half),
            (false, true) => square_sum(slopes.narrow(0, n, n), half),
            (false, false) if self.wants_unit_slope() => {
                let squares = slopes.narrow(0, 2 * n, n).square().sum_dim(1); // [n, 1]
                square_sum((squares + TINY).sqrt() - 1.0, gamma / n as f64)
            }
            (false, false) => Tensor::zeros([1], &slopes.device()),
        }
    }
}

impl Described for PenaltyKind {
    const ALL: &'static [Self] =
        &[Self::R1R2, Self::R1, Self::R2, Self::WganGp, Self::Dragan, Self::None];

    fn label(self) -> &'static str {
        match self {
            PenaltyKind::None => "None",
            PenaltyKind::R1 => "R1",
            PenaltyKind::R2 => "R2",
            PenaltyKind::R1R2 => "R1 + R2",
            PenaltyKind::WganGp => "WGAN-GP",
            PenaltyKind::Dragan => "DRAGAN",
        }
    }

    fn help(self) -> &'static str {
        match self {
            PenaltyKind::None => "Nothing holds the judge back.",
            PenaltyKind::R1 => "The judge's verdict may not change abruptly around real pictures.",
            PenaltyKind::R2 => "The judge's verdict may not change abruptly around fakes.",
            PenaltyKind::R1R2 => "Around both: what the relativistic objective needs to converge.",
            PenaltyKind::WganGp => {
                "Halfway between a real picture and a fake the verdict has a slope of 1, which makes it a distance."
            }
            PenaltyKind::Dragan => "Around real pictures the verdict has a slope of 1.",
        }
    }

    fn paper(self) -> Option<Paper> {
        let (citation, url) = match self {
            PenaltyKind::None => return None,
            PenaltyKind::R1 => ("Mescheder et al. 2018, eq. 9", "https://arxiv.org/abs/1801.04406"),
            PenaltyKind::R2 => {
                ("Mescheder et al. 2018, eq. 10", "https://arxiv.org/abs/1801.04406")
            }
            PenaltyKind::R1R2 => ("Huang et al. 2024, eq. 3", "https://arxiv.org/abs/2501.05441"),
            PenaltyKind::WganGp => {
                ("Gulrajani et al. 2017, eq. 3", "https://arxiv.org/abs/1704.00028")
            }
            PenaltyKind::Dragan => ("Kodali et al. 2017", "https://arxiv.org/abs/1705.07215"),
        };
        Some(Paper::new(citation, url))
    }
}
