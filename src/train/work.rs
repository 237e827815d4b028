//! Samples of a batch that one worker takes: what both networks make of them. The same for the trainer
//! itself and for those that help it.

use super::step::{self, Advice, Batch, Fakes};
use crate::data::{CLASSES, Digits};
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

    /// Whether what a sample says depends on the others of its batch, which can then only be taken whole.
    pub fn couples_batch(&self) -> bool {
        self.generator.couples_batch() || self.recipe.objective.couples_batch()
    }

    /// [n, CLASSES] where the generator is asked for a class.
    pub fn one_hot(&self, labels: &[u8]) -> Option<Tensor<2>> {
        self.recipe.asks_class().then(|| inputs::one_hot(labels, &self.device))
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
    /// Of the LeCam regulariser, where the recipe has it; [2].
    anchors: Option<Tensor<1>>,
    /// The number of the batch.
    index: u64,
    first: usize,
    /// Samples of the whole batch, whoever takes them.
    batch: usize,
    /// By the place of their first sample.
    parts: BTreeMap<usize, Part>,
}

/// Samples that are taken together. The fakes are drawn once for both players.
struct Part {
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
        Self { recipe, digits, z, anchors, index, first, batch, parts: BTreeMap::new() }
    }

    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Some of the pictures, to be sent to who takes them.
    pub fn digits(&self, samples: Range<usize>) -> Digits {
        let at = samples.start - self.first..samples.end - self.first;
        self.digits.part(at)
    }

    fn part(&mut self, nets: &Nets, g: &Weights, samples: &Range<usize>) -> &Part {
        let digits = self.digits(samples.clone());
        let dataset = nets.recipe.dataset;
        let (channels, numbers) = (dataset.channels(), dataset.numbers());
        let (latent, index) = (nets.recipe.latent, self.index);
        // Random numbers of each sample, as many for each, from a stream of its own.
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
        self.parts.entry(samples.start).or_insert_with(|| {
            let labels = nets.one_hot(&asked);
            let z = rows(z.to_vec(), latent, &nets.device);
            let chance = (nets.generator.has_chance())
                .then(|| own(Stream::Chance, &|rng| nets.generator.chance(rng)));
            let targets = nets.auxiliary_targets(&z, &labels);
            let drawn =
                nets.generator.draw(g, GeneratorInput { z, labels: labels.clone(), chance });
            let mut real = inputs::pictures(&digits.images, numbers, &nets.device);
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
                let noise = own(Stream::InstanceNoise, &|rng| normals(rng, 2 * numbers));
                real = real + noise.clone().narrow(1, 0, numbers) * deviation;
                fake = fake + noise.narrow(1, numbers, numbers) * deviation;
            }
            let points = nets.recipe.penalty.kind.points().map(|points| {
                let chance = own(Stream::PenaltyPoints, &|rng| points.chance(numbers, rng));
                points.pictures(real.clone(), fake.clone(), chance)
            });
            let batch = Batch { real, fake, points, labels, targets };
            Part { batch, fakes: Fakes { drawn, changes } }
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
        let anchors = self.anchors.clone();
        let part = self.part(nets, g, samples);
        let anchors = anchors.as_ref();
        let advice =
            step::discriminator_step(&recipe, &nets.discriminator, d, &part.batch, anchors);
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
    use crate::gan::{Objective, PenaltyKind};
    use crate::nets::Architecture;
    use crate::nets::params::vector;
    use crate::recipe::{Codes, Conditioning, Described, default_recipe};

    fn numbers(t: Tensor<1>) -> Vec<f32> {
        t.into_data().try_into_vec::<f32>().expect("f32")
    }

    /// What both players are told, in one vector each.
    type Said = [Vec<f32>; 2];

    /// What the samples of three ranges say: the first two of them together are the third. Each range also as
    /// a replica is told it, which must be the same to the last bit.
    fn said(recipe: &Recipe, ranges: [Range<usize>; 3]) -> [Said; 3] {
        let nets = Nets::new(recipe.clone(), device::cpu());
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
            let said = |work: &mut Work| {
                let d_said = work.discriminator(&nets, [&g, &d], &samples);
                [d_said, work.generator(&nets, [&g, &d], &samples)]
                    .map(|advice| numbers(Tensor::cat(vec![advice.gradient, advice.figures], 0)))
            };
            let (own, told) = (said(&mut whole), said(&mut some));
            assert_eq!(own, told, "{recipe:?}, {samples:?}");
            own
        })
    }

    /// By how much the parts miss the whole, as a share of the largest number.
    fn missed([left, right, whole]: &[Said; 3]) -> f32 {
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
    fn parts_say_together_what_the_whole_says() {
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
                // And each way of telling or asking the judge what is drawn.
                recipe.conditional = i % 4 < 3;
                recipe.conditioning = Conditioning::ALL[i % Conditioning::ALL.len()];
                recipe.codes.categorical = !recipe.conditional;
                recipe.codes.continuous = if recipe.conditional { 0 } else { 2 };
                recipe.augment = Augmentation::ALL[i % Augmentation::ALL.len()];
                recipe.lecam = if objective.is_shift_invariant() { 0.0 } else { 0.5 };
                let missed = missed(&said(&recipe, [0..3, 3..7, 0..7]));
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
    fn what_should_be_read_off_a_drawing_is_what_it_was_drawn_from() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.latent, recipe.conditional) = (7, 3, false);
        recipe.codes = Codes { categorical: true, continuous: 2, weight: 1.0 };
        let nets = Nets::new(recipe.clone(), device::cpu());
        let g = untrained(&nets);
        let digits = Source::new(DatasetKind::Drawn).batch(1, 5, 7).expect("drawn");
        let mut work = Work::new(recipe, None, 5, digits, 0, 7);
        let z = work.z.clone();
        let part = work.part(&nets, &g, &(2..6));
        let targets = numbers(part.batch.targets.clone().expect("codes").flatten(0, 1));
        for (i, row) in targets.chunks_exact(CLASSES + 2).enumerate() {
            // Batch 5 of 7 samples: its sample 2 is the run's 37th.
            let mut one_hot = [0.0; CLASSES];
            one_hot[(37 + i) % CLASSES] = 1.0;
            assert_eq!(row[..CLASSES], one_hot);
            assert_eq!(row[CLASSES..], z[(2 + i) * 3..][..2]);
        }
        let again = nets.generator.draw(
            &g,
            GeneratorInput {
                z: rows(z[2 * 3..6 * 3].to_vec(), 3, &nets.device),
                labels: Some(inputs::one_hot(&[7, 8, 9, 0], &nets.device)),
                chance: None,
            },
        );
        let drawn = [again.y, part.fakes.drawn.y.clone()].map(|y| numbers(y.flatten(0, 1)));
        assert_eq!(drawn[0], drawn[1]);
    }

    #[test]
    fn a_digit_takes_the_place_of_a_category_that_nobody_reads() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.conditional) = (7, true);
        recipe.codes = Codes { categorical: true, continuous: 0, weight: 0.0 };
        let nets = Nets::new(recipe.clone(), device::cpu());
        let g = untrained(&nets);
        let digits = Source::new(DatasetKind::Drawn).batch(1, 5, 7).expect("drawn");
        let asked = inputs::one_hot(&digits.labels, &nets.device);
        let mut work = Work::new(recipe, None, 5, digits, 0, 7);
        let part = work.part(&nets, &g, &(0..7));
        let labels = part.batch.labels.clone().expect("it is told");
        assert_eq!(numbers(labels.flatten(0, 1)), numbers(asked.flatten(0, 1)));
    }
}
