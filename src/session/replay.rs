//! A run that was told of, played again: the same recipe, and at the same steps what was done by hand.

use super::live::Session;
use super::protocol::{Command, Event};
use super::snapshots::check_change;
use crate::error::{Error, Result};
use crate::gan::game::Side;
use crate::recipe::Recipe;
use crate::train::{Account, Action, Move, Trainer};
use std::collections::VecDeque;

/// What is still to be done.
pub(super) struct Replay {
    moves: VecDeque<Move>,
    until: u64,
}

impl Session {
    /// # Errors
    /// When the run cannot have been so; what was here goes on then.
    pub(super) async fn replay(&mut self, run: &str, until: u64) -> Result<()> {
        let account = run.parse().ok().filter(|account: &Account| account.leads_to(until));
        let Some(account) = account else {
            let reason = format!("no run can have come to step {until} in the way that is told");
            return Err(Error::BadCommand(reason));
        };
        let mut recipe = &account.start;
        for Move { action, .. } in &account.moves {
            if let Action::Adjust(next) = action {
                check_change(recipe, next, &|field| field.branches, "on the way")?;
                recipe = next;
            }
        }
        self.load(account.start).await?;
        if until == 0 {
            self.events.push(Event::Replayed { step: 0 });
        } else {
            self.replay = Some(Replay { moves: account.moves.into(), until });
        }
        Ok(())
    }

    /// Somebody else has taken over.
    pub(super) fn drop_replay(&mut self) {
        if self.replay.take().is_some() {
            self.events.push(Event::ReplayDropped);
        }
    }

    /// What a replay has to do before the next step of both sides: whether it worked, or none if there is nothing.
    pub(super) async fn advance_replay(&mut self) -> Result<Option<bool>> {
        loop {
            let step = self.step_count();
            let Some(Replay { moves, until }) = &mut self.replay else { return Ok(None) };
            if let Some(Move { action, .. }) = moves.pop_front_if(|next| next.step <= step) {
                match action {
                    Action::Adjust(recipe) => self.go_on_by(*recipe).await?,
                    Action::Single(side) => {
                        if self.single(side).await? {
                            self.follow().await?;
                            return Ok(Some(true));
                        }
                        if let Some(replay) = &mut self.replay {
                            replay.moves.push_front(Move { step, action });
                        }
                        self.pace.stop();
                        self.say_what_is_awaited().await?;
                        return Ok(Some(false));
                    }
                }
            } else if step >= *until {
                self.replay = None;
                // As one that is asked for, and in the same code.
                Box::pin(self.obey(Command::Pause)).await?;
                self.events.push(Event::Replayed { step });
                return Ok(Some(true));
            } else {
                return Ok(None);
            }
        }
    }

    /// One step of a side alone; false while its data have not arrived.
    pub(super) async fn single(&mut self, side: Side) -> Result<bool> {
        let Some(samples) = self.next_batch()? else { return Ok(false) };
        let trainer = self.trainer()?;
        match side {
            Side::Discriminator => trainer.step_discriminator(samples).await?,
            Side::Generator => trainer.step_generator(samples).await?,
        }
        Ok(true)
    }

    /// The run as it would be if it were kept here and went on by another recipe.
    async fn go_on_by(&mut self, recipe: Recipe) -> Result<()> {
        let trainer = self.trainer()?;
        if trainer.recipe().differences(&recipe, |field| !field.live).is_empty() {
            trainer.adjust(recipe);
        } else {
            self.flush().await?;
            let kept = self.trainer()?.checkpoint().await?;
            let branch = Trainer::restore_as(&kept, self.device.clone(), &|_| Ok(recipe.clone()))?;
            self.trainer = Some(branch);
            self.pass_on();
        }
        self.report_loaded();
        Ok(())
    }
}
