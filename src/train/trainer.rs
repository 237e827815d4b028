//! A run: two networks, their optimisers, the moving average, and the order in which they learn. A
//! step is made of turns, so that a caller can listen in between: on the CPU the discriminator takes one
//! part of the batch at a time. Nothing is read back from the device here except on request.

use super::LossPoint;
use super::adam::AdamState;
use super::step::{self, Batch, Fakes};
use crate::data::{CLASSES, Digits, PIXELS};
use crate::device::{DeviceKind, read};
use crate::error::{Error, Result};
use crate::nets::inputs;
use crate::nets::layers::{ChannelStats, Mode};
use crate::nets::params::{rows, vector};
use crate::nets::{Discriminator, Generator};
use crate::recipe::Recipe;
use crate::rng::{Stream, normals, stream};
use burn::tensor::{Device, Tensor};

/// Latents behind the batch-norm statistics used for sampling; classes in equal shares.
const CALIBRATION: usize = 200;
/// Pictures drawn in one go, which bounds the memory of large samples.
const SAMPLE_CHUNK: usize = 250;

/// A step's figures while they are still on the device.
struct PendingReport {
    step: u64,
    d: Option<Tensor<1>>,      // [3]
    g_loss: Option<Tensor<1>>, // [1]
}

/// Fewest samples in a part of a batch that the discriminator takes in parts.
const PART: usize = 16;

/// A batch under way. Nothing in the discriminator ties samples together and its loss is a mean over
/// them, so it takes a part of the batch at a time and comes to the same result. The generator's batch
/// norm wants the batch whole.
struct Round {
    batch: Batch,
    phase: Phase,
    /// Drawn when first needed, and once for both players.
    fakes: Option<Fakes>,
    /// Of the discriminator's parts so far: the sum of their gradients and of their figures.
    d_sum: Option<[Tensor<1>; 2]>,
    d_report: Option<Tensor<1>>,
}

enum Phase {
    /// The discriminator has come to part `next` of `parts`.
    Discriminator {
        next: usize,
        parts: usize,
    },
    /// The discriminator has learned.
    Between,
    Generator,
}

