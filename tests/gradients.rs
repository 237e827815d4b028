//! Gradients of both players' steps against central differences, for every network, objective and
//! penalty, and the exact input gradient that penalties are made of. Directions are drawn per parameter, so that a failure names
//! the part that is wrong.

use burn::tensor::{Device, Tensor};
use ganvas::data::{CLASSES, DatasetKind, PIXELS, SIDE};
use ganvas::device;
use ganvas::gan::augmentation::{Change, Changes};
use ganvas::gan::{lecam, orthogonal};
use ganvas::nets::layers::Mode;
use ganvas::nets::params::{Layout, Weights, rows, vector};
use ganvas::nets::spectral::SpectralNorm;
use ganvas::nets::{Architecture, Discriminator, Generator, Norm, Told};
use ganvas::recipe::{
    Augmentation, Codes, Conditioning, Described, Guessed, Objective, Penalty, PenaltyKind, Player,
    Recipe, default_recipe,
};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::step::{Batch, Fakes, discriminator_step, generator_step};
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
    // So wide that a residual network has groups.
    let width = if network == Architecture::Residual { 8 } else { 6 };
    let player = Player { network, width, ..recipe.generator };
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

/// Each network for pictures in colours.
fn every_network_in_colours() -> impl Iterator<Item = Recipe> {
    let grey = every_network().filter(|recipe| !recipe.conditional);
    grey.map(|recipe| Recipe { dataset: DatasetKind::StackedMnist, ..recipe })
}

