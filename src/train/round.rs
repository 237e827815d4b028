//! How a batch is learned from: turns of the discriminator, then of the generator, alone or with replicas. A step is
//! made of turns, so that a caller can listen in between: on the CPU a player takes one part of the batch at a time.

use super::account::Action;
use super::replica::{Order, Pending, Replicas, Task};
use super::reports::PendingReport;
use super::step::StepGradient;
use super::trainer::Trainer;
use super::work::Work;
use crate::data::Samples;
use crate::device::{DeviceKind, read};
use crate::error::{Error, Result};
use crate::gan::game::Side;
use crate::gan::{lecam, orthogonal};
use crate::nets::ops;
use crate::nets::params::Layout;
use crate::plan::{self, Turn};
use crate::recipe::Recipe;
use burn::tensor::Tensor;
use serde_bytes::ByteBuf;
use std::collections::VecDeque;
use std::rc::Rc;

/// Of a game that compares features.
pub const NO_CLASSIFIER: Error = Error::NotReady(
    "this run compares features, and the classifier that reads them has not arrived yet",
);

/// A batch under way.
pub struct Round {
    work: Work,
    phase: Phase,
    /// Who takes part: the trainer itself, and the first of the replicas.
    workers: usize,
    /// The replicas that share this batch, until one is lost. Those that join meanwhile know nothing of it.
    replicas: Option<Rc<dyn Replicas>>,
    turns: VecDeque<Turn>,
    /// The partial sums of the turns so far.
    sums: Vec<StepGradient>,
    /// The answers of the replicas, still to come.
    asked: Vec<Pending>,
    d_report: Option<Tensor<1>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Discriminator,
    /// The discriminator has learned.
    Between,
    Generator,
}

/// The generator's gradient with what the recipe adds to it of the weights alone, whatever the samples say.
///
/// # Shapes
/// weights, gradient: [parameters of the layout]
pub(super) fn regularised(
    recipe: &Recipe,
    layout: &Layout,
    weights: &Tensor<1>,
    gradient: Tensor<1>,
) -> Tensor<1> {
    match recipe.orthogonal {
        0.0 => gradient,
        weight => gradient + orthogonal::gradient(layout, weights, weight),
    }
}

impl Trainer {
    /// Whether the next turn needs real pictures: [`Trainer::begin`] takes them. Otherwise it is
    /// [`Trainer::proceed`]'s.
    pub fn wants_batch(&self) -> bool {
        match &self.round {
            None => true,
            Some(Round { phase: Phase::Between, .. }) => {
                self.d_steps_done < self.nets.recipe.d_steps
            }
            Some(_) => false,
        }
    }

    /// Whether the players stand between two steps.
    pub fn between_steps(&self) -> bool {
        self.round.is_none()
    }

    /// A step of the discriminator alone.
    ///
    /// # Errors
    /// As [`Trainer::proceed`]; [`Error::NotReady`] in a game without one.
    pub async fn step_discriminator(&mut self, samples: Samples) -> Result<()> {
        if !self.nets.recipe.game().is_adversarial() {
            return Err(Error::NotReady("this run has no discriminator: its weight is 0"));
        }
        self.begin(samples).await?;
        self.note(Action::Single(Side::Discriminator));
        while self.round.as_ref().is_some_and(|round| round.phase == Phase::Discriminator) {
            self.proceed().await?;
        }
        let report = self.round.take().and_then(|round| round.d_report);
        self.finish_step(report, None);
        Ok(())
    }

    /// A step of the generator alone.
    ///
    /// # Errors
    /// As [`Trainer::proceed`].
    pub async fn step_generator(&mut self, samples: Samples) -> Result<()> {
        self.check_classifier()?;
        self.note(Action::Single(Side::Generator));
        self.start_round(samples, 1);
        if let Some(round) = &mut self.round {
            round.phase = Phase::Generator;
        }
        while self.round.is_some() {
            self.proceed().await?;
        }
        Ok(())
    }

