//! Gradients of both players' steps against central differences, for every network, objective and
//! penalty, and the exact input gradient that penalties are made of. Directions are drawn per parameter, so that a failure names
//! the part that is wrong.

use crate::common::differences::*;
use crate::common::networks;
use burn::tensor::Tensor;
use ganvas::gan::augmentation::Changes;
use ganvas::nets::layers::Mode;
use ganvas::nets::params::{rows, vector};
use ganvas::nets::{Chance, Generator, GeneratorInput};
use ganvas::recipe::{
    Architecture, Augmentation, Described, Objective, Penalty, PenaltyKind, Recipe,
};
use ganvas::rng::normals;
use ganvas::train::step::{Batch, discriminator_step, generators_step};
use std::collections::BTreeMap;

/// A step is linear in what the objective and the penalty say of logits and slopes (their own formulas are held to
/// numbers elsewhere). So each judge meets each penalty with another objective, and those of one architecture
/// meet every objective.
fn discriminators_step_by_their_weights(recipes: impl Iterator<Item = Recipe>) {
    let mut seen = BTreeMap::<String, Seen>::new();
    for (i, mut recipe) in recipes.enumerate() {
        let seen = seen.entry(format!("{:?}", recipe.discriminator.network)).or_default();
        for (k, &kind) in PenaltyKind::ALL.iter().enumerate() {
            recipe.objective = Objective::ALL[(i + k) % Objective::ALL.len()];
            recipe.penalty = Penalty { kind, gamma: 30.0 };
            recipe.label_smoothing = if recipe.objective.classifies() { 0.2 } else { 0.0 };
            recipe.lecam = if recipe.objective.is_shift_invariant() { 0.0 } else { 0.5 };
            let anchors = (recipe.lecam > 0.0).then_some([0.75, -0.5]);
            let d = networks(&recipe).1;
            let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
            let mut start = far_from_kinks(&d.layout, 7);
            if recipe.objective == Objective::Hinge {
                let both = Tensor::cat(vec![batch.real.clone(), batch.fake.clone()], 0);
                let labels = batch.labels.clone().map(|y| Tensor::cat(vec![y.clone(), y], 0));
                start = unsure(&d, start, &both, &labels);
            }
            let on_device = anchors.map(|anchors| vector(anchors.to_vec(), &cpu()));
            let weights = vector(start.clone(), &cpu());
            let view = d.layout.view(&weights);
            let step = discriminator_step(&recipe, &d, &view, &batch, on_device.as_ref());
            let what = format!("{recipe:?}");
            let loss =
                |values: Tensor<1>| d_loss(&recipe, &d, &d.layout.view(&values), &batch, anchors);
            check(&what, &d.layout, start, loss, step.gradient, seen);

            let [reported, plain] = [step.figures.narrow(0, 0, 1), loss(weights)].map(number);
            assert!((reported - plain).abs() < 1e-4 * plain.abs() + 1e-5, "{what}");
        }
    }
    // Blocks are made small, and what lies behind several of them is faint. (`penalties.rs` and `parity.rs` see some of it.)
    let faint = |name: &str| {
        let first = ["grey", "block28", "label.plane"].iter().any(|first| name.starts_with(first));
        let behind = name.ends_with("bias") || name.ends_with("expand.weight");
        first || (name.starts_with("block") && behind)
    };
    seen.into_iter().for_each(|(network, seen)| seen.all(&network, faint));
}

#[test]
fn discriminators_of_every_network_step_by_their_weights() {
    discriminators_step_by_their_weights(every_network().filter(has_own_discriminator));
}

#[test]
fn discriminators_with_a_hidden_layer_step_by_their_weights() {
    discriminators_step_by_their_weights(every_hidden_layer().filter(has_own_discriminator));
}

#[test]
fn conditional_discriminators_and_auxiliary_heads_step_by_their_weights() {
    discriminators_step_by_their_weights(every_head());
}

#[test]
fn discriminators_of_colours_step_by_their_weights() {
    discriminators_step_by_their_weights(every_network_in_colours().filter(has_own_discriminator));
}

/// The generator's input in these tests.
fn generator_input(recipe: &Recipe, g: &Generator) -> GeneratorInput {
    let mut own = rng(11);
    let chance: Vec<f32> = (0..SAMPLES).flat_map(|_| g.chance(&mut own)).collect();
    let columns = chance.len() / SAMPLES;
    let chance = (columns > 0).then(|| rows(chance, columns, &cpu()));
    let chance = chance.map_or(Chance::Shared, Chance::Drawn);
    GeneratorInput::Noise { z: latents(recipe), labels: labels(recipe), chance }
}

