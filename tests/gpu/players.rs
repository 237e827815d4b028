//! The gradients of both players before any optimiser, for every network, objective and penalty, and what becomes of
//! them: normalised weights, clipped gradients, each optimiser's updates; and drawings for show.

use super::{NETWORK, difference, gpu, numbers, on};
use crate::common::differences::*;
use crate::common::networks;
use burn::tensor::{Device, Tensor};
use ganvas::gan::augmentation::{Change, Changes};
use ganvas::gan::orthogonal;
use ganvas::metrics::classifier::Classifier;
use ganvas::nets::params::{Layout, rows, vector};
use ganvas::nets::spectral::SpectralNorm;
use ganvas::nets::{Chance, Discriminator, Generator, GeneratorInput};
use ganvas::recipe::{
    Augmentation, Described, Objective, Optimiser, OptimiserKind, Penalty, PenaltyKind, Recipe,
};
use ganvas::rng::normals;
use ganvas::train::step::{
    Batch, StepGradient, discriminator_step, feature_distance, generators_step,
};
use ganvas::train::{OptimiserState, clipped};

fn batch_on(device: &Device, batch: &Batch) -> Batch {
    let there = |x: &Option<Tensor<2>>| x.as_ref().map(|x| on(device, x));
    Batch {
        real: on(device, &batch.real),
        fake: on(device, &batch.fake),
        points: there(&batch.points),
        labels: there(&batch.labels),
        targets: there(&batch.targets),
    }
}

/// Fresh weights, but for what starts at 0 and would keep what lies behind it from the test. No unit needs to be far
/// from its kink, as for finite differences, which makes gradients faint: both devices are at the same point.
fn weights(layout: &Layout, salt: u64) -> Vec<f32> {
    let mut values = layout.initial(&mut rng(salt));
    for entry in layout.entries() {
        if entry.name.ends_with("gate") || entry.name.ends_with("strength") {
            values[entry.range()].fill(0.7);
        }
    }
    values
}

/// Sees that a player is advised the same on the CPU and on the GPU, parameter by parameter.
fn compare(what: &str, layout: &Layout, [cpu, gpu]: [StepGradient; 2]) {
    let [want, got] = [cpu.figures, gpu.figures].map(|figures| numbers(&figures));
    assert_eq!(difference(&got, &want, NETWORK), None, "figures of {what}");
    let [want, got] = [cpu.gradient, gpu.gradient].map(|gradient| numbers(&gradient));
    for entry in layout.entries() {
        let [want, got] = [&want, &got].map(|whole| &whole[entry.range()]);
        assert_eq!(difference(got, want, NETWORK), None, "{} of {what}", entry.name);
    }
}

/// None, one on the slope at the pictures, and one at points of its own; others from network to network.
fn penalties(turn: usize) -> [PenaltyKind; 3] {
    let at_pictures = [PenaltyKind::R1, PenaltyKind::R2, PenaltyKind::R1R2];
    let at_points = [PenaltyKind::WganGp, PenaltyKind::Dragan];
    [PenaltyKind::None, at_pictures[turn % 3], at_points[turn % 2]]
}

#[test]
fn discriminators_have_the_same_gradients() {
    let Some(gpu) = gpu() else { return };
    let mut objectives = Objective::ALL.iter().cycle();
    for (turn, mut recipe) in everything().enumerate() {
        let d = networks(&recipe).1;
        let start = weights(&d.layout, 7);
        // Seven objectives in turns of three: after a few networks each has met every penalty.
        for (kind, &objective) in penalties(turn).into_iter().zip(&mut objectives) {
            (recipe.objective, recipe.penalty) = (objective, Penalty { kind, gamma: 30.0 });
            recipe.label_smoothing = if objective.classifies() { 0.2 } else { 0.0 };
            recipe.lecam = if objective.is_shift_invariant() { 0.0 } else { 0.5 };
            let anchors = (recipe.lecam > 0.0).then(|| vector(vec![0.75, -0.5], &cpu()));
            let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
            let step = [&cpu(), gpu].map(|device| {
                let view = d.layout.view(&vector(start.clone(), device));
                let anchors = anchors.as_ref().map(|anchors| on(device, anchors));
                let batch = batch_on(device, &batch);
                discriminator_step(&recipe, &d, &view, &batch, anchors.as_ref())
            });
            compare(&format!("{recipe:?}"), &d.layout, step);
        }
    }
}

/// A generator's step with all that leads to it, on a device.
fn drawn_and_advised(
    recipe: &Recipe,
    (g, d): (&Generator, &Discriminator),
    changes: &[Change],
    device: &Device,
) -> (Tensor<2>, StepGradient) {
    let game = recipe.game();
    let [g_weights, d_weights] = [(&g.layout, 7), (&d.layout, 8)]
        .map(|(layout, salt)| layout.view(&vector(weights(layout, salt), device)));
    let labels = labels(recipe).map(|labels| on(device, &labels));
    let z = on(device, &latents(recipe));
    let mut own = rng(11);
    let chance: Vec<f32> = (0..SAMPLES).flat_map(|_| g.chance(&mut own)).collect();
    let columns = chance.len() / SAMPLES;
    let chance = (columns > 0).then(|| rows(chance, columns, device));
    let chance = chance.map_or(Chance::Shared, Chance::Drawn);
    let drawn =
        g.draw(&g_weights, &GeneratorInput::Noise { z: z.clone(), labels: labels.clone(), chance });
    let changes = Changes::new(changes, recipe.picture(), device);
    let targets = auxiliary_targets(recipe, &z, &labels);
    let fake = changes.seen(drawn.y.clone());
    let batch =
        Batch { real: on(device, &pictures(recipe, 3)), fake, points: None, labels, targets };
    let pictures = drawn.y.clone();
    let scene = scene(batch, drawn, changes);
    let players = players(&game, g, d);
    (pictures, generators_step(recipe, players, [&[g_weights], &[d_weights]], &scene))
}