    /// Prepares a batch of these real pictures for the players' next turns, and sends the replicas their shards.
    ///
    /// # Errors
    /// [`Error::NotReady`] where the game compares features and there is no classifier yet; the device's own.
    pub async fn begin(&mut self, samples: Samples) -> Result<()> {
        self.check_classifier()?;
        let workers = self.workers();
        let index = self.batches;
        self.start_round(samples, workers);
        if workers == 1 {
            return Ok(());
        }
        let side = match self.nets.recipe.game().is_adversarial() {
            true => Side::Discriminator,
            false => Side::Generator,
        };
        let mut weights = read(self.g.weights().clone()).await?;
        if !self.replicas_know_d {
            weights.extend(read(self.d.effective().clone()).await?);
            self.replicas_know_d = true;
        }
        let others = weights.len();
        if self.nets.recipe.compares_features()
            && !self.replicas_know_classifier
            && let Some(classifier) = &self.nets.classifier
        {
            weights.extend(read(classifier.weights()).await?);
            self.replicas_know_classifier = true;
        }
        let of_classifier = weights.len() - others;
        let anchors = match &self.anchors {
            Some(anchors) => read(anchors.clone()).await?.try_into().ok(),
            None => None,
        };
        if let (Some(replicas), Some(round)) = (&self.replicas, &mut self.round) {
            round.replicas = Some(replicas.clone());
            let order = |replica: usize| {
                let batch = round.work.batch();
                let places = plan::shard(0..batch, workers, replica + 1);
                let Samples { target, source, labels } = round.work.samples(places.clone());
                let task = Task::Begin {
                    side,
                    recipe: Box::new(self.nets.recipe.clone()),
                    step: self.step + 1,
                    index,
                    anchors,
                    batch,
                    first: places.start,
                    target: ByteBuf::from(target.into_bytes()),
                    source: source.map(ByteBuf::from),
                    labels: ByteBuf::from(labels),
                    classifier: of_classifier,
                };
                Order { task, weights: weights.clone() }
            };
            round.asked = (0..workers - 1).map(|k| replicas.ask(k, order(k))).collect();
        }
        Ok(())
    }

    fn check_classifier(&self) -> Result<()> {
        match self.lacks_classifier() {
            true => Err(NO_CLASSIFIER),
            false => Ok(()),
        }
    }

    fn start_round(&mut self, samples: Samples, workers: usize) {
        let batch = samples.len();
        let anchors = self.anchors.clone();
        let work = Work::new(self.recipe_now(), anchors, self.batches, samples, 0, batch);
        self.batches += 1;
        self.round = Some(Round {
            work,
            phase: match self.nets.recipe.game().is_adversarial() {
                true => Phase::Discriminator,
                false => Phase::Generator,
            },
            workers,
            replicas: None,
            turns: self.turns(batch, workers),
            sums: Vec::new(),
            asked: Vec::new(),
            d_report: None,
        });
    }

    /// Whether a batch may be taken in parts: a GPU wants it whole, and so does what couples its samples.
    pub(super) fn divisible(&self) -> bool {
        let cpu = DeviceKind::of(self.g.weights()) == DeviceKind::Cpu;
        // A batch of points is too little work to share, or to be taken in parts.
        cpu && !self.nets.couples_batch() && !self.nets.recipe.dataset.has_points()
    }

    fn turns(&self, batch: usize, workers: usize) -> VecDeque<Turn> {
        match self.divisible() {
            true => plan::plan(0..batch, workers).into(),
            false => [Turn::Compute(0..batch)].into(),
        }
    }

