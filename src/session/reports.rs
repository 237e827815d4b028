//! What a session tells of a run under way: its losses and speed, and the fixed grid of pictures.

use super::live::Session;
use super::pictures;
use super::protocol::Event;
use crate::error::Result;
use web_time::Instant;

impl Session {
    pub(super) async fn read_losses(&mut self) -> Result<()> {
        let points = self.trainer()?.reports().await?;
        self.losses.extend(points);
        Ok(())
    }

    /// Reads and reports all that is known so far.
    pub(super) async fn flush(&mut self) -> Result<()> {
        self.read_losses().await?;
        self.report_progress()
    }

    pub(super) fn report_progress(&mut self) -> Result<()> {
        if self.losses.is_empty() {
            return Ok(());
        }
        let losses = std::mem::take(&mut self.losses);
        let seconds = self.pace.take_step_time().as_secs_f64().max(1e-9);
        let steps = losses.len() as f64;
        let trainer = self.trainer()?;
        let event = Event::Progressed {
            step: trainer.step(),
            images_seen: trainer.images_seen(),
            step_millis: seconds * 1e3 / steps,
            images_per_second: trainer.recipe().batch as f64 * steps / seconds,
            losses,
        };
        self.events.push(event);
        Ok(())
    }

    /// Draws the fixed grid.
    pub(super) async fn preview(&mut self) -> Result<()> {
        let start = Instant::now();
        let trainer = self.trainer()?;
        let pictures = pictures::fixed_grid(trainer).await?;
        let step = trainer.step();
        let judged = self.judge(&pictures).await?;
        self.previewed = Some(step);
        self.events.push(Event::Previewed { step, pictures });
        self.events.push(judged);
        self.pace.previewed(start.elapsed());
        Ok(())
    }
}
