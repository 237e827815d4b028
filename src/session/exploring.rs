//! Looking for the directions in which drawings change most, latent by latent, so that a session hears its commands in
//! between.

use super::live::Session;
use super::protocol::Event;
use crate::error::{Error, Result};
use crate::train::DirectionSearch;
use web_time::Instant;

/// A search under way.
pub struct Exploring {
    id: u32,
    search: DirectionSearch,
}

impl Session {
    /// # Errors
    /// [`Error::BadCommand`] where the run does not draw from noise.
    pub(super) fn directions(&mut self, id: u32) -> Result<()> {
        let trainer = self.trainer()?;
        if trainer.recipe().data().spec().source.is_some() || trainer.recipe().dataset.has_points()
        {
            return Err(Error::BadCommand(
                "only a run that draws pictures from noise has directions to look for".into(),
            ));
        }
        self.exploring = Some(Exploring { id, search: DirectionSearch::begin(trainer) });
        Ok(())
    }

    /// Looks around the next latent; false when there is none.
    pub(super) async fn advance_exploring(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer)) = (self.exploring.take(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        match job.search.advance(trainer).await? {
            None => self.exploring = Some(job),
            Some(found) => {
                let (vectors, shares) = (found.vectors, found.shares);
                self.events.push(Event::Directed { id: job.id, vectors, shares });
            }
        }
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
