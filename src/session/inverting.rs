//! Looking for the drawing that is nearest to a given picture, look by look, so that a session hears its commands in
//! between.

use super::live::Session;
use super::pictures;
use super::protocol::{Event, Role};
use crate::error::{Error, Result};
use crate::train::{Inversion, LOOKS};
use web_time::Instant;

/// A search that was asked for. It begins with the next turn.
pub struct Inverting {
    id: u32,
    pixels: Vec<u8>,
    seed: u64,
    search: Option<Inversion>,
}

impl Session {
    /// # Errors
    /// [`Error::BadCommand`] where the run does not draw single pictures from noise, or this is not one of its size.
    pub(super) fn invert(&mut self, id: u32, pixels: Vec<u8>, seed: u64) -> Result<()> {
        let recipe = self.trainer()?.recipe();
        let shape = recipe.picture();
        let draws = recipe.data().spec().source.is_none()
            && !recipe.dataset.has_points()
            && recipe.view.film().is_none();
        if !draws {
            return Err(Error::BadCommand(
                "only a run that draws single pictures from noise can look for one".into(),
            ));
        }
        if pixels.len() != shape.size() {
            return Err(Error::BadCommand(format!(
                "a picture of this run has {} bytes, but {} came",
                shape.size(),
                pixels.len()
            )));
        }
        self.inverting = Some(Inverting { id, pixels, seed, search: None });
        Ok(())
    }

    /// The next look; false when there is none.
    pub(super) async fn advance_inverting(&mut self) -> Result<bool> {
        let (Some(mut job), Some(trainer)) = (self.inverting.take(), &self.trainer) else {
            return Ok(false);
        };
        let start = Instant::now();
        let (search, more) = match job.search.take() {
            None => (Inversion::begin(trainer, job.pixels.clone(), job.seed).await?, true),
            Some(mut search) => {
                let more = search.advance(trainer).await?;
                (search, more)
            }
        };
        let recipe = trainer.recipe();
        let nearest = &search.nearest;
        let picture = pictures::pictures(
            Role::Output,
            nearest.pixels.clone(),
            recipe.picture(),
            None,
            &[nearest.label],
            recipe.conditional,
        );
        self.events.push(Event::Inverted {
            id: job.id,
            taken: search.looks,
            of: LOOKS,
            latent: nearest.latent.clone(),
            label: nearest.label,
            distance: nearest.distance,
            picture,
        });
        self.inverting = more.then_some(Inverting { search: Some(search), ..job });
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}