#[test]
fn generators_have_the_same_gradients_and_drawings() {
    let Some(gpu) = gpu() else { return };
    let mut objectives = Objective::ALL.iter().cycle();
    let augmentations = Augmentation::ALL.iter().rev().cycle();
    for (mut recipe, &augment) in everything().zip(augmentations) {
        let (g, d) = networks(&recipe);
        let mut rng = rng(14);
        let changes: Vec<_> = (0..SAMPLES).map(|_| augment.change(28, &mut rng)).collect();
        for &objective in objectives.by_ref().take(2) {
            recipe.objective = objective;
            let what = format!("{augment:?}, {recipe:?}");
            let [(drawn, here), (seen, there)] =
                [&cpu(), gpu].map(|device| drawn_and_advised(&recipe, (&g, &d), &changes, device));
            let difference = difference(&numbers(&seen), &numbers(&drawn), NETWORK);
            assert_eq!(difference, None, "{what}: drawings");
            compare(&what, &g.layout, [here, there]);
        }
    }
}

#[test]
fn features_are_compared_the_same() {
    let Some(gpu) = gpu() else { return };
    let pictures = [3, 4].map(|salt| rows(normals(&mut rng(salt), SAMPLES * 784), 784, &cpu()));
    let [here, there] = [&cpu(), gpu].map(|device| {
        let reader = Classifier::built_in(device).expect("the classifier that ships with ganvas");
        let pictures = [&pictures[0], &pictures[1]].map(|x| on(device, &x.clone().tanh()));
        let (value, by_pictures) = feature_distance(&reader, pictures);
        (numbers(&value), numbers(&by_pictures))
    });
    assert_eq!(difference(&there.0, &here.0, NETWORK), None, "distance");
    assert_eq!(difference(&there.1, &here.1, NETWORK), None, "its gradient");
}

#[test]
fn drawings_for_show_are_the_same() {
    let Some(gpu) = gpu() else { return };
    for recipe in every_network() {
        let g = networks(&recipe).0;
        let [here, there] = [&cpu(), gpu].map(|device| {
            let view = g.layout.view(&vector(weights(&g.layout, 7), device));
            let labels = labels(&recipe).map(|labels| on(device, &labels));
            let z = on(device, &latents(&recipe));
            let input = GeneratorInput::Noise { z, labels, chance: Chance::Shared };
            numbers(&g.sample(&view, &input, &g.measure(&view, &input), 0.6))
        });
        assert_eq!(difference(&there, &here, NETWORK), None, "{recipe:?}");
    }
}

#[test]
fn constraints_on_weights_are_the_same() {
    let Some(gpu) = gpu() else { return };
    for recipe in every_network() {
        let layout = networks(&recipe).1.layout;
        let (weights, gradient) =
            (layout.initial(&mut rng(20)), normals(&mut rng(21), layout.len()));
        let [here, there] = [&cpu(), gpu].map(|device| {
            let weights = vector(weights.clone(), device);
            let mut norm = SpectralNorm::new(&layout, &weights, &mut rng(22));
            norm.iterate(&weights);
            norm.settle(&weights);
            let pulled = norm.pull_back(&vector(gradient.clone(), device));
            let orthogonal = orthogonal::gradient(&layout, &weights, 0.3);
            [norm.weights().clone(), norm.vectors(), pulled, orthogonal].map(|made| numbers(&made))
        });
        for (i, (here, there)) in here.iter().zip(&there).enumerate() {
            assert_eq!(difference(there, here, NETWORK), None, "{recipe:?}, result {i}");
        }
    }
}

#[test]
fn updates_of_every_optimiser_are_the_same() {
    let Some(gpu) = gpu() else { return };
    const PARAMETERS: usize = 700;
    for &kind in OptimiserKind::ALL {
        for (beta1, clip) in [(0.0, 0.0), (0.5, 0.0), (0.5, 1.5), (0.5, 1e6)] {
            let optimiser =
                Optimiser { kind, lr: 0.1, beta1, beta2: 0.9, epsilon: 1e-3, weight_decay: 1.0 };
            let [here, there] = [&cpu(), gpu].map(|device| {
                let mut state = OptimiserState::default();
                let mut theta = vector(normals(&mut rng(30), PARAMETERS), device);
                for salt in 31..34 {
                    let gradient = vector(normals(&mut rng(salt), PARAMETERS), device);
                    theta = state.update(&optimiser, theta, clipped(gradient, clip));
                }
                let gathered = [state.momentum, state.square];
                [Some(theta)]
                    .into_iter()
                    .chain(gathered)
                    .map(|x| x.map(|x| numbers(&x)))
                    .collect::<Vec<_>>()
            });
            for (i, (here, there)) in here.iter().zip(&there).enumerate() {
                assert_eq!(here.is_some(), there.is_some(), "{optimiser:?}, result {i}");
                let (Some(here), Some(there)) = (here, there) else { continue };
                let difference = difference(there, here, NETWORK);
                assert_eq!(difference, None, "{optimiser:?}, clipped at {clip}, result {i}");
            }
        }
    }
}
