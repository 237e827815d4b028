//! Measuring points, whose distribution is known: at once, since it takes no time to speak of.

use super::live::Session;
use super::protocol::{Event, Measurement};
use crate::data::points::PointSet;
use crate::error::{Error, Result};
use crate::metrics::distribution;
use crate::metrics::logits::Logits;
use crate::train::{Frozen, Inputs, Judged, Trainer};
use web_time::Instant;

/// A measurement that was asked for.
pub struct PointMeasurement {
    set: PointSet,
    frozen: Frozen,
    count: usize,
    seed: u64,
}

impl Session {
    pub(super) fn measure_points(&mut self, count: usize, seed: u64, set: PointSet) -> Result<()> {
        let frozen = self.trainer()?.freeze();
        self.point_measurement = Some(PointMeasurement { set, frozen, count, seed });
        Ok(())
    }

    pub(super) async fn advance_point_measurement(&mut self) -> Result<bool> {
        let (Some(job), Some(trainer)) = (self.point_measurement.take(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        let (dataset, run_seed) = (trainer.recipe().data(), trainer.recipe().seed);
        let source = self.sources.of(dataset.kind);
        let seen = source.batch(dataset, run_seed, 0, job.count);
        let seen = seen.map(|samples| samples.target.reals().to_vec()).unwrap_or_default();
        let held_out = source.held_out_samples(dataset, run_seed, 0..source.held_out());
        let held_out = held_out.target.reals().to_vec();
        let measured = job.figures(trainer, &seen, &held_out).await?;
        let took = start.elapsed();
        self.pace.set_aside(took);
        let millis = took.as_secs_f64() * 1e3;
        self.events.push(Event::Measured(Measurement { millis, ..measured }));
        Ok(true)
    }
}

impl PointMeasurement {
    async fn figures(
        mut self,
        trainer: &Trainer,
        seen: &[f32],
        held_out: &[f32],
    ) -> Result<Measurement> {
        let (count, dimensions) = (self.count, self.set.dimensions());
        let latents = trainer.sample_latents(self.seed, 1.0).take(count);
        let labels = vec![0; count];
        let inputs = Inputs::Noise { latents: &latents, labels: &labels };
        let fake = self.frozen.sample(trainer, inputs, 1.0).await?;
        let (numbers, _) = fake.as_chunks::<4>();
        let numbers: Vec<f32> = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        let mut figures = distribution::figures(&self.set, &numbers, held_out)?;
        let bytes = |points: &[f32]| -> Vec<u8> {
            points.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        let mut logits = Vec::new();
        for pixels in [bytes(seen), bytes(held_out), fake] {
            let labels = vec![0; pixels.len() / (dimensions * size_of::<f32>())];
            let judged = Judged { pixels: &pixels, labels: &labels, given: &[] };
            let of = self.frozen.logits(trainer, judged).await?;
            if of.iter().any(|logit| !logit.is_finite()) {
                return Err(Error::NoAnswer { what: "a score of the discriminator" });
            }
            logits.push(of);
        }
        let threshold = trainer.recipe().objective.threshold();
        let [seen_logits, held_out_logits, fake] = [0, 1, 2].map(|i| &logits[i][..]);
        let logits = Logits { seen: seen_logits, held_out: held_out_logits, fake, threshold };
        figures.extend(logits.figures());
        Ok(Measurement {
            step: self.frozen.step,
            images_seen: self.frozen.images_seen,
            count,
            seed: self.seed,
            reference: held_out.len() / dimensions,
            class_histogram: [0; 10],
            figures,
            floor: distribution::figures(&self.set, seen, held_out)?,
            baseline: Default::default(),
            millis: 0.0,
        })
    }
}