/// A generator's gradient is linear in what comes back to its pictures: here by numbers at random, so that all of it is
/// large enough to be seen.
#[test]
fn generators_draw_by_their_weights() {
    let mut seen = BTreeMap::<String, Seen>::new();
    for recipe in every_network().chain(every_network_in_colours()) {
        let g = networks(&recipe).0;
        let input = generator_input(&recipe, &g);
        let start = far_from_kinks(&g.layout, 7);
        let view = g.layout.view(&vector(start.clone(), &cpu()));
        let columns = recipe.dataset.picture_size();
        let scale = 1.0 / ((SAMPLES * columns) as f32).sqrt();
        let back = normals(&mut rng(15), SAMPLES * columns);
        let back: Vec<f32> = back.into_iter().map(|v| v * scale).collect();
        let gradient =
            g.gradient(&view, &g.draw(&view, &input), rows(back.clone(), columns, &cpu()));
        let value = |weights: Tensor<1>| {
            let drawn = g.forward(&g.layout.view(&weights), &input, &mut Mode::Train);
            let drawn = numbers(drawn.flatten(0, 1));
            drawn.iter().zip(&back).map(|(y, &b)| y * f64::from(b)).sum::<f64>()
        };
        let mut differences = Differences::new(start, value);
        // What a modulated convolution draws is divided by its weights, so that no bias keeps all units from their kinks;
        // and attention bends.
        (differences.farthest, differences.slack) = match recipe.generator.network {
            Architecture::StyleGan2 => (1e-3, 4.0),
            Architecture::BigGan => (3e-3, 2.0),
            // Its blocks are made small, and so are their gradients.
            Architecture::Residual => (3e-2, 1.0),
            _ => (3e-3, 1.0),
        };
        let compared = compare(&g.layout, &differences, &numbers(gradient));
        let network = format!("{:?}", recipe.generator.network);
        seen.entry(network).or_default().note(&format!("{recipe:?}"), compared);
    }
    // Rounding hides these; the same layers at other sizes are seen.
    let faint = |name: &str| {
        name.starts_with("block28.norm1")
            || ["conv7.style.bias", "up14.style.bias", "up28.style.bias"].contains(&name)
            || ["conv7", "conv14", "up14"].iter().any(|at| name == format!("{at}.noise.strength"))
    };
    seen.into_iter().for_each(|(network, seen)| seen.all(&network, faint));
}

/// That way comes from the objective, through the judge and what it saw the drawings through.
#[test]
fn generators_step_by_their_weights_through_the_discriminator() {
    // Every network with an augmentation and an objective of its own.
    let augmentations = Augmentation::ALL.iter().rev().cycle();
    let objectives = Objective::ALL.iter().cycle();
    for ((mut recipe, &augment), &objective) in everything().zip(augmentations).zip(objectives) {
        recipe.objective = objective;
        // Perceptrons have slopes that can be felt at every pixel; those of each judge are tested below.
        recipe.discriminator.network = Architecture::Mlp;
        let (g, d) = networks(&recipe);
        let mut d_weights = far_from_kinks(&d.layout, 8);
        for at in d.layout.entries().iter().filter(|at| at.name == "hidden1.weight") {
            d_weights[at.range()].iter_mut().for_each(|value| *value *= 4.0);
        }
        // The judge sees the fakes with instance noise.
        let noise = pictures(&recipe, 4) * 0.1;
        let start = far_from_kinks(&g.layout, 7);
        let view = g.layout.view(&vector(start.clone(), &cpu()));
        let input = generator_input(&recipe, &g);
        let drawn = g.draw(&view, &input);
        let mut rng = rng(14);
        let changed: Vec<_> = (0..SAMPLES).map(|_| augment.change(28, &mut rng)).collect();
        let changes = Changes::new(&changed, recipe.picture(), &cpu());
        let seen = |drawn: Tensor<2>| changes.seen(drawn) + noise.clone();
        let fake = seen(drawn.y.clone());
        let labels = labels(&recipe);
        let targets = auxiliary_targets(&recipe, &latents(&recipe), &labels);
        let d_weights = unsure(&d, d_weights, &fake, &labels);
        let d_weights = d.layout.view(&vector(d_weights, &cpu()));
        let batch = Batch { real: pictures(&recipe, 3), fake, points: None, labels, targets };
        let score = |x: Tensor<2>| d.forward(&d_weights, x, batch.labels.as_ref());
        let loss = |weights: Tensor<1>| {
            let fake = seen(g.forward(&g.layout.view(&weights), &input, &mut Mode::Train));
            let real = || score(batch.real.clone());
            let labels = batch.labels.as_ref();
            let auxiliary =
                auxiliary_loss(&recipe, (&d, &d_weights), &fake, labels, &batch.targets);
            objective.g_loss(real, score(fake)) + auxiliary
        };
        let changes = Changes::new(&changed, recipe.picture(), &cpu());
        let scene = scene(batch.clone(), drawn, changes);
        let step = generators_step(
            &recipe,
            players(&recipe.game(), &g, &d),
            [&[view], std::slice::from_ref(&d_weights)],
            &scene,
        );
        let gradient = numbers(step.gradient);
        let mut differences = Differences::of_loss(start, loss);
        if recipe.generator.network == Architecture::StyleGan2 {
            (differences.farthest, differences.slack) = (2e-3, 2.0);
        }
        let norm = length(&gradient);
        let along = differences.hold(0..gradient.len(), &gradient, &gradient, (0.04, norm));
        assert_eq!(along, Ok(()), "{augment:?}, {recipe:?}");
        let blur = differences.blur(norm);
        assert!(blur < 0.15, "nothing to be seen, {blur}: {augment:?}, {recipe:?}");
    }
}

