//! What each player tries to make small, on logits. One file per objective.

mod hinge;
mod least_squares;
mod minimax;
mod non_saturating;
mod relativistic;
mod relativistic_average;
mod wasserstein;

use crate::recipe::{Described, Paper};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    Minimax,
    NonSaturating,
    Relativistic,
    LeastSquares,
    Wasserstein,
    Hinge,
    RelativisticAverage,
}

/// What theory says of a game that is over: the generator's distribution is that of the real pictures, and
/// the discriminator cannot tell. Absent where theory names no number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Equilibrium {
    /// The discriminator's loss, without penalty.
    pub d_loss: Option<f64>,
    pub g_loss: Option<f64>,
    /// The logit of every picture.
    pub logit: Option<f64>,
}

impl Objective {
    pub fn equilibrium(self) -> Equilibrium {
        match self {
            Objective::Minimax => minimax::EQUILIBRIUM,
            Objective::NonSaturating => non_saturating::EQUILIBRIUM,
            Objective::Relativistic => relativistic::EQUILIBRIUM,
            Objective::LeastSquares => least_squares::EQUILIBRIUM,
            Objective::Wasserstein => wasserstein::EQUILIBRIUM,
            Objective::Hinge => hinge::EQUILIBRIUM,
            Objective::RelativisticAverage => relativistic_average::EQUILIBRIUM,
        }
    }

    /// The discriminator's loss, a mean over the batch.
    ///
    /// # Shapes
    /// real, fake: logits [n, 1]; to [1]
    pub fn d_loss(self, real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
        match self {
            Objective::Minimax => minimax::d_loss(real, fake),
            Objective::NonSaturating => non_saturating::d_loss(real, fake),
            Objective::Relativistic => relativistic::d_loss(real, fake),
            Objective::LeastSquares => least_squares::d_loss(real, fake),
            Objective::Wasserstein => wasserstein::d_loss(real, fake),
            Objective::Hinge => hinge::d_loss(real, fake),
            Objective::RelativisticAverage => relativistic_average::d_loss(real, fake),
        }
    }

    /// The generator's loss, a mean over the batch. `real` is given exactly when
    /// [`Objective::compares`] says so.
    ///
    /// # Shapes
    /// real, fake: logits [n, 1]; to [1]
    pub fn g_loss(self, real: Option<Tensor<2>>, fake: Tensor<2>) -> Tensor<1> {
        match (self, real) {
            (Objective::Minimax, _) => minimax::g_loss(fake),
            (Objective::NonSaturating, _) => non_saturating::g_loss(fake),
            (Objective::Relativistic, Some(real)) => relativistic::g_loss(real, fake),
            (Objective::LeastSquares, _) => least_squares::g_loss(fake),
            (Objective::Wasserstein, _) => wasserstein::g_loss(fake),
            (Objective::Hinge, _) => hinge::g_loss(fake),
            (Objective::RelativisticAverage, Some(real)) => {
                relativistic_average::g_loss(real, fake)
            }
            (Objective::Relativistic | Objective::RelativisticAverage, None) => {
                unreachable!("compares() asked for real logits")
            }
        }
    }

    /// Whether real pictures and fakes are compared: the generator's loss then looks at real ones too.
    pub fn compares(self) -> bool {
        matches!(self, Objective::Relativistic | Objective::RelativisticAverage)
    }

    /// Whether only differences between the logits of real pictures and of fakes count, so that a number
    /// added to all of them changes nothing.
    pub fn floats(self) -> bool {
        self.compares() || self == Objective::Wasserstein
    }

    /// Whether the judge sorts single pictures into real and fake, so that it makes sense to doubt the
    /// label of a real one.
    pub fn classifies(self) -> bool {
        matches!(self, Objective::Minimax | Objective::NonSaturating)
    }

    /// What is added to the discriminator's loss where real pictures count as real with probability
    /// 1 − s only (one-sided label smoothing, Salimans et al. 2016, arXiv 1606.03498, section 3.4):
    /// −(1 − s) log σ(r) − s log(1 − σ(r)) is −log σ(r) + s·r.
    ///
    /// # Shapes
    /// real: logits [n, 1]; to [1]
    pub fn smoothing(real: Tensor<2>, s: f64) -> Tensor<1> {
        real.mean() * s
    }

    /// Whether the loss is not a mean over samples that each count by themselves.
    pub fn ties_samples(self) -> bool {
        self == Objective::RelativisticAverage
    }
}

impl Described for Objective {
    const ALL: &'static [Self] = &[
        Self::Relativistic,
        Self::RelativisticAverage,
        Self::NonSaturating,
        Self::Minimax,
        Self::LeastSquares,
        Self::Wasserstein,
        Self::Hinge,
    ];

    fn label(self) -> &'static str {
        match self {
            Objective::Minimax => "Minimax",
            Objective::NonSaturating => "Non-saturating",
            Objective::Relativistic => "Relativistic",
            Objective::LeastSquares => "Least squares",
            Objective::Wasserstein => "Wasserstein",
            Objective::Hinge => "Hinge",
            Objective::RelativisticAverage => "Relativistic average",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Objective::Minimax => minimax::HELP,
            Objective::NonSaturating => non_saturating::HELP,
            Objective::Relativistic => relativistic::HELP,
            Objective::LeastSquares => least_squares::HELP,
            Objective::Wasserstein => wasserstein::HELP,
            Objective::Hinge => hinge::HELP,
            Objective::RelativisticAverage => relativistic_average::HELP,
        }
    }

    fn paper(self) -> Option<Paper> {
        let (citation, url) = match self {
            Objective::Minimax => minimax::PAPER,
            Objective::NonSaturating => non_saturating::PAPER,
            Objective::Relativistic => relativistic::PAPER,
            Objective::LeastSquares => least_squares::PAPER,
            Objective::Wasserstein => wasserstein::PAPER,
            Objective::Hinge => hinge::PAPER,
            Objective::RelativisticAverage => relativistic_average::PAPER,
        };
        Some(Paper::new(citation, url))
    }
}
