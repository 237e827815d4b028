//! Gradients of both players' steps against central differences, for every network, objective and
//! penalty, and the exact input gradient that penalties are made of. Directions are drawn per parameter, so that a failure names
//! the part that is wrong.

use burn::tensor::{Device, Tensor};
use ganvas::data::{CLASSES, PIXELS};
use ganvas::device;
use ganvas::nets::layers::Mode;
use ganvas::nets::params::{Layout, Weights, rows, vector};
use ganvas::nets::{Architecture, Discriminator, Generator, Norm, Told};
use ganvas::recipe::{
    Codes, Conditioning, Described, Guessed, Objective, Penalty, PenaltyKind, Player, Recipe,
    default_recipe,
};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::step::{Batch, discriminator_step, generator_step};
use rand_chacha::ChaCha8Rng;

const SAMPLES: usize = 4;

fn cpu() -> Device {
    device::cpu()
}

fn rng(salt: u64) -> ChaCha8Rng {
    stream(1, Stream::Samples, salt)
}

fn small(network: Architecture, norm: Norm, conditional: bool) -> Recipe {
    let mut recipe = default_recipe();
    let player = Player { network, width: 6, ..recipe.generator };
    recipe.generator = player.clone();
    recipe.discriminator = player;
    recipe.norm = norm;
    recipe.conditional = conditional;
    recipe.latent = 5;
    recipe
}

fn every_network() -> impl Iterator<Item = Recipe> {
    let kinds = [
        (Architecture::Mlp, Norm::Layer),
        (Architecture::Dcgan, Norm::Layer),
        (Architecture::Dcgan, Norm::Batch),
        (Architecture::Residual, Norm::Layer),
        (Architecture::StyleGan2, Norm::Layer),
        (Architecture::BigGan, Norm::Layer),
    ];
    kinds.into_iter().flat_map(|(n, norm)| [false, true].map(|labels| small(n, norm, labels)))
}

/// Other ways of telling the judge the class, and what it can be asked besides.
fn every_head() -> impl Iterator<Item = Recipe> {
    let codes = [(false, 0), (false, 0), (true, 0), (false, 2), (true, 2)].into_iter().enumerate();
    codes.flat_map(|(i, (categorical, continuous))| {
        [(Architecture::Mlp, Norm::Layer), (Architecture::Dcgan, Norm::Layer)].map(|(n, norm)| {
            let mut recipe = small(n, norm, i < 2);
            recipe.conditioning = [Conditioning::Concatenation, Conditioning::Auxiliary][i % 2];
            // The head sees features far from their kinks, whose squares are large for 32 bits.
            recipe.codes = Codes { categorical, continuous, weight: 0.2 };
            recipe
        })
    })
}

/// What a second head should read off drawings made from `z`.
fn meant(recipe: &Recipe, z: &Tensor<2>, labels: &Option<Tensor<2>>) -> Option<Tensor<2>> {
    let Guessed { classes, numbers, .. } = recipe.guessed()?;
    let classes = labels.clone().filter(|_| classes > 0);
    let numbers = (numbers > 0).then(|| z.clone().narrow(1, 0, numbers));
    Some(Tensor::cat(classes.into_iter().chain(numbers).collect(), 1))
}

/// The loss of the second head on pictures; `nets::ops` holds its value to the definition.
fn misread(
    recipe: &Recipe,
    (d, w): (&Discriminator, &Weights),
    x: &Tensor<2>,
    labels: Option<&Tensor<2>>,
    meant: &Option<Tensor<2>>,
) -> Tensor<1> {
    let verdict = d.judge(w, x.clone(), labels);
    let factor = recipe.guess_weight() / SAMPLES as f64;
    let guess = d.guess(w, &verdict, meant.clone(), 0, factor);
    guess.map_or_else(|| Tensor::zeros([1], &cpu()), |guess| guess.loss)
}

fn latents(recipe: &Recipe) -> Tensor<2> {
    let z = normals(&mut rng(9), SAMPLES * recipe.latent);
    // No number near 0, which would leave a conditional norm at its kinks.
    let z = z.iter().map(|z| z + z.signum()).collect();
    rows(z, recipe.latent, &cpu())
}

fn pictures(salt: u64) -> Tensor<2> {
    rows(normals(&mut rng(salt), SAMPLES * PIXELS), PIXELS, &cpu()).tanh()
}

fn labels(recipe: &Recipe) -> Option<Tensor<2>> {
    recipe.asks_class().then(|| {
        let mut one_hot = vec![0.0; SAMPLES * CLASSES];
        for (i, row) in one_hot.chunks_exact_mut(CLASSES).enumerate() {
            row[(3 * i + 1) % CLASSES] = 1.0;
        }
        rows(one_hot, CLASSES, &cpu())
    })
}

