//! Drawing samples on request piece by piece, so that a session hears its commands in between. The players are
//! taken as they were when the samples were asked for.

use super::draws::Draws;
use super::evaluation::CHUNK;
use super::live::Session;
use super::pictures;
use super::protocol::{Event, Form, Given, Role, SampleRequest, Second};
use crate::data::{CLASSES, Digits, Samples};
use crate::error::{Error, Result};
use crate::gan::game::Direction;
use crate::nets::Mixing;
use crate::rng::{Stream, stream};
use crate::train::{Frozen, Judged, Trainer, in_rotation};
use std::rc::Rc;
use web_time::Instant;

/// Samples under way.
pub struct SampleJob {
    id: u32,
    frozen: Frozen,
    draws: Draws,
    truncation: f64,
    /// Samples drawn so far, and their pictures.
    done: usize,
    pixels: Vec<u8>,
    /// The run's rival, and its pictures.
    rival: Option<(Rc<Trainer>, Frozen)>,
    compared: Vec<u8>,
    scored: bool,
}

fn refused(reason: String) -> Error {
    Error::BadCommand(reason)
}

/// Whether a run has a use for second latents, and for these: `size` numbers.
fn check_second(trainer: &Trainer, second: &Second, size: usize) -> Result<()> {
    match trainer.recipe().generator.network.mixing() {
        None => {
            Err(refused("this run's generator has one use for a latent, and mixes none".into()))
        }
        Some(_) if second.latents.len() != size => Err(refused(format!(
            "as many second latents are needed as first ones, {size} values, but {} came",
            second.latents.len()
        ))),
        Some(_) if second.latents.iter().any(|v| !v.is_finite()) => {
            Err(refused("second latents must be finite numbers".into()))
        }
        Some(Mixing::Styles { sides }) if second.from > sides.len() => Err(refused(format!(
            "there are {} layers with a style, and none begins at {}",
            sides.len(),
            second.from
        ))),
        Some(Mixing::Styles { .. } | Mixing::Motion) => Ok(()),
    }
}

impl SampleJob {
    /// # Errors
    /// [`Error::BadCommand`] when numbers do not fit together or are out of range.
    fn new(
        trainer: &Trainer,
        rival: Option<Rc<Trainer>>,
        id: u32,
        request: SampleRequest,
    ) -> Result<Self> {
        let SampleRequest { count, seed, latents, labels, truncation, pictures, second, scored } =
            request;
        let truncation = truncation.unwrap_or(1.0);
        if !(truncation > 0.0 && truncation <= 1.0) {
            return Err(refused(format!(
                "a truncation lies above 0, however little, and goes up to 1, which is none, but is {truncation}"
            )));
        }
        pictures::check_count(count)?;
        let labels = labels.unwrap_or_else(|| in_rotation(count));
        if labels.iter().any(|&label| usize::from(label) >= CLASSES) {
            return Err(refused("labels are digits from 0 to 9".into()));
        }
        let draws = match (trainer.recipe().data().spec().source, pictures) {
            (Some(_), Some(given)) => Self::translated(trainer, count, seed, given)?,
            (Some(_), None) => {
                return Err(refused(
                    "this run translates pictures: give it some to translate".into(),
                ));
            }
            (None, Some(_)) => {
                return Err(refused("this run draws from noise and takes no pictures".into()));
            }
            (None, None) => {
                let size = count * trainer.recipe().latent;
                let given = latents.as_ref().map_or(size, Vec::len);
                if labels.len() != count || given != size {
                    return Err(refused(format!(
                        "{count} samples need {count} labels and {size} latent values, but came with {} and {given}",
                        labels.len(),
                    )));
                }
                if latents.iter().flatten().any(|v| !v.is_finite()) {
                    return Err(refused("latents must be finite numbers".into()));
                }
                let latents = match latents {
                    Some(values) => trainer.given_latents(values),
                    None => trainer.sample_latents(seed, truncation),
                };
                match second {
                    Some(second) => {
                        check_second(trainer, &second, size)?;
                        let from = second.from;
                        Draws::of_two(latents, trainer.given_latents(second.latents), from, labels)
                    }
                    None => Draws::of(latents, labels),
                }
            }
        };
        let frozen = trainer.freeze();
        let rival = rival.map(|rival| (rival.clone(), rival.freeze()));
        let (pixels, compared) = (Vec::new(), Vec::new());
        Ok(Self { id, frozen, draws, truncation, done: 0, pixels, rival, compared, scored })
    }

