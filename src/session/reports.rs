//! What a session tells of a run under way: its losses and speed, and the fixed grid of pictures.

use super::live::Session;
use super::pictures;
use super::protocol::{Event, Pictures};
use super::round_trip::round_trip;
use crate::data::Samples;
use crate::error::Result;
use crate::train::Trainer;
use web_time::{Duration, Instant};

/// The fixed grid of a run at a step.
pub(super) struct Grid {
    step: u64,
    pictures: Pictures,
    /// In a game with a way back.
    round_trip: Option<Event>,
    took: Duration,
}

impl Grid {
    /// # Errors
    /// [`crate::Error::NonFinite`] when a pixel is not a finite number; the device's own.
    pub async fn of(trainer: &mut Trainer, shown: &Samples) -> Result<Self> {
        let start = Instant::now();
        let pictures = pictures::fixed_grid(trainer, shown).await?;
        let round_trip = round_trip(trainer, shown, &pictures).await?;
        Ok(Self { step: trainer.step(), pictures, round_trip, took: start.elapsed() })
    }
}

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
        let midway = !self.trainer()?.between_steps();
        let seconds = self.pace.take_step_time(losses.len(), midway).as_secs_f64().max(1e-9);
        let trainer = self.trainer()?;
        let event = Event::Progressed {
            step: trainer.step(),
            images_seen: trainer.images_seen(),
            step_millis: seconds * 1e3,
            images_per_second: trainer.recipe().batch as f64 / seconds,
            losses,
        };
        self.events.push(event);
        Ok(())
    }

    /// Draws the fixed grid.
    pub(super) async fn preview(&mut self) -> Result<()> {
        let shown = self.shown.clone();
        let grid = Grid::of(self.trainer()?, &shown).await?;
        self.show(grid).await
    }

    pub(super) async fn show(&mut self, grid: Grid) -> Result<()> {
        let Grid { step, pictures, round_trip, took } = grid;
        let start = Instant::now();
        let trainer = self.trainer()?;
        // The scores of a single number cannot be ranked.
        let ranks = trainer.recipe().game().is_adversarial() && !trainer.is_dirac();
        let judged = if ranks { Some(self.judge_grid(&pictures).await?) } else { None };
        self.previewed = Some(step);
        self.events.push(Event::Previewed { step, pictures });
        self.events.extend(round_trip);
        self.events.extend(judged);
        self.chart().await?;
        self.pace.previewed(took + start.elapsed());
        Ok(())
    }
}
