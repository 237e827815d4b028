//! Gradients of both players' steps against central differences, for every network, objective and
//! penalty, and the exact input gradient that penalties are made of. Directions are drawn per parameter, so that a failure names
//! the part that is wrong.

use crate::common::differences::*;
use burn::tensor::Tensor;
use ganvas::gan::augmentation::Changes;
use ganvas::nets::layers::Mode;
use ganvas::nets::params::{Weights, rows, vector};
use ganvas::nets::{Discriminator, Generator, Norm, Told};
use ganvas::recipe::{Augmentation, Described, Objective, Penalty, PenaltyKind, Recipe};
use ganvas::rng::normals;
use ganvas::train::step::{Batch, Fakes, discriminator_step, generator_step};

/// A step is linear in what objective and penalty say of logits and slopes: each objective without a penalty and each
/// penalty with one objective say all.
fn objectives_and_penalties() -> impl Iterator<Item = (Objective, PenaltyKind)> {
    let objectives = Objective::ALL.iter().map(|&objective| (objective, PenaltyKind::None));
    let penalties = PenaltyKind::ALL.iter().filter(|&&kind| kind != PenaltyKind::None);
    objectives.chain(penalties.map(|&kind| (Objective::NonSaturating, kind)))
}

fn discriminators_step_by_their_weights(recipes: impl Iterator<Item = Recipe>) {
    // The norm is the generator's: such recipes have the same judge.
    for mut recipe in recipes.filter(|recipe| recipe.norm == Norm::Layer) {
        let d = Discriminator::new(&recipe);
        for (objective, kind) in objectives_and_penalties() {
            recipe.objective = objective;
            recipe.penalty = Penalty { kind, gamma: 30.0 };
            recipe.label_smoothing = if objective.classifies() { 0.2 } else { 0.0 };
            recipe.lecam = if objective.is_shift_invariant() { 0.0 } else { 0.5 };
            let anchors = (recipe.lecam > 0.0).then_some([0.75, -0.5]);
            let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
            let start = d.layout.view(&vector(far_from_kinks(&d.layout, 7), &cpu()));
            let on_device = anchors.map(|anchors| vector(anchors.to_vec(), &cpu()));
            let taken = discriminator_step(&recipe, &d, &start, &batch, on_device.as_ref());
            let what = format!("{recipe:?}");
            let loss = |w: &Weights| d_loss(&recipe, &d, w, &batch, anchors);
            check(&what, &d.layout, loss, taken.gradient);

            let [reported, plain] = [taken.figures.narrow(0, 0, 1), loss(&start)].map(number);
            assert!((reported - plain).abs() < 1e-4 * plain.abs() + 1e-5, "{what}");
        }
    }
}

#[test]
fn discriminators_step_by_their_weights_for_every_objective_and_penalty() {
    discriminators_step_by_their_weights(every_network());
}

#[test]
fn discriminators_with_a_hidden_layer_step_by_their_weights() {
    discriminators_step_by_their_weights(every_hidden_layer());
}

#[test]
fn discriminators_that_are_told_and_asked_step_by_their_weights() {
    discriminators_step_by_their_weights(every_head());
}

#[test]
fn discriminators_of_colours_step_by_their_weights() {
    discriminators_step_by_their_weights(every_network_in_colours());
}

#[test]
fn generator_steps_by_its_weights_through_the_discriminator() {
    // Every network with an augmentation of its own.
    let augmentations = Augmentation::ALL.iter().rev().cycle();
    for (mut recipe, &augment) in everything().zip(augmentations) {
        let (g, d) = (Generator::new(&recipe), Discriminator::new(&recipe));
        let judge = d.layout.view(&vector(far_from_kinks(&d.layout, 8), &cpu()));
        let z = latents(&recipe);
        // The judge sees the fakes with instance noise.
        let (noise, labels) = (pictures(&recipe, 4) * 0.1, labels(&recipe));
        let start = g.layout.view(&vector(far_from_kinks(&g.layout, 7), &cpu()));
        let mut own = rng(11);
        let chance: Vec<f32> = (0..SAMPLES).flat_map(|_| g.chance(&mut own)).collect();
        let chance =
            (!chance.is_empty()).then(|| rows(chance.clone(), chance.len() / SAMPLES, &cpu()));
        let told = Told { z: z.clone(), labels: labels.clone(), chance };
        let drawn = g.draw(&start, told.clone());
        let mut rng = rng(14);
        let changed: Vec<_> = (0..SAMPLES).map(|_| augment.change(&mut rng)).collect();
        let changes = Changes::new(&changed, recipe.dataset.channels(), &cpu());
        let seen = |drawn: Tensor<2>| changes.seen(drawn) + noise.clone();
        let fake = seen(drawn.y.clone());
        let meant = meant(&recipe, &z, &labels);
        let batch = Batch { real: pictures(&recipe, 3), fake, points: None, labels, meant };
        let score = |x: Tensor<2>| d.forward(&judge, x, batch.labels.as_ref());
        for &objective in Objective::ALL {
            recipe.objective = objective;
            let loss = |w: &Weights| {
                let fake = g.forward(w, &told, &mut Mode::Train);
                let real = || score(batch.real.clone());
                let fake = seen(fake);
                let labels = batch.labels.as_ref();
                let guess = misread(&recipe, (&d, &judge), &fake, labels, &batch.meant);
                objective.g_loss(real, score(fake)) + guess
            };
            let changes = Changes::new(&changed, recipe.dataset.channels(), &cpu());
            let fakes = Fakes { drawn: drawn.clone(), changes: Some(changes) };
            let taken = generator_step(&recipe, (&g, &d), [&start, &judge], &batch, &fakes);
            check(&format!("{augment:?}, {recipe:?}"), &g.layout, loss, taken.gradient.clone());
        }
    }
}

#[test]
fn input_gradient_is_the_slope_of_the_logits() {
    for recipe in everything() {
        let d = Discriminator::new(&recipe);
        let weights = d.layout.view(&vector(far_from_kinks(&d.layout, 10), &cpu()));
        let (x, labels) = (pictures(&recipe, 5), labels(&recipe));
        let verdict = d.judge(&weights, x.clone(), labels.as_ref());
        let slopes = d.back_to_pictures(&weights, &verdict, &d.back(&weights, &verdict));

        let plain = d.forward(&weights, x.clone(), labels.as_ref());
        let difference = number((plain - verdict.logits).abs().max());
        assert!(difference < 1e-6, "judge and forward disagree by {difference}");

        for i in 0..8 {
            let numbers_of = recipe.dataset.numbers();
            let direction = normals(&mut rng(200 + i), SAMPLES * numbers_of);
            let direction = rows(direction, numbers_of, &cpu());
            let h = 1e-2;
            let logits = |sign: f32| {
                let moved = x.clone() + direction.clone() * (sign * h);
                d.forward(&weights, moved, labels.as_ref())
            };
            let numeric = numbers(((logits(1.0) - logits(-1.0)) / (2.0 * h)).squeeze_dim(1));
            let analytic = numbers((slopes.clone() * direction).sum_dim(1).squeeze_dim(1));
            for (a, n) in analytic.iter().zip(&numeric) {
                assert!((a - n).abs() < 0.02 * n.abs() + 2e-3, "{recipe:?}: {a} against {n}");
            }
        }
    }
}