    /// One turn that needs no real pictures: a player's on the next part of the batch. The
    /// generator's last one ends the step.
    ///
    /// # Errors
    /// The device's own.
    pub async fn proceed(&mut self) -> Result<()> {
        let Some(mut round) = self.round.take() else { return Ok(()) };
        if round.phase == Phase::Between {
            round.phase = Phase::Generator;
            round.turns = self.turns(round.work.batch(), round.workers);
            if let Some(replicas) = &round.replicas {
                let weights = read(self.d.effective().clone()).await?;
                self.replicas_know_d = self.is_helped_by(replicas);
                let order = || Order { task: Task::Generators, weights: weights.clone() };
                let others = 0..round.workers - 1;
                round.asked = others.map(|k| replicas.ask(k, order())).collect();
            }
        }
        match round.turns.pop_front() {
            Some(Turn::Compute(samples)) => {
                let (nets, weights) = (&self.nets, [self.g.view(), self.d.view()]);
                round.sums.push(match round.phase {
                    Phase::Generator => round.work.generators(nets, weights, &samples),
                    _ => round.work.discriminators(nets, weights, &samples),
                });
            }
            Some(Turn::Add) => plan::add(&mut round.sums),
            Some(Turn::Answer(worker)) => self.receive(&mut round, worker).await,
            None => {}
        }
        // What is left are additions, or nothing: not worth a turn of their own.
        while round.turns.front() == Some(&Turn::Add) {
            round.turns.pop_front();
            plan::add(&mut round.sums);
        }
        if round.turns.is_empty()
            && let Some(mean) = round.sums.pop()
        {
            self.learn(round, mean);
        } else {
            self.round = Some(round);
        }
        Ok(())
    }

    fn is_helped_by(&self, replicas: &Rc<dyn Replicas>) -> bool {
        self.replicas.as_ref().is_some_and(|own| Rc::ptr_eq(own, replicas))
    }

    /// Takes a replica's answer; without one, puts its work before all other turns and goes on alone
    /// from the next batch on.
    async fn receive(&mut self, round: &mut Round, worker: usize) {
        let length = match round.phase {
            Phase::Generator => self.nets.g.whole.len(),
            _ => self.nets.d.whole.len(),
        };
        let answer = match round.asked.get_mut(worker - 1) {
            Some(asked) if round.replicas.is_some() => asked.await,
            _ => Err(String::new()),
        };
        match answer.and_then(|answer| answer.into_gradient(length, &self.nets.device)) {
            Ok(partial) => round.sums.push(partial),
            Err(reason) => {
                if round.replicas.take().is_some_and(|gone| self.is_helped_by(&gone)) {
                    self.replicas = None;
                    self.replica_failure = Some(reason);
                }
                let shard = plan::shard(0..round.work.batch(), round.workers, worker);
                for turn in plan::own(shard).into_iter().rev() {
                    round.turns.push_front(turn);
                }
            }
        }
    }

    /// Updates a player with the mean gradient of the whole batch.
    fn learn(&mut self, mut round: Round, mean: StepGradient) {
        let recipe = self.recipe_now();
        if round.phase == Phase::Generator {
            let layout = &self.nets.g.whole;
            let gradient = regularised(&recipe, layout, self.g.weights(), mean.gradient);
            let before = self.before(Side::Generator, &gradient);
            self.g.learn(&recipe.generator, gradient);
            self.after(Side::Generator, before, &mean.figures);
            self.keep_scene(|| round.work.first_scene());
            self.average(recipe.ema);
            self.finish_step(round.d_report, Some(mean.figures));
        } else {
            let before = self.before(Side::Discriminator, &mean.gradient);
            self.d.learn(&recipe.discriminator, mean.gradient);
            if recipe.weight_clip > 0.0 {
                self.d.clip(recipe.weight_clip);
            }
            self.after(Side::Discriminator, before, &mean.figures);
            let means = || ops::narrow(&mean.figures, 1, 2);
            self.anchors = self.anchors.take().map(|anchors| lecam::follow(anchors, means()));
            self.replicas_know_d = false;
            self.d_steps_done += 1;
            round.d_report = Some(mean.figures);
            round.phase = Phase::Between;
            self.round = Some(round);
        }
    }

    /// θ̄ ← d θ̄ + (1 − d) θ with d = min(largest, (1 + t) / (10 + t)).
    fn average(&mut self, largest: f64) {
        self.averaged += 1;
        let t = self.averaged as f64;
        let decay = largest.min((1.0 + t) / (10.0 + t));
        let weights = self.g.weights().clone();
        let ema = std::mem::replace(&mut self.ema, weights.clone());
        self.ema = ops::blend(ema, weights, decay);
        self.measured = None;
    }

    fn finish_step(&mut self, d: Option<Tensor<1>>, g: Option<Tensor<1>>) {
        self.step += 1;
        self.d_steps_done = 0;
        self.pending.push(PendingReport { step: self.step, d, g });
    }
}
