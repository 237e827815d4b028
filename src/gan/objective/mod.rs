//! What each player tries to make small, on logits. One file per objective, which says all there is to say of
//! it, and one line in the list below.

mod hinge;
mod least_squares;
mod minimax;
mod non_saturating;
mod relativistic;
mod relativistic_average;
mod wasserstein;

use crate::describe::{Described, Words};
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Makes the enum and what leads from each of its variants to its file.
macro_rules! objectives {
    ($($variant:ident = $file:ident,)*) => {
        /// Recipes hold it by its name in kebab case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
        #[serde(rename_all = "kebab-case")]
        pub enum Objective {
            $($variant,)*
        }

        impl Objective {
            fn spec(self) -> Spec {
                match self {
                    $(Objective::$variant => $file::SPEC,)*
                }
            }
        }
    };
}

// In the order in which page and help show them.
objectives! {
    Relativistic = relativistic,
    RelativisticAverage = relativistic_average,
    NonSaturating = non_saturating,
    Minimax = minimax,
    LeastSquares = least_squares,
    Wasserstein = wasserstein,
    Hinge = hinge,
}

/// All that there is to say of an objective. `tests/objectives.rs` holds the formulas to numpy, and the rest to
/// the formulas.
struct Spec {
    words: Words,
    d_loss: DiscriminatorLoss,
    g_loss: GeneratorLoss,
    equilibrium: Equilibrium,
    /// See [`Objective::classifies`].
    classifies: bool,
    /// See [`Objective::is_shift_invariant`].
    is_shift_invariant: bool,
    /// See [`Objective::couples_batch`].
    couples_batch: bool,
    /// See [`Objective::optimum`].
    optimum: Option<fn(p: f64, q: f64) -> f64>,
}

/// A density so small that nothing is there.
const NOWHERE: f64 = 1e-9;

/// ln(p / q), the logit of p / (p + q).
fn log_ratio(p: f64, q: f64) -> f64 {
    (p.max(NOWHERE) / q.max(NOWHERE)).ln()
}

/// Of the logits [n, 1] of real pictures and of fakes; to [1].
type DiscriminatorLoss = fn(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1>;

/// To [1].
enum GeneratorLoss {
    /// Of the logits [n, 1] of fakes alone.
    OfFakes(fn(fake: Tensor<2>) -> Tensor<1>),
    /// Of the logits [n, 1] of real pictures, too, with which fakes are compared.
    Relativistic(fn(real: Tensor<2>, fake: Tensor<2>) -> Tensor<1>),
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
        self.spec().equilibrium
    }

    /// The discriminator's loss, a mean over the batch.
    ///
    /// # Shapes
    /// real, fake: logits [n, 1]; to [1]
    pub fn d_loss(self, real: Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
        (self.spec().d_loss)(real, fake)
    }

    /// The generator's loss, a mean over the batch. Real pictures are judged only if the loss looks at them.
    ///
    /// # Shapes
    /// real, fake: logits [n, 1]; to [1]
    pub fn g_loss(self, real: impl FnOnce() -> Tensor<2>, fake: Tensor<2>) -> Tensor<1> {
        match self.spec().g_loss {
            GeneratorLoss::OfFakes(loss) => loss(fake),
            GeneratorLoss::Relativistic(loss) => loss(real(), fake),
        }
    }

    /// Whether real pictures and fakes are compared: the generator's loss then looks at real ones too.
    pub fn is_relativistic(self) -> bool {
        matches!(self.spec().g_loss, GeneratorLoss::Relativistic(_))
    }

    /// Whether only differences between the logits of real pictures and of fakes count, so that a number
    /// added to all of them changes nothing that anybody learns from.
    pub fn is_shift_invariant(self) -> bool {
        self.spec().is_shift_invariant
    }

    /// The logit above which a picture is called real: that of the equilibrium, and 0 between a hinge's margins. None
    /// where only differences count.
    pub fn threshold(self) -> Option<f64> {
        (!self.is_shift_invariant()).then(|| self.equilibrium().logit.unwrap_or(0.0))
    }

    /// Whether the judge sorts single pictures into real and fake, its loss being the cross entropy −log σ(r) −
    /// log(1 − σ(f)), so that it makes sense to doubt the label of a real one.
    pub fn classifies(self) -> bool {
        self.spec().classifies
    }

    /// The logit of the best discriminator where real data have density `p` and fakes have `q`, both at least 0. None
    /// where theory names none: where only differences count, or the loss has no least value.
    pub fn optimum(self, p: f64, q: f64) -> Option<f64> {
        self.spec().optimum.map(|optimum| optimum(p, q))
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
    pub fn couples_batch(self) -> bool {
        self.spec().couples_batch
    }
}

impl Described for Objective {
    fn words(self) -> Words {
        self.spec().words
    }
}
