//! A trial: a copy of the generator plays against a discriminator that somebody has drawn, and the run that it was
//! copied from stays as it is.

use super::charting::{Answers, Asked};
use super::learner::Learner;
use super::round::regularised;
use super::sampling::{Inputs, in_rotation};
use super::step::loss_by_logits;
use super::trainer::Trainer;
use crate::device::read;
use crate::error::Result;
use crate::metrics::densities::Grid;
use crate::nets::ops;
use crate::nets::params::rows;
use crate::recipe::Recipe;
use crate::rng::{Stream, normals, stream};
use burn::tensor::Tensor;

/// A discriminator by its logits in the middles of a grid's cells, on a line, or in a plane row by row. Between two
/// middles it is straight, and beyond the outermost ones level.
pub struct HandDrawn {
    axis: Grid,
    dimensions: usize,
    logits: Vec<f32>,
}

impl HandDrawn {
    /// `logits`: one for each of the axis' cells, or in two dimensions for each pair of them.
    pub fn new(axis: Grid, dimensions: usize, logits: Vec<f32>) -> Self {
        Self { axis, dimensions, logits }
    }

    /// The last middle at or before a coordinate, how far it lies from there to the next one, and the slope of that.
    fn between(&self, x: f32) -> (usize, f64, f64) {
        let last = self.axis.cells() - 1;
        let width = self.axis.width();
        let at = (f64::from(x) - self.axis.middle(0)) / width;
        let within = at.clamp(0.0, last as f64);
        let first = (within as usize).min(last.saturating_sub(1));
        (first, within - first as f64, if within == at { width.recip() } else { 0.0 })
    }

    /// The logit of each point, and its slopes by the point's coordinates.
    #[inline(never)]
    pub fn at(&self, points: &[f32]) -> [Vec<f32>; 2] {
        let cells = self.axis.cells();
        let logit = |i: usize| f64::from(self.logits[i]);
        let (mut logits, mut slopes) = (Vec::new(), Vec::new());
        for point in points.chunks_exact(self.dimensions) {
            // On a line there is one row, and no way up.
            let (row, up, by_up) = point.get(1).map_or((0, 0.0, 0.0), |&y| self.between(y));
            let above = if self.dimensions == 1 { 0 } else { cells };
            let (column, right, by_right) = self.between(point[0]);
            let corner = row * cells + column;
            let [a, b, c, d] = [0, 1, above, above + 1].map(|next| logit(corner + next));
            let [low, high] = [a + right * (b - a), c + right * (d - c)];
            logits.push((low + up * (high - low)) as f32);
            slopes.push((((b - a) * (1.0 - up) + (d - c) * up) * by_right) as f32);
            if self.dimensions > 1 {
                slopes.push(((high - low) * by_up) as f32);
            }
        }
        [logits, slopes]
    }

    /// The generator's loss by what this makes of its points, beside real ones where the objective compares, and its
    /// gradient by each point. A point is judged as it is, without the noise that a run may lay over it.
    ///
    /// # Shapes
    /// to [1] and [points made, dimensions]
    #[inline(never)] // it would be in a visitor's program twice
    pub fn loss(
        &self,
        recipe: &Recipe,
        real: &[f32],
        made: &[f32],
        device: &burn::tensor::Device,
    ) -> (Tensor<1>, Tensor<2>) {
        let [logits, slopes] = self.at(made);
        let real = || rows(self.at(real)[0].clone(), 1, device);
        let (loss, by_logits) = loss_by_logits(recipe.objective, &real, rows(logits, 1, device));
        let by_logits = match self.dimensions {
            1 => by_logits,
            _ => ops::concat_columns(by_logits.clone(), by_logits, 1.0),
        };
        (loss, by_logits * rows(slopes, self.dimensions, device))
    }
}

/// A copy of a run's generator, and who it plays against.
pub struct Trial {
    generator: Learner,
    pub judge: HandDrawn,
    /// Steps that the copy has taken.
    taken: u64,
}

impl Trial {
    /// Begins with the moving average, which is what a visitor sees of the generator.
    pub fn new(trainer: &Trainer, judge: HandDrawn) -> Self {
        let mut generator = Learner::new(trainer.nets.g.clone(), trainer.ema.clone(), None);
        generator.optimiser = trainer.g.optimiser.clone();
        Self { generator, judge, taken: 0 }
    }

    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// A step of the generator as the recipe has it at the run's next step. `real`: as many points as are in a batch.
    ///
    /// # Errors
    /// The device's own.
    pub async fn step(&mut self, trainer: &Trainer, real: &[f32]) -> Result<()> {
        let (recipe, nets) = (trainer.recipe_now(), &trainer.nets);
        let latents = normals(
            &mut stream(recipe.seed, Stream::ByHand, self.taken),
            recipe.batch * recipe.latent,
        );
        let labels = in_rotation(recipe.batch);
        let input = trainer.generator_input(Inputs::Noise { latents: &latents, labels: &labels });
        let (network, weights) = (&nets.generators[0], &self.generator.view()[0]);
        let drawn = network.draw(weights, &input);
        let made = read(drawn.y.clone()).await?;
        let (_, by_made) = self.judge.loss(&recipe, real, &made, &nets.device);
        let (gradient, _) = network.backward(weights, &drawn, by_made, false);
        let gradient = regularised(&recipe, &nets.g.whole, self.generator.weights(), gradient);
        self.generator.learn(&recipe.generator, gradient);
        self.taken += 1;
        Ok(())
    }

    /// As [`Trainer::ask`], of these two players.
    ///
    /// # Errors
    /// The device's own.
    pub async fn ask(&self, trainer: &Trainer, asked: Asked<'_>) -> Result<Option<Answers>> {
        let recipe = trainer.recipe_now();
        let made = read(trainer.made(&self.generator.view()[0], asked.latents)).await?;
        let [logits, _] = self.judge.at(asked.points);
        let pushed = asked.real.len().min(made.len());
        let (_, by_made) =
            self.judge.loss(&recipe, asked.real, &made[..pushed], &trainer.nets.device);
        let pushes = by_made * -((pushed / self.judge.dimensions) as f64);
        let pushes = read(pushes).await?;
        let finite = made.iter().chain(&logits).chain(&pushes).all(|value| value.is_finite());
        Ok(finite.then_some(Answers { made, logits, pushes }))
    }
}
