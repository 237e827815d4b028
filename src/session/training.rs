//! Trains: turn by turn while a run is on, or a step by hand.

use super::live::{FAILED, Session};
use super::pace::STEPS_PER_READBACK;
use super::protocol::{Event, Players, State};
use crate::data::Samples;
use crate::device::DeviceKind;
use crate::error::{Error, Result};
use crate::gan::game::Side;
use crate::train::{NO_CLASSIFIER, Trainer};

const WAITING: Error =
    Error::NotReady("the next real pictures have not arrived yet; try again in a moment");

impl Session {
    pub(super) fn run(&mut self) -> Result<()> {
        match self.state {
            State::Training => Ok(()),
            State::Ready | State::Paused => {
                self.pace.resume();
                self.rehearsal = None;
                self.enter(State::Training);
                Ok(())
            }
            State::Loading => Err(match self.first_batch() {
                Some(_) => NO_CLASSIFIER,
                None => Error::NotReady(
                    "there are no real pictures yet; training can start when the first part of the data has arrived",
                ),
            }),
            State::Failed => Err(FAILED),
        }
    }

    pub(super) async fn pause(&mut self) -> Result<()> {
        if self.state == State::Training {
            self.flush().await?;
            self.pace.stop();
            self.enter(State::Paused);
            self.preview().await?;
        }
        Ok(())
    }

    /// One step by hand.
    pub(super) async fn step(&mut self, player: Players) -> Result<()> {
        if self.state == State::Training {
            self.enter(State::Paused);
        }
        if self.state != State::Paused && self.state != State::Ready {
            return self.run(); // which says why not
        }
        self.pace.resume();
        self.finish_step().await?;
        match player {
            Players::Both => {
                if !self.turn().await? {
                    return Err(WAITING);
                }
                self.finish_step().await?;
            }
            Players::Discriminator => self.single_or_wait(Side::Discriminator).await?,
            Players::Generator => self.single_or_wait(Side::Generator).await?,
        }
        self.follow().await?;
        self.flush().await?;
        self.pace.stop();
        self.enter(State::Paused);
        self.preview().await
    }

    /// One step by hand that is recorded.
    pub(super) async fn record(&mut self, id: u32) -> Result<()> {
        self.trainer()?.record();
        let stepped = self.step(Players::Both).await;
        let recorded = self.trainer()?.recorded().await?;
        stepped?;
        if let Some(file) = recorded {
            let step = self.step_count();
            self.events.push(Event::Recorded { id, step, file: file.into() });
        }
        Ok(())
    }

    /// One step of a side alone.
    async fn single_or_wait(&mut self, side: Side) -> Result<()> {
        if self.single(side).await? { Ok(()) } else { Err(WAITING) }
    }

    /// Lets the players finish a step that was begun. Needs no new data, except for a discriminator
    /// that takes several steps.
    ///
    /// # Errors
    /// Those of a turn, or that its data have not arrived.
    pub(super) async fn finish_step(&mut self) -> Result<()> {
        while self.trainer.as_ref().is_some_and(|t| !t.between_steps()) {
            if !self.turn().await? {
                return Err(WAITING);
            }
        }
        Ok(())
    }

    /// The batch that the trainer asks for, if it has arrived.
    pub(super) fn next_batch(&mut self) -> Result<Option<Samples>> {
        let trainer = self.trainer()?;
        let (index, recipe) = (trainer.batches(), trainer.recipe());
        let (seed, size, dataset) = (recipe.seed, recipe.batch, recipe.data());
        Ok(self.sources.of(dataset.kind).batch(dataset, seed, index, size))
    }

    /// One turn; false when it has to wait for data.
    async fn turn(&mut self) -> Result<bool> {
        if !self.trainer()?.wants_batch() {
            self.trainer()?.proceed().await?;
            self.report_replica_failure();
            return Ok(true);
        }
        match self.next_batch()? {
            Some(samples) => {
                self.trainer()?.begin(samples).await?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Says so when a helping worker was lost.
    fn report_replica_failure(&mut self) {
        if let Some(reason) = self.trainer.as_mut().and_then(Trainer::take_replica_failure) {
            self.replicas = None;
            self.report_error(Error::Helper { reason });
            self.report_loaded();
        }
    }

    /// One piece of work; false when there is nothing to do at present.
    pub(super) async fn work(&mut self) -> Result<bool> {
        let sampling = self.advance_samples().await?;
        if self.has_sampled() {
            return Ok(true);
        }
        let answering = sampling
            | self.advance_evaluation().await?
            | self.advance_measurement().await?
            | self.advance_point_measurement().await?
            | self.advance_augmenting().await?
            | self.advance_inspection().await?
            | self.advance_inverting().await?
            | self.advance_exploring().await?
            | self.advance_by_hand().await?;
        if self.state != State::Training {
            return Ok(self.rehearse().await? || answering);
        }
        self.pace.start(); // it may have waited
        if self.trainer()?.between_steps()
            && let Some(worked) = self.advance_replay().await?
        {
            return Ok(worked || answering);
        }
        if !self.turn().await? {
            self.pace.stop();
            self.say_what_is_awaited().await?;
            return Ok(answering);
        }
        self.waiting = false;
        let trainer = self.trainer()?;
        if !trainer.between_steps() {
            return Ok(true);
        }
        self.follow().await?;
        // A CPU has them at hand: there a step that takes long is told when it ends.
        let at_hand = self.kind == DeviceKind::Cpu && self.pace.report_due();
        if at_hand || self.trainer()?.unread() >= STEPS_PER_READBACK {
            self.read_losses().await?;
            // Here all steps taken are known, so that their number fits the time they took.
            if self.pace.report_due() {
                self.report_progress()?;
            }
        }
        if self.pace.preview_due() {
            self.preview().await?;
        } else if self.pace.chart_due() {
            self.chart().await?;
        }
        self.watch().await?;
        Ok(true)
    }

    /// Says once which pictures training waits for, and first how far it has come without them.
    pub(super) async fn say_what_is_awaited(&mut self) -> Result<()> {
        if self.waiting {
            return Ok(());
        }
        self.waiting = true;
        self.flush().await?;
        let trainer = self.trainer()?;
        let (index, recipe) = (trainer.batches(), trainer.recipe());
        let (seed, size, dataset) = (recipe.seed, recipe.batch, recipe.data());
        let missing = self.sources.of(dataset.kind).missing(dataset, seed, index, size);
        if let Some(missing) = missing {
            self.events.push(Event::Waiting { first: missing.start + 1, last: missing.end });
        }
        Ok(())
    }
}
