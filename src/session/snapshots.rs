//! Keeping a run as it is, going back to a kept one, and what may change about a run that is under way.

use super::live::{FAILED, Session};
use super::protocol::{Event, State};
use super::reports::Grid;
use crate::error::{Error, Result};
use crate::recipe::{Field, Problem, Recipe};
use crate::train::{Account, Trainer};
use serde_bytes::ByteBuf;
use web_time::Instant;

impl Session {
    /// A run that is about to be reported as diverged is not kept: its losses are looked at first, and
    /// all of its numbers.
    pub(super) async fn save(&mut self, id: u32) -> Result<()> {
        self.settle().await?;
        let start = Instant::now();
        let trainer = self.trainer()?;
        let step = trainer.step();
        let checkpoint = ByteBuf::from(trainer.checkpoint().await?);
        self.pace.set_aside(start.elapsed()); // a preview sees to its own
        if self.previewed != Some(step) {
            self.preview().await?;
        }
        let millis = start.elapsed().as_secs_f64() * 1e3;
        let run = self.trainer()?.account().map(Account::to_string);
        self.events.push(Event::Saved { id, step, millis, checkpoint, run });
        Ok(())
    }

    pub(super) async fn export(&mut self, id: u32) -> Result<()> {
        self.settle().await?;
        let start = Instant::now();
        let trainer = self.trainer()?;
        let (step, checkpoint) = (trainer.step(), ByteBuf::from(trainer.model().await?));
        self.pace.set_aside(start.elapsed());
        let millis = start.elapsed().as_secs_f64() * 1e3;
        self.events.push(Event::Saved { id, step, millis, checkpoint, run: None });
        Ok(())
    }

    /// Comes to the end of a step, and knows all that it said.
    async fn settle(&mut self) -> Result<()> {
        if self.state == State::Failed {
            return Err(FAILED);
        }
        self.pace.start();
        self.finish_step().await?;
        self.flush().await
    }

    /// # Errors
    /// When either is refused; the run that was here goes on.
    pub(super) async fn restore(
        &mut self,
        id: u32,
        checkpoint: &[u8],
        recipe: Option<Recipe>,
    ) -> Result<()> {
        let choose = |saved: &Recipe| match &recipe {
            Some(recipe) => {
                check_change(saved, recipe, &|field| field.branches, "at a snapshot")?;
                Ok(recipe.clone())
            }
            None => Ok(saved.clone()),
        };
        let mut trainer = Trainer::restore_as(checkpoint, self.device.clone(), &choose)?;
        // Numbers that are finite, each by itself, may be too large together: seen before the run here is given up.
        let shown = self.samples_to_show(&trainer);
        let grid = Grid::of(&mut trainer, &shown).await.map_err(|error| match error {
            Error::NonFinite { what, .. } => {
                Error::Checkpoint(format!("by its weights {what} is not a finite number"))
            }
            other => other,
        })?;
        let step = trainer.step();
        self.adopt(trainer);
        self.events.push(Event::Restored { id, step });
        self.present(grid).await
    }

    /// Takes effect between two steps, where a replay can do the same.
    pub(super) async fn adjust(&mut self, recipe: Recipe) -> Result<()> {
        check_change(self.trainer()?.recipe(), &recipe, &|field| field.live, "while training")?;
        match self.finish_step().await {
            // A step that waits for data goes on by the new recipe.
            Ok(()) | Err(Error::NotReady(_)) => {}
            Err(error) => return Err(error),
        }
        self.trainer()?.adjust(recipe);
        self.report_loaded();
        Ok(())
    }
}

/// Whether a run of one recipe may go on by another, when only the fields that are `free` may differ.
pub(super) fn check_change(
    from: &Recipe,
    to: &Recipe,
    free: &dyn Fn(&Field) -> bool,
    when: &str,
) -> Result<()> {
    let problems = to.validate();
    if !problems.is_empty() {
        return Err(Error::Recipe(problems));
    }
    let fixed = from.differences(to, |field| !free(field));
    if fixed.is_empty() {
        return Ok(());
    }
    let reason = format!("cannot change {when}; start over with the new settings");
    let problem = |path| Problem { path, reason: reason.clone() };
    Err(Error::Change(fixed.into_iter().map(problem).collect()))
}
