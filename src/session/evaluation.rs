//! Scoring fresh samples bit by bit, so that a session hears its commands in between.

use super::draws::Draws;
use super::live::Session;
use super::pictures;
use super::protocol::{Evaluation, Event};
use crate::error::{Error, Result};
use crate::gan::game::Direction;
use crate::metrics::classes::{UNIFORM, class_histogram, class_kl, label_accuracy};
use crate::metrics::classifier::Classifier;
use crate::train::{Frozen, Trainer};
use web_time::Instant;

/// Samples scored between two looks at the commands.
pub const CHUNK: usize = 50;

/// An evaluation under way, of the players as they stood when it began.
pub struct EvaluationJob {
    frozen: Frozen,
    draws: Draws,
    /// Whether samples are meant to be what their labels say.
    labelled: bool,
    seed: u64,
    read: Vec<u8>,
}

impl EvaluationJob {
    fn new(trainer: &Trainer, draws: Draws, seed: u64) -> Self {
        let labelled = trainer.recipe().conditional || draws.given().is_some();
        Self { frozen: trainer.freeze(), draws, labelled, seed, read: Vec::new() }
    }

    /// Scores the next samples; the result once there are no more.
    async fn advance(
        &mut self,
        trainer: &Trainer,
        classifier: &Classifier,
    ) -> Result<Option<Evaluation>> {
        let done = self.read.len();
        let end = (done + CHUNK).min(self.draws.len());
        let piece = self.draws.take(done..end);
        let pixels = self.frozen.sample(trainer, piece.inputs(), 1.0).await?;
        let spec = trainer.recipe().data().spec();
        let readings = classifier.classify(&spec.readable(&pixels)).await?;
        self.read.extend(readings.iter().map(|reading| reading.class));
        if end < self.draws.len() {
            return Ok(None);
        }
        let histogram = class_histogram(&self.read)?;
        Ok(Some(Evaluation {
            step: self.frozen.step,
            count: self.read.len(),
            seed: self.seed,
            label_accuracy: match self.labelled {
                true => Some(label_accuracy(&self.read, &self.draws.labels)?),
                false => None,
            },
            class_histogram: histogram,
            class_kl: class_kl(&histogram, &UNIFORM),
        }))
    }
}

impl Session {
    /// Whether the run's pictures can be read now.
    pub(super) fn check_classifier(&mut self) -> Result<()> {
        if self.trainer()?.recipe().dataset.has_points() {
            return Err(Error::BadCommand("points are not read: ask to measure them".into()));
        }
        match self.classifier {
            Some(_) => Ok(()),
            None => Err(Error::NotReady("the classifier's weights are not loaded yet")),
        }
    }

    pub(super) fn evaluate(&mut self, count: usize, seed: u64) -> Result<()> {
        self.check_classifier()?;
        pictures::check_count(count)?;
        let draws = self.draws(count, seed)?;
        let job = EvaluationJob::new(self.trainer()?, draws, seed);
        self.evaluation = Some(job);
        Ok(())
    }

    /// What `count` samples are made from: latents under `seed`, or held-out pictures, and those of the training that
    /// come first where so many have not arrived.
    pub(super) fn draws(&mut self, count: usize, seed: u64) -> Result<Draws> {
        let trainer = self.trainer()?;
        let (dataset, run_seed) = (trainer.recipe().data(), trainer.recipe().seed);
        if dataset.spec().source.is_none() {
            return Ok(Draws::of_noise(trainer, seed, count));
        }
        let source = self.sources.of(dataset.kind);
        if source.held_out() >= count {
            let pairs = source.held_out_samples(dataset, run_seed, 0..count);
            return Ok(Draws::of_pictures(pairs, Direction::Back));
        }
        let trained = source.batch(dataset.in_pairs(), run_seed, 0, count);
        trained.map(|pairs| Draws::of_pictures(pairs, Direction::Back)).ok_or(Error::NotReady(
            "there are not so many pictures to translate yet; ask for fewer, or again in a moment",
        ))
    }

    pub(super) async fn advance_evaluation(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer), Some(classifier)) =
            (self.evaluation.take(), &self.trainer, &self.classifier)
        else {
            return Ok(false);
        };
        let start = Instant::now();
        match job.advance(trainer, classifier).await? {
            Some(evaluation) => self.events.push(Event::Evaluated(evaluation)),
            None => self.evaluation = Some(job),
        }
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
