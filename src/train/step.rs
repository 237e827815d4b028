//! One step of each player, as the papers write it: sample, forward, objective, penalty, backward.
//! Pure in its inputs: no logging, no drawing, no state; the trainer applies the gradients.

use crate::gan::PenaltyKind;
use crate::gradient::value_and_gradient;
use crate::nets::layers::Traced;
use crate::nets::ops::{add_scaled, joined, stacked};
use crate::nets::params::Weights;
use crate::nets::{Discriminator, Generator};
use crate::recipe::Recipe;
use burn::tensor::Tensor;

/// A batch of real pictures and what the generator is asked for, on the device.
#[derive(Clone, Debug)]
pub struct Batch {
    /// [n, PIXELS] in [-1, 1]
    pub real: Tensor<2>,
    /// One-hot [n, CLASSES], shared by real pictures and fakes so that pairs are of one class.
    pub labels: Option<Tensor<2>>,
    /// [n, latent]
    pub z: Tensor<2>,
}

/// What a batch says to a player: means over its samples.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Of the player's loss by its weights, [parameters].
    pub gradient: Tensor<1>,
    /// Of the discriminator [3]: loss with penalty, mean logit on real pictures, mean logit on fakes.
    /// Of the generator [1]: its loss.
    pub figures: Tensor<1>,
}

impl std::ops::Add for Advice {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, figures: self.figures + other.figures }
    }
}

/// # Shapes
/// fake: [n, PIXELS]
pub fn discriminator_step(
    recipe: &Recipe,
    discriminator: &Discriminator,
    weights: &Weights,
    batch: &Batch,
    fake: Tensor<2>,
) -> Advice {
    // Real pictures and fakes are judged in one go: nothing in the judge ties samples together.
    let [n, _] = fake.dims();
    let halves = |t: &Tensor<2>| [t.clone().narrow(0, 0, n), t.clone().narrow(0, n, n)];
    let x = stacked(batch.real.clone(), fake); // [2n, PIXELS]
    let labels = batch.labels.as_ref().map(|y| stacked(y.clone(), y.clone()));
    let verdict = discriminator.judge(weights, x.clone(), labels.as_ref());
    let [d_real, d_fake] = halves(&verdict.logits);

    let (objective, [by_real, by_fake]) =
        value_and_gradient([d_real, d_fake], |[real, fake]| recipe.objective.d_loss(real, fake));
    let by_logits = stacked(by_real, by_fake); // [2n, 1]

    let (d_loss, gradient) = if recipe.penalty.kind == PenaltyKind::None {
        let slopes = discriminator.back(weights, &verdict, Some(&by_logits));
        (objective, discriminator.gradient(&verdict, &slopes, &by_logits))
    } else {
        let slopes = discriminator.back(weights, &verdict, None);
        let by_pictures = discriminator.back_to_pictures(weights, &verdict, &slopes);
        let (penalty, [by_slopes]) = value_and_gradient([by_pictures], |[slopes]| {
            recipe.penalty.kind.value(slopes, recipe.penalty.gamma)
        });
        let sent = add_scaled(by_slopes, x, by_logits.clone());
        let gradient =
            discriminator.penalised_gradient(weights, &verdict, &slopes, &by_logits, sent);
        (objective + penalty, gradient)
    };
    let means = verdict.logits.reshape([2, n]).mean_dim(1).flatten(0, 1);
    let figures = joined(vec![d_loss, means]);
    Advice { gradient, figures }
}

/// `fakes` are what the generator has drawn with these weights.
pub fn generator_step(
    recipe: &Recipe,
    (generator, discriminator): (&Generator, &Discriminator),
    [weights, judge]: [&Weights; 2],
    batch: &Batch,
    fakes: &Traced,
) -> Advice {
    let labels = batch.labels.as_ref();
    let verdict = discriminator.judge(judge, fakes.y.clone(), labels);
    let d_real = recipe
        .objective
        .compares()
        .then(|| discriminator.forward(judge, batch.real.clone(), labels));

    let (loss, [by_logits]) = value_and_gradient([verdict.logits.clone()], |[fake]| {
        recipe.objective.g_loss(d_real.map(Tensor::autodiff), fake)
    });
    // The judge's weights are constants here: only the way through it to the artist is wanted.
    let slopes = discriminator.back(judge, &verdict, Some(&by_logits));
    let by_pictures = discriminator.back_to_pictures(judge, &verdict, &slopes);
    let gradient = generator.gradient(weights, fakes, by_pictures);
    Advice { gradient, figures: loss }
}
