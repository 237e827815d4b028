//! A game against a discriminator that somebody draws, step by step, so that a session hears its commands in between. The
//! run rests meanwhile, and nothing of it changes.

use super::charts::{Chart, hand_drawn};
use super::live::{FAILED, Session};
use super::protocol::{Event, State};
use crate::data::Values;
use crate::error::{Error, Result};
use crate::shape::Shape;
use crate::train::Trial;

/// Steps that can be asked for in one go: more than anybody would want to wait for.
const MOST_STEPS: u32 = 100;

/// A trial under way.
pub struct ByHand {
    /// Of the last request.
    id: u32,
    trial: Trial,
    /// Steps still to take before the answer, if one is owed.
    left: Option<u32>,
}

impl ByHand {
    pub fn owes(&self) -> bool {
        self.left.is_some()
    }
}

impl Session {
    /// # Errors
    /// [`Error::NotReady`] unless the run rests; [`Error::BadCommand`] where it has no such chart, and for logits that
    /// are not one of it.
    pub(super) fn judge_by_hand(
        &mut self,
        id: u32,
        logits: Vec<u8>,
        steps: u32,
        afresh: bool,
    ) -> Result<()> {
        match self.state {
            State::Ready | State::Paused => {}
            State::Failed => return Err(FAILED),
            State::Loading | State::Training => {
                return Err(Error::NotReady(
                    "a judge drawn by hand plays while a run rests: load or pause one first",
                ));
            }
        }
        let refused = |reason: String| Err(Error::BadCommand(reason));
        let trainer = self.trainer.as_ref().ok_or(FAILED)?;
        let points = trainer.recipe().data().points().filter(|_| !trainer.is_dirac());
        let Some(points) = points else {
            return refused(
                "a judge can be drawn by hand in games with points, but for that of two numbers"
                    .into(),
            );
        };
        if steps > MOST_STEPS {
            return refused(format!("at most {MOST_STEPS} steps can be asked for, not {steps}"));
        }
        let logits = Values::of_bytes(logits, Shape::vector(1)).reals().to_vec();
        let count = logits.len();
        let Some(judge) = hand_drawn(points.dimensions(), logits)? else {
            return refused(format!(
                "a judge drawn by hand is a finite logit for each cell of the chart, but {count} numbers came"
            ));
        };
        let trial = match self.by_hand.take().filter(|_| !afresh) {
            Some(ByHand { mut trial, .. }) => {
                trial.judge = judge;
                trial
            }
            None => Trial::new(trainer, judge),
        };
        self.by_hand = Some(ByHand { id, trial, left: Some(steps) });
        Ok(())
    }

    /// A step of the copy, or the answer.
    pub(super) async fn advance_by_hand(&mut self) -> Result<bool> {
        let (Some(mut game), Some(trainer)) =
            (self.by_hand.take_if(|game| game.owes()), &self.trainer)
        else {
            return Ok(false);
        };
        let recipe = trainer.recipe();
        let data = recipe.data();
        match (game.left, data.points()) {
            (Some(steps @ 1..), _) => {
                // The points of the batches to come, which are the same whenever they are asked for.
                let (seed, index, size) =
                    (recipe.seed, trainer.batches() + game.trial.taken(), recipe.batch);
                let batch = self.sources.of(data.kind).batch(data, seed, index, size);
                let batch = batch.unwrap_or_default();
                game.trial.step(trainer, batch.target.reals()).await?;
                game.left = Some(steps - 1);
                self.by_hand = Some(game);
            }
            (_, Some(points)) => {
                game.left = None;
                let (trial, real) = (&game.trial, self.shown.target.reals());
                let chart = Chart::of(trainer, Some(trial), &points, real, &mut Vec::new()).await?;
                let (id, taken) = (game.id, game.trial.taken());
                self.by_hand = chart.is_some().then_some(game);
                self.events.push(Event::Tried { id, taken, chart });
            }
            (_, None) => {}
        }
        Ok(true)
    }
}
