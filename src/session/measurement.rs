//! Measuring fresh samples by every figure there is, piece by piece, so that training goes on and
//! commands are heard in between. The players are taken as they were at one step; the real pictures that
//! they are held against are read once and kept.

use super::draws::Draws;
use super::evaluation::CHUNK;
use super::live::Session;
use super::protocol::{Event, Measurement};
use super::round_trip::RoundTrips;
use crate::data::{Dataset, Samples, Source, Spec};
use crate::error::{Error, Result};
use crate::metrics::appraisal::Appraisal;
use crate::metrics::classifier::{Classifier, FEATURES};
use crate::metrics::cloud::Cloud;
use crate::metrics::logits::Logits;
use crate::metrics::motion::Motion;
use crate::metrics::reading::read;
use crate::metrics::{Figures, Metric, stacks};
use crate::train::{Frozen, Judged, Trainer};
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;
use web_time::Instant;

/// How many samples may be measured: fewer say nothing, more would keep the page waiting.
const COUNTS: RangeInclusive<usize> = 100..=10_000;

pub(super) const NONE_HELD_OUT: Error =
    Error::NotReady("there are no held-out pictures to measure by; add them first");

const WAITING: Error =
    Error::NotReady("the real pictures to measure by have not arrived yet; try again in a moment");

/// What decides which real pictures samples are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Which {
    dataset: Dataset,
    seed: u64,
    /// Pictures of the training that take the samples' place in the floor.
    count: usize,
}

/// Real pictures as far as they have been read: those held out, which samples are compared with, and as
/// many of the training as there are samples, whose figures are the floor.
#[derive(Debug)]
pub struct Reals {
    which: Which,
    held_out: Samples,
    seen: Samples,
    features: Vec<f32>,
    cloud: Option<Cloud>,
    appraisal: Appraisal,
    /// Of films of the training.
    motion: Motion,
    /// Of stacks of the training.
    numbers: BTreeSet<usize>,
    floor: Option<Figures>,
}

impl Reals {
    fn new(which: Which) -> Self {
        Self {
            which,
            held_out: Samples::default(),
            seen: Samples::default(),
            features: Vec::new(),
            cloud: None,
            appraisal: Appraisal::default(),
            motion: Motion::default(),
            numbers: BTreeSet::new(),
            floor: None,
        }
    }

    /// Reads or compares the next of them; false when they are ready.
    async fn advance(&mut self, source: &mut Source, classifier: &Classifier) -> Result<bool> {
        let Which { seed, count, dataset } = self.which;
        let dataset = dataset.in_pairs();
        let (held_out, seen) = (self.held_out.len(), self.seen.len());
        if held_out < source.held_out() {
            let part = source.held_out_samples(dataset, seed, held_out..held_out + CHUNK);
            let readings = read(classifier, dataset.spec(), part.target.bytes(), held_out).await?;
            self.features.extend(readings.iter().flat_map(|reading| reading.features));
            self.held_out.append(part);
        } else if seen < count {
            let index = (seen / CHUNK) as u64;
            let part = source.batch(dataset, seed, index, CHUNK).ok_or(WAITING)?;
            let part = part.part(0..part.len().min(count - seen));
            let readings = read(classifier, dataset.spec(), part.target.bytes(), seen).await?;
            self.motion.add(dataset.spec(), part.target.bytes());
            self.numbers.extend(stacked(classifier, dataset.spec(), part.target.bytes()).await?);
            self.appraisal.add(&readings, Some(&part.labels));
            self.seen.append(part);
        } else if let Some(cloud) = &mut self.cloud {
            if cloud.advance() || self.appraisal.advance(cloud)? {
                return Ok(true);
            }
            if self.floor.is_none() {
                let floor = self.floor.insert(self.appraisal.figures(Some(cloud))?);
                floor.extend(modes(&self.numbers));
            }
            return Ok(false);
        } else {
            self.cloud = Some(Cloud::new(std::mem::take(&mut self.features), FEATURES)?);
        }
        Ok(true)
    }
}

