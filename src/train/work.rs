//! A worker's shard of a batch, and both players' gradients on it. The same for the trainer and for its replicas.

use super::nets::Nets;
use super::step::{self, Batch, Ports, Scene, Seen, StepGradient};
use crate::data::{CLASSES, Samples};
use crate::gan::Augmentation;
use crate::gan::augmentation::{Change, Changes};
use crate::gan::game::{Game, JUDGED_FRAMES, Judge, Port, Start, Term};
use crate::nets::layers::{Concat, Frames};
use crate::nets::params::{Weights, rows};
use crate::nets::{Chance, GeneratorInput, inputs};
use crate::recipe::Recipe;
use crate::rng::{Stream, normals, stream};
use crate::shape::Shape;
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::ops::Range;

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
    game: Game,
    samples: Samples,
    z: Vec<f32>,
    /// Of the LeCam regulariser, where the recipe has it; [2].
    anchors: Option<Tensor<1>>,
    /// The number of the batch.
    index: u64,
    first: usize,
    /// Size of the whole batch.
    batch: usize,
    /// By the place of their first sample: those that are computed together. The fakes are drawn once for both sides.
    micro_batches: BTreeMap<usize, Scene>,
}

/// Random values for each of some samples of the run, from a stream of its own.
struct Lots<'a> {
    nets: &'a Nets,
    /// Numbers of the samples in the run.
    samples: Range<u64>,
}

impl Lots<'_> {
    fn streams(&self, of: Stream) -> impl Iterator<Item = ChaCha8Rng> {
        let seed = self.nets.recipe.seed;
        self.samples.clone().map(move |sample| stream(seed, of, sample))
    }

    /// As many values for each.
    fn own(&self, of: Stream, draw: impl Fn(&mut ChaCha8Rng) -> Vec<f32>) -> Tensor<2> {
        let values: Vec<f32> = self.streams(of).flat_map(|mut rng| draw(&mut rng)).collect();
        let columns = values.len() / self.samples.clone().count();
        rows(values, columns, &self.nets.device)
    }
}

impl Work {
    /// What is drawn for each sample alone follows from its place, so that whoever takes it draws the same.
    ///
    /// `recipe` and `anchors` as they stand at the step ([`Recipe::at`], [`crate::gan::lecam`]); `samples` are those
    /// from place `first` on in batch `index`, which has `batch` samples.
    pub fn new(
        recipe: Recipe,
        anchors: Option<Tensor<1>>,
        index: u64,
        samples: Samples,
        first: usize,
        batch: usize,
    ) -> Self {
        let game = recipe.game();
        let draws = game.plays.iter().any(|play| play.from == Start::Noise);
        let latent = if draws { recipe.latent } else { 0 };
        let mut rng = stream(recipe.seed, Stream::Latents, index);
        let mut z = normals(&mut rng, (first + samples.len()) * latent);
        z.drain(..first * latent);
        let micro_batches = BTreeMap::new();
        Self { recipe, game, samples, z, anchors, index, first, batch, micro_batches }
    }

    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Some of the samples, to be sent to the worker that takes them.
    pub fn samples(&self, places: Range<usize>) -> Samples {
        self.samples.part(places.start - self.first..places.end - self.first)
    }

    fn prepare(&mut self, nets: &Nets, g: &[Weights], places: &Range<usize>) {
        if self.micro_batches.contains_key(&places.start) {
            return;
        }
        let scene = self.scene(nets, g, places);
        self.micro_batches.insert(places.start, scene);
    }

