//! Networks and batches for gradients to be compared on, and the comparison with central differences.
use burn::tensor::{Device, Tensor};
use ganvas::data::{CLASSES, DatasetKind};
use ganvas::device;
use ganvas::nets::params::{Layout, Weights, rows, vector};
use ganvas::nets::{Architecture, Discriminator, Norm};
use ganvas::recipe::{
    Codes, Conditioning, Guessed, Objective, Penalty, Player, Recipe, default_recipe,
};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::step::Batch;
use rand_chacha::ChaCha8Rng;

pub const SAMPLES: usize = 4;

pub fn cpu() -> Device {
    device::cpu()
}

pub fn rng(salt: u64) -> ChaCha8Rng {
    stream(1, Stream::Samples, salt)
}

pub fn small(network: Architecture, norm: Norm, conditional: bool) -> Recipe {
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

pub fn every_network() -> impl Iterator<Item = Recipe> {
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
pub fn every_network_in_colours() -> impl Iterator<Item = Recipe> {
    let grey = every_network().filter(|recipe| !recipe.conditional);
    grey.map(|recipe| Recipe { dataset: DatasetKind::StackedMnist, ..recipe })
}

/// Each network with a hidden layer of the judge's.
pub fn every_hidden_layer() -> impl Iterator<Item = Recipe> {
    every_network().map(|recipe| Recipe { d_hidden: 7, ..recipe })
}

/// All that has a gradient of its own.
pub fn everything() -> impl Iterator<Item = Recipe> {
    let networks = every_network().chain(every_hidden_layer());
    networks.chain(every_head()).chain(every_network_in_colours())
}

/// Other ways of telling the judge the class, and what it can be asked besides.
pub fn every_head() -> impl Iterator<Item = Recipe> {
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
pub fn meant(recipe: &Recipe, z: &Tensor<2>, labels: &Option<Tensor<2>>) -> Option<Tensor<2>> {
    let Guessed { classes, numbers, .. } = recipe.guessed()?;
    let classes = labels.clone().filter(|_| classes > 0);
    let numbers = (numbers > 0).then(|| z.clone().narrow(1, 0, numbers));
    Some(Tensor::cat(classes.into_iter().chain(numbers).collect(), 1))
}

/// The loss of the second head on pictures; `nets::ops` holds its value to the definition.
pub fn misread(
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

pub fn latents(recipe: &Recipe) -> Tensor<2> {
    let z = normals(&mut rng(9), SAMPLES * recipe.latent);
    // No number near 0, which would leave a conditional norm at its kinks.
    let z = z.iter().map(|z| z + z.signum()).collect();
    rows(z, recipe.latent, &cpu())
}

pub fn pictures(recipe: &Recipe, salt: u64) -> Tensor<2> {
    let numbers = recipe.dataset.numbers();
    rows(normals(&mut rng(salt), SAMPLES * numbers), numbers, &cpu()).tanh()
}

pub fn labels(recipe: &Recipe) -> Option<Tensor<2>> {
    recipe.asks_class().then(|| {
        let mut one_hot = vec![0.0; SAMPLES * CLASSES];
        for (i, row) in one_hot.chunks_exact_mut(CLASSES).enumerate() {
            row[(3 * i + 1) % CLASSES] = 1.0;
        }
        rows(one_hot, CLASSES, &cpu())
    })
}

pub fn number(t: Tensor<1>) -> f64 {
    f64::from(t.into_data().try_into_vec::<f32>().expect("f32")[0])
}

pub fn numbers(t: Tensor<1>) -> Vec<f64> {
    t.into_data().try_into_vec::<f32>().expect("f32").into_iter().map(f64::from).collect()
}

/// Random weights, with every hidden unit pushed to one side of its kink by its bias: half of the
/// channels up, half down. A difference then sees one linear piece, as the gradient does.
pub fn far_from_kinks(layout: &Layout, salt: u64) -> Vec<f32> {
    pushed(layout, salt, [8.0; 2])
}

/// The same, biases being so far from 0 in a first layer and in all others.
pub fn pushed(layout: &Layout, salt: u64, [first, later]: [f32; 2]) -> Vec<f32> {
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
        } else if name == "hidden.weight" {
            // Has no biases: its units are pushed by their inputs, most of which are above 0. And less by chance,
            // since inputs far from their kinks are large, and 32 bits are to tell logits apart.
            let [inputs, outputs] = [0, 1].map(|k| entry.shape[k]);
            let side = |i: usize| if (i % outputs).is_multiple_of(2) { 2.0 } else { -2.0 };
            let push = |(i, value): (usize, &mut f32)| {
                *value = 0.3 * *value + side(i) / inputs as f32;
            };
            values.iter_mut().enumerate().for_each(push);
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
pub fn check(
    what: &str,
    layout: &Layout,
    loss: impl Fn(&Weights) -> Tensor<1>,
    gradient: Tensor<1>,
) {
    let start = far_from_kinks(layout, 7);
    check_flat(what, layout, start, |values| loss(&layout.view(&values)), gradient);
}

/// The same of a loss by the flat vector, from `start` on.
pub fn check_flat(
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
        let tolerance = 0.02 * norm / (entry.len() as f64).sqrt().min(5.0) + 4e-4 + rounding;
        assert!(
            (analytic - numeric).abs() < tolerance,
            "{what}, {}: gradient says {analytic}, difference says {numeric} (± {tolerance})",
            entry.name
        );
    }
}

/// A discriminator's loss without its gradient: logits of a forward pass, slopes of the way back.
pub fn d_loss(
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
pub fn batch(recipe: &Recipe, [real, fake]: [Tensor<2>; 2]) -> Batch {
    let points = recipe.penalty.kind.points().map(|points| {
        let mut rng = rng(3);
        let chance: Vec<f32> =
            (0..SAMPLES).flat_map(|_| points.chance(recipe.dataset.numbers(), &mut rng)).collect();
        let columns = chance.len() / SAMPLES;
        points.pictures(real.clone(), fake.clone(), rows(chance, columns, &cpu()))
    });
    let labels = labels(recipe);
    let meant = meant(recipe, &latents(recipe), &labels);
    Batch { real, fake, points, labels, meant }
}
