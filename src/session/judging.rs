//! What the judge makes of the pictures on show: a score for each, and for one that is asked about what it
//! would change there and which real digit is nearest.

use super::gallery::Gallery;
use super::live::Session;
use super::protocol::{Event, Pictures};
use crate::data::{CLASSES, PIXELS};
use crate::error::{Error, Result};
use crate::metrics::classifier::FEATURES;
use crate::shape::Shape;
use crate::train::{Judged, in_rotation};
use web_time::Instant;

/// A picture that was asked about, while its nearest real neighbour is looked for.
pub struct Inspection {
    id: u32,
    features: [f32; FEATURES],
    /// Real pictures read when it was last reported on.
    reported: usize,
}

/// Reports on a search that is not over: at each doubling of what was searched, from here on.
const FIRST_REPORT: usize = 1_000;

impl Session {
    /// The discriminator's logits of the fixed grid's drawings and of the real digits on show.
    pub(super) async fn judge_grid(&mut self, drawings: &Pictures) -> Result<Event> {
        let fake_labels = in_rotation(drawings.count);
        let arrived = self.shows_enough();
        let reals = if arrived { self.shown.target.clone().into_bytes() } else { Vec::new() };
        let pixels = [&drawings.pixels[..], &reals].concat();
        let labels = match reals.is_empty() {
            true => fake_labels,
            false => [&fake_labels[..], &self.shown.labels].concat(),
        };
        let source = self.shown.source.as_deref().unwrap_or_default();
        let given = [source, source].concat();
        let trainer = self.trainer()?;
        let judged = Judged { pixels: &pixels, labels: &labels, given: &given };
        let (step, mut fakes) = (trainer.step(), trainer.logits(judged).await?);
        let reals = fakes.split_off(drawings.count);
        let told_apart = roc_auc(&reals, &fakes);
        Ok(Event::Judged { step, fakes, reals, told_apart })
    }

    /// Answers with what the discriminator would change at once, and with the nearest real digit as it is
    /// found.
    ///
    /// # Errors
    /// [`Error::BadCommand`] for bytes that are no picture, or a label over 9.
    pub(super) async fn inspect(
        &mut self,
        id: u32,
        pixels: &[u8],
        label: u8,
        source: Option<&[u8]>,
    ) -> Result<()> {
        let wanted = self.trainer()?.recipe().data().spec().source.map(Shape::size);
        if source.map(<[u8]>::len) != wanted {
            return Err(Error::BadCommand(match wanted {
                Some(size) => format!(
                    "this run translates: name the picture of {size} bytes that this one was made from"
                ),
                None => {
                    "this run draws from noise: there is no picture that this one was made from"
                        .into()
                }
            }));
        }
        if self.trainer()?.recipe().dataset.has_points() {
            return Err(Error::BadCommand(
                "only pictures can be inspected: a chart says all there is to say of a point"
                    .into(),
            ));
        }
        if self.trainer()?.recipe().picture().channels > 1 {
            return Err(Error::BadCommand("only grey pictures can be inspected".into()));
        }
        if pixels.len() != PIXELS || usize::from(label) >= CLASSES {
            return Err(Error::BadCommand(format!(
                "one picture of {PIXELS} bytes and a digit from 0 to 9 can be inspected, not {} bytes and {label}",
                pixels.len()
            )));
        }
        let given = source.unwrap_or_default();
        let judged = Judged { pixels, labels: &[label], given };
        if self.trainer()?.recipe().game().is_adversarial() {
            let (logit, saliency) = self.trainer()?.saliency(judged).await?;
            self.events.push(Event::Inspected { id, logit, saliency });
        }
        self.inspection = None;
        if let Some(classifier) = &self.classifier
            && let Some(reading) = classifier.classify(pixels).await?.first()
        {
            self.inspection = Some(Inspection { id, features: reading.features, reported: 0 });
        }
        Ok(())
    }

    /// Reads some more real pictures for an inspection; false when there is none.
    pub(super) async fn advance_inspection(&mut self) -> Result<bool> {
        let (Some(mut inspection), Some(trainer), Some(classifier)) =
            (self.inspection.take(), &self.trainer, &self.classifier)
        else {
            return Ok(false);
        };
        let start = Instant::now();
        let (dataset, seed) = (trainer.recipe().dataset, trainer.recipe().seed);
        let mut gallery = match self.gallery.take() {
            Some(gallery) if gallery.is_of(dataset, seed) => gallery,
            _ => Gallery::new(dataset, seed),
        };
        let source = self.sources.of(dataset);
        let more = gallery.advance(source, classifier).await?;
        let due = gallery.read() >= (2 * inspection.reported).max(FIRST_REPORT);
        if due || !more {
            inspection.reported = gallery.read();
            if let Some(neighbour) = gallery.nearest(source, &inspection.features) {
                self.events.push(Event::Matched { id: inspection.id, neighbour });
            }
        }
        self.gallery = Some(gallery);
        self.inspection = more.then_some(inspection);
        self.pace.set_aside(start.elapsed());
        Ok(true)
    }
}

/// The area under the ROC curve of real against fake (Hanley & McNeil 1982): how often, of all pairs, the real picture
/// scores higher; a tie counts half. 1 if the discriminator always tells them apart, 0.5 if it cannot, whatever the
/// objective.
fn roc_auc(reals: &[f32], fakes: &[f32]) -> f64 {
    let score = |real: f32, fake: f32| match real.partial_cmp(&fake) {
        Some(std::cmp::Ordering::Greater) => 1.0,
        Some(std::cmp::Ordering::Less) => 0.0,
        _ => 0.5,
    };
    let sum: f64 =
        reals.iter().flat_map(|&real| fakes.iter().map(move |&fake| score(real, fake))).sum();
    let pairs = reals.len() * fakes.len();
    if pairs == 0 { 0.5 } else { sum / pairs as f64 }
}

#[cfg(test)]
mod tests {
    use super::roc_auc;

    #[test]
    fn the_auc_is_how_often_the_real_one_of_a_pair_scores_higher() {
        assert_eq!(roc_auc(&[2.0, 3.0], &[0.0, 1.0]), 1.0);
        assert_eq!(roc_auc(&[0.0, 1.0], &[2.0, 3.0]), 0.0);
        assert_eq!(roc_auc(&[1.0, 1.0], &[1.0]), 0.5);
        assert_eq!(roc_auc(&[0.0, 2.0], &[1.0, 3.0]), 0.25);
        assert_eq!(roc_auc(&[], &[1.0]), 0.5);
    }
}
