//! Watches a run for collapse: now and then a few drawings with the weights of the moment (the moving
//! average would notice late), read by the classifier, and what to try when they are all alike.

use super::live::Session;
use super::protocol::{CollapseReport, Event};
use crate::error::Result;
use crate::gan::{Objective, PenaltyKind};
use crate::metrics::classifier::Classifier;
use crate::metrics::collapse::{Alarm, Collapse, Look, Variety};
use crate::recipe::Recipe;
use crate::rng::Stream;
use crate::train::{Inputs, in_rotation};
use web_time::{Duration, Instant};

/// Steps between two looks: two of them, which the alarm wants, are well within 200 steps.
pub const WATCHED_STEPS: u64 = 50;
/// Drawings at each look.
pub const WATCHED_DRAWINGS: usize = 100;
/// Real digits that they are compared with.
const REALS: usize = 300;
/// A look waits until it takes no more than this part of the time, but not for more than so many steps.
const SHARE: u32 = 25;
const MOST_STEPS: u64 = 400;
/// So many times slower than the artist, the judge hardly follows it.
const SLOW_JUDGE: f64 = 20.0;

#[derive(Default)]
pub struct Watch {
    alarm: Alarm,
    /// Of real digits, once they were read.
    real: Option<Variety>,
    looked_at: u64,
    last: Option<(Instant, Duration)>,
}

impl Watch {
    fn due(&self, step: u64) -> bool {
        let rested = self.last.is_none_or(|(at, cost)| at.elapsed() >= cost * SHARE);
        let steps = step.saturating_sub(self.looked_at);
        steps >= WATCHED_STEPS && (rested || steps >= MOST_STEPS)
    }
}

impl Session {
    /// Looks at the run if it is time to.
    pub(super) async fn watch(&mut self) -> Result<()> {
        let (Some(trainer), Some(classifier)) = (&self.trainer, &self.classifier) else {
            return Ok(());
        };
        let step = trainer.step();
        // What a game that translates draws is up to its sources.
        let dataset = trainer.recipe().data();
        let spec = dataset.spec();
        // Nor is a digit of a stack all that such a picture shows.
        let readable = spec.target.side > 1 && spec.digits == 1 && spec.source.is_none();
        if !readable || !self.watch.due(step) {
            return Ok(());
        }
        let start = Instant::now();
        let recipe = trainer.recipe().clone();
        if self.watch.real.is_none() {
            let Some(real) = self.sources.of(recipe.dataset).batch(dataset, recipe.seed, 0, REALS)
            else {
                return Ok(());
            };
            let asked = recipe.conditional.then_some(real.labels.as_slice());
            self.watch.real =
                Some(variety(classifier, &spec.readable(real.target.bytes()), asked).await?);
        }
        // Other latents at each look: a collapse is not a matter of some of them.
        let latents = trainer.latents(Stream::Watch, recipe.seed ^ step, WATCHED_DRAWINGS);
        let labels = in_rotation(WATCHED_DRAWINGS);
        let inputs = Inputs::Noise { latents: &latents, labels: &labels };
        let drawn = trainer.draw_now(inputs).await?;
        let asked = recipe.conditional.then_some(labels.as_slice());
        let drawn = variety(classifier, &spec.readable(&drawn), asked).await?;
        if let Some(real) = &self.watch.real {
            let look = Look::new(step, &drawn, real);
            let collapse = self.watch.alarm.hear(&look).map(|kind| report(kind, &look, &recipe));
            self.events.push(Event::Watched { look, collapse });
        }
        self.watch.looked_at = step;
        self.watch.last = Some((Instant::now(), start.elapsed()));
        self.pace.set_aside(start.elapsed());
        Ok(())
    }
}

async fn variety(classifier: &Classifier, pixels: &[u8], asked: Option<&[u8]>) -> Result<Variety> {
    Ok(Variety::of(&classifier.classify(pixels).await?, asked))
}

/// What was seen, in one sentence, and what this recipe leaves to try.
fn report(kind: Collapse, look: &Look, recipe: &Recipe) -> CollapseReport {
    let percent = |share: f64| (share * 100.0).round();
    let saw = match kind {
        Collapse::Full => format!(
            "The artist draws much the same picture whatever the noise: its drawings have {} % of the variety of real digits.",
            percent(look.overall)
        ),
        Collapse::FewClasses => {
            format!("The artist draws only about {} of the ten digits.", look.classes.round())
        }
        Collapse::WithinClasses => format!(
            "The artist draws each digit in much the same way: within a digit, its drawings have {} % of the variety of real ones.",
            percent(look.within)
        ),
    };
    CollapseReport { kind, saw, remedies: remedies(recipe, look.step) }
}

/// In the order in which they usually help; the last always applies.
fn remedies(recipe: &Recipe, step: u64) -> Vec<String> {
    let [g, d] = [&recipe.generator, &recipe.discriminator]
        .map(|player| player.optimiser.lr * player.schedule.factor(step));
    let remedies = [
        (
            d < g / SLOW_JUDGE,
            "Let the judge learn faster: it is so slow that a drawing which once passed keeps passing.",
        ),
        (
            recipe.penalty.kind == PenaltyKind::None,
            "Add a gradient penalty (R1 + R2): a smooth judge shows the artist how to improve, not just that it is wrong.",
        ),
        (
            recipe.objective == Objective::Minimax,
            "Switch to the non-saturating or the relativistic objective: with minimax the artist stops learning once the judge is sure.",
        ),
        (
            recipe.latent < 8,
            "Raise the latent dimension: so small a latent space leaves the artist few different things to draw.",
        ),
        (
            recipe.d_steps > 1 || d > g,
            "Slow the judge down: one step per step of the artist, and a learning rate no higher than the artist's.",
        ),
        (
            !recipe.asks_class(),
            "Make it a conditional GAN: when both players work with the digit's label, no digit can be left out.",
        ),
        (
            g.max(d) > 0.02,
            "Lower the learning rates to a thousandth or two: steps this large overshoot what has been learned.",
        ),
        (
            true,
            "Go back to a snapshot from before the collapse and continue with lower learning rates.",
        ),
    ];
    remedies.into_iter().filter(|(applies, _)| *applies).map(|(_, text)| text.into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::presets;

    #[test]
    fn a_judge_that_has_slowed_down_is_the_first_thing_to_mend() {
        let found = presets().into_iter().find(|preset| preset.name == "mode-collapse");
        let recipe = found.expect("a preset").recipe;
        let first = |step| remedies(&recipe, step).swap_remove(0);
        assert!(first(150).contains("judge learn faster"), "{}", first(150));
        assert!(!first(1).contains("judge learn faster"), "{}", first(1));
    }
}