fn number(t: Tensor<1>) -> f64 {
    f64::from(t.into_data().try_into_vec::<f32>().expect("f32")[0])
}

fn numbers(t: Tensor<1>) -> Vec<f64> {
    t.into_data().try_into_vec::<f32>().expect("f32").into_iter().map(f64::from).collect()
}

/// Random weights, with every hidden unit pushed to one side of its kink by its bias: half of the
/// channels up, half down. A difference then sees one linear piece, as the gradient does.
fn far_from_kinks(layout: &Layout, salt: u64) -> Vec<f32> {
    let mut values = layout.initial(&mut rng(salt));
    for entry in layout.entries() {
        let name = entry.name.as_str();
        let values = &mut values[entry.range()];
        let before_kink = ["hidden", "down", "block", "grey", "conv", "up"];
        let hidden = before_kink.iter().any(|part| name.contains(part)) && !name.contains("style");
        // A residual block's weights are made small, so that little decides.
        let block = name.starts_with("block") || name.starts_with("grey");
        let far = if block { 2.0 } else { 8.0 };
        let side = |i: usize| if i.is_multiple_of(2) { far } else { -far };
        if (hidden && name.ends_with("bias")) || name.ends_with("shift") {
            values.iter_mut().enumerate().for_each(|(i, value)| *value = side(i));
        } else if block && name.ends_with("weight") {
            values.iter_mut().for_each(|value| *value *= 0.1);
        }
        // A conditional norm is pushed by the latent, the last number of its style.
        if name.ends_with("shift.weight") {
            let channels = entry.shape[1];
            values.fill(0.0);
            let last = values.len() - channels;
            values[last..].iter_mut().enumerate().for_each(|(i, value)| *value = side(i));
        }
        // What starts at 0 would keep what lies behind it from the test.
        if name.ends_with("gate") || name.ends_with("strength") {
            values.fill(0.7);
        }
    }
    values
}

/// Compares `gradient`, the one of `loss` by every parameter of `layout`, along a random direction
/// each, with a central difference.
fn check(what: &str, layout: &Layout, loss: impl Fn(&Weights) -> Tensor<1>, gradient: Tensor<1>) {
    let start = far_from_kinks(layout, 7);
    let gradient = numbers(gradient);
    let h = 1e-2;

    let value = |values: Vec<f32>| number(loss(&layout.view(&vector(values, &cpu()))));
    // What rounding makes of the difference of two large losses.
    let rounding = f64::from(f32::EPSILON / h) * value(start.clone()).abs();
    for (i, entry) in layout.entries().iter().enumerate() {
        let direction = normals(&mut rng(100 + i as u64), entry.len());
        let scale = direction.iter().map(|v| v * v).sum::<f32>().sqrt();
        let moved = |h: f32| {
            let mut values = start.clone();
            for (v, d) in values[entry.range()].iter_mut().zip(&direction) {
                *v += h * d / scale;
            }
            value(values)
        };
        let analytic: f64 = gradient[entry.range()]
            .iter()
            .zip(&direction)
            .map(|(g, d)| g * f64::from(d / scale))
            .sum();
        let numeric = (moved(h) - moved(-h)) / (2.0 * f64::from(h));
        let norm = gradient[entry.range()].iter().map(|g| g * g).sum::<f64>().sqrt();
        let tolerance = 0.02 * norm / (entry.len() as f64).sqrt().min(5.0) + 2e-4 + rounding;
        assert!(
            (analytic - numeric).abs() < tolerance,
            "{what}, {}: gradient says {analytic}, difference says {numeric} (± {tolerance})",
            entry.name
        );
    }
}

/// A discriminator's loss without its gradient: logits of a forward pass, slopes of the way back.
fn d_loss(recipe: &Recipe, d: &Discriminator, w: &Weights, batch: &Batch) -> Tensor<1> {
    let Batch { real, fake, points, labels, meant } = batch;
    let judge = |x: &Tensor<2>| d.forward(w, x.clone(), labels.as_ref());
    let s = recipe.label_smoothing;
    let objective =
        recipe.objective.d_loss(judge(real), judge(fake)) + Objective::smoothing(judge(real), s);
    let slopes = |x: &Tensor<2>| {
        let verdict = d.judge(w, x.clone(), labels.as_ref());
        d.back_to_pictures(w, &verdict, &d.back(w, &verdict))
    };
    let Penalty { kind, gamma } = recipe.penalty;
    let pictures = [real, fake].into_iter().chain(points).map(slopes).collect();
    let read = |x: &Tensor<2>| misread(recipe, (d, w), x, labels.as_ref(), meant);
    let mut guesses = read(fake);
    if recipe.guessed().is_some_and(|guessed| guessed.reals) {
        guesses = guesses + read(real);
    }
    objective + kind.value(Tensor::cat(pictures, 0), SAMPLES, gamma) + guesses
}