/// All that has a gradient of its own.
fn everything() -> impl Iterator<Item = Recipe> {
    every_network().chain(every_head()).chain(every_network_in_colours())
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

fn pictures(recipe: &Recipe, salt: u64) -> Tensor<2> {
    let numbers = recipe.dataset.numbers();
    rows(normals(&mut rng(salt), SAMPLES * numbers), numbers, &cpu()).tanh()
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
    pushed(layout, salt, [8.0; 2])
}

/// The same, biases being so far from 0 in a first layer and in all others.
fn pushed(layout: &Layout, salt: u64, [first, later]: [f32; 2]) -> Vec<f32> {
    let mut values = layout.initial(&mut rng(salt));
    for entry in layout.entries() {
        let name = entry.name.as_str();
        let values = &mut values[entry.range()];
        let before_kink = ["hidden", "down", "block", "grey", "conv", "up"];
        let hidden = before_kink.iter().any(|part| name.contains(part)) && !name.contains("style");
        // A residual block's weights are made small, so that little decides.
        let block = name.starts_with("block") || name.starts_with("grey");
        let far = match (block, name.contains('1')) {
            (true, _) => 2.0,
            (false, true) => first,
            (false, false) => later,
        };
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
    check_flat(what, layout, start, |values| loss(&layout.view(&values)), gradient);
}

/// The same of a loss by the flat vector, from `start` on.
fn check_flat(
    what: &str,
    layout: &Layout,
    start: Vec<f32>,
    loss: impl Fn(Tensor<1>) -> Tensor<1>,
    gradient: Tensor<1>,
) {
    let gradient = numbers(gradient);
    let h = 1e-2;

    let value = |values: Vec<f32>| number(loss(vector(values, &cpu())));
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
fn d_loss(
    recipe: &Recipe,
    d: &Discriminator,
    w: &Weights,
    batch: &Batch,
    anchors: Option<[f32; 2]>,
) -> Tensor<1> {
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
    let objective = objective + kind.value(Tensor::cat(pictures, 0), SAMPLES, gamma) + guesses;
    // As the paper writes it: real pictures are drawn to the fakes' average, and the other way round.
    let Some([of_real, of_fake]) = anchors else { return objective };
    let far = |x: &Tensor<2>, anchor: f32| (judge(x) - anchor).powi_scalar(2).mean();
    objective + (far(real, of_fake) + far(fake, of_real)) * recipe.lecam
}

/// A batch of these pictures, with points for the recipe's penalty.
fn batch(recipe: &Recipe, [real, fake]: [Tensor<2>; 2]) -> Batch {
    let kind = recipe.penalty.kind;
    let points = kind.has_points().then(|| {
        let mut rng = rng(3);
        let chance: Vec<f32> =
            (0..SAMPLES).flat_map(|_| kind.chance(recipe.dataset.numbers(), &mut rng)).collect();
        let columns = chance.len() / SAMPLES;
        kind.points(real.clone(), fake.clone(), rows(chance, columns, &cpu()))
    });
    let labels = labels(recipe);
    let meant = meant(recipe, &latents(recipe), &labels);
    Batch { real, fake, points, labels, meant }
}

#[test]
fn discriminator_steps_by_its_weights_for_every_objective_and_penalty() {
    for mut recipe in everything() {
        let d = Discriminator::new(&recipe);
        for &objective in Objective::ALL {
            for &kind in PenaltyKind::ALL {
                recipe.objective = objective;
                recipe.penalty = Penalty { kind, gamma: 30.0 };
                recipe.label_smoothing = if objective.classifies() { 0.2 } else { 0.0 };
                recipe.lecam = if objective.floats() { 0.0 } else { 0.5 };
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
}

#[test]
fn under_spectral_norm_the_discriminator_steps_by_its_own_weights() {
    // Normalised weights bring a residual network back to its kinks; it has no part in the norm.
    let plain = |recipe: &Recipe| {
        matches!(recipe.discriminator.network, Architecture::Mlp | Architecture::Dcgan)
    };
    for mut recipe in every_network().filter(plain) {
        let d = Discriminator::new(&recipe);
        for &kind in PenaltyKind::ALL {
            recipe.objective = Objective::NonSaturating;
            recipe.penalty = Penalty { kind, gamma: 30.0 };
            let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
            // Normalised, the second layer is louder, and a first one so far from 0 would reach its kinks.
            let start = pushed(&d.layout, 7, [4.0, 60.0]);
            let norm = SpectralNorm::new(&d.layout, &vector(start.clone(), &cpu()), &mut rng(12));
            let view = d.layout.view(norm.weights());
            let taken = discriminator_step(&recipe, &d, &view, &batch, None);
            // The singular vectors stay as they are.
            let loss = |weights: Tensor<1>| {
                let mut norm = norm.clone();
                norm.settle(&weights);
                d_loss(&recipe, &d, &d.layout.view(norm.weights()), &batch, None)
            };
            let pulled = norm.pull_back(&taken.gradient);
            check_flat(&format!("{recipe:?}"), &d.layout, start, loss, pulled);
        }
    }
}

/// The paper's algorithm 1 and its equations 8 and 12 on one matrix of rows, in f64 and loop by loop: σ, W̄ and
/// the gradient by W, after so many iterations from `u`.
fn normalised(
    w: &[f64],
    [inputs, outputs]: [usize; 2],
    mut u: Vec<f64>,
    iterations: usize,
    g: &[f64],
) -> (f64, Vec<f64>, Vec<f64>) {
    let unit = |x: Vec<f64>| {
        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.into_iter().map(|x| x / length).collect::<Vec<_>>()
    };
    let mut v = vec![0.0; inputs];
    for _ in 0..iterations {
        let row = |i: usize| (0..outputs).map(|o| w[i * outputs + o] * u[o]).sum();
        v = unit((0..inputs).map(row).collect());
        let column = |o: usize| (0..inputs).map(|i| w[i * outputs + o] * v[i]).sum();
        u = unit((0..outputs).map(column).collect());
    }
    let each = |of: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..inputs * outputs).map(|at| of(at / outputs, at % outputs)).collect()
    };
    let sigma: f64 = each(&|i, o| u[o] * w[i * outputs + o] * v[i]).iter().sum();
    let normal = each(&|i, o| w[i * outputs + o] / sigma);
    let along: f64 = g.iter().zip(&normal).map(|(g, w)| g * w).sum();
    (sigma, normal, each(&|i, o| (g[i * outputs + o] - along * u[o] * v[i]) / sigma))
}

#[test]
fn spectral_norm_is_the_papers_algorithm() {
    for recipe in every_network() {
        let layout = Discriminator::new(&recipe).layout;
        let raw = layout.initial(&mut rng(20));
        let gradient = normals(&mut rng(21), layout.len());
        let mut norm = SpectralNorm::new(&layout, &vector(raw.clone(), &cpu()), &mut rng(22));
        // From known vectors on, two iterations.
        let begin = norm.layout.initial(&mut rng(23));
        norm.set_vectors(&vector(begin.clone(), &cpu()));
        for _ in 0..2 {
            norm.iterate(&vector(raw.clone(), &cpu()));
        }
        norm.settle(&vector(raw.clone(), &cpu()));
        let effective = numbers(norm.weights().clone());
        let pulled = numbers(norm.pull_back(&vector(gradient.clone(), &cpu())));
        let close = |what: &str, got: &[f64], want: &[f64]| {
            for (got, want) in got.iter().zip(want) {
                assert!(
                    (got - want).abs() < 1e-4 * (1.0 + want.abs()),
                    "{what}: {got}, not {want}"
                );
            }
        };
        for entry in layout.entries() {
            let of = |values: &[f32]| -> Vec<f64> {
                values[entry.range()].iter().map(|&v| f64::from(v)).collect()
            };
            let (w, g) = (of(&raw), of(&gradient));
            let (normal, back) = match entry.name.ends_with("weight") {
                true => {
                    let u = norm.layout.entries().iter();
                    let u = u.clone().find(|at| at.name == format!("{}.u", entry.name));
                    let u: Vec<f64> =
                        begin[u.expect("a vector").range()].iter().map(|&u| f64::from(u)).collect();
                    let shape = [w.len() / u.len(), u.len()];
                    let (_, normal, back) = normalised(&w, shape, u, 2, &g);
                    (normal, back)
                }
                // What is no matrix is left alone.
                false => (w, g),
            };
            close(&entry.name, &effective[entry.range()], &normal);
            close(&entry.name, &pulled[entry.range()], &back);
        }
    }
}

#[test]
fn spectral_norm_begins_with_the_largest_singular_value() {
    // By many more iterations, and of every network's matrices with at least two columns.
    for recipe in every_network() {
        let layout = Discriminator::new(&recipe).layout;
        let raw = vector(layout.initial(&mut rng(24)), &cpu());
        let norm = SpectralNorm::new(&layout, &raw, &mut rng(25));
        let effective = numbers(norm.weights().clone());
        for entry in layout.entries().iter().filter(|entry| entry.name.ends_with("weight")) {
            let w = &effective[entry.range()];
            let outputs =
                if entry.shape.len() > 1 { entry.shape[entry.shape.len() - 1] } else { 1 };
            let u = (0..outputs).map(|o| 1.0 + o as f64).collect();
            let (sigma, ..) = normalised(w, [w.len() / outputs, outputs], u, 500, w);
            assert!((sigma - 1.0).abs() < 0.05, "{}: {sigma}", entry.name);
        }
    }
}

#[test]
fn orthogonal_regularisation_steps_by_the_generators_weights() {
    for recipe in every_network() {
        let layout = Generator::new(&recipe).layout;
        let start = far_from_kinks(&layout, 7);
        // β ‖WᵀW ⊙ (1 − I)‖² over all weights, column by column.
        let loss = |weights: Tensor<1>| {
            let values = numbers(weights);
            let of = |entry: &ganvas::nets::params::Entry| {
                let outputs = entry.shape[entry.shape.len() - 1];
                let w = &values[entry.range()];
                let dot = |a: usize, b: usize| -> f64 {
                    w.chunks_exact(outputs).map(|row| row[a] * row[b]).sum()
                };
                let pairs = (0..outputs).flat_map(|a| (0..outputs).map(move |b| (a, b)));
                pairs.filter(|(a, b)| a != b).map(|(a, b)| dot(a, b).powi(2)).sum::<f64>()
            };
            let weights = layout.entries().iter().filter(|entry| entry.name.ends_with("weight"));
            vector(vec![(0.02 * weights.map(of).sum::<f64>()) as f32], &cpu())
        };
        let gradient = orthogonal::gradient(&layout, &vector(start.clone(), &cpu()), 0.02);
        assert!(numbers(gradient.clone()).iter().any(|g| g.abs() > 1e-3), "nothing to compare");
        check_flat(&format!("{recipe:?}"), &layout, start, loss, gradient);
    }
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
                let real = objective.compares().then(|| score(batch.real.clone()));
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

#[test]
fn an_augmented_picture_is_moved_and_cut_where_it_should_be() {
    let numbers = 3 * PIXELS;
    let picture: Vec<f32> = (0..numbers).map(|i| i as f32 / numbers as f32 - 0.5).collect();
    let changes = [
        Change { down: 2, right: -3, hole: None },
        Change { down: 0, right: 0, hole: Some([-7, 20]) },
        Change { down: -4, right: 4, hole: Some([10, 11]) },
    ];
    let seen = Changes::new(&changes, 3, &cpu()).seen(rows(picture.repeat(3), numbers, &cpu()));
    let seen: Vec<f32> = seen.into_data().try_into_vec().expect("f32");
    let side = SIDE as i32;
    for (Change { down, right, hole }, seen) in changes.iter().zip(seen.chunks_exact(numbers)) {
        for (at, seen) in (0..side * side).zip(seen.chunks_exact(3)) {
            let (row, column) = (at / side, at % side);
            let (from_row, from_column) = (row - down, column - right);
            let hidden = hole
                .is_some_and(|[r, c]| row >= r && row < r + 14 && column >= c && column < c + 14);
            let outside =
                from_row < 0 || from_row >= side || from_column < 0 || from_column >= side;
            let from = 3 * (from_row * side + from_column);
            let want = match (hidden, outside) {
                (true, _) => &[0.0; 3],
                (_, true) => &[-1.0; 3],
                _ => &picture[from as usize..][..3],
            };
            assert_eq!(seen, want, "row {row}, column {column} after {down}, {right}, {hole:?}");
        }
    }
}

#[test]
fn augmentations_reach_as_far_as_they_may() {
    let mut rng = rng(30);
    for &augment in Augmentation::ALL {
        let changes: Vec<Change> = (0..2000).map(|_| augment.change(&mut rng)).collect();
        let range = |of: &dyn Fn(&Change) -> i32| {
            let values = changes.iter().map(of);
            (values.clone().min().expect("some"), values.max().expect("some"))
        };
        let moves = matches!(augment, Augmentation::Translation | Augmentation::TranslationCutout);
        let far = if moves { (-4, 4) } else { (0, 0) };
        assert_eq!([range(&|c| c.down), range(&|c| c.right)], [far; 2], "{augment:?}");
        let cuts = matches!(augment, Augmentation::Cutout | Augmentation::TranslationCutout);
        assert!(changes.iter().all(|c| c.hole.is_some() == cuts), "{augment:?}");
        if cuts {
            let at = |i: usize| move |c: &Change| c.hole.map_or(0, |hole| hole[i]);
            assert_eq!([range(&at(0)), range(&at(1))], [(-7, 21); 2], "{augment:?}");
        }
    }
}

#[test]
fn averages_of_scores_follow_slowly() {
    let [anchors, means] = [[1.0, -2.0], [3.0, 2.0]].map(|v| vector(v.to_vec(), &cpu()));
    let followed = numbers(lecam::follow(anchors, means));
    assert!((followed[0] - 1.02).abs() < 1e-6 && (followed[1] + 1.96).abs() < 1e-6, "{followed:?}");
}
