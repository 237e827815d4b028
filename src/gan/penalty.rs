//! Penalties on the slope of the discriminator at its inputs. They are functions of the network's
//! exact input gradient; what that means for its weights is worked out in `nets::layers::stack`.

use crate::nets::ops::square_sum;
use crate::recipe::{Described, Paper};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

/// At which pictures the slope is penalised: R1 at real ones, R2 at fakes (Mescheder et al. 2018,
/// arXiv 1801.04406, eq. 9 and 10): γ/2 · E‖∇ₓD(x)‖².
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
}

impl PenaltyKind {
    fn at_real(self) -> bool {
        matches!(self, PenaltyKind::R1 | PenaltyKind::R1R2)
    }

    fn at_fake(self) -> bool {
        matches!(self, PenaltyKind::R2 | PenaltyKind::R1R2)
    }

    /// The penalty for these slopes of the logits, with weight `gamma`.
    ///
    /// # Shapes
    /// slopes: ∇ₓ logit at n real pictures, then at n fakes, [2n, PIXELS]; to [1]
    pub fn value(self, slopes: Tensor<2>, gamma: f64) -> Tensor<1> {
        let n = slopes.dims()[0] / 2;
        let half = gamma / 2.0 / n as f64;
        match (self.at_real(), self.at_fake()) {
            (true, true) => square_sum(slopes, half),
            (true, false) => square_sum(slopes.narrow(0, 0, n), half),
            (false, true) => square_sum(slopes.narrow(0, n, n), half),
            (false, false) => Tensor::zeros([1], &slopes.device()),
        }
    }
}

impl Described for PenaltyKind {
    const ALL: &'static [Self] = &[Self::R1R2, Self::R1, Self::R2, Self::None];

    fn label(self) -> &'static str {
        match self {
            PenaltyKind::None => "None",
            PenaltyKind::R1 => "R1",
            PenaltyKind::R2 => "R2",
            PenaltyKind::R1R2 => "R1 + R2",
        }
    }

    fn help(self) -> &'static str {
        match self {
            PenaltyKind::None => "Nothing holds the judge back.",
            PenaltyKind::R1 => "The judge's verdict may not change abruptly around real pictures.",
            PenaltyKind::R2 => "The judge's verdict may not change abruptly around fakes.",
            PenaltyKind::R1R2 => "Around both: what the relativistic objective needs to converge.",
        }
    }

    fn paper(self) -> Option<Paper> {
        let mescheder = Paper::new("Mescheder et al. 2018", "https://arxiv.org/abs/1801.04406");
        match self {
            PenaltyKind::None => None,
            PenaltyKind::R1 | PenaltyKind::R2 => Some(mescheder),
            PenaltyKind::R1R2 => {
                Some(Paper::new("Huang et al. 2024, eq. 3", "https://arxiv.org/abs/2501.05441"))
            }
        }
    }
}
