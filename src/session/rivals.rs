//! Generators of other runs, held beside the run for comparison: they translate what it translates, and do not learn.

use super::live::Session;
use super::pictures;
use super::protocol::Event;
use crate::error::{Error, Result};
use crate::recipe::Recipe;
use crate::train::Trainer;
use std::rc::Rc;

/// Whether what one run translates, and what it makes of that, is as in another, and both go the same ways.
fn are_alike(one: &Recipe, other: &Recipe) -> bool {
    let ways = |recipe: &Recipe| recipe.game().has_way_back();
    let seen = |recipe: &Recipe| {
        (recipe.view, recipe.data().spec().source, recipe.picture(), ways(recipe))
    };
    seen(one) == seen(other)
}

impl Session {
    /// # Errors
    /// [`Error::Rival`] when it cannot be used; those that were here stay. The device's own.
    pub(super) async fn load_rival(&mut self, checkpoint: &[u8]) -> Result<()> {
        let rival = Trainer::restore(checkpoint, self.device.clone());
        let rival = rival.map_err(|error| match error {
            Error::Checkpoint(reason) => Error::Rival(reason),
            other => other,
        })?;
        if rival.recipe().data().spec().source.is_none() {
            return Err(Error::Rival("it draws from noise and translates no pictures".into()));
        }
        let grid = self.grid_of(&rival).await?;
        self.rivals.retain(|other| !are_alike(other.recipe(), rival.recipe()));
        self.rivals.push(Rc::new(rival));
        self.events.extend(grid);
        Ok(())
    }

    /// The rival of the run, if there is one.
    pub(super) fn rival(&self) -> Option<Rc<Trainer>> {
        let recipe = self.trainer.as_ref()?.recipe();
        self.rivals.iter().find(|rival| are_alike(rival.recipe(), recipe)).cloned()
    }

    /// Shows what the run's rival makes of the pictures on show, which stays the same until others are shown.
    pub(super) async fn compare(&mut self) -> Result<()> {
        if let Some(rival) = self.rival() {
            let grid = self.grid_of(&rival).await?;
            self.events.extend(grid);
        }
        Ok(())
    }

    /// None where the run translates nothing that this one does.
    async fn grid_of(&self, rival: &Trainer) -> Result<Option<Event>> {
        let run = self.trainer.as_ref();
        let Some(_) = run.filter(|run| are_alike(rival.recipe(), run.recipe())) else {
            return Ok(None);
        };
        let grid = pictures::rival_grid(rival, &self.shown).await?;
        Ok(grid.map(|pictures| Event::Compared { step: rival.step(), pictures }))
    }
}
