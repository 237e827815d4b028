//! Both ways of a game with a way back, for show: what becomes of the first pictures of the fixed grid away and back.

use super::pictures;
use super::protocol::{Event, Pictures, Role};
use crate::data::{CLASSES, Samples};
use crate::error::Result;
use crate::gan::game::Direction;
use crate::metrics::Metric;
use crate::metrics::pairs::absolute_difference;
use crate::train::{Frozen, Inputs, Trainer, in_rotation};

/// Two of each class.
const SHOWN: usize = 2 * CLASSES;

/// Of those on show and the targets that they have become; none in a game without a way back.
///
/// # Errors
/// As [`Trainer::sample`].
pub async fn round_trip(
    trainer: &mut Trainer,
    shown: &Samples,
    made: &Pictures,
) -> Result<Option<Event>> {
    if !trainer.recipe().game().has_way_back() {
        return Ok(None);
    }
    let size = trainer.recipe().picture().size();
    let first = |bytes: &[u8]| bytes[..bytes.len().min(SHOWN * size)].to_vec();
    let [made, real] = [first(&made.pixels), first(shown.target.bytes())];
    let source_again = translated(trainer, &made, Direction::Forth).await?;
    let forth = translated(trainer, &real, Direction::Forth).await?;
    let target_again = translated(trainer, &forth.pixels, Direction::Back).await?;
    Ok(Some(Event::RoundTripped { step: trainer.step(), source_again, forth, target_again }))
}

async fn translated(
    trainer: &mut Trainer,
    pixels: &[u8],
    direction: Direction,
) -> Result<Pictures> {
    let shape = trainer.recipe().shape_from(direction.other());
    let shape = shape.unwrap_or(trainer.recipe().picture());
    let pixels = trainer.sample(Inputs::Pictures { pixels, direction }).await?;
    let labels = in_rotation(pixels.len() / shape.size());
    Ok(pictures::pictures(Role::Output, pixels, shape, None, &labels, true))
}

/// Errors of both ways, summed over pictures.
#[derive(Default)]
pub struct RoundTrips {
    count: usize,
    /// Of pictures away and back, both kinds.
    cycle: f64,
    /// Of targets forth, where it is known what they should become.
    forth: Option<f64>,
}

impl RoundTrips {
    /// Adds pairs, whose sources became `made` by these players.
    ///
    /// # Errors
    /// As [`Frozen::sample`].
    pub async fn add(
        &mut self,
        players: &mut Frozen,
        trainer: &Trainer,
        pairs: &Samples,
        made: &[u8],
    ) -> Result<()> {
        let view = trainer.recipe().view;
        let (source, target) = (pairs.source.as_deref().unwrap_or_default(), pairs.target.bytes());
        let mut translated = async |pixels: &[u8], direction| {
            players.sample(trainer, Inputs::Pictures { pixels, direction }, 1.0).await
        };
        let source_again = translated(made, Direction::Forth).await?;
        let forth = translated(target, Direction::Forth).await?;
        let target_again = translated(&forth, Direction::Back).await?;
        let count = pairs.len() as f64;
        let of_cycle = [(source, &source_again), (target, &target_again)];
        self.cycle +=
            of_cycle.map(|(a, b)| absolute_difference(a, b)).iter().sum::<f64>() / 2.0 * count;
        if view.is_function() {
            *self.forth.get_or_insert_default() += absolute_difference(&forth, source) * count;
        }
        self.count += pairs.len();
        Ok(())
    }

    pub fn figures(&self) -> impl Iterator<Item = (Metric, f64)> {
        let mean = |sum: f64| sum / self.count.max(1) as f64;
        let cycle = (Metric::CycleError, mean(self.cycle));
        [cycle].into_iter().chain(self.forth.map(|sum| (Metric::ForthDifference, mean(sum))))
    }
}
