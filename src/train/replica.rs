//! Several workers on one batch: synchronous data parallelism. One of them, the trainer, owns the run;
//! the others, its replicas, get the weights and a shard of the batch, and answer with a gradient. They keep
//! nothing that could not be sent again, so any of them may be lost at any time.
//!
//! No memory is shared, so that this works on any static host: pages may only share memory where the
//! host sends headers of isolation.

use super::MOST_BATCHES;
use super::nets::Nets;
use super::step::StepGradient;
use super::work::Work;
use crate::data::{CLASSES, Samples, Values};
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::gan::game::Side;
use crate::metrics::classifier::Classifier;
use crate::nets::params::{Weights, vector};
use crate::plan::{self, Turn};
use crate::recipe::Recipe;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::pin::Pin;
use std::rc::Rc;

/// A request to a replica. Each has one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub task: Task,
    /// With the first task of a batch the generators' weights, followed by the discriminators' unless
    /// the replica knows them, and the classifier's if the task says so; for the generators' gradient after that
    /// the discriminators'.
    pub weights: Vec<f32>,
}

/// Which gradient. The variant's name stands outside of its fields: with a tag among them the
/// deserializer would copy all bytes one by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// The first on these samples, of one side.
    Begin {
        side: Side,
        recipe: Box<Recipe>,
        /// Of the run, counted from 1.
        step: u64,
        /// The number of the batch, from which the latents follow.
        index: u64,
        /// Of the LeCam regulariser, where the recipe has it.
        anchors: Option<[f32; 2]>,
        /// Samples of the whole batch, and the place in it of the first of these.
        batch: usize,
        first: usize,
        /// A row for each of the labels.
        target: ByteBuf,
        source: Option<ByteBuf>,
        labels: ByteBuf,
        /// How many of the weights are the classifier's: 0 where no features are compared, or the replica knows it.
        #[serde(default)]
        classifier: usize,
    },
    /// The generators' on those samples, by discriminators that have learned meanwhile.
    Generators,
}

/// The sums over a replica's samples, weighted by their part of the batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub gradient: Vec<f32>,
    pub figures: Vec<f32>,
}

impl Answer {
    /// # Errors
    /// When it is not one for a player with so many parameters.
    pub fn into_gradient(self, parameters: usize, device: &Device) -> Result<StepGradient, String> {
        let Self { gradient, figures } = self;
        if gradient.len() != parameters {
            return Err(format!(
                "it answered with {} numbers instead of {parameters}",
                gradient.len()
            ));
        }
        let [gradient, figures] = [gradient, figures].map(|values| vector(values, device));
        Ok(StepGradient { gradient, figures })
    }
}

/// An answer that may still be under way, or why there is none.
pub type Pending = Pin<Box<dyn Future<Output = Result<Answer, String>>>>;

/// The workers besides the trainer's own.
pub trait Replicas {
    fn count(&self) -> usize;

    /// Sends an order to one of them, counted from 0. An answer that nobody waits for is dropped.
    fn ask(&self, replica: usize, order: Order) -> Pending;
}

/// One of them: its state between two orders.
pub struct Replica {
    device: Device,
    nets: Option<Nets>,
    classifier: Option<Rc<Classifier>>,
    discriminators: Option<Vec<Weights>>,
    shard: Option<Shard>,
}

/// Its part of a batch.
struct Shard {
    work: Work,
    turns: Vec<Turn>,
    generators: Vec<Weights>,
}

const UNASKED: Error = Error::NotReady("the order that this one depends on is missing");
const UNFIT: Error = Error::NotReady("these pictures do not fit a batch of that recipe");

/// Whether these can be those from place `first` on in a batch of this size.
fn fits(recipe: &Recipe, samples: &Samples, first: usize, batch: usize) -> bool {
    let within = first.checked_add(samples.len()).is_some_and(|end| end <= batch);
    within
        && batch == recipe.batch
        && !samples.is_empty()
        && samples.are(recipe.data().spec(), CLASSES)
}

impl Replica {
    pub fn new(device: Device) -> Self {
        Self { device, nets: None, classifier: None, discriminators: None, shard: None }
    }

    /// # Errors
    /// When the order does not fit those before it; the device's own.
    pub async fn answer(&mut self, order: Order) -> Result<Answer> {
        let Order { task, mut weights } = order;
        let side = match &task {
            Task::Begin { side, .. } => *side,
            Task::Generators => Side::Generator,
        };
        if let Task::Begin {
            recipe,
            step,
            index,
            anchors,
            batch,
            first,
            target,
            source,
            labels,
            classifier,
            ..
        } = task
        {
            if classifier > 0 {
                let others = weights.len().checked_sub(classifier).ok_or(UNASKED)?;
                let own = Classifier::from_weights(weights.split_off(others), &self.device);
                self.classifier = Some(Rc::new(own.ok_or(UNASKED)?));
            }
            // The networks are made anew only when the recipe is another one.
            let mut nets = match self.nets.take() {
                Some(nets) if nets.recipe == *recipe => nets,
                before => {
                    let problems = recipe.validate();
                    if !problems.is_empty() {
                        return Err(Error::Recipe(problems));
                    }
                    let nets = Nets::new(*recipe, self.device.clone())?;
                    if before.is_none_or(|before| before.d.whole != nets.d.whole) {
                        self.discriminators = None;
                    }
                    nets
                }
            };
            nets.classifier = self.classifier.clone();
            if nets.lacks_classifier() {
                return Err(UNASKED);
            }
            let layout = &nets.g.whole;
            let rest = match weights.len().checked_sub(layout.len()) {
                Some(_) => weights.split_off(layout.len()),
                None => return Err(UNASKED),
            };
            let samples = Samples {
                target: Values::of_bytes(target.into_vec(), nets.recipe.picture()),
                source: source.map(ByteBuf::into_vec),
                labels: labels.into_vec(),
            };
            if index >= MOST_BATCHES || !fits(&nets.recipe, &samples, first, batch) {
                return Err(UNFIT);
            }
            let anchors = anchors.map(|anchors| vector(anchors.to_vec(), &self.device));
            self.shard = Some(Shard {
                turns: plan::own(first..first + samples.len()),
                work: Work::new(nets.recipe.at(step), anchors, index, samples, first, batch),
                generators: nets.g.view(&vector(weights, &self.device)),
            });
            self.nets = Some(nets);
            weights = rest;
        }
        let nets = self.nets.as_ref().ok_or(UNASKED)?;
        if weights.len() == nets.d.whole.len() {
            self.discriminators = Some(nets.d.view(&vector(weights, &self.device)));
        } else if !weights.is_empty() {
            return Err(UNASKED);
        }
        let d = self.discriminators.as_ref().ok_or(UNASKED)?;
        let Shard { work, turns, generators: g } = self.shard.as_mut().ok_or(UNASKED)?;
        if side == Side::Discriminator && !nets.recipe.game().is_adversarial() {
            return Err(UNASKED);
        }

        let mut sums = Vec::new();
        for turn in turns {
            match turn {
                Turn::Compute(places) => sums.push(match side {
                    Side::Generator => work.generators(nets, [g, d], places),
                    Side::Discriminator => work.discriminators(nets, [g, d], places),
                }),
                Turn::Add => plan::add(&mut sums),
                // Nobody helps a helper.
                Turn::Answer(_) => {}
            }
        }
        let StepGradient { gradient, figures } = sums.pop().ok_or(UNASKED)?;
        let mut read = read_all(vec![gradient, figures]).await?.into_iter();
        let mut next = || read.next().unwrap_or_default();
        Ok(Answer { gradient: next(), figures: next() })
    }
}
