//! One step of each player, as the papers write it: sample, forward, objective, penalty, backward.
//! Pure in its inputs: no logging, no drawing, no state; the trainer applies the gradients.

use crate::gan::augmentation::Changes;
use crate::gan::{Objective, PenaltyKind, lecam};
use crate::gradient::value_and_gradient;
use crate::nets::ops::{concat, concat_rows};
use crate::nets::params::Weights;
use crate::nets::{Discriminator, Drawn, Generator, LogitLoss};
use crate::recipe::Recipe;
use burn::tensor::Tensor;

/// A batch as the discriminator sees it, on the device.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Augmented, and with instance noise; [n, picture size], in [-1, 1] but for that.
    pub real: Tensor<2>,
    /// The fakes, the same.
    pub fake: Tensor<2>,
    /// Pictures at which only the slope counts, for a penalty that has such; [n, picture size].
    pub points: Option<Tensor<2>>,
    /// One-hot [n, CLASSES], shared by real pictures and fakes so that pairs are of one class.
    pub labels: Option<Tensor<2>>,
    /// The auxiliary head's targets for the fakes, and for the real pictures if it learns from those:
    /// [n, outputs].
    pub targets: Option<Tensor<2>>,
}

/// What the generator has drawn for a batch.
pub struct Fakes {
    pub drawn: Drawn,
    /// What the drawings went through before the discriminator saw them.
    pub changes: Option<Changes>,
}

/// A player's gradient on a batch and the figures to report: means over its samples.
#[derive(Clone, Debug)]
pub struct StepGradient {
    /// Of the player's loss by its weights, [parameters].
    pub gradient: Tensor<1>,
    /// Of the discriminator [3]: loss with all penalties, mean logit on real pictures, mean logit on fakes.
    /// Of the generator [1]: its loss.
    pub figures: Tensor<1>,
}

impl std::ops::Add for StepGradient {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, figures: self.figures + other.figures }
    }
}

/// `anchors` are the averages of earlier logits for the LeCam regulariser ([2]), where the recipe has it.
pub fn discriminator_step(
    recipe: &Recipe,
    discriminator: &Discriminator,
    weights: &Weights,
    batch: &Batch,
    anchors: Option<&Tensor<1>>,
) -> StepGradient {
    // One forward pass for all pictures: nothing in the discriminator couples them.
    let Batch { real, fake, points, labels, targets } = batch.clone();
    let [n, _] = fake.dims();
    let mut x = concat_rows(real, fake); // [2n, picture size]
    let mut y = labels.as_ref().map(|y| concat_rows(y.clone(), y.clone()));
    if let Some(points) = points.clone() {
        x = concat_rows(x, points); // [3n, picture size]
        y = y.zip(labels).map(|(y, labels)| concat_rows(y, labels));
    }
    let trace = discriminator.trace(weights, x, y.as_ref());
    let [d_real, d_fake] = [0, n].map(|from| trace.logits.clone().narrow(0, from, n));
    let both = trace.logits.clone().narrow(0, 0, 2 * n).reshape([2, n]);
    let means = both.mean_dim(1).flatten(0, 1); // [2]

    let (objective, [by_real, by_fake]) = value_and_gradient([d_real, d_fake], |[real, fake]| {
        let smoothing = match recipe.label_smoothing {
            0.0 => None,
            s => Some(Objective::smoothing(real.clone(), s)),
        };
        let lecam =
            anchors.map(|anchors| lecam::value(real.clone(), fake.clone(), anchors, recipe.lecam));
        let loss = recipe.objective.d_loss(real, fake);
        smoothing.into_iter().chain(lecam).fold(loss, |loss, more| loss + more)
    });
    let mut by_logits = concat_rows(by_real, by_fake); // [2n, 1]
    if points.is_some() {
        let none = Tensor::zeros([n, 1], &by_logits.device());
        by_logits = concat_rows(by_logits, none); // [3n, 1]
    }

    let (targets, first) = match discriminator.auxiliary_learns_from_reals() {
        true => (targets.map(|targets| concat_rows(targets.clone(), targets)), 0),
        false => (targets, n),
    };
    let factor = recipe.auxiliary_weight() / n as f64;
    let auxiliary = discriminator.auxiliary_loss(weights, &trace, targets, first, factor);
    let loss = LogitLoss { by_logits: &by_logits, auxiliary: auxiliary.as_ref() };

    let (mut d_loss, gradient) = if recipe.penalty.kind == PenaltyKind::None {
        (objective, discriminator.gradient(weights, &trace, loss))
    } else {
        let slopes = discriminator.logit_slopes(weights, &trace);
        let (penalty, [by_slopes]) = value_and_gradient([slopes.by_input()], |[slopes]| {
            recipe.penalty.kind.value(slopes, n, recipe.penalty.gamma)
        });
        let gradient = discriminator.penalised_gradient(weights, &trace, &slopes, by_slopes, loss);
        (objective + penalty, gradient)
    };
    if let Some(auxiliary) = &auxiliary {
        d_loss = d_loss + auxiliary.loss.clone();
    }
    StepGradient { gradient, figures: concat(vec![d_loss, means]) }
}

/// `fakes` are what the generator has drawn with these weights: the batch's fakes before they were changed.
pub fn generator_step(
    recipe: &Recipe,
    (generator, discriminator): (&Generator, &Discriminator),
    [g_weights, d_weights]: [&Weights; 2],
    batch: &Batch,
    fakes: &Fakes,
) -> StepGradient {
    let labels = batch.labels.as_ref();
    let trace = discriminator.trace(d_weights, batch.fake.clone(), labels);
    let real = || discriminator.forward(d_weights, batch.real.clone(), labels).autodiff();

    let (mut loss, [by_logits]) =
        value_and_gradient([trace.logits.clone()], |[fake]| recipe.objective.g_loss(real, fake));
    let [n, _] = batch.fake.dims();
    let factor = recipe.auxiliary_weight() / n as f64;
    let auxiliary =
        discriminator.auxiliary_loss(d_weights, &trace, batch.targets.clone(), 0, factor);
    if let Some(auxiliary) = &auxiliary {
        loss = loss + auxiliary.loss.clone();
    }
    // The discriminator's weights are constants here: only the gradient through it is wanted.
    let by_loss = LogitLoss { by_logits: &by_logits, auxiliary: auxiliary.as_ref() };
    let by_pictures = discriminator.input_gradient(d_weights, &trace, by_loss);
    let by_drawings = match &fakes.changes {
        Some(changes) => changes.backward(by_pictures),
        None => by_pictures,
    };
    let gradient = generator.gradient(g_weights, &fakes.drawn, by_drawings);
    StepGradient { gradient, figures: loss }
}
