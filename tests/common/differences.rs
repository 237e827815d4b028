//! Networks and batches for gradients to be compared on, and the comparison with central differences.
use burn::tensor::{Device, Tensor};
use ganvas::data::{CLASSES, DatasetKind};
use ganvas::device;
use ganvas::gan::augmentation::Changes;
use ganvas::gan::game::Game;
use ganvas::nets::params::{Layout, Weights, rows, vector};
use ganvas::nets::{Architecture, Discriminator, Drawn, Generator, Norm};
use ganvas::recipe::{
    AuxiliaryOutputs, Codes, Conditioning, Objective, Penalty, PenaltyKind, Player, Recipe,
    default_recipe,
};
use ganvas::rng::{Stream, normals, stream};
use ganvas::train::step::{Batch, Players, Ports, Scene, Seen as SeenByJudge};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::ops::Range;

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

/// Not the same judge as another recipe's: a norm is the generator's.
pub fn has_own_discriminator(recipe: &Recipe) -> bool {
    recipe.norm == Norm::Layer
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

/// The auxiliary head's targets for fakes made from `z`.
pub fn auxiliary_targets(
    recipe: &Recipe,
    z: &Tensor<2>,
    labels: &Option<Tensor<2>>,
) -> Option<Tensor<2>> {
    let AuxiliaryOutputs { classes, continuous, .. } = recipe.auxiliary_outputs()?;
    let classes = labels.clone().filter(|_| classes > 0);
    let continuous = (continuous > 0).then(|| z.clone().narrow(1, 0, continuous));
    Some(Tensor::cat(classes.into_iter().chain(continuous).collect(), 1))
}

/// The loss of the auxiliary head on pictures; `nets::ops` holds its value to the definition.
pub fn auxiliary_loss(
    recipe: &Recipe,
    (d, w): (&Discriminator, &Weights),
    x: &Tensor<2>,
    labels: Option<&Tensor<2>>,
    targets: &Option<Tensor<2>>,
) -> Tensor<1> {
    let trace = d.trace(w, x.clone(), labels);
    let factor = recipe.auxiliary_weight() / SAMPLES as f64;
    let auxiliary = d.auxiliary_loss(w, &trace, targets.clone(), 0, factor);
    auxiliary.map_or_else(|| Tensor::zeros([1], &cpu()), |auxiliary| auxiliary.loss)
}

pub fn latents(recipe: &Recipe) -> Tensor<2> {
    let z = normals(&mut rng(9), SAMPLES * recipe.latent);
    // No number near 0, which would leave a conditional norm at its kinks.
    let z = z.iter().map(|z| z + z.signum()).collect();
    rows(z, recipe.latent, &cpu())
}

pub fn pictures(recipe: &Recipe, salt: u64) -> Tensor<2> {
    let numbers = recipe.dataset.picture_size();
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
        // What is drawn by a generator's last layer, before its tanh.
        let last =
            (name.starts_with("picture") || name.starts_with("up2.")) && !name.contains("style");
        let before_kink = ["hidden", "down", "block", "grey", "conv", "up"];
        let hidden = before_kink.iter().any(|part| name.contains(part)) && !name.contains("style");
        let hidden = hidden && !last;
        // A residual block's weights are made small, so that little decides.
        let block = name.starts_with("block") || name.starts_with("grey");
        let far = if name.contains('1') && !block { first } else { later };
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
            values.iter_mut().for_each(|value| *value *= 0.3);
        } else if last && name.ends_with("weight") {
            // Units far from their kinks must not drive a tanh to where it is flat; those of several levels even less.
            let quiet =
                if name.starts_with("picture.") || name.starts_with("up2.") { 0.2 } else { 0.02 };
            values.iter_mut().for_each(|value| *value *= quiet);
        }
        // Logits of features so far from 0 would be so as well, where objectives are flat.
        if name == "logit.weight" || name == "projection.weight" {
            values.iter_mut().for_each(|value| *value *= 0.3);
        }
        if name.starts_with("attention") {
            values.iter_mut().for_each(|value| *value *= 4.0);
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

/// Weights of a judge with its last ones so small that none of these logits is above 1: beyond, objectives are flat,
/// or have a kink.
pub fn unsure(
    d: &Discriminator,
    mut weights: Vec<f32>,
    x: &Tensor<2>,
    y: &Option<Tensor<2>>,
) -> Vec<f32> {
    let view = d.layout.view(&vector(weights.clone(), &cpu()));
    let largest = number(d.forward(&view, x.clone(), y.as_ref()).abs().max());
    for at in d.layout.entries() {
        if ["logit.weight", "projection.weight"].contains(&at.name.as_str()) {
            weights[at.range()].iter_mut().for_each(|value| *value *= 0.6 / largest as f32);
        }
    }
    weights
}

/// Compares `gradient`, the one of `loss` by every parameter of `layout` at `start`, with central differences, and
/// notes which of them were large enough for that to say anything.
pub fn check(
    what: &str,
    layout: &Layout,
    start: Vec<f32>,
    loss: impl Fn(Tensor<1>) -> Tensor<1>,
    gradient: Tensor<1>,
    seen: &mut Seen,
) {
    seen.note(what, compare(layout, &Differences::of_loss(start, loss), &numbers(gradient)));
}

/// The parameters that were compared, and whether they ever had a gradient that rounding does not hide. A bias, for
/// one, has none where only differences between logits count, as long as no unit changes sides.
#[derive(Default)]
pub struct Seen(BTreeMap<String, bool>);

impl Seen {
    /// Sees that every comparison came out well.
    pub fn note(&mut self, what: &str, compared: Vec<Compared>) {
        let mut wrong = Vec::new();
        for Compared { name, visible, errors } in compared {
            wrong.extend(errors.into_iter().map(|error| format!("{name}: {error}")));
            *self.0.entry(name).or_default() |= visible;
        }
        assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
    }

    /// Sees that something was seen of a third of the weights or more: enough to show how they are wired.
    pub fn some(self, what: &str) {
        let weights = self.0.iter().filter(|(name, _)| name.ends_with("weight"));
        let seen: Vec<bool> = weights.map(|(_, seen)| *seen).collect();
        let count = seen.iter().filter(|seen| **seen).count();
        assert!(3 * count > seen.len(), "{what}: too little was seen: {:?}", self.0);
    }

    /// Sees that something was seen of each, but for those that are `faint`.
    pub fn all(self, what: &str, faint: impl Fn(&str) -> bool) {
        let hidden = self.0.iter().filter(|(name, seen)| !**seen && !faint(name));
        let hidden: Vec<_> = hidden.map(|(name, _)| name).collect();
        assert!(!self.0.is_empty() && hidden.is_empty(), "{what}: nothing was seen of {hidden:?}");
    }
}

/// What differences say of a parameter's gradient.
pub struct Compared {
    pub name: String,
    /// Whether a gradient a twentieth longer or shorter would be told from this one.
    pub visible: bool,
    pub errors: Vec<String>,
}

/// A function of weights around some of them.
pub struct Differences<F> {
    start: Vec<f32>,
    value: F,
    /// What rounding makes of a difference of two values. Of a loss, 99 of 100 differences have less than a third of
    /// what is assumed here.
    rounding: f64,
    /// How far weights are moved at most. Farther, units reach their kinks, and objectives bend.
    pub farthest: f64,
    /// How many times as wrong as usual a slope may be, where some units are at their kinks all the same.
    pub slack: f64,
}

impl<L: Fn(Tensor<1>) -> Tensor<1>> Differences<L> {
    pub fn of_loss(start: Vec<f32>, loss: L) -> Differences<impl Fn(Tensor<1>) -> f64> {
        let value = move |weights| number(loss(weights));
        let size = value(vector(start.clone(), &cpu())).abs();
        let rounding = 8.0 * f64::from(f32::EPSILON) * (2.0 + size);
        Differences { start, value, rounding, farthest: 5e-3, slack: 1.0 }
    }
}

impl<F: Fn(Tensor<1>) -> f64> Differences<F> {
    /// Of values of a size of 1, added up in 64 bits.
    pub fn new(start: Vec<f32>, value: F) -> Self {
        let rounding = 4.0 * f64::from(f32::EPSILON);
        Self { start, value, rounding, farthest: 3e-3, slack: 1.0 }
    }

    /// How far to go where the slope may be so large: until rounding is a hundredth of it, and no farther.
    fn distance(&self, slope: f64) -> f64 {
        (self.rounding / (0.01 * slope)).min(self.farthest)
    }

    /// Which part of such a slope rounding hides.
    pub fn blur(&self, slope: f64) -> f64 {
        self.rounding / self.distance(slope) / slope
    }

    /// Compares the slope of these weights that `gradient` says along a direction with the one that is found, up to so
    /// much of `part`, which is how large it may be.
    pub fn hold(
        &self,
        weights: Range<usize>,
        gradient: &[f64],
        direction: &[f64],
        (slack, part): (f64, f64),
    ) -> Result<(), String> {
        let (distance, scale) = (self.distance(part), length(direction));
        let moved = |by: f64| {
            let mut values = self.start.clone();
            let there = values[weights.clone()].iter_mut();
            there.zip(direction).for_each(|(value, d)| *value += (by * d / scale) as f32);
            (self.value)(vector(values, &cpu()))
        };
        let said = gradient.iter().zip(direction).map(|(g, d)| g * d / scale).sum::<f64>();
        let found = (moved(distance) - moved(-distance)) / (2.0 * distance);
        let tolerance = self.slack * slack * part + self.rounding / distance;
        let close = (said - found).abs() < tolerance;
        close
            .then_some(())
            .ok_or_else(|| format!("gradient says {said}, difference {found} (± {tolerance})"))
    }
}

/// Random directions in which each parameter is moved, beside that of its gradient.
const RANDOM: u64 = 2;

/// Each parameter's gradient. Along the gradient itself its length shows, to a hundredth. Along a random direction, of
/// which a gradient of n numbers has a part of 1 / √n, its own direction shows, to a fiftieth of that part.
pub fn compare<F: Fn(Tensor<1>) -> f64>(
    layout: &Layout,
    differences: &Differences<F>,
    gradient: &[f64],
) -> Vec<Compared> {
    let entries = layout.entries().iter().enumerate();
    let compared = entries.map(|(i, entry)| {
        let own = &gradient[entry.range()];
        let norm = length(own);
        let hold =
            |direction: &[f64], limit| differences.hold(entry.range(), own, direction, limit);
        let along = (norm > 0.0).then(|| hold(own, (0.01, norm)));
        let random = (0..RANDOM).map(|k| {
            let direction = normals(&mut rng(100 + i as u64 + 1000 * k), entry.len());
            let direction: Vec<f64> = direction.into_iter().map(f64::from).collect();
            hold(&direction, (0.02, norm / (entry.len() as f64).sqrt()))
        });
        let errors = along.into_iter().chain(random).filter_map(Result::err).collect();
        Compared { name: entry.name.clone(), visible: differences.blur(norm) < 0.02, errors }
    });
    compared.collect()
}

pub fn length(of: &[f64]) -> f64 {
    of.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// A discriminator's loss without its gradient: logits of a forward pass, slopes of the way back.
pub fn d_loss(
    recipe: &Recipe,
    d: &Discriminator,
    w: &Weights,
    batch: &Batch,
    anchors: Option<[f32; 2]>,
) -> Tensor<1> {
    let Batch { real, fake, points, labels, targets } = batch;
    let x: Vec<_> = [real, fake].into_iter().chain(points).cloned().collect();
    let y = labels.as_ref().map(|labels| Tensor::cat(vec![labels.clone(); x.len()], 0));
    let x = Tensor::cat(x, 0);
    let trace = d.trace(w, x, y.as_ref());
    let [of_real, of_fake] = [0, SAMPLES].map(|at| trace.logits.clone().narrow(0, at, SAMPLES));

    let smoothing = Objective::smoothing(of_real.clone(), recipe.label_smoothing);
    let mut loss = recipe.objective.d_loss(of_real.clone(), of_fake.clone()) + smoothing;
    let Penalty { kind, gamma } = recipe.penalty;
    if kind != PenaltyKind::None {
        let slopes = d.logit_slopes(w, &trace).by_input();
        loss = loss + kind.value(slopes, SAMPLES, gamma);
    }
    if let Some(outputs) = recipe.auxiliary_outputs() {
        let read = |x: &Tensor<2>| auxiliary_loss(recipe, (d, w), x, labels.as_ref(), targets);
        loss = loss + read(fake);
        if outputs.reals {
            loss = loss + read(real);
        }
    }
    // As the paper writes it: real pictures are drawn to the fakes' average, and the other way round.
    if let Some([real, fake]) = anchors {
        let far = |logits: Tensor<2>, anchor: f32| (logits - anchor).powi_scalar(2).mean();
        loss = loss + (far(of_real, fake) + far(of_fake, real)) * recipe.lecam;
    }
    loss
}

/// The classic game's players.
pub fn players<'a>(game: &'a Game, g: &'a Generator, d: &'a Discriminator) -> Players<'a> {
    use std::slice::from_ref;
    Players { game, generators: from_ref(g), discriminators: from_ref(d), classifier: None }
}

/// A batch of the classic game, its fakes drawn and then changed like this.
pub fn scene(batch: Batch, drawn: Drawn, changes: Changes) -> Scene {
    let ports = Ports { target: batch.real.clone(), source: None, made: vec![drawn] };
    Scene {
        ports,
        seen: vec![SeenByJudge {
            batch,
            changes: Some(changes),
            given: None,
            beside: None,
            frames: None,
        }],
    }
}

/// A batch of these pictures, with points for the recipe's penalty.
pub fn batch(recipe: &Recipe, [real, fake]: [Tensor<2>; 2]) -> Batch {
    let points = recipe.penalty.kind.points().map(|points| {
        let mut rng = rng(3);
        let chance: Vec<f32> = (0..SAMPLES)
            .flat_map(|_| points.chance(recipe.dataset.picture_size(), &mut rng))
            .collect();
        let columns = chance.len() / SAMPLES;
        points.pictures(real.clone(), fake.clone(), rows(chance, columns, &cpu()))
    });
    let labels = labels(recipe);
    let targets = auxiliary_targets(recipe, &latents(recipe), &labels);
    Batch { real, fake, points, labels, targets }
}
