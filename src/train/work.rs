//! A worker's shard of a batch, and both players' gradients on it. The same for the trainer and for its replicas.

use super::step::{self, Batch, Fakes, StepGradient};
use crate::data::{CLASSES, Digits};
use crate::error::{Error, Result};
use crate::gan::Augmentation;
use crate::gan::augmentation::{Change, Changes};
use crate::nets::params::{Weights, rows};
use crate::nets::{Discriminator, Generator, GeneratorInput, inputs, ops};
use crate::recipe::{AuxiliaryOutputs, Recipe};
use crate::rng::{Stream, normals, stream};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::ops::Range;

/// Both networks without their weights, and the recipe.
pub struct Nets {
    pub recipe: Recipe,
    pub device: Device,
    pub generator: Generator,
    pub discriminator: Discriminator,
}

impl Nets {
    /// # Errors
    /// When there is no such network.
    pub fn new(recipe: Recipe, device: Device) -> Result<Self> {
        let refused = |problem| Error::Recipe(vec![problem]);
        let generator = recipe.build_generator().map_err(refused)?;
        let discriminator = recipe.build_discriminator().map_err(refused)?;
        Ok(Self { recipe, device, generator, discriminator })
    }

    /// Whether a sample's gradient depends on the others of its batch, which then cannot be divided.
    pub fn couples_batch(&self) -> bool {
        self.generator.couples_batch() || self.recipe.objective.couples_batch()
    }

    /// [n, CLASSES] if the generator is conditional.
    pub fn one_hot(&self, labels: &[u8]) -> Option<Tensor<2>> {
        self.recipe.asks_class().then(|| inputs::one_hot(labels, CLASSES, &self.device))
    }

    /// The auxiliary head's targets for fakes made from these: the one-hot class, then the first of the
    /// latents, [n, outputs].
    fn auxiliary_targets(&self, z: &Tensor<2>, one_hot: &Option<Tensor<2>>) -> Option<Tensor<2>> {
        let AuxiliaryOutputs { classes, continuous, .. } = self.recipe.auxiliary_outputs()?;
        let continuous = (continuous > 0).then(|| z.clone().narrow(1, 0, continuous));
        match (one_hot.clone().filter(|_| classes > 0), continuous) {
            (Some(one_hot), Some(continuous)) => {
                Some(ops::concat_columns(one_hot, continuous, 1.0))
            }
            (one_hot, continuous) => one_hot.or(continuous),
        }
    }
}

/// Scales means over some samples to their part in the means over all.
fn weighted(step: StepGradient, samples: usize, all: usize) -> StepGradient {
    if samples == all {
        return step;
    }
    let weight = samples as f64 / all as f64;
    StepGradient { gradient: step.gradient * weight, figures: step.figures * weight }
}

/// A shard: the samples of a batch from place `first` on.
pub struct Work {
    /// As it stands at this step.
    recipe: Recipe,
    digits: Digits,
    z: Vec<f32>,
    /// Of the LeCam regulariser, where the recipe has it; [2].
    anchors: Option<Tensor<1>>,
    /// The number of the batch.
    index: u64,
    first: usize,
    /// Size of the whole batch.
    batch: usize,
    /// By the place of their first sample.
    micro_batches: BTreeMap<usize, MicroBatch>,
}

/// Samples that are computed together. The fakes are drawn once for both players.
struct MicroBatch {
    batch: Batch,
    fakes: Fakes,
}

impl Work {
    /// What is drawn for each sample alone follows from its place, so that whoever takes it draws the same.
    ///
    /// `recipe` and `anchors` as they stand at the step ([`Recipe::at`], [`crate::gan::lecam`]); `digits` are those from place `first` on in
    /// batch `index`, which has `batch` samples.
    pub fn new(
        recipe: Recipe,
        anchors: Option<Tensor<1>>,
        index: u64,
        digits: Digits,
        first: usize,
        batch: usize,
    ) -> Self {
        let mut rng = stream(recipe.seed, Stream::Latents, index);
        let mut z = normals(&mut rng, (first + digits.len()) * recipe.latent);
        z.drain(..first * recipe.latent);
        Self { recipe, digits, z, anchors, index, first, batch, micro_batches: BTreeMap::new() }
    }

    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Some of the pictures, to be sent to the worker that takes them.
    pub fn digits(&self, samples: Range<usize>) -> Digits {
        let at = samples.start - self.first..samples.end - self.first;
        self.digits.part(at)
    }

