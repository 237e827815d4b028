//! Whether this run's generator helps a classifier that has only a few real digits (`train::augment`), asked piece by
//! piece, so that training goes on and commands are heard in between. The generator is taken as it was at one step.

use super::draws::Draws;
use super::evaluation::CHUNK;
use super::live::Session;
use super::measurement::NONE_HELD_OUT;
use super::protocol::{AugmentReport, Event};
use crate::data::{self, Base, DatasetKind, Digits, Source};
use crate::error::{Error, Result};
use crate::train::augment::{Arm, Curve, Lesson, Material, Origin, Plan, Score, check, few};
use crate::train::{Frozen, Trainer};
use burn::tensor::Device;
use std::collections::VecDeque;
use web_time::Instant;

/// Most tries that one command may ask for.
const MOST_TRIES: u32 = 10;
/// Real digits of each class, in the order in which they are tried.
const DIGITS: [usize; 4] = [10, 20, 50, 100];
/// What is compared: the first without the generator, the second with it.
const ARMS: [Arm; 2] = [Arm::Real, Arm::Both];
/// Samples of a try.
const SAMPLES: usize = 2000;

/// An experiment under way.
pub struct AugmentJob {
    id: u32,
    kind: DatasetKind,
    /// The run's, which decides the order of the real digits.
    run_seed: u64,
    frozen: Frozen,
    /// Real digits among which a few are chosen, and how many there will be.
    pool: Digits,
    wanted: usize,
    test: Digits,
    /// The samples of each try that has not begun.
    tries: VecDeque<Draws>,
    /// The one under way, with its samples as far as they are drawn.
    current: Option<Try>,
    curve: Curve,
    of: usize,
}

struct Try {
    seed: u64,
    draws: Draws,
    material: Material,
    /// What is still to be taught, in order.
    left: VecDeque<(usize, Arm)>,
    lesson: Option<Lesson>,
}

impl AugmentJob {
    fn new(trainer: &Trainer, source: &Source, id: u32, tries: u32) -> Self {
        let recipe = trainer.recipe();
        let origin = Origin::others(trainer.images_seen(), source.total());
        Self {
            id,
            kind: recipe.dataset,
            run_seed: recipe.seed,
            frozen: trainer.freeze(),
            pool: Digits::default(),
            wanted: wanted(source),
            test: Digits::default(),
            tries: (1..=u64::from(tries))
                .map(|seed| Draws::of_noise(trainer, seed, SAMPLES))
                .collect(),
            current: None,
            curve: Curve { origin, tested: source.held_out(), scores: Vec::new() },
            of: tries as usize * DIGITS.len() * ARMS.len(),
        }
    }

    /// The next piece; whether a classifier's accuracy has come of it.
    async fn advance(
        &mut self,
        trainer: &Trainer,
        source: &mut Source,
        device: &Device,
    ) -> Result<bool> {
        let (pool, test) = (self.pool.len(), self.test.len());
        if pool < self.wanted {
            let part = source.digits(self.run_seed, (pool / CHUNK) as u64, CHUNK).ok_or(WAITING)?;
            self.pool.append(part);
            self.pool.truncate(self.wanted);
            return Ok(false);
        }
        if test < self.curve.tested {
            self.test.append(source.held_out_part(self.run_seed, test..test + CHUNK));
            return Ok(false);
        }
        let Some(now) = &mut self.current else {
            let seed = (self.curve.scores.len() / (DIGITS.len() * ARMS.len())) as u64 + 1;
            self.current = self.tries.pop_front().map(|draws| Try::new(seed, draws));
            return Ok(false);
        };
        let drawn = now.material.samples.len();
        if drawn < now.draws.len() {
            let piece = now.draws.take(drawn..now.draws.len().min(drawn + CHUNK));
            let images = self.frozen.sample(trainer, piece.inputs(), 1.0).await?;
            now.material.samples.append(Digits { images, labels: piece.labels().to_vec() });
            return Ok(false);
        }
        let Some(&(digits, arm)) = now.left.front() else {
            self.current = None;
            return Ok(false);
        };
        let Some(lesson) = &mut now.lesson else {
            now.material.real = few(&self.pool, digits, now.seed)?;
            now.lesson = Some(Lesson::new(arm, Plan::default(), &now.material, now.seed, device)?);
            return Ok(false);
        };
        let Some(accuracy) = lesson.advance(&now.material, &self.test, CHUNK).await? else {
            return Ok(false);
        };
        self.curve.scores.push(Score { digits, seed: now.seed, arm, accuracy });
        now.left.pop_front();
        now.lesson = None;
        Ok(true)
    }

    fn is_over(&self) -> bool {
        self.curve.scores.len() == self.of
    }

    fn report(&self) -> AugmentReport {
        AugmentReport {
            id: self.id,
            step: self.frozen.step,
            of: self.of,
            curve: self.curve.clone(),
            conclusion: self.curve.conclusion(),
        }
    }
}

impl Try {
    fn new(seed: u64, draws: Draws) -> Self {
        let left = DIGITS.into_iter().flat_map(|digits| ARMS.map(|arm| (digits, arm))).collect();
        Self { seed, draws, material: Material::default(), left, lesson: None }
    }
}

/// How many real digits the few are chosen among: the first that training meets, so that it does not matter how much
/// of a data set has arrived.
fn wanted(source: &Source) -> usize {
    match source.base() {
        Base::Mnist => source.total().min(data::CHUNK),
        Base::Drawn | Base::Points => data::CHUNK,
    }
}

const WAITING: Error =
    Error::NotReady("the real digits to choose from have not arrived yet; try again in a moment");

impl Session {
    /// Begins so many tries in place of what is under way; none gives that up.
    pub(super) fn augment(&mut self, id: u32, tries: u32) -> Result<()> {
        self.augmenting = None;
        if tries == 0 {
            return Ok(());
        }
        if tries > MOST_TRIES {
            return Err(Error::BadCommand(format!(
                "at most {MOST_TRIES} tries are made, not {tries}"
            )));
        }
        let recipe = self.trainer()?.recipe().clone();
        check(&recipe)?;
        let source = self.sources.of(recipe.dataset);
        if source.held_out() == 0 {
            return Err(NONE_HELD_OUT);
        }
        let last = wanted(source).saturating_sub(1) / CHUNK;
        if source.digits(recipe.seed, last as u64, CHUNK).is_none() {
            return Err(WAITING);
        }
        let Some(trainer) = &self.trainer else { return Ok(()) };
        self.augmenting = Some(AugmentJob::new(trainer, source, id, tries));
        Ok(())
    }

    pub(super) async fn advance_augmenting(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer)) = (self.augmenting.take(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        let source = self.sources.of(job.kind);
        if job.advance(trainer, source, &self.device).await? {
            self.events.push(Event::Augmented(job.report()));
        }
        if !job.is_over() {
            self.augmenting = Some(job);
        }
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