    /// Real pictures and what the generators make, then both as the discriminators see them.
    fn scene(&self, nets: &Nets, g: &[Weights], places: &Range<usize>) -> Scene {
        let samples = self.samples(places.clone());
        let spec = self.recipe.data().spec();
        let first = self.index * self.batch as u64;
        let lots = Lots { nets, samples: first + places.start as u64..first + places.end as u64 };
        // Categories of the generator's own go round: so each comes equally often.
        let asked = match nets.recipe.own_categories() {
            true => lots.samples.clone().map(|sample| (sample % CLASSES as u64) as u8).collect(),
            false => samples.labels,
        };
        let labels = nets.one_hot(&asked);
        let latent = nets.recipe.latent;
        let z = self.z.chunks(latent.max(1)).skip(places.start - self.first).take(places.len());
        let z = rows(z.flatten().copied().collect(), latent, &nets.device);
        let targets = nets.auxiliary_targets(&z, &labels);
        let source = (samples.source.zip(spec.source))
            .map(|(source, shape)| inputs::pictures(&source, shape.size(), &nets.device));
        let target = nets.values(&samples.target, spec.target);
        let mut ports = Ports { target, source, made: Vec::new() };
        for play in &self.game.plays {
            let network = &nets.generators[play.generator];
            let input = match play.from {
                Start::Picture(port) => GeneratorInput::Picture(ports.get(port)),
                Start::Noise => {
                    let chance = network
                        .has_chance()
                        .then(|| lots.own(Stream::Chance, |rng| network.chance(rng)));
                    let chance = chance.map_or(Chance::Shared, Chance::Drawn);
                    GeneratorInput::Noise { z: z.clone(), labels: labels.clone(), chance }
                }
            };
            ports.made.push(network.draw(&g[play.generator], &input));
        }
        let seen = self.game.terms.iter().filter_map(|term| match *term {
            Term::Adversarial { discriminator, real, fake, given, .. } => {
                let pair = [real, fake].map(|port| ports.get(port));
                let given = given.map(|port| (ports.get(port), self.shape_of(port)));
                let shape = self.shape_of(real);
                let seen = self.seen(&lots, pair, shape, given, labels.clone(), targets.clone());
                Some(match self.game.discriminators[discriminator] {
                    Judge::Frames => seen.in_frames(self.frames(shape.channels)),
                    Judge::Targets | Judge::Sources => seen,
                })
            }
            Term::Distance { .. } | Term::Features { .. } | Term::Cycle { .. } => None,
        });
        let seen = seen.collect();
        Scene { ports, seen }
    }

    /// The frames that all films of this batch are judged by.
    fn frames(&self, frames: usize) -> Frames {
        let mut rng = stream(self.recipe.seed, Stream::Frame, self.index);
        Frames { frames, first: rng.random_range(0..frames / JUDGED_FRAMES), seen: JUDGED_FRAMES }
    }

    fn shape_of(&self, port: Port) -> Shape {
        let spec = self.recipe.data().spec();
        match (self.game.kind(port), spec.source) {
            (Port::Source, Some(source)) => source,
            _ => spec.target,
        }
    }

    /// What a discriminator sees of these, which have that shape.
    fn seen(
        &self,
        lots: &Lots,
        [mut real, mut fake]: [Tensor<2>; 2],
        mut shape: Shape,
        given: Option<(Tensor<2>, Shape)>,
        labels: Option<Tensor<2>>,
        targets: Option<Tensor<2>>,
    ) -> Seen {
        let Recipe { augment, penalty, instance_noise, .. } = &lots.nets.recipe;
        let device = &lots.nets.device;
        let beside = given.as_ref().map(|(_, given)| Concat::new([*given, shape], 1.0));
        let given = given.zip(beside.as_ref()).map(|((given, of), beside)| {
            real = beside.apply([given.clone(), real.clone()]);
            fake = beside.apply([given.clone(), fake.clone()]);
            shape = shape.of(of.channels + shape.channels);
            given
        });
        let changes = (*augment != Augmentation::None).then(|| {
            let both = |mut rng| [(); 2].map(|()| augment.change(shape.side, &mut rng));
            let both = lots.streams(Stream::Augmentation).map(both);
            let (of_real, of_fake): (Vec<Change>, Vec<_>) = both.map(<_>::into).unzip();
            [of_real, of_fake].map(|changes| Changes::new(&changes, shape, device))
        });
        if let Some([of_real, of_fake]) = &changes {
            (real, fake) = (of_real.seen(real), of_fake.seen(fake));
        }
        let size = shape.size();
        if let Some(deviation) = instance_noise.at(self.index) {
            let noise = lots.own(Stream::InstanceNoise, |rng| normals(rng, 2 * size));
            real = real + noise.clone().narrow(1, 0, size) * deviation;
            fake = fake + noise.narrow(1, size, size) * deviation;
        }
        let points = penalty.kind.points().map(|points| {
            let chance = lots.own(Stream::PenaltyPoints, |rng| points.chance(size, rng));
            points.pictures(real.clone(), fake.clone(), chance)
        });
        let batch = Batch { real, fake, points, labels, targets };
        let changes = changes.map(|[_, of_fake]| of_fake);
        Seen { batch, changes, given, beside, frames: None }
    }

    /// The discriminators' gradient on these samples, weighted by their part of the batch.
    pub fn discriminators(
        &mut self,
        nets: &Nets,
        [g, d]: [&[Weights]; 2],
        places: &Range<usize>,
    ) -> StepGradient {
        self.prepare(nets, g, places);
        let (scene, players) = (&self.micro_batches[&places.start], nets.players(&self.game));
        let anchors = self.anchors.as_ref();
        let step = step::discriminators_step(&self.recipe, players, d, scene, anchors);
        weighted(step, places.len(), self.batch)
    }