    fn micro_batch(&mut self, nets: &Nets, g: &Weights, samples: &Range<usize>) -> &MicroBatch {
        let digits = self.digits(samples.clone());
        let dataset = nets.recipe.dataset;
        let (channels, size) = (dataset.channels(), dataset.picture_size());
        let (latent, index) = (nets.recipe.latent, self.index);
        // Random values per sample, as many for each, from a stream of its own.
        let first = index * self.batch as u64;
        let streams = |of: Stream| {
            samples.clone().map(move |place| stream(nets.recipe.seed, of, first + place as u64))
        };
        let own = |of: Stream, draw: &dyn Fn(&mut ChaCha8Rng) -> Vec<f32>| {
            let values: Vec<f32> = streams(of).flat_map(|mut rng| draw(&mut rng)).collect();
            let columns = values.len() / samples.len();
            rows(values, columns, &nets.device)
        };
        // Categories of the generator's own go round: so each comes equally often.
        let category = |place| ((first + place as u64) % CLASSES as u64) as u8;
        let asked = match nets.recipe.own_categories() {
            true => samples.clone().map(category).collect(),
            false => digits.labels,
        };
        let z = &self.z[(samples.start - self.first) * latent..][..samples.len() * latent];
        self.micro_batches.entry(samples.start).or_insert_with(|| {
            let labels = nets.one_hot(&asked);
            let z = rows(z.to_vec(), latent, &nets.device);
            let chance = (nets.generator.has_chance())
                .then(|| own(Stream::Chance, &|rng| nets.generator.chance(rng)));
            let targets = nets.auxiliary_targets(&z, &labels);
            let drawn = nets
                .generator
                .draw(g, &GeneratorInput { z, labels: labels.clone(), source: None, chance });
            let mut real = inputs::pictures(&digits.images, size, &nets.device);
            let mut fake = drawn.y.clone();
            let augment = nets.recipe.augment;
            let changes = (augment != Augmentation::None).then(|| {
                let both = |mut rng| [(); 2].map(|()| augment.change(&mut rng));
                let both = streams(Stream::Augmentation).map(both);
                let (of_real, of_fake): (Vec<Change>, Vec<_>) = both.map(<_>::into).unzip();
                [of_real, of_fake].map(|changes| Changes::new(&changes, channels, &nets.device))
            });
            if let Some([of_real, of_fake]) = &changes {
                (real, fake) = (of_real.seen(real), of_fake.seen(fake));
            }
            let changes = changes.map(|[_, of_fake]| of_fake);
            if let Some(deviation) = nets.recipe.instance_noise.at(index) {
                let noise = own(Stream::InstanceNoise, &|rng| normals(rng, 2 * size));
                real = real + noise.clone().narrow(1, 0, size) * deviation;
                fake = fake + noise.narrow(1, size, size) * deviation;
            }
            let points = nets.recipe.penalty.kind.points().map(|points| {
                let chance = own(Stream::PenaltyPoints, &|rng| points.chance(size, rng));
                points.pictures(real.clone(), fake.clone(), chance)
            });
            let batch = Batch { real, fake, points, labels, targets };
            MicroBatch { batch, fakes: Fakes { drawn, changes } }
        })
    }

