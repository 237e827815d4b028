//! A run: two networks, their optimisers, the moving average, and the order in which they learn. A
//! step is made of turns, so that a caller can listen in between: on the CPU a player takes one part of
//! the batch at a time. Nothing is read back from the device here except on request, or to tell replicas.

use super::learner::Learner;
use super::plan::{self, Turn};
use super::replica::{Order, Pending, Replicas, Task};
use super::reports::PendingReport;
use super::step::Advice;
use super::work::{Nets, Work};
use crate::data::Digits;
use crate::device::{DeviceKind, read};
use crate::error::{Error, Result};
use crate::gan::{PenaltyKind, lecam, orthogonal};
use crate::nets::Measured;
use crate::nets::ops;
use crate::nets::params::{Layout, vector};
use crate::nets::spectral::SpectralNorm;
use crate::recipe::Recipe;
use crate::rng::{Stream, stream};
use burn::tensor::{Device, Tensor};
use serde_bytes::ByteBuf;
use std::collections::VecDeque;
use std::rc::Rc;

/// A batch under way.
struct Round {
    work: Work,
    phase: Phase,
    /// Who takes part: the trainer itself, and the first of the replicas.
    workers: usize,
    turns: VecDeque<Turn>,
    /// What the turns have found.
    sums: Vec<Advice>,
    /// What each replica has been asked.
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

pub struct Trainer {
    pub(super) nets: Nets,
    pub(super) g: Learner,
    pub(super) d: Learner,
    pub(super) ema: Tensor<1>,
    /// Average logits of earlier steps on real pictures and on fakes, where the LeCam regulariser wants
    /// them; [2].
    pub(super) anchors: Option<Tensor<1>>,
    /// Steps taken, by both players or by one alone.
    pub(super) step: u64,
    /// Steps of the generator that the moving average has followed.
    pub(super) averaged: u64,
    /// Batches of real pictures used.
    pub(super) batches: u64,
    /// Discriminator steps taken in the current round.
    d_steps_done: usize,
    round: Option<Round>,
    pub(super) pending: Vec<PendingReport>,
    /// What is measured of the moving average before it draws, until the weights change.
    pub(super) measured: Option<Measured>,
    replicas: Option<Rc<dyn Replicas>>,
    /// Whether the replicas have been told the discriminator's weights.
    told: bool,
    /// Why there are no replicas any more.
    lost: Option<String>,
}

impl Trainer {
    /// Fresh networks at step 0.
    ///
    /// # Errors
    /// When the recipe cannot run.
    pub fn new(recipe: Recipe, device: Device) -> Result<Self> {
        let problems = recipe.validate();
        if !problems.is_empty() {
            return Err(Error::Recipe(problems));
        }
        let nets = Nets::new(recipe, device);
        let start = |layout: &Layout, of| {
            let values = layout.initial(&mut stream(nets.recipe.seed, of, 0));
            vector(values, &nets.device)
        };
        let g = start(&nets.generator.layout, Stream::GeneratorInit);
        let layout = &nets.discriminator.layout;
        let d = start(layout, Stream::DiscriminatorInit);
        let spectral = nets.recipe.spectral_norm.then(|| {
            SpectralNorm::new(layout, &d, &mut stream(nets.recipe.seed, Stream::PowerIteration, 0))
        });
        let d = Learner::new(layout, d, spectral);
        let g = Learner::new(&nets.generator.layout, g, None);
        let none = || vector(vec![0.0; 2], &nets.device);
        Ok(Self {
            ema: g.weights().clone(),
            anchors: (nets.recipe.lecam > 0.0).then(none),
            nets,
            g,
            d,
            step: 0,
            averaged: 0,
            batches: 0,
            d_steps_done: 0,
            round: None,
            pending: Vec::new(),
            measured: None,
            replicas: None,
            told: false,
            lost: None,
        })
    }

    /// Divides batches with these from the next one on, or with nobody. The numbers stay the same to the
    /// last bit (see [`plan`]).
    pub fn share_with(&mut self, replicas: Option<Rc<dyn Replicas>>) {
        self.replicas = replicas;
        self.told = false;
    }

    /// How many workers share a batch.
    pub fn workers(&self) -> usize {
        let others = self.replicas.as_ref().map_or(0, |replicas| replicas.count());
        match self.divisible() {
            true => plan::shares(self.nets.recipe.batch, others + 1),
            false => 1,
        }
    }

