//! Does a GAN help a classifier? One learns from a few real digits of each class, another from a generator's
//! samples, a third from both, and all read the same test digits (Shmelkov et al. 2018, arXiv 1807.09499; Ravuri and
//! Vinyals 2019, arXiv 1905.10887, call the second one's accuracy GAN-train or the classification accuracy score).
//!
//! The arms of a try share the digits, the classifier's first weights and the number of steps, each on as many
//! pictures: what differs is only where these come from. An epoch would be no common measure, since samples have no
//! end, and with equal epochs the larger set would simply be learnt from for longer.

mod curve;
mod moves;

pub use curve::{Comparison, Curve, Origin, Score, Spread, Verdict};

use super::classifier::Pupil;
use crate::data::{CLASSES, Digits};
use crate::device::read;
use crate::error::{Error, Result};
use crate::metrics::classifier::Classifier;
use crate::recipe::Recipe;
use crate::rng::{Stream, stream};
use burn::tensor::Device;
use moves::moved;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Steps between two looks at the loss, which also keep a GPU from falling far behind.
const LOOK_EVERY: usize = 4;

/// What one classifier learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The real digits as they are.
    Real,
    /// The real digits, each moved and turned a little whenever it is seen: what people did before there were GANs.
    Moved,
    /// Samples of a generator, as they are.
    Samples,
    /// Real digits and samples.
    Both,
    /// Real digits and samples, moved and turned.
    BothMoved,
}

impl Arm {
    pub const ALL: [Arm; 5] = [Arm::Real, Arm::Moved, Arm::Samples, Arm::Both, Arm::BothMoved];

    pub fn label(self) -> &'static str {
        match self {
            Arm::Real => "real digits",
            Arm::Moved => "real, moved",
            Arm::Samples => "drawings",
            Arm::Both => "real and drawings",
            Arm::BothMoved => "both, moved",
        }
    }

    /// Whether its pictures are moved and turned.
    fn moves(self) -> bool {
        matches!(self, Arm::Moved | Arm::BothMoved)
    }

    /// How many of a batch are samples.
    fn samples(self, plan: Plan) -> usize {
        match self {
            Arm::Real | Arm::Moved => 0,
            Arm::Samples => plan.batch,
            Arm::Both | Arm::BothMoved => (plan.share * plan.batch as f64).round() as usize,
        }
    }
}

/// How each classifier learns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Steps of the optimiser, the same for all.
    pub steps: usize,
    /// Pictures of a step.
    pub batch: usize,
    /// Share of samples in a batch of both, 0 to 1.
    pub share: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { steps: 300, batch: 64, share: 0.5 }
    }
}

/// Whether a generator of this recipe can be asked for grey digits.
///
/// # Errors
/// [`Error::BadCommand`] that says why not.
pub fn check(recipe: &Recipe) -> Result<()> {
    let spec = recipe.data().spec();
    let reason = if recipe.dataset.has_points() {
        "classifiers learn from pictures, and this run makes points"
    } else if spec.source.is_some() {
        "classifiers learn from new digits, and this run translates those that it is given"
    } else if spec.target.channels > 1 {
        "classifiers learn from single grey digits, and this run makes films or coloured ones"
    } else if !recipe.conditional {
        "classifiers need to know which digit a drawing is, and this run has no labels"
    } else {
        return Ok(());
    };
    Err(Error::BadCommand(reason.into()))
}

/// `each` digits of every class from `pool`, chosen by `seed`; more of them hold fewer of them.
///
/// # Errors
/// [`Error::BadCommand`] when there are not so many of a class.
pub fn few(pool: &Digits, each: usize, seed: u64) -> Result<Digits> {
    let mut order: Vec<usize> = (0..pool.len()).collect();
    order.shuffle(&mut stream(seed, Stream::Few, 0));
    let mut there = [0; CLASSES];
    let mut chosen = Digits::default();
    for i in order {
        let class = usize::from(pool.labels[i]);
        if there[class] < each {
            there[class] += 1;
            chosen.append(pool.part(i..i + 1));
        }
    }
    match there.iter().position(|&count| count < each) {
        None => Ok(chosen),
        Some(class) => Err(Error::BadCommand(format!(
            "{each} of each digit are asked for, but there are only {} of the digit {class}",
            there[class]
        ))),
    }
}

/// The pictures of one try at one number of real digits.
#[derive(Clone, Debug, Default)]
pub struct Material {
    pub real: Digits,
    /// Labelled by what the generator was asked for.
    pub samples: Digits,
}