    /// The generators' gradient on these samples, weighted by their part of the batch.
    pub fn generators(
        &mut self,
        nets: &Nets,
        weights: [&[Weights]; 2],
        places: &Range<usize>,
    ) -> StepGradient {
        self.prepare(nets, weights[0], places);
        let (scene, players) = (&self.micro_batches[&places.start], nets.players(&self.game));
        let step = step::generators_step(&self.recipe, players, weights, scene);
        weighted(step, places.len(), self.batch)
    }

    /// The samples that were computed first, with all that was made of them.
    pub fn first_scene(self) -> Option<Scene> {
        self.micro_batches.into_values().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Base, DatasetKind, Source};
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
            vec![layout.view(&vector(layout.initial(&mut stream(3, of, 0)), &nets.device))]
        };
        let g = view(&nets.g.whole, Stream::GeneratorInit);
        let d = view(&nets.d.whole, Stream::DiscriminatorInit);
        let mut source = Source::new(Base::Drawn);
        let samples = source.batch(recipe.data(), 1, 5, recipe.batch).expect("drawn");
        let anchors = || (recipe.lecam > 0.0).then(|| vector(vec![0.75, -0.5], &nets.device));
        ranges.map(|places| {
            let mut whole =
                Work::new(recipe.clone(), anchors(), 5, samples.clone(), 0, recipe.batch);
            let some = whole.samples(places.clone());
            let mut some =
                Work::new(recipe.clone(), anchors(), 5, some, places.start, recipe.batch);
            let both = |work: &mut Work| {
                let by_d = work.discriminators(&nets, [&g, &d], &places);
                [by_d, work.generators(&nets, [&g, &d], &places)]
                    .map(|step| numbers(Tensor::cat(vec![step.gradient, step.figures], 0)))
            };
            let (own, replica) = (both(&mut whole), both(&mut some));
            assert_eq!(own, replica, "{recipe:?}, {places:?}");
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
    fn untrained(nets: &Nets) -> Vec<Weights> {
        let values = nets.g.whole.initial(&mut stream(3, Stream::GeneratorInit, 0));
        nets.g.view(&vector(values, &nets.device))
    }

    #[test]
    fn the_auxiliary_targets_of_a_fake_are_what_it_was_generated_from() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.latent, recipe.conditional) = (7, 3, false);
        recipe.codes = Codes { categorical: true, continuous: 2, weight: 1.0 };
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("a valid recipe");
        let g = untrained(&nets);
        let samples = Source::new(Base::Drawn).batch(recipe.data(), 1, 5, 7).expect("drawn");
        let work = Work::new(recipe, None, 5, samples, 0, 7);
        let z = work.z.clone();
        let scene = work.scene(&nets, &g, &(2..6));
        let targets = numbers(scene.seen[0].batch.targets.clone().expect("codes").flatten(0, 1));
        for (i, row) in targets.chunks_exact(CLASSES + 2).enumerate() {
            // Batch 5 of 7 samples: its sample 2 is the run's 37th.
            let mut one_hot = [0.0; CLASSES];
            one_hot[(37 + i) % CLASSES] = 1.0;
            assert_eq!(row[..CLASSES], one_hot);
            assert_eq!(row[CLASSES..], z[(2 + i) * 3..][..2]);
        }
        let again = nets.generators[0].draw(
            &g[0],
            &GeneratorInput::Noise {
                z: rows(z[2 * 3..6 * 3].to_vec(), 3, &nets.device),
                labels: Some(inputs::one_hot(&[7, 8, 9, 0], CLASSES, &nets.device)),
                chance: Chance::Shared,
            },
        );
        let drawn = [again.y, scene.ports.made[0].y.clone()].map(|y| numbers(y.flatten(0, 1)));
        assert_eq!(drawn[0], drawn[1]);
    }

    #[test]
    fn a_label_takes_the_place_of_a_category_that_no_head_predicts() {
        let mut recipe = default_recipe();
        (recipe.batch, recipe.conditional) = (7, true);
        recipe.codes = Codes { categorical: true, continuous: 0, weight: 0.0 };
        let nets = Nets::new(recipe.clone(), device::cpu()).expect("a valid recipe");
        let g = untrained(&nets);
        let samples = Source::new(Base::Drawn).batch(recipe.data(), 1, 5, 7).expect("drawn");
        let asked = inputs::one_hot(&samples.labels, CLASSES, &nets.device);
        let work = Work::new(recipe, None, 5, samples, 0, 7);
        let scene = work.scene(&nets, &g, &(0..7));
        let labels = scene.seen[0].batch.labels.clone().expect("it is conditional");
        assert_eq!(numbers(labels.flatten(0, 1)), numbers(asked.flatten(0, 1)));
    }
}