    /// Why the replicas were given up, once.
    pub fn take_loss(&mut self) -> Option<String> {
        self.lost.take()
    }

    pub fn recipe(&self) -> &Recipe {
        &self.nets.recipe
    }

    /// The recipe as it stands at the step that comes next or is under way.
    fn recipe_now(&self) -> Recipe {
        self.nets.recipe.at(self.step + 1)
    }

    pub fn step(&self) -> u64 {
        self.step
    }

    pub fn images_seen(&self) -> u64 {
        self.batches * self.nets.recipe.batch as u64
    }

    pub fn g_parameters(&self) -> usize {
        self.nets.generator.layout.parameters()
    }

    pub fn d_parameters(&self) -> usize {
        self.nets.discriminator.layout.parameters()
    }

    /// Multiply-adds of a step's products: what an implementation without waste has to do.
    pub fn multiply_adds(&self) -> u64 {
        let Nets { recipe, generator, discriminator, .. } = &self.nets;
        let ([g_first, g], [d_first, d]) =
            (generator.multiply_adds(), discriminator.multiply_adds());
        // Forward, back and the gradient; with a penalty the way back goes on to the pictures, and the
        // tangent is one more way forward; so it does for a penalty's own points.
        let plain = 3 * d - d_first;
        let d_pair = match recipe.penalty.kind {
            PenaltyKind::None => 2 * plain,
            kind if kind.has_points() => 2 * plain + 4 * d,
            _ => 2 * 4 * d,
        };
        // Beside a penalty, what is read off goes its own way back.
        let own = match (recipe.guessed(), recipe.penalty.kind) {
            (None, _) | (_, PenaltyKind::None) => 0,
            (Some(guessed), _) => (1 + u64::from(guessed.reals)) * (2 * d - d_first),
        };
        let judged = if recipe.objective.compares() { 2 * d } else { d };
        let d_step = g + d_pair + own;
        let g_step = judged + d + 2 * g - g_first;
        recipe.batch as u64 * (recipe.d_steps as u64 * d_step + g_step)
    }

    /// Takes over what may change while training. The caller has checked that nothing else differs.
    pub(crate) fn adjust(&mut self, recipe: Recipe) {
        self.nets.recipe = recipe;
    }

