//! Drawing samples on request piece by piece, so that a session hears its commands in between. The players are
//! taken as they were when the samples were asked for.

use super::evaluation::CHUNK;
use super::live::Session;
use super::pictures;
use super::protocol::{Event, SampleRequest};
use crate::data::CLASSES;
use crate::error::{Error, Result};
use crate::train::{Frozen, Latents, Trainer, in_rotation};
use web_time::Instant;

/// Samples under way.
pub struct SampleJob {
    id: u32,
    frozen: Frozen,
    latents: Latents,
    labels: Vec<u8>,
    truncation: f64,
    /// Samples drawn so far, and their pictures.
    done: usize,
    pixels: Vec<u8>,
}

impl SampleJob {
    /// # Errors
    /// [`Error::BadCommand`] when numbers do not fit together or are out of range.
    fn new(trainer: &Trainer, id: u32, request: SampleRequest) -> Result<Self> {
        let SampleRequest { count, seed, latents, labels, truncation } = request;
        let truncation = truncation.unwrap_or(1.0);
        if !(truncation > 0.0 && truncation <= 1.0) {
            return Err(Error::BadCommand(format!(
                "a truncation lies above 0, however little, and goes up to 1, which is none, but is {truncation}"
            )));
        }
        pictures::check_count(count)?;
        let size = count * trainer.recipe().latent;
        let labels = labels.unwrap_or_else(|| in_rotation(count));
        let given = latents.as_ref().map_or(size, Vec::len);
        if labels.len() != count || given != size {
            return Err(Error::BadCommand(format!(
                "{count} samples need {count} labels and {size} latent values, but came with {} and {given}",
                labels.len(),
            )));
        }
        if labels.iter().any(|&label| usize::from(label) >= CLASSES) {
            return Err(Error::BadCommand("labels are digits from 0 to 9".into()));
        }
        if latents.iter().flatten().any(|v| !v.is_finite()) {
            return Err(Error::BadCommand("latents must be finite numbers".into()));
        }
        let latents = match latents {
            Some(values) => trainer.given_latents(values),
            None => trainer.sample_latents(seed, truncation),
        };
        let frozen = trainer.freeze();
        Ok(Self { id, frozen, latents, labels, truncation, done: 0, pixels: Vec::new() })
    }

    /// Draws the next samples; false once there are no more.
    async fn advance(&mut self, trainer: &Trainer) -> Result<bool> {
        let next = self.done..self.labels.len().min(self.done + CHUNK);
        let latents = self.latents.take(next.len());
        let labels = &self.labels[next.clone()];
        let pixels = self.frozen.sample(trainer, &latents, labels, self.truncation).await?;
        self.pixels.extend(pixels);
        self.done = next.end;
        Ok(self.done < self.labels.len())
    }
}

impl Session {
    /// Begins to draw; requests are answered in their order.
    pub(super) fn sample(&mut self, id: u32, request: SampleRequest) -> Result<()> {
        let job = SampleJob::new(self.trainer()?, id, request)?;
        self.samples.push_back(job);
        Ok(())
    }

    pub(super) async fn advance_samples(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer)) = (self.samples.pop_front(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        if job.advance(trainer).await? {
            self.samples.push_front(job);
        } else {
            let labelled = trainer.recipe().conditional;
            let pictures = pictures::pictures(job.pixels, &job.labels, labelled);
            self.events.push(Event::Sampled { id: job.id, pictures });
        }
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