/// A measurement under way.
pub struct MeasurementJob {
    which: Which,
    frozen: Frozen,
    draws: Draws,
    seed: u64,
    appraisal: Appraisal,
    /// Of the sources in the samples' place, in a game that translates.
    baseline: Appraisal,
    /// Of films.
    motion: Motion,
    /// Of stacks.
    numbers: BTreeSet<usize>,
    /// In a game with a way back.
    trips: Option<RoundTrips>,
    /// The judge's logits of samples, and of the real pictures of the training and held out.
    fake: Vec<f32>,
    seen: Vec<f32>,
    held_out: Vec<f32>,
    threshold: Option<f64>,
    spent: Duration,
}

impl MeasurementJob {
    fn new(trainer: &Trainer, draws: Draws, seed: u64) -> Self {
        let recipe = trainer.recipe();
        Self {
            which: Which { dataset: recipe.data(), seed: recipe.seed, count: draws.len() },
            frozen: trainer.freeze(),
            draws,
            seed,
            appraisal: Appraisal::default(),
            baseline: Appraisal::default(),
            motion: Motion::default(),
            numbers: BTreeSet::new(),
            trips: recipe.game().has_way_back().then(RoundTrips::default),
            fake: Vec::new(),
            seen: Vec::new(),
            held_out: Vec::new(),
            threshold: recipe.objective.threshold(),
            spent: Duration::ZERO,
        }
    }

    /// The next piece; false when there is nothing left but to say what came of it.
    async fn advance(
        &mut self,
        trainer: &Trainer,
        classifier: &Classifier,
        source: &mut Source,
        reals: &mut Reals,
    ) -> Result<bool> {
        if reals.advance(source, classifier).await? {
            return Ok(true);
        }
        if let Some(next) = piece(self.appraisal.len(), self.draws.len()) {
            let spec = self.which.dataset.spec();
            let first = next.start;
            let piece = self.draws.take(next);
            let (labels, given) = (piece.labels(), piece.source());
            let pixels = self.frozen.sample(trainer, piece.inputs(), 1.0).await?;
            let labelled = trainer.recipe().conditional || piece.pairs.is_some();
            let readings = read(classifier, spec, &pixels, first).await?;
            self.appraisal.add(&readings, labelled.then_some(labels));
            self.motion.add(spec, &pixels);
            self.numbers.extend(stacked(classifier, spec, &pixels).await?);
            if let Some(pairs) = &piece.pairs {
                let truth = pairs.target.bytes();
                let knows_truth = self.which.dataset.view.has_truth();
                if knows_truth {
                    self.appraisal.add_pairs(spec.target.side, &pixels, truth)?;
                }
                if let Some(trips) = &mut self.trips {
                    trips.add(&mut self.frozen, trainer, pairs, &pixels).await?;
                }
                let trivial = self.which.dataset.view.trivial(piece.source(), spec);
                self.baseline.add(&classifier.classify(&trivial).await?, Some(labels));
                if knows_truth {
                    self.baseline.add_pairs(spec.target.side, &trivial, truth)?;
                }
            }
            let judged = Judged { pixels: &pixels, labels, given };
            self.fake.extend(finite(self.frozen.logits(trainer, judged).await?)?);
            return Ok(true);
        }
        for (logits, real) in [(&mut self.seen, &reals.seen), (&mut self.held_out, &reals.held_out)]
        {
            if let Some(next) = piece(logits.len(), real.len()) {
                let pairs = real.part(next);
                let judged = Judged {
                    pixels: pairs.target.bytes(),
                    labels: &pairs.labels,
                    given: pairs.source.as_deref().unwrap_or_default(),
                };
                logits.extend(finite(self.frozen.logits(trainer, judged).await?)?);
                return Ok(true);
            }
        }
        match &reals.cloud {
            Some(real) => self.appraisal.advance(real),
            None => Ok(false),
        }
    }