    /// The number of the next batch of real pictures, counted from 0.
    pub fn batches(&self) -> u64 {
        self.batches
    }

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
    /// As [`Trainer::proceed`].
    pub async fn step_discriminator(&mut self, digits: Digits) -> Result<()> {
        self.begin(digits).await?;
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
    pub async fn step_generator(&mut self, digits: Digits) -> Result<()> {
        self.lay_out(digits, 1);
        if let Some(round) = &mut self.round {
            round.phase = Phase::Generator;
        }
        while self.round.is_some() {
            self.proceed().await?;
        }
        Ok(())
    }

    /// Lays out real pictures, and what the generator is asked for, for the players' next turns, and
    /// tells the replicas.
    ///
    /// # Errors
    /// The device's own.
    pub async fn begin(&mut self, digits: Digits) -> Result<()> {
        let workers = self.workers();
        let index = self.batches;
        self.lay_out(digits, workers);
        if workers == 1 {
            return Ok(());
        }
        let mut weights = read(self.g.weights().clone()).await?;
        if !self.told {
            weights.extend(read(self.d.effective().clone()).await?);
            self.told = true;
        }
        let anchors = match &self.anchors {
            Some(anchors) => read(anchors.clone()).await?.try_into().ok(),
            None => None,
        };
        if let (Some(replicas), Some(round)) = (&self.replicas, &mut self.round) {
            let order = |replica: usize| {
                let batch = round.work.batch();
                let samples = plan::share(0..batch, workers, replica + 1);
                let Digits { images, labels } = round.work.digits(samples.clone());
                let task = Task::Discriminator {
                    recipe: Box::new(self.nets.recipe.clone()),
                    step: self.step + 1,
                    index,
                    anchors,
                    batch,
                    first: samples.start,
                    images: ByteBuf::from(images),
                    labels: ByteBuf::from(labels),
                };
                Order { task, weights: weights.clone() }
            };
            round.asked = (0..workers - 1).map(|k| replicas.ask(k, order(k))).collect();
        }
        Ok(())
    }

    fn lay_out(&mut self, digits: Digits, workers: usize) {
        let batch = digits.len();
        let anchors = self.anchors.clone();
        let work = Work::new(self.recipe_now(), anchors, self.batches, digits, 0, batch);
        self.batches += 1;
        self.round = Some(Round {
            work,
            phase: Phase::Discriminator,
            workers,
            turns: self.turns(batch, workers),
            sums: Vec::new(),
            asked: Vec::new(),
            d_report: None,
        });
    }

    /// Whether a batch may be taken in parts: a GPU wants it whole, and so does what ties samples together.
    fn divisible(&self) -> bool {
        let cpu = DeviceKind::of(self.g.weights()) == DeviceKind::Cpu;
        cpu && !self.nets.ties_samples()
    }

    fn turns(&self, batch: usize, workers: usize) -> VecDeque<Turn> {
        match self.divisible() {
            true => plan::plan(0..batch, workers).into(),
            false => [Turn::Part(0..batch)].into(),
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
            if let Some(replicas) = &self.replicas
                && round.workers > 1
            {
                let weights = read(self.d.effective().clone()).await?;
                self.told = true;
                let order = || Order { task: Task::Generator, weights: weights.clone() };
                let others = 0..round.workers - 1;
                round.asked = others.map(|k| replicas.ask(k, order())).collect();
            }
        }
        match round.turns.pop_front() {
            Some(Turn::Part(samples)) => {
                let (nets, weights) = (&self.nets, [self.g.view(), self.d.view()]);
                round.sums.push(match round.phase {
                    Phase::Generator => round.work.generator(nets, weights, &samples),
                    _ => round.work.discriminator(nets, weights, &samples),
                });
            }
            Some(Turn::Add) => plan::add(&mut round.sums),
            Some(Turn::Answer(worker)) => self.hear(&mut round, worker).await,
            None => {}
        }
        // What is left are additions, or nothing: not worth a turn of their own.
        while round.turns.front() == Some(&Turn::Add) {
            round.turns.pop_front();
            plan::add(&mut round.sums);
        }
        if round.turns.is_empty()
            && let Some(advice) = round.sums.pop()
        {
            self.learn(round, advice);
        } else {
            self.round = Some(round);
        }
        Ok(())
    }

    /// Takes a replica's answer; without one, puts its work before all other turns and goes on alone
    /// from the next batch on.
    async fn hear(&mut self, round: &mut Round, worker: usize) {
        let length = match round.phase {
            Phase::Generator => self.nets.generator.layout.len(),
            _ => self.nets.discriminator.layout.len(),
        };
        let answer = match round.asked.get_mut(worker - 1) {
            Some(asked) if self.replicas.is_some() => asked.await,
            _ => Err(String::new()),
        };
        match answer.and_then(|answer| answer.advice(length, &self.nets.device)) {
            Ok(advice) => round.sums.push(advice),
            Err(reason) => {
                if self.replicas.take().is_some() {
                    self.lost = Some(reason);
                }
                let share = plan::share(0..round.work.batch(), round.workers, worker);
                for turn in plan::own(share).into_iter().rev() {
                    round.turns.push_front(turn);
                }
            }
        }
    }

    /// A player learns from all samples.
    fn learn(&mut self, mut round: Round, advice: Advice) {
        let recipe = self.recipe_now();
        if round.phase == Phase::Generator {
            let mut gradient = advice.gradient;
            if recipe.orthogonal > 0.0 {
                // Of the weights alone, whatever the samples say.
                let layout = &self.nets.generator.layout;
                let more = orthogonal::gradient(layout, self.g.weights(), recipe.orthogonal);
                gradient = gradient + more;
            }
            self.g.learn(&recipe.generator, gradient);
            self.average(recipe.ema);
            self.finish_step(round.d_report, Some(advice.figures));
        } else {
            self.d.learn(&recipe.discriminator, advice.gradient);
            if recipe.weight_clip > 0.0 {
                self.d.clip(recipe.weight_clip);
            }
            let means = || ops::part(&advice.figures, 1, 2);
            self.anchors = self.anchors.take().map(|anchors| lecam::follow(anchors, means()));
            self.told = false;
            self.d_steps_done += 1;
            round.d_report = Some(advice.figures);
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

    fn finish_step(&mut self, d: Option<Tensor<1>>, g_loss: Option<Tensor<1>>) {
        self.step += 1;
        self.d_steps_done = 0;
        self.pending.push(PendingReport { step: self.step, d, g_loss });
    }
}
