//! One step of each player, as the papers write it: sample, forward, objective, penalty, backward.
//! Pure in its inputs: no logging, no drawing, no state; the trainer applies the gradients.

use crate::gan::penalty::squared_slope;
use crate::nets::layers::Mode;
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

/// Gradient of the discriminator's loss and what a visitor wants to know of it.
pub struct DiscriminatorStep {
    /// [parameters]
    pub gradient: Tensor<1>,
    /// [3]: loss with penalty, mean logit on real pictures, mean logit on fakes.
    pub report: Tensor<1>,
}

/// Gradient of the generator's loss, and that loss: [1].
pub struct GeneratorStep {
    /// [parameters]
    pub gradient: Tensor<1>,
    pub loss: Tensor<1>,
}

/// Pictures of the generator, still tied to its tracked weights.
pub struct Fakes {
    pub weights: Weights,
    /// [n, PIXELS]
    pub images: Tensor<2>,
}

pub fn generate(generator: &Generator, weights: Weights, batch: &Batch) -> Fakes {
    let images =
        generator.forward(&weights, batch.z.clone(), batch.labels.clone(), &mut Mode::Train);
    Fakes { weights, images }
}

/// # Shapes
/// d_weights: [parameters of D]; fake: [n, PIXELS], constant
pub fn discriminator_step(
    recipe: &Recipe,
    discriminator: &Discriminator,
    d_weights: &Tensor<1>,
    batch: &Batch,
    fake: Tensor<2>,
) -> DiscriminatorStep {
    let weights = discriminator.layout.track(d_weights);
    let judge = |x: Tensor<2>, penalised: bool| {
        if penalised {
            let scored = discriminator.score(&weights, x, batch.labels.as_ref());
            let penalty = squared_slope(scored.input_gradient, recipe.penalty.gamma);
            (scored.logits, Some(penalty))
        } else {
            (discriminator.forward(&weights, x, batch.labels.as_ref()), None)
        }
    };
    let (d_real, r1) = judge(batch.real.clone(), recipe.penalty.kind.at_real());
    let (d_fake, r2) = judge(fake, recipe.penalty.kind.at_fake());

    let objective = recipe.objective.d_loss(d_real.clone(), d_fake.clone());
    let d_loss = [r1, r2].into_iter().flatten().fold(objective, |loss, penalty| loss + penalty);

    let gradient = discriminator.layout.gradient(&weights, &mut d_loss.backward());
    let report = Tensor::cat(vec![d_loss.inner(), d_real.inner().mean(), d_fake.inner().mean()], 0);
    DiscriminatorStep { gradient, report }
}

/// # Shapes
/// d_weights: [parameters of D]
pub fn generator_step(
    recipe: &Recipe,
    generator: &Generator,
    discriminator: &Discriminator,
    d_weights: &Tensor<1>,
    batch: &Batch,
    fakes: Fakes,
) -> GeneratorStep {
    // The judge's weights are constants here: only the way through it to the artist is wanted.
    let judge = discriminator.layout.view(d_weights);
    let labels = batch.labels.as_ref();
    let d_fake = discriminator.forward(&judge, fakes.images, labels);
    let d_real = recipe
        .objective
        .g_compares()
        .then(|| discriminator.forward(&judge, batch.real.clone(), labels));

    let g_loss = recipe.objective.g_loss(d_real, d_fake);
    let gradient = generator.layout.gradient(&fakes.weights, &mut g_loss.backward());
    GeneratorStep { gradient, loss: g_loss.inner() }
}