    /// Pictures that were given, as the run's view makes them if it has not yet.
    fn translated(trainer: &Trainer, count: usize, seed: u64, given: Given) -> Result<Draws> {
        let dataset = trainer.recipe().data();
        let spec = dataset.spec();
        let Given { pixels, form, direction } = given;
        if direction == Direction::Forth && !trainer.recipe().game().has_way_back() {
            return Err(refused("this run translates one way only: back to the digit".into()));
        }
        if direction == Direction::Forth && form == Form::Source {
            return Err(refused(
                "what is translated forth are digits as those of the data set, not what the view makes of them".into(),
            ));
        }
        if direction == Direction::Back && form == Form::Target && !dataset.view.has_truth() {
            return Err(refused(
                "this run's view makes nothing of a digit: give pictures that are already in its hand".into(),
            ));
        }
        let shape = match (form, spec.source) {
            (Form::Source, Some(source)) => source,
            _ => spec.target,
        };
        if pixels.len() != count * shape.size() {
            return Err(refused(format!(
                "{count} pictures of {shape} have {} bytes, but {} came",
                count * shape.size(),
                pixels.len()
            )));
        }
        let blank = Digits { images: vec![0; count * spec.target.size()], labels: vec![0; count] };
        let pairs = match form {
            Form::Source => Samples { source: Some(pixels.into_vec()), ..blank.into() },
            Form::Target => {
                let digits = Digits { images: pixels.into_vec(), ..blank };
                dataset.view.pairs(digits, spec, |k| stream(seed, Stream::View, k))
            }
        };
        Ok(Draws::of_pictures(pairs, direction))
    }

    /// Draws the next samples; false once there are no more.
    async fn advance(&mut self, trainer: &Trainer) -> Result<bool> {
        let next = self.done..self.draws.len().min(self.done + CHUNK);
        let piece = self.draws.take(next.clone());
        let pixels = self.frozen.sample(trainer, piece.inputs(), self.truncation).await?;
        self.pixels.extend(pixels);
        if let Some((rival, frozen)) = &mut self.rival {
            self.compared.extend(frozen.sample(rival, piece.inputs(), self.truncation).await?);
        }
        self.done = next.end;
        Ok(self.done < self.draws.len())
    }
}

impl Session {
    /// Begins to draw; requests are answered in their order.
    pub(super) fn sample(&mut self, id: u32, request: SampleRequest) -> Result<()> {
        let rival = self.rival();
        let job = self.trainer().and_then(|trainer| SampleJob::new(trainer, rival, id, request));
        match job {
            Ok(job) => {
                self.samples.push_back(job);
                Ok(())
            }
            Err(error) => {
                self.events.push(Event::Dropped { id });
                Err(error)
            }
        }
    }

    /// Whether the last thing that happened in this tick is that samples were drawn.
    pub(super) fn has_sampled(&self) -> bool {
        matches!(self.events.last(), Some(Event::Sampled { .. }))
    }

    /// The run that they were asked of is gone.
    pub(super) fn drop_samples(&mut self) {
        let dropped = self.samples.drain(..).map(|SampleJob { id, .. }| Event::Dropped { id });
        self.events.extend(dropped);
    }

    pub(super) async fn advance_samples(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer)) = (self.samples.pop_front(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        let more = job.advance(trainer).await;
        if more.is_err() {
            self.events.push(Event::Dropped { id: job.id });
        }
        if more? {
            self.samples.push_front(job);
        } else {
            let recipe = trainer.recipe();
            let labels = &job.draws.labels;
            let given = job.draws.given();
            let sources = given.and_then(|(pixels, direction)| {
                let shape = recipe.shape_from(direction)?;
                Some(pictures::pictures(Role::Source, pixels.to_vec(), shape, None, labels, false))
            });
            let labelled = recipe.conditional && sources.is_none();
            let scored = job.scored && sources.is_none() && recipe.game().is_adversarial();
            let scores = match scored {
                true => {
                    let judged = Judged { pixels: &job.pixels, labels, given: &[] };
                    Some(job.frozen.logits(trainer, judged).await?)
                }
                false => None,
            };
            let to = given.and_then(|(_, direction)| recipe.shape_from(direction.other()));
            let shape = to.unwrap_or(recipe.picture());
            let film = recipe.view.film();
            let made =
                |pixels| pictures::pictures(Role::Output, pixels, shape, film, labels, labelled);
            let compared = job.rival.map(|_| made(job.compared));
            let pictures = made(job.pixels);
            self.events.push(Event::Sampled { id: job.id, pictures, sources, compared, scores });
        }
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