#[test]
fn input_gradient_is_the_slope_of_the_logits() {
    for recipe in everything().filter(has_own_discriminator) {
        let d = networks(&recipe).1;
        let weights = d.layout.view(&vector(far_from_kinks(&d.layout, 10), &cpu()));
        let (x, labels) = (pictures(&recipe, 5), labels(&recipe));
        let trace = d.trace(&weights, x.clone(), labels.as_ref());
        let slopes = d.logit_slopes(&weights, &trace).by_input();

        let plain = d.forward(&weights, x.clone(), labels.as_ref());
        let difference = number((plain - trace.logits).abs().max());
        assert!(difference < 1e-6, "trace and forward disagree by {difference}");

        for i in 0..8 {
            let numbers_of = recipe.dataset.picture_size();
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

/// What these comparisons can see: a gradient that is a twentieth too long, and one that is off by a third of its length
/// in another direction.
#[test]
fn a_gradient_that_is_a_little_off_is_noticed() {
    let recipes = every_network().chain(every_hidden_layer()).filter(has_own_discriminator);
    for mut recipe in recipes.filter(|recipe| !recipe.conditional) {
        // An objective that is flat nowhere.
        recipe.objective = Objective::LeastSquares;
        recipe.penalty = Penalty { kind: PenaltyKind::R1R2, gamma: 30.0 };
        let d = networks(&recipe).1;
        let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
        let start = far_from_kinks(&d.layout, 7);
        let view = d.layout.view(&vector(start.clone(), &cpu()));
        let right = numbers(discriminator_step(&recipe, &d, &view, &batch, None).gradient);
        let loss = |x: Tensor<1>| d_loss(&recipe, &d, &d.layout.view(&x), &batch, None);
        let differences = Differences::of_loss(start, loss);
        let missed = |change: &dyn Fn(usize, &mut [f64])| {
            let mut gradient = right.clone();
            for (i, at) in d.layout.entries().iter().enumerate() {
                change(i, &mut gradient[at.range()]);
            }
            compare(&d.layout, &differences, &gradient)
                .into_iter()
                .filter(|compared| compared.visible && compared.errors.is_empty())
                .map(|compared| compared.name)
                .collect::<Vec<_>>()
        };
        let right = missed(&|_, _| ());
        assert!(right.len() * 3 > d.layout.entries().len(), "few can be seen: {right:?}");
        let longer = missed(&|_, own| own.iter_mut().for_each(|g| *g *= 1.05));
        assert_eq!(longer, [""; 0], "{recipe:?}");
        let turned = missed(&|i, own| {
            let error = normals(&mut rng(300 + i as u64), own.len());
            let error: Vec<f64> = error.into_iter().map(f64::from).collect();
            let far = 0.3 * length(own) / length(&error);
            own.iter_mut().zip(error).for_each(|(g, e)| *g += far * e);
        });
        assert_eq!(turned, [""; 0], "{recipe:?}");
    }
}