    /// All figures; what they cost is not known yet.
    fn result(&self, reals: &Reals) -> Result<Measurement> {
        let Self { seen, held_out, fake, threshold, .. } = self;
        let logits = Logits { seen, held_out, fake, threshold: *threshold };
        let mut figures = self.appraisal.figures(reals.cloud.as_ref())?;
        figures.extend(logits.figures());
        figures.extend(self.trips.iter().flat_map(RoundTrips::figures));
        figures.extend(modes(&self.numbers));
        figures.extend(self.motion.of(&reals.motion).map(|share| (Metric::Motion, share)));
        Ok(Measurement {
            step: self.frozen.step,
            images_seen: self.frozen.images_seen,
            count: self.draws.len(),
            seed: self.seed,
            reference: reals.held_out.len(),
            class_histogram: self.appraisal.histogram()?,
            figures,
            floor: reals.floor.clone().unwrap_or_default(),
            baseline: match self.baseline.is_empty() {
                true => Figures::new(),
                false => self.baseline.figures(None)?,
            },
            millis: 0.0,
        })
    }
}

/// The numbers that these stacks show; none of pictures with one digit.
async fn stacked(classifier: &Classifier, spec: Spec, pixels: &[u8]) -> Result<Vec<usize>> {
    match spec.digits {
        1 => Ok(Vec::new()),
        _ => stacks::numbers(classifier, pixels).await,
    }
}

fn modes(numbers: &BTreeSet<usize>) -> Option<(Metric, f64)> {
    (!numbers.is_empty()).then_some((Metric::StackedModes, numbers.len() as f64))
}

/// Logits of which figures can be made.
fn finite(logits: Vec<f32>) -> Result<Vec<f32>> {
    match logits.iter().all(|logit| logit.is_finite()) {
        true => Ok(logits),
        false => Err(Error::NoAnswer { what: "a score of the discriminator" }),
    }
}

/// The next places of a list of which so many are done.
fn piece(done: usize, all: usize) -> Option<Range<usize>> {
    (done < all).then(|| done..all.min(done + CHUNK))
}

impl Session {
    /// Begins to measure; a measurement under way is given up.
    pub(super) fn measure(&mut self, count: usize, seed: u64) -> Result<()> {
        if !COUNTS.contains(&count) {
            return Err(Error::BadCommand(format!(
                "between {} and {} samples can be measured, not {count}",
                COUNTS.start(),
                COUNTS.end()
            )));
        }
        let recipe = self.trainer()?.recipe();
        let (dataset, run_seed) = (recipe.data(), recipe.seed);
        if let Some(set) = dataset.points() {
            return self.measure_points(count, seed, set);
        }
        self.check_classifier()?;
        let source = self.sources.of(dataset.kind);
        if source.held_out() == 0 {
            return Err(NONE_HELD_OUT);
        }
        let last = (count - 1) / CHUNK;
        if source.batch(dataset.in_pairs(), run_seed, last as u64, CHUNK).is_none() {
            return Err(WAITING);
        }
        let draws = self.draws(count, seed)?;
        self.measurement = Some(MeasurementJob::new(self.trainer()?, draws, seed));
        Ok(())
    }

    pub(super) async fn advance_measurement(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer), Some(classifier)) =
            (self.measurement.take(), &self.trainer, &self.classifier)
        else {
            return Ok(false);
        };
        let start = Instant::now();
        let source = self.sources.of(job.which.dataset.kind);
        let kept = self.reals.take().filter(|reals| reals.which == job.which);
        let mut reals = kept.unwrap_or_else(|| Reals::new(job.which));
        let more = job.advance(trainer, classifier, source, &mut reals).await?;
        let last = (!more).then(|| job.result(&reals)).transpose()?;
        let took = start.elapsed();
        job.spent += took;
        self.pace.set_aside(took);
        match last {
            Some(measurement) => {
                let millis = job.spent.as_secs_f64() * 1e3;
                self.events.push(Event::Measured(Measurement { millis, ..measurement }));
            }
            None => self.measurement = Some(job),
        }
        self.reals = Some(reals);
        Ok(true)
    }
}
