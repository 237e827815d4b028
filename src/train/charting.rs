//! What both players make of points, for a chart of a game that is played with points: nothing here knows what the
//! chart looks like.

use super::sampling::Inputs;
use super::step::{Batch, adversarial_loss, loss_by_logits};
use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::Result;
use crate::gan::PenaltyKind;
use crate::gradient::value_and_gradient;
use crate::nets::layers::Mode;
use crate::nets::params::{Weights, rows};
use burn::tensor::Tensor;

/// What is asked of the players.
pub struct Asked<'a> {
    /// To be drawn from, row by row.
    pub latents: &'a [f32],
    /// Points to be judged, one after the other.
    pub points: &'a [f32],
    /// Real points: the first fakes are pushed beside as many of these.
    pub real: &'a [f32],
}

/// What they answer.
pub struct Answers {
    /// A point for each latent.
    pub made: Vec<f32>,
    /// A logit for each point.
    pub logits: Vec<f32>,
    /// Where the generator's loss sends its first points, one for each real point: minus its gradient by each of them.
    pub pushes: Vec<f32>,
}

impl Trainer {
    /// What a generator of these weights makes of latents.
    ///
    /// # Shapes
    /// to [points, coordinates]
    pub(super) fn made(&self, weights: &Weights, latents: &[f32]) -> Tensor<2> {
        let labels = vec![0; latents.len() / self.nets.recipe.latent.max(1)];
        let input = self.generator_input(Inputs::Noise { latents, labels: &labels });
        self.nets.generators[0].forward(weights, &input, &mut Mode::Train)
    }

    /// Asks the generator's moving average and the discriminator as it is, in one transaction. None where an answer is
    /// not a finite number: a preview says what is wrong then.
    ///
    /// # Errors
    /// The device's own.
    pub async fn ask(&self, asked: Asked<'_>) -> Result<Option<Answers>> {
        let recipe = self.recipe_now();
        let (shape, device) = (recipe.picture(), &self.nets.device);
        let discriminator = &self.nets.discriminators[0];
        let (g, d) = (self.nets.g.view(&self.ema), &self.d.view()[0]);
        let count = asked.latents.len() / recipe.latent.max(1);
        let made = self.made(&g[0], asked.latents);
        let points = rows(asked.points.to_vec(), shape.size(), device);
        let logits = discriminator.forward(d, points, None);
        let real = rows(asked.real.to_vec(), shape.size(), device);
        let pushed = real.dims()[0].min(count);
        let [real, fake] = [real, made.clone()].map(|points| points.narrow(0, 0, pushed));
        let batch = Batch { real, fake, points: None, labels: None, targets: None };
        let (_, by_fake) = adversarial_loss(&recipe, (discriminator, d), &batch);
        // The loss is a mean: of a single point it is so many times as large.
        let pushes = by_fake * -(pushed as f64);
        let mut read = read_all(vec![made, logits, pushes]).await?;
        let finite = read.iter().flatten().all(|value| value.is_finite());
        let [made, logits, pushes] = [0; 3].map(|_| read.remove(0));
        Ok(finite.then_some(Answers { made, logits, pushes }))
    }

    /// The two numbers of a Dirac-GAN as they are: its point θ and its slope ψ.
    ///
    /// # Errors
    /// The device's own.
    pub async fn dirac_point(&self) -> Result<[f32; 2]> {
        let [g, d] =
            [self.g.weights(), self.d.weights()].map(|weights| weights.clone().narrow(0, 0, 1));
        let read = read_all(vec![g.unsqueeze::<2>(), d.unsqueeze::<2>()]).await?;
        Ok([0, 1].map(|i| read[i].first().copied().unwrap_or(f32::NAN)))
    }

    /// The way both players of a Dirac-GAN would move at each of these [θ, ψ]: minus the gradients of their losses, as
    /// the recipe has them, without instance noise (Mescheder et al. 2018, arXiv 1801.04406, eq. 4). None where a loss
    /// is no mean over samples.
    ///
    /// # Errors
    /// The device's own.
    pub async fn dirac_field(&self, at: &[[f32; 2]]) -> Result<Option<Vec<[f32; 2]>>> {
        let recipe = self.recipe_now();
        if recipe.objective.couples_batch() {
            return Ok(None);
        }
        let (n, device) = (at.len(), &self.nets.device);
        let column = |of: usize| rows(at.iter().map(|point| point[of]).collect(), 1, device);
        let (theta, psi) = (column(0), column(1));
        // All data lie at 0, and so do their logits. A mean over n games, each with its own θ and ψ.
        let (real, fake) = (Tensor::zeros([n, 1], device), theta.clone() * psi.clone());
        let (_, [_, d_by_fake]) =
            value_and_gradient([real.clone(), fake.clone()], |[real, fake]| {
                recipe.objective.d_loss(real, fake)
            });
        let (_, g_by_fake) = loss_by_logits(recipe.objective, &|| real.clone(), fake);
        let by_theta = g_by_fake * psi.clone();
        let mut by_psi = vec![d_by_fake * theta];
        if recipe.penalty.kind != PenaltyKind::None {
            // The slope is ψ at every point: n real ones, n fakes and n of the penalty's own, if it has such.
            let sorts = if recipe.penalty.kind.points().is_some() { 3 } else { 2 };
            let slopes = Tensor::cat(vec![psi; sorts], 0);
            let (_, [by_slopes]) = value_and_gradient([slopes], |[slopes]| {
                recipe.penalty.kind.value(slopes, n, recipe.penalty.gamma)
            });
            by_psi.extend((0..sorts).map(|part| by_slopes.clone().narrow(0, part * n, n)));
        }
        let read = read_all([vec![by_theta], by_psi].concat()).await?;
        // The losses are means, and each game is one of n.
        let scale = -(n as f32);
        let way = |i: usize| [read[0][i], read[1..].iter().map(|part| part[i]).sum()];
        Ok(Some((0..n).map(|i| way(i).map(|by| scale * by)).collect()))
    }
}
