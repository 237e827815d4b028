//! Several workers on one batch: synchronous data parallelism. One of them, the trainer, owns the run;
//! the others, its replicas, get the weights and a shard of the batch, and answer with a gradient. They keep
//! nothing that could not be sent again, so any of them may be lost at any time.
//!
//! No memory is shared, so that this works on any static host: pages may only share memory where the
//! host sends headers of isolation.

use super::MOST_BATCHES;
use super::plan::{self, Turn};
use super::step::StepGradient;
use super::work::{Nets, Work};
use crate::data::{CLASSES, Digits};
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::nets::params::{Weights, vector};
use crate::recipe::Recipe;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::pin::Pin;

/// A request to a replica. Each has one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub task: Task,
    /// For the discriminator's gradient the generator's weights, followed by the discriminator's unless
    /// the replica knows them; for the generator's gradient the discriminator's.
    pub weights: Vec<f32>,
}

/// Which gradient. The variant's name stands outside of its fields: with a tag among them the
/// deserializer would copy all bytes one by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// The discriminator's on these pictures and on as many fakes.
    Discriminator {
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
        /// A picture's bytes for each of the labels.
        images: ByteBuf,
        labels: ByteBuf,
    },
    /// The generator's on those fakes, by a discriminator that has learned meanwhile.
    Generator,
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
    discriminator: Option<Weights>,
    shard: Option<Shard>,
}

/// Its part of a batch.
struct Shard {
    work: Work,
    turns: Vec<Turn>,
    generator: Weights,
}

const UNASKED: Error = Error::NotReady("the order that this one depends on is missing");
const UNFIT: Error = Error::NotReady("these pictures do not fit a batch of that recipe");

/// Whether pictures can be those from place `first` on in a batch of this size.
fn fits(recipe: &Recipe, digits: &Digits, first: usize, batch: usize) -> bool {
    let Digits { images, labels } = digits;
    let within = first.checked_add(labels.len()).is_some_and(|end| end <= batch);
    within
        && batch == recipe.batch
        && !labels.is_empty()
        && labels.iter().all(|&label| usize::from(label) < CLASSES)
        && images.len() == labels.len() * recipe.dataset.picture_size()
}

impl Replica {
    pub fn new(device: Device) -> Self {
        Self { device, nets: None, discriminator: None, shard: None }
    }

    /// # Errors
    /// When the order does not fit those before it; the device's own.
    pub async fn answer(&mut self, order: Order) -> Result<Answer> {
        let Order { task, mut weights } = order;
        let generators_turn = task == Task::Generator;
        if let Task::Discriminator { recipe, step, index, anchors, batch, first, images, labels } =
            task
        {
            // The networks are made anew only when the recipe is another one.
            let nets = match self.nets.take() {
                Some(nets) if nets.recipe == *recipe => nets,
                before => {
                    let problems = recipe.validate();
                    if !problems.is_empty() {
                        return Err(Error::Recipe(problems));
                    }
                    let nets = Nets::new(*recipe, self.device.clone())?;
                    let layout = |nets: &Nets| nets.discriminator.layout.clone();
                    if before.is_none_or(|before| layout(&before) != layout(&nets)) {
                        self.discriminator = None;
                    }
                    nets
                }
            };
            let layout = &nets.generator.layout;
            let rest = match weights.len().checked_sub(layout.len()) {
                Some(_) => weights.split_off(layout.len()),
                None => return Err(UNASKED),
            };
            let digits = Digits { images: images.into_vec(), labels: labels.into_vec() };
            if index >= MOST_BATCHES || !fits(&nets.recipe, &digits, first, batch) {
                return Err(UNFIT);
            }
            let anchors = anchors.map(|anchors| vector(anchors.to_vec(), &self.device));
            self.shard = Some(Shard {
                turns: plan::own(first..first + digits.len()),
                work: Work::new(nets.recipe.at(step), anchors, index, digits, first, batch),
                generator: layout.view(&vector(weights, &self.device)),
            });
            self.nets = Some(nets);
            weights = rest;
        }
        let nets = self.nets.as_ref().ok_or(UNASKED)?;
        let layout = &nets.discriminator.layout;
        if weights.len() == layout.len() {
            self.discriminator = Some(layout.view(&vector(weights, &self.device)));
        } else if !weights.is_empty() {
            return Err(UNASKED);
        }
        let d = self.discriminator.as_ref().ok_or(UNASKED)?;
        let Shard { work, turns, generator: g } = self.shard.as_mut().ok_or(UNASKED)?;

        let mut sums = Vec::new();
        for turn in turns {
            match turn {
                Turn::Compute(samples) if generators_turn => {
                    sums.push(work.generator(nets, [g, d], samples));
                }
                Turn::Compute(samples) => sums.push(work.discriminator(nets, [g, d], samples)),
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
