//! Scoring fresh samples bit by bit, so that a session hears its commands in between.

use super::live::Session;
use super::pictures;
use super::protocol::{Evaluation, Event};
use crate::error::{Error, Result};
use crate::metrics::classes::{UNIFORM, class_histogram, class_kl, label_accuracy};
use crate::metrics::classifier::Classifier;
use crate::train::{Frozen, Latents, Trainer, in_rotation};
use web_time::Instant;

/// Samples scored between two looks at the commands.
pub const CHUNK: usize = 50;

/// An evaluation under way, of the players as they stood when it began.
pub struct EvaluationJob {
    frozen: Frozen,
    latents: Latents,
    labels: Vec<u8>,
    seed: u64,
    read: Vec<u8>,
}

impl EvaluationJob {
    pub fn new(trainer: &Trainer, count: usize, seed: u64) -> Self {
        Self {
            frozen: trainer.freeze(),
            latents: trainer.sample_latents(seed, 1.0),
            labels: in_rotation(count),
            seed,
            read: Vec::with_capacity(count),
        }
    }

    /// Scores the next samples; the result once there are no more.
    pub async fn advance(
        &mut self,
        trainer: &Trainer,
        classifier: &Classifier,
    ) -> Result<Option<Evaluation>> {
        let done = self.read.len();
        let end = (done + CHUNK).min(self.labels.len());
        let latents = self.latents.take(end - done);
        let pixels = self.frozen.sample(trainer, &latents, &self.labels[done..end], 1.0).await?;
        self.read.extend(classifier.classify(&pixels).await?.iter().map(|reading| reading.class));
        if end < self.labels.len() {
            return Ok(None);
        }
        let histogram = class_histogram(&self.read)?;
        let conditional = trainer.recipe().conditional;
        Ok(Some(Evaluation {
            step: self.frozen.step,
            count: self.read.len(),
            seed: self.seed,
            label_accuracy: match conditional {
                true => Some(label_accuracy(&self.read, &self.labels)?),
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
        if self.trainer()?.recipe().dataset.channels() > 1 {
            return Err(Error::BadCommand(
                "pictures in colours are not read while a run trains: draw some with `ganvas sample` and score them with `ganvas eval`".into(),
            ));
        }
        match self.classifier {
            Some(_) => Ok(()),
            None => Err(Error::NotReady("the classifier's weights are not loaded yet")),
        }
    }

    pub(super) fn evaluate(&mut self, count: usize, seed: u64) -> Result<()> {
        self.check_classifier()?;
        pictures::check_count(count)?;
        let job = EvaluationJob::new(self.trainer()?, count, seed);
        self.evaluation = Some(job);
        Ok(())
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