    /// The discriminator's gradient on these samples, weighted by their part of the batch.
    pub fn discriminator(
        &mut self,
        nets: &Nets,
        [g, d]: [&Weights; 2],
        samples: &Range<usize>,
    ) -> StepGradient {
        let (recipe, batch) = (self.recipe.clone(), self.batch);
        let anchors = self.anchors.clone();
        let micro = self.micro_batch(nets, g, samples);
        let anchors = anchors.as_ref();
        let gradient =
            step::discriminator_step(&recipe, &nets.discriminator, d, &micro.batch, anchors);
        weighted(gradient, samples.len(), batch)
    }

    /// The generator's gradient on these samples, weighted by their part of the batch.
    pub fn generator(
        &mut self,
        nets: &Nets,
        [g, d]: [&Weights; 2],
        samples: &Range<usize>,
    ) -> StepGradient {
        let (recipe, batch) = (self.recipe.clone(), self.batch);
        let micro = self.micro_batch(nets, g, samples);
        let players = (&nets.generator, &nets.discriminator);
        let gradient = step::generator_step(&recipe, players, [g, d], &micro.batch, &micro.fakes);
        weighted(gradient, samples.len(), batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DatasetKind, Source};
    use crate::device;
    use crate::gan::{Objective, PenaltyKind};
    use crate::nets::Architecture;
    use crate::nets::params::vector;
    use crate::recipe::{Codes, Conditioning, Described, default_recipe};

    fn numbers(t: Tensor<1>) -> Vec<f32> {
        t.into_data().try_into_vec::<f32>().expect("f32")
    }

    /// Both players' gradients and figures, in one vector each.
    type Gradients = [Vec<f32>; 2];

    /// The gradients of three ranges of samples, of which the third is the first two together. Each range also as
    /// a replica computes it, which must be the same to the last bit.
    fn step_gradients(recipe: &Recipe, ranges: [Range<usize>; 3]) -> [Gradients; 3] {
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("a valid recipe");
        let view = |layout: &crate::nets::params::Layout, of| {
            layout.view(&vector(layout.initial(&mut stream(3, of, 0)), &nets.device))
        };
        let g = view(&nets.generator.layout, Stream::GeneratorInit);
        let d = view(&nets.discriminator.layout, Stream::DiscriminatorInit);
        let digits = Source::new(recipe.dataset).batch(1, 5, recipe.batch).expect("drawn");
        let anchors = || (recipe.lecam > 0.0).then(|| vector(vec![0.75, -0.5], &nets.device));
        ranges.map(|samples| {
            let mut whole =
                Work::new(recipe.clone(), anchors(), 5, digits.clone(), 0, recipe.batch);
            let some = whole.digits(samples.clone());
            let mut some =
                Work::new(recipe.clone(), anchors(), 5, some, samples.start, recipe.batch);
            let both = |work: &mut Work| {
                let by_d = work.discriminator(&nets, [&g, &d], &samples);
                [by_d, work.generator(&nets, [&g, &d], &samples)]
                    .map(|step| numbers(Tensor::cat(vec![step.gradient, step.figures], 0)))
            };
            let (own, replica) = (both(&mut whole), both(&mut some));
            assert_eq!(own, replica, "{recipe:?}, {samples:?}");
            own
        })
    }

    /// The largest error of the parts' sum, relative to the largest value.
    fn missed([left, right, whole]: &[Gradients; 3]) -> f32 {
        let worst = |player: usize| {
            let whole = &whole[player];
            assert!(whole.iter().chain(&left[player]).chain(&right[player]).all(|v| v.is_finite()));
            let largest = whole.iter().fold(0.0f32, |largest, v| largest.max(v.abs()));
            let parts = left[player].iter().zip(&right[player]).map(|(l, r)| l + r);
            parts.zip(whole).fold(0.0f32, |worst, (sum, w)| worst.max((sum - w).abs())) / largest
        };
        worst(0).max(worst(1))
    }

    #[test]
    fn the_gradients_of_parts_add_up_to_that_of_the_whole() {
        let mut recipe = default_recipe();
        recipe.dataset = DatasetKind::Drawn;
        recipe.batch = 7;
        for network in [Architecture::Dcgan, Architecture::Mlp] {
            for player in [&mut recipe.generator, &mut recipe.discriminator] {
                (player.network, player.width) = (network, 8);
            }
            for (i, &objective) in Objective::ALL.iter().enumerate() {
                recipe.objective = objective;
                // Each penalty and augmentation once, noise, and averages to be near to.
                recipe.penalty.kind = PenaltyKind::ALL[i % PenaltyKind::ALL.len()];
                recipe.instance_noise.deviation = 0.1 * (i % 2) as f64;
                // And each kind of conditioning.
                recipe.conditional = i % 4 < 3;
                recipe.conditioning = Conditioning::ALL[i % Conditioning::ALL.len()];
                recipe.codes.categorical = !recipe.conditional;
                recipe.codes.continuous = if recipe.conditional { 0 } else { 2 };
                recipe.augment = Augmentation::ALL[i % Augmentation::ALL.len()];
                recipe.lecam = if objective.is_shift_invariant() { 0.0 } else { 0.5 };
                let missed = missed(&step_gradients(&recipe, [0..3, 3..7, 0..7]));
                // What couples the samples of a batch is really not to be had in parts.
                let exact = missed < 2e-6;
                assert_eq!(
                    exact,
                    !objective.couples_batch(),
                    "{network:?}, {objective:?}: {missed}"
                );
            }
        }
    }
    fn untrained(nets: &Nets) -> Weights {
        let layout = &nets.generator.layout;
        layout.view(&vector(layout.initial(&mut stream(3, Stream::GeneratorInit, 0)), &nets.device))
    }

    #[test]
    fn the_auxiliary_targets_of_a_fake_are_what_it_was_generated_from() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.latent, recipe.conditional) = (7, 3, false);
        recipe.codes = Codes { categorical: true, continuous: 2, weight: 1.0 };
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("a valid recipe");
        let g = untrained(&nets);
        let digits = Source::new(DatasetKind::Drawn).batch(1, 5, 7).expect("drawn");
        let mut work = Work::new(recipe, None, 5, digits, 0, 7);
        let z = work.z.clone();
        let micro = work.micro_batch(&nets, &g, &(2..6));
        let targets = numbers(micro.batch.targets.clone().expect("codes").flatten(0, 1));
        for (i, row) in targets.chunks_exact(CLASSES + 2).enumerate() {
            // Batch 5 of 7 samples: its sample 2 is the run's 37th.
            let mut one_hot = [0.0; CLASSES];
            one_hot[(37 + i) % CLASSES] = 1.0;
            assert_eq!(row[..CLASSES], one_hot);
            assert_eq!(row[CLASSES..], z[(2 + i) * 3..][..2]);
        }
        let again = nets.generator.draw(
            &g,
            &GeneratorInput {
                z: rows(z[2 * 3..6 * 3].to_vec(), 3, &nets.device),
                labels: Some(inputs::one_hot(&[7, 8, 9, 0], CLASSES, &nets.device)),
                source: None,
                chance: None,
            },
        );
        let drawn = [again.y, micro.fakes.drawn.y.clone()].map(|y| numbers(y.flatten(0, 1)));
        assert_eq!(drawn[0], drawn[1]);
    }

    #[test]
    fn a_label_takes_the_place_of_a_category_that_no_head_predicts() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.conditional) = (7, true);
        recipe.codes = Codes { categorical: true, continuous: 0, weight: 0.0 };
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("a valid recipe");
        let g = untrained(&nets);
        let digits = Source::new(DatasetKind::Drawn).batch(1, 5, 7).expect("drawn");
        let asked = inputs::one_hot(&digits.labels, CLASSES, &nets.device);
        let mut work = Work::new(recipe, None, 5, digits, 0, 7);
        let micro = work.micro_batch(&nets, &g, &(0..7));
        let labels = micro.batch.labels.clone().expect("it is conditional");
        assert_eq!(numbers(labels.flatten(0, 1)), numbers(asked.flatten(0, 1)));
    }
}