/// One classifier from its first weights to its accuracy, in small pieces.
pub struct Lesson {
    batches: Batches,
    stage: Stage,
}

enum Stage {
    /// Boxed because the other is small.
    Learning(Box<Pupil>),
    Tested {
        by: Box<Classifier>,
        read: usize,
        right: usize,
    },
}

impl Lesson {
    /// `seed` decides its first weights and the order of what it sees.
    ///
    /// # Errors
    /// [`Error::BadCommand`] for no pictures of a kind that the arm takes, a plan without steps or pictures, or a share
    /// out of range.
    pub fn new(
        arm: Arm,
        plan: Plan,
        material: &Material,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let refused = |reason: &str| Err(Error::BadCommand(reason.into()));
        if plan.steps == 0 || plan.batch == 0 || !(0.0..=1.0).contains(&plan.share) {
            return refused(
                "a classifier needs steps, pictures in each, and a share of samples from 0 to 1",
            );
        }
        let samples = arm.samples(plan);
        let lacks = |digits: &Digits, wanted: usize| wanted > 0 && digits.is_empty();
        if lacks(&material.samples, samples) || lacks(&material.real, plan.batch - samples) {
            return refused("a classifier cannot learn from no pictures");
        }
        let rng = stream(seed, Stream::ClassifierData, 0);
        Ok(Self {
            batches: Batches { arm, plan, real: Deck::default(), samples: Deck::default(), rng },
            stage: Stage::Learning(Box::new(Pupil::new(seed, plan.steps, device))),
        })
    }

    /// The next step, or the reading of the next `piece` of the test digits: the share of them that it has read
    /// correctly once it has read all. The pictures must be those that it began with.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when it diverges; the device's own.
    pub async fn advance(
        &mut self,
        material: &Material,
        test: &Digits,
        piece: usize,
    ) -> Result<Option<f64>> {
        match &mut self.stage {
            Stage::Learning(pupil) if pupil.step() < self.batches.plan.steps => {
                let (images, labels) = self.batches.next(material);
                let loss = pupil.learn(&images, &labels);
                let step = pupil.step();
                if step.is_multiple_of(LOOK_EVERY) || step == self.batches.plan.steps {
                    let loss = read(loss).await?;
                    if !loss.iter().all(|loss| loss.is_finite()) {
                        return Err(Error::NoAnswer { what: "the loss of a classifier" });
                    }
                }
                Ok(None)
            }
            Stage::Learning(pupil) => {
                let by = Box::new(pupil.classifier());
                self.stage = Stage::Tested { by, read: 0, right: 0 };
                Ok(None)
            }
            Stage::Tested { by, read, right } => {
                let next = *read..test.len().min(*read + piece.max(1));
                let readings = by.classify(test.pixels(next.clone())).await?;
                let meant = &test.labels[next.clone()];
                *right +=
                    readings.iter().zip(meant).filter(|(r, meant)| r.class == **meant).count();
                *read = next.end;
                Ok((*read == test.len()).then(|| *right as f64 / test.len().max(1) as f64))
            }
        }
    }
}

/// What a classifier sees, step by step.
struct Batches {
    arm: Arm,
    plan: Plan,
    real: Deck,
    samples: Deck,
    rng: ChaCha8Rng,
}

impl Batches {
    /// The next pictures and their labels: samples first, then real ones.
    fn next(&mut self, material: &Material) -> (Vec<u8>, Vec<u8>) {
        let samples = self.arm.samples(self.plan);
        let mut batch = Digits::default();
        for _ in 0..samples {
            batch.append(self.samples.next(&material.samples, &mut self.rng));
        }
        for _ in samples..self.plan.batch {
            batch.append(self.real.next(&material.real, &mut self.rng));
        }
        let Digits { images, labels } = batch;
        match self.arm.moves() {
            true => (moved(&images, &mut self.rng), labels),
            false => (images, labels),
        }
    }
}

/// An order of some pictures: all of them once before one comes again.
#[derive(Default)]
struct Deck {
    left: Vec<usize>,
}

impl Deck {
    fn next(&mut self, of: &Digits, rng: &mut ChaCha8Rng) -> Digits {
        if self.left.is_empty() {
            self.left = (0..of.len()).collect();
            self.left.shuffle(rng);
        }
        let at = self.left.pop().unwrap_or_default();
        of.part(at..at + 1)
    }
}

#[cfg(test)]
mod tests;