#[test]
fn discriminator_steps_by_its_weights_for_every_objective_and_penalty() {
    for mut recipe in every_network().chain(every_head()) {
        let d = Discriminator::new(&recipe);
        let z = latents(&recipe);
        let [real, fake] = [pictures(1), pictures(2)];
        for &objective in Objective::ALL {
            for &kind in PenaltyKind::ALL {
                recipe.objective = objective;
                recipe.penalty = Penalty { kind, gamma: 30.0 };
                recipe.label_smoothing = if objective.classifies() { 0.2 } else { 0.0 };
                let points = kind.has_points().then(|| {
                    let mut rng = rng(3);
                    let chance: Vec<f32> =
                        (0..SAMPLES).flat_map(|_| kind.chance(&mut rng)).collect();
                    let columns = chance.len() / SAMPLES;
                    kind.points(real.clone(), fake.clone(), rows(chance, columns, &cpu()))
                });
                let (real, fake) = (real.clone(), fake.clone());
                let labels = labels(&recipe);
                let meant = meant(&recipe, &z, &labels);
                let batch = Batch { real, fake, points, labels, meant };
                let start = d.layout.view(&vector(far_from_kinks(&d.layout, 7), &cpu()));
                let taken = discriminator_step(&recipe, &d, &start, &batch);
                let what = format!("{recipe:?}");
                let loss = |w: &Weights| d_loss(&recipe, &d, w, &batch);
                check(&what, &d.layout, loss, taken.gradient);

                let [reported, plain] = [taken.figures.narrow(0, 0, 1), loss(&start)].map(number);
                assert!((reported - plain).abs() < 1e-4 * plain.abs() + 1e-5, "{what}");
            }
        }
    }
}

#[test]
fn generator_steps_by_its_weights_through_the_discriminator() {
    for mut recipe in every_network().chain(every_head()) {
        let (g, d) = (Generator::new(&recipe), Discriminator::new(&recipe));
        let judge = d.layout.view(&vector(far_from_kinks(&d.layout, 8), &cpu()));
        let z = latents(&recipe);
        // The judge sees the fakes with instance noise.
        let (noise, labels) = (pictures(4) * 0.1, labels(&recipe));
        let start = g.layout.view(&vector(far_from_kinks(&g.layout, 7), &cpu()));
        let mut own = rng(11);
        let chance: Vec<f32> = (0..SAMPLES).flat_map(|_| g.chance(&mut own)).collect();
        let chance =
            (!chance.is_empty()).then(|| rows(chance.clone(), chance.len() / SAMPLES, &cpu()));
        let told = Told { z: z.clone(), labels: labels.clone(), chance };
        let fakes = g.draw(&start, told.clone());
        let fake = fakes.y.clone() + noise.clone();
        let meant = meant(&recipe, &z, &labels);
        let batch = Batch { real: pictures(3), fake, points: None, labels, meant };
        let score = |x: Tensor<2>| d.forward(&judge, x, batch.labels.as_ref());
        for &objective in Objective::ALL {
            recipe.objective = objective;
            let loss = |w: &Weights| {
                let fake = g.forward(w, &told, &mut Mode::Train);
                let real = objective.compares().then(|| score(batch.real.clone()));
                let fake = fake + noise.clone();
                let labels = batch.labels.as_ref();
                let guess = misread(&recipe, (&d, &judge), &fake, labels, &batch.meant);
                objective.g_loss(real, score(fake)) + guess
            };
            let taken = generator_step(&recipe, (&g, &d), [&start, &judge], &batch, &fakes);
            check(&format!("{recipe:?}"), &g.layout, loss, taken.gradient.clone());
        }
    }
}

#[test]
fn input_gradient_is_the_slope_of_the_logits() {
    for recipe in every_network().chain(every_head()) {
        let d = Discriminator::new(&recipe);
        let weights = d.layout.view(&vector(far_from_kinks(&d.layout, 10), &cpu()));
        let (x, labels) = (pictures(5), labels(&recipe));
        let verdict = d.judge(&weights, x.clone(), labels.as_ref());
        let slopes = d.back_to_pictures(&weights, &verdict, &d.back(&weights, &verdict));

        let plain = d.forward(&weights, x.clone(), labels.as_ref());
        let difference = number((plain - verdict.logits).abs().max());
        assert!(difference < 1e-6, "judge and forward disagree by {difference}");

        for i in 0..8 {
            let direction = rows(normals(&mut rng(200 + i), SAMPLES * PIXELS), PIXELS, &cpu());
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