pub struct Trainer {
    pub(super) recipe: Recipe,
    pub(super) device: Device,
    pub(super) generator: Generator,
    pub(super) discriminator: Discriminator,
    pub(super) g_weights: Tensor<1>,
    pub(super) d_weights: Tensor<1>,
    pub(super) ema: Tensor<1>,
    pub(super) g_adam: AdamState,
    pub(super) d_adam: AdamState,
    /// Steps taken, by both players or by one alone.
    pub(super) step: u64,
    /// Batches of real pictures used.
    pub(super) batches: u64,
    /// Discriminator steps taken in the current round.
    d_steps_done: usize,
    round: Option<Round>,
    pending: Vec<PendingReport>,
    /// Batch-norm statistics of the moving average, until the weights change.
    stats: Option<Vec<ChannelStats>>,
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
        let generator = Generator::new(&recipe);
        let discriminator = Discriminator::new(&recipe);
        let start = |layout: &crate::nets::params::Layout, s| {
            vector(layout.initial(&mut stream(recipe.seed, s, 0)), &device)
        };
        let g_weights = start(&generator.layout, Stream::GeneratorInit);
        let d_weights = start(&discriminator.layout, Stream::DiscriminatorInit);
        Ok(Self {
            g_adam: AdamState::new(&g_weights),
            d_adam: AdamState::new(&d_weights),
            ema: g_weights.clone(),
            g_weights,
            d_weights,
            generator,
            discriminator,
            recipe,
            device,
            step: 0,
            batches: 0,
            d_steps_done: 0,
            round: None,
            pending: Vec::new(),
            stats: None,
        })
    }

    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    pub fn step(&self) -> u64 {
        self.step
    }

    pub fn images_seen(&self) -> u64 {
        self.batches * self.recipe.batch as u64
    }

    pub fn g_parameters(&self) -> usize {
        self.generator.layout.len()
    }

    pub fn d_parameters(&self) -> usize {
        self.discriminator.layout.len()
    }

    /// Takes over what may change while training. The caller has checked that nothing else differs.
    pub(crate) fn adjust(&mut self, recipe: Recipe) {
        self.recipe = recipe;
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
            Some(Round { phase: Phase::Between, .. }) => self.d_steps_done < self.recipe.d_steps,
            Some(_) => false,
        }
    }

    /// Whether the players stand between two steps.
    pub fn between_steps(&self) -> bool {
        self.round.is_none()
    }

    /// A step of the discriminator alone.
    pub fn step_discriminator(&mut self, digits: Digits) {
        self.begin(digits);
        while matches!(self.round, Some(Round { phase: Phase::Discriminator { .. }, .. })) {
            self.proceed();
        }
        let report = self.round.take().and_then(|round| round.d_report);
        self.finish_step(report, None);
    }

    /// A step of the generator alone.
    pub fn step_generator(&mut self, digits: Digits) {
        self.begin(digits);
        if let Some(round) = &mut self.round {
            round.phase = Phase::Generator;
        }
        self.proceed();
    }

    /// Lays out real pictures, and what the generator is asked for, for the players' next turns.
    pub fn begin(&mut self, digits: Digits) {
        let parts = match DeviceKind::of(&self.g_weights) {
            DeviceKind::Cpu => parts(digits.len()),
            DeviceKind::Gpu => 1,
        };
        let batch = self.batch(digits);
        self.batches += 1;
        let phase = Phase::Discriminator { next: 0, parts };
        self.round = Some(Round { batch, phase, fakes: None, d_sum: None, d_report: None });
    }

    /// One turn that needs no real pictures: the discriminator's on the next part of the batch, or the
    /// generator's on all of it, which ends the step.
    pub fn proceed(&mut self) {
        let Some(mut round) = self.round.take() else { return };
        let fakes = round
            .fakes
            .take()
            .unwrap_or_else(|| step::generate(&self.generator, &self.g_weights, &round.batch));
        let (recipe, d) = (&self.recipe, &self.discriminator);
        match round.phase {
            Phase::Discriminator { next, parts } => {
                let size = fakes.pictures().dims()[0] / parts;
                let rows = next * size..(next + 1) * size;
                let fake = fakes.pictures().slice([rows.clone()]);
                let part = round.batch.part(rows);
                let taken = step::discriminator_step(recipe, d, &self.d_weights, &part, fake);
                let sum = match round.d_sum.take() {
                    None => [taken.gradient, taken.report],
                    Some([gradient, report]) => [gradient + taken.gradient, report + taken.report],
                };
                if next + 1 < parts {
                    round.d_sum = Some(sum);
                    round.phase = Phase::Discriminator { next: next + 1, parts };
                } else {
                    let [gradient, report] = sum.map(|sum| sum / parts as f64);
                    let adam = &self.recipe.discriminator.adam;
                    self.d_weights = self.d_adam.update(adam, self.d_weights.clone(), gradient);
                    self.d_steps_done += 1;
                    round.d_report = Some(report);
                    round.phase = Phase::Between;
                }
                self.round = Some(Round { fakes: Some(fakes), ..round });
            }
            Phase::Between | Phase::Generator => {
                let g = &self.generator;
                let taken =
                    step::generator_step(recipe, g, d, &self.d_weights, &round.batch, &fakes);
                let adam = &self.recipe.generator.adam;
                self.g_weights = self.g_adam.update(adam, self.g_weights.clone(), taken.gradient);
                self.average();
                self.finish_step(round.d_report, Some(taken.loss));
            }
        }
    }

    /// θ̄ ← d θ̄ + (1 − d) θ with d = min(ema, (1 + t) / (10 + t)).
    fn average(&mut self) {
        let t = self.g_adam.steps as f64;
        let decay = self.recipe.ema.min((1.0 + t) / (10.0 + t));
        self.ema = self.ema.clone() * decay + self.g_weights.clone() * (1.0 - decay);
        self.stats = None;
    }

    fn finish_step(&mut self, d: Option<Tensor<1>>, g_loss: Option<Tensor<1>>) {
        self.step += 1;
        self.d_steps_done = 0;
        self.pending.push(PendingReport { step: self.step, d, g_loss });
    }

    fn batch(&self, digits: Digits) -> Batch {
        let n = digits.len();
        let mut rng = stream(self.recipe.seed, Stream::Latents, self.batches);
        let z = normals(&mut rng, n * self.recipe.latent);
        Batch {
            real: inputs::pictures(&digits.images, &self.device),
            labels: self.one_hot(&digits.labels),
            z: rows(z, self.recipe.latent, &self.device),
        }
    }

    /// [n, CLASSES] for a conditional recipe.
    fn one_hot(&self, labels: &[u8]) -> Option<Tensor<2>> {
        self.recipe.conditional.then(|| inputs::one_hot(labels, &self.device))
    }

    /// Steps whose figures are still on the device.
    pub fn unread(&self) -> usize {
        self.pending.len()
    }

    /// Reads the figures of all steps since the last call, in one transaction.
    ///
    /// # Errors
    /// [`Error::NonFinite`] at the first loss that is not a finite number; the device's own errors.
    pub async fn reports(&mut self) -> Result<Vec<LossPoint>> {
        let pending = std::mem::take(&mut self.pending);
        let figures: Vec<Tensor<1>> =
            pending.iter().flat_map(|p| [p.d.clone(), p.g_loss.clone()]).flatten().collect();
        if figures.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = read(Tensor::cat(figures, 0)).await?.into_iter();
        let mut next = || values.next().unwrap_or(f32::NAN);
        let mut reports = Vec::with_capacity(pending.len());
        for p in pending {
            let [d_loss, d_real, d_fake] = match p.d {
                Some(_) => [next(), next(), next()].map(Some),
                None => [None; 3],
            };
            let g_loss = p.g_loss.map(|_| next());
            if [d_loss, g_loss].into_iter().flatten().any(|loss| !loss.is_finite()) {
                return Err(Error::NonFinite { step: p.step });
            }
            reports.push(LossPoint { step: p.step, d_loss, g_loss, d_real, d_fake });
        }
        Ok(reports)
    }

    /// Latents for `count` samples under `seed`, row by row.
    pub fn latents(&self, kind: Stream, seed: u64, count: usize) -> Vec<f32> {
        normals(&mut stream(seed, kind, 0), count * self.recipe.latent)
    }

    /// Draws pictures with the moving average of the generator: PIXELS bytes for each label.
    /// An unconditional run ignores what the labels are.
    ///
    /// # Errors
    /// The device's own.
    pub async fn sample(&mut self, latents: &[f32], labels: &[u8]) -> Result<Vec<u8>> {
        let weights = self.generator.layout.view(&self.ema);
        let stats = match &self.stats {
            Some(stats) => stats.clone(),
            None => {
                let z = self.latents(Stream::Calibration, self.recipe.seed, CALIBRATION);
                let z = rows(z, self.recipe.latent, &self.device);
                let stats =
                    self.generator.measure(&weights, z, self.one_hot(&in_rotation(CALIBRATION)));
                self.stats.insert(stats).clone()
            }
        };
        let mut pixels = Vec::with_capacity(labels.len() * PIXELS);
        let chunks = latents.chunks(SAMPLE_CHUNK * self.recipe.latent);
        for (z, labels) in chunks.zip(labels.chunks(SAMPLE_CHUNK)) {
            let z = rows(z.to_vec(), self.recipe.latent, &self.device);
            let mut mode = stats.clone().into_iter();
            let images = self.generator.forward(
                &weights,
                z,
                self.one_hot(labels),
                &mut Mode::Infer(&mut mode),
            );
            let values = read(images).await?;
            pixels.extend(inputs::to_bytes(&values));
        }
        Ok(pixels)
    }
}

