//! Samples of a batch that one worker takes: what both networks make of them. The same for the trainer
//! itself and for those that help it.

use super::step::{self, Advice, Batch};
use crate::data::{Digits, PIXELS};
use crate::nets::layers::Traced;
use crate::nets::params::{Weights, rows};
use crate::nets::{Discriminator, Generator, inputs};
use crate::recipe::Recipe;
use crate::rng::{Stream, normals, stream};
use burn::tensor::{Device, Tensor};
use std::collections::BTreeMap;
use std::ops::Range;

/// Both networks without their weights, and what they are to do.
pub struct Nets {
    pub recipe: Recipe,
    pub device: Device,
    pub generator: Generator,
    pub discriminator: Discriminator,
}

impl Nets {
    pub fn new(recipe: Recipe, device: Device) -> Self {
        let (generator, discriminator) = (Generator::new(&recipe), Discriminator::new(&recipe));
        Self { recipe, device, generator, discriminator }
    }

    /// [n, CLASSES] for a conditional recipe.
    pub fn one_hot(&self, labels: &[u8]) -> Option<Tensor<2>> {
        self.recipe.conditional.then(|| inputs::one_hot(labels, &self.device))
    }
}

/// From means over some samples to their share in the means over all.
fn share(advice: Advice, samples: usize, all: usize) -> Advice {
    if samples == all {
        return advice;
    }
    let share = samples as f64 / all as f64;
    Advice { gradient: advice.gradient * share, figures: advice.figures * share }
}

/// Samples of a batch, from place `first` on.
pub struct Work {
    /// As it stands at this step.
    recipe: Recipe,
    digits: Digits,
    z: Vec<f32>,
    first: usize,
    /// Samples of the whole batch, whoever takes them.
    batch: usize,
    /// By the place of their first sample.
    parts: BTreeMap<usize, Part>,
}

/// Samples that are taken together. The fakes are drawn once for both players.
struct Part {
    batch: Batch,
    fakes: Traced,
}

impl Work {
    /// `recipe` as it stands at the step ([`Recipe::at`]); `digits` are those from place `first` on in batch `index`, which has `batch` samples.
    pub fn new(recipe: Recipe, index: u64, digits: Digits, first: usize, batch: usize) -> Self {
        let mut rng = stream(recipe.seed, Stream::Latents, index);
        let mut z = normals(&mut rng, (first + digits.len()) * recipe.latent);
        z.drain(..first * recipe.latent);
        Self { recipe, digits, z, first, batch, parts: BTreeMap::new() }
    }

    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Some of the pictures, to be sent to who takes them.
    pub fn digits(&self, samples: Range<usize>) -> Digits {
        let at = samples.start - self.first..samples.end - self.first;
        Digits {
            images: self.digits.images[at.start * PIXELS..at.end * PIXELS].to_vec(),
            labels: self.digits.labels[at].to_vec(),
        }
    }

    fn part(&mut self, nets: &Nets, g: &Weights, samples: &Range<usize>) -> &Part {
        let digits = self.digits(samples.clone());
        let latent = nets.recipe.latent;
        let z = &self.z[(samples.start - self.first) * latent..][..samples.len() * latent];
        self.parts.entry(samples.start).or_insert_with(|| {
            let batch = Batch {
                real: inputs::pictures(&digits.images, &nets.device),
                labels: nets.one_hot(&digits.labels),
                z: rows(z.to_vec(), latent, &nets.device),
            };
            let fakes = nets.generator.draw(g, batch.z.clone(), batch.labels.clone());
            Part { batch, fakes }
        })
    }

    /// What these samples say to the discriminator: their share in the means over the batch.
    pub fn discriminator(
        &mut self,
        nets: &Nets,
        [g, d]: [&Weights; 2],
        samples: &Range<usize>,
    ) -> Advice {
        let (recipe, batch) = (self.recipe.clone(), self.batch);
        let part = self.part(nets, g, samples);
        let (real, fake) = (&part.batch, part.fakes.y.clone());
        let advice = step::discriminator_step(&recipe, &nets.discriminator, d, real, fake);
        share(advice, samples.len(), batch)
    }

    /// What these samples say to the generator: their share in the means over the batch.
    pub fn generator(
        &mut self,
        nets: &Nets,
        [g, d]: [&Weights; 2],
        samples: &Range<usize>,
    ) -> Advice {
        let (recipe, batch) = (self.recipe.clone(), self.batch);
        let part = self.part(nets, g, samples);
        let players = (&nets.generator, &nets.discriminator);
        let advice = step::generator_step(&recipe, players, [g, d], &part.batch, &part.fakes);
        share(advice, samples.len(), batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DatasetKind, Source};
    use crate::device;
    use crate::nets::Architecture;
    use crate::nets::params::vector;
    use crate::recipe::default_recipe;

    fn numbers(t: Tensor<1>) -> Vec<f32> {
        t.into_data().try_into_vec::<f32>().expect("f32")
    }

    #[test]
    fn parts_say_together_what_the_whole_says() {
        let mut recipe = default_recipe();
        recipe.dataset = DatasetKind::Drawn;
        recipe.batch = 7;
        for network in [Architecture::Dcgan, Architecture::Mlp] {
            for player in [&mut recipe.generator, &mut recipe.discriminator] {
                (player.network, player.width) = (network, 8);
            }
            let nets = Nets::new(recipe.clone(), device::cpu());
            let view = |layout: &crate::nets::params::Layout, of| {
                layout.view(&vector(layout.initial(&mut stream(3, of, 0)), &nets.device))
            };
            let g = view(&nets.generator.layout, Stream::GeneratorInit);
            let d = view(&nets.discriminator.layout, Stream::DiscriminatorInit);
            let digits = Source::new(recipe.dataset).batch(1, 5, recipe.batch).expect("drawn");
            let work = |first: usize, end: usize| {
                let mut whole = Work::new(recipe.clone(), 5, digits.clone(), 0, recipe.batch);
                // As a replica is told them.
                let some = whole.digits(first..end);
                let mut some = Work::new(recipe.clone(), 5, some, first, recipe.batch);
                let samples = first..end;
                let said = |work: &mut Work| {
                    let d_said = work.discriminator(&nets, [&g, &d], &samples);
                    [d_said, work.generator(&nets, [&g, &d], &samples)]
                };
                let (own, told) = (said(&mut whole), said(&mut some));
                for (own, told) in own.iter().zip(&told) {
                    let [own, told] = [own, told].map(|advice| numbers(advice.gradient.clone()));
                    assert_eq!(own, told, "{network:?}, {first} to {end}");
                }
                own.map(|advice| numbers(Tensor::cat(vec![advice.gradient, advice.figures], 0)))
            };
            let (left, right, whole) = (work(0, 3), work(3, 7), work(0, 7));
            for ((left, right), whole) in left.iter().zip(&right).zip(&whole) {
                let largest = whole.iter().fold(0.0f32, |largest, v| largest.max(v.abs()));
                for ((l, r), w) in left.iter().zip(right).zip(whole) {
                    assert!(
                        (l + r - w).abs() < 2e-6 * largest + 1e-8,
                        "{network:?}: {l} + {r}, not {w}"
                    );
                }
            }
        }
    }
}