/// Into how many parts of the same size a batch is divided: as many as leave each 16 samples or more.
fn parts(batch: usize) -> usize {
    (1..=(batch / PART).max(1)).rev().find(|&parts| batch.is_multiple_of(parts)).unwrap_or(1)
}

/// `count` classes in rotation: 0, 1, .. 9, 0, ..
pub fn in_rotation(count: usize) -> Vec<u8> {
    (0..count).map(|i| (i % CLASSES) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DatasetKind, Source};
    use crate::device;
    use crate::recipe::default_recipe;

    #[test]
    fn a_batch_is_divided_into_equal_parts_of_sixteen_or_more() {
        let counted = [1, 15, 31, 32, 37, 40, 64, 512].map(parts);
        assert_eq!(counted, [1, 1, 1, 2, 1, 2, 4, 32]);
    }

    #[test]
    fn the_discriminator_learns_from_all_parts_what_the_whole_teaches() {
        let mut recipe = default_recipe();
        recipe.dataset = DatasetKind::Drawn;
        (recipe.generator.width, recipe.discriminator.width) = (4, 4);
        let digits = Source::new(recipe.dataset).batch(1, 0, recipe.batch).expect("drawn");
        let mut trainer = Trainer::new(recipe.clone(), device::cpu()).expect("valid");

        let batch = trainer.batch(digits.clone());
        let fakes = step::generate(&trainer.generator, &trainer.g_weights, &batch);
        let (d, d_weights) = (&trainer.discriminator, trainer.d_weights.clone());
        let whole = step::discriminator_step(&recipe, d, &d_weights, &batch, fakes.pictures());

        trainer.begin(digits);
        for part in 0..4 {
            assert!(!trainer.wants_batch() && trainer.step() == 0, "at part {part}");
            trainer.proceed();
        }
        let round = trainer.round.as_ref().expect("the generator has not learned yet");
        assert!(matches!(round.phase, Phase::Between));
        let numbers = |t: Tensor<1>| t.into_data().try_into_vec::<f32>().expect("f32");
        let report = numbers(round.d_report.clone().expect("the discriminator has learned"));
        for (parts, whole) in report.iter().zip(numbers(whole.report)) {
            assert!((parts - whole).abs() < 1e-5, "{parts}, not {whole}");
        }
        // Adam's first square is (1 − β₂) g².
        let square = numbers(trainer.d_adam.square.clone());
        let scale = 1.0 - recipe.discriminator.adam.beta2 as f32;
        let gradient = numbers(whole.gradient);
        let largest = gradient.iter().fold(0.0f32, |largest, g| largest.max(g.abs()));
        for (square, g) in square.iter().zip(gradient) {
            assert!(((square / scale).sqrt() - g.abs()).abs() < 1e-4 * largest, "{square}, {g}");
        }
    }
}
