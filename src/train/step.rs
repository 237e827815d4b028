//! A step of each side of a game, as the papers write it: sample, forward, objective, penalty, backward.
//! Pure in its inputs: no logging, no drawing, no state; the trainer applies the gradients.

use crate::gan::augmentation::Changes;
use crate::gan::game::{Game, Port, Start, Term};
use crate::gan::{Objective, PenaltyKind, lecam};
use crate::gradient::value_and_gradient;
use crate::metrics::classifier::Classifier;
use crate::nets::layers::{Concat, Frames};
use crate::nets::ops::{self, concat, concat_rows};
use crate::nets::params::Weights;
use crate::nets::{Discriminator, Drawn, Generator, LogitLoss};
use crate::recipe::Recipe;
use burn::tensor::Tensor;

/// The pictures, or points, of a batch.
pub struct Ports {
    /// [n, picture size]
    pub target: Tensor<2>,
    /// [n, source size]
    pub source: Option<Tensor<2>>,
    /// Of each play.
    pub made: Vec<Drawn>,
}

impl Ports {
    pub fn get(&self, port: Port) -> Tensor<2> {
        match (port, &self.source) {
            (Port::Made(play), _) => self.made[play].y.clone(),
            (Port::Source, Some(source)) => source.clone(),
            (Port::Target | Port::Source, _) => self.target.clone(),
        }
    }
}

/// A batch as a discriminator sees it, on the device.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Augmented, and with instance noise; [n, picture size], in [-1, 1] but for that. Where frames of films are judged,
    /// n counts those.
    pub real: Tensor<2>,
    /// The fakes, the same.
    pub fake: Tensor<2>,
    /// Pictures at which only the slope counts, for a penalty that has such; [n, picture size].
    pub points: Option<Tensor<2>>,
    /// One-hot [n, CLASSES], shared by real pictures and fakes so that pairs are of one class.
    pub labels: Option<Tensor<2>>,
    /// The auxiliary head's targets for the fakes, and for the real pictures if it learns from those:
    /// [n, outputs].
    pub targets: Option<Tensor<2>>,
}

/// What the discriminator of an adversarial term sees, and how fakes became it.
pub struct Seen {
    pub batch: Batch,
    /// What the fakes went through.
    pub changes: Option<Changes>,
    /// What is given, [n, its size], and how they were put beside it.
    pub given: Option<Tensor<2>>,
    pub beside: Option<Concat>,
    /// Which frames of them it was, where they are films.
    pub frames: Option<Frames>,
}

impl Seen {
    /// What is seen of fakes other than its own, without their noise.
    pub fn of_others(&self, fakes: Tensor<2>) -> Tensor<2> {
        let fakes = match (&self.beside, &self.given) {
            (Some(beside), Some(given)) => beside.apply([given.clone(), fakes]),
            _ => fakes,
        };
        let fakes = match &self.changes {
            Some(changes) => changes.seen(fakes),
            None => fakes,
        };
        match &self.frames {
            Some(frames) => frames.of(fakes),
            None => fakes,
        }
    }

    /// The gradient by the fakes as they were made, from that by what was seen.
    fn by_made(&self, by_seen: Tensor<2>) -> Tensor<2> {
        let by_whole = match &self.frames {
            Some(frames) => frames.by_films(by_seen),
            None => by_seen,
        };
        let by_picture = match &self.changes {
            Some(changes) => changes.backward(by_whole),
            None => by_whole,
        };
        match &self.beside {
            Some(beside) => beside.part(&by_picture, 1),
            None => by_picture,
        }
    }

    /// Single frames of the films that were to be seen, a row each.
    pub fn in_frames(self, frames: Frames) -> Self {
        let Batch { real, fake, points, labels, .. } = self.batch;
        let labels = labels.map(|labels| frames.each(labels));
        let [real, fake] = [real, fake].map(|films| frames.of(films));
        let points = points.map(|films| frames.of(films));
        let batch = Batch { real, fake, points, labels, targets: None };
        Self { batch, frames: Some(frames), ..self }
    }
}

/// A batch with all that has been made of it: what both sides learn from.
pub struct Scene {
    pub ports: Ports,
    /// Of each adversarial term, in their order.
    pub seen: Vec<Seen>,
}

/// The players of both sides.
#[derive(Clone, Copy)]
pub struct Players<'a> {
    pub game: &'a Game,
    pub generators: &'a [Generator],
    pub discriminators: &'a [Discriminator],
    /// Whose features are compared, in a game that does so.
    pub classifier: Option<&'a Classifier>,
}

/// A side's gradient on a batch and the figures to report: means over its samples.
#[derive(Clone, Debug)]
pub struct StepGradient {
    /// Of the side's loss by the weights of its networks, one after another: [parameters].
    pub gradient: Tensor<1>,
    /// As [`Game::figures`] lists them.
    pub figures: Tensor<1>,
}

impl std::ops::Add for StepGradient {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { gradient: self.gradient + other.gradient, figures: self.figures + other.figures }
    }
}

/// The gradients by several things, summed where one has several.
struct Gradients<const D: usize>(Vec<Option<Tensor<D>>>);

impl<const D: usize> Gradients<D> {
    fn of(things: usize) -> Self {
        Self(vec![None; things])
    }

    fn add(&mut self, thing: usize, part: Tensor<D>) {
        let sum = self.0[thing].take();
        self.0[thing] = Some(match sum {
            Some(sum) => sum + part,
            None => part,
        });
    }
}

impl Gradients<1> {
    /// Those of networks, in a row. Each has a part in some term.
    fn joined(self) -> Tensor<1> {
        let mut parts: Vec<_> = self.0.into_iter().flatten().collect();
        if parts.len() == 1 { parts.remove(0) } else { concat(parts) }
    }
}

/// The step of all discriminators.
pub fn discriminators_step(
    recipe: &Recipe,
    players: Players,
    weights: &[Weights],
    scene: &Scene,
    anchors: Option<&Tensor<1>>,
) -> StepGradient {
    let mut gradients = Gradients::of(players.discriminators.len());
    let mut figures = Vec::new();
    for (judge, seen) in players.game.judges().zip(&scene.seen) {
        let network = &players.discriminators[judge];
        let step = discriminator_step(recipe, network, &weights[judge], &seen.batch, anchors);
        gradients.add(judge, step.gradient);
        figures.push(step.figures);
    }
    let figures = if figures.len() == 1 { figures.remove(0) } else { concat(figures) };
    StepGradient { gradient: gradients.joined(), figures }
}

/// The terms of the generators' loss, before any of it is sent back through a generator.
pub struct Terms {
    /// Each term's value, unweighted: [1].
    values: Vec<Tensor<1>>,
    /// The sum of all, weighted; none without terms.
    loss: Option<Tensor<1>>,
    /// The sum's gradient by what each play has made.
    by_made: Gradients<2>,
}

impl Terms {
    /// The gradient by what that play has made, [n, picture size].
    pub fn by_made(mut self, play: usize) -> Option<Tensor<2>> {
        self.by_made.0[play].take()
    }
}

/// Each term of the generators' loss, and the gradient of their sum by what was made.
pub fn generators_terms(
    recipe: &Recipe,
    Players { game, discriminators, classifier, .. }: Players,
    d_weights: &[Weights],
    scene: &Scene,
) -> Terms {
    let mut by_made = Gradients::of(game.plays.len());
    let mut add = |port: Port, part: Tensor<2>| {
        if let Port::Made(play) = port {
            by_made.add(play, part);
        }
    };
    let mut all_seen = scene.seen.iter();
    let (mut loss, mut values): (Option<Tensor<1>>, Vec<Tensor<1>>) = (None, Vec::new());
    for term in &game.terms {
        let (value, weight) = match *term {
            Term::Adversarial { discriminator, fake, weight, .. } => {
                let Some(seen) = all_seen.next() else { continue };
                let network = (&discriminators[discriminator], &d_weights[discriminator]);
                let (value, by_seen) = adversarial_loss(recipe, network, &seen.batch);
                add(fake, weighted(seen.by_made(by_seen), weight));
                (value, weight)
            }
            Term::Distance { of, to, weight } | Term::Cycle { of, to, weight } => {
                let (value, by_of) = distance(scene.ports.get(of), scene.ports.get(to));
                add(of, by_of.clone() * weight);
                add(to, by_of * -weight);
                (value, weight)
            }
            Term::Features { of, to, weight } => {
                let Some(classifier) = classifier else { continue };
                let pictures = [of, to].map(|port| scene.ports.get(port));
                let (value, by_of) = feature_distance(classifier, pictures);
                add(of, weighted(by_of, weight));
                (value, weight)
            }
        };
        values.push(value.clone());
        let value = if weight == 1.0 { value } else { value * weight };
        loss = Some(match loss {
            Some(loss) => loss + value,
            None => value,
        });
    }
    Terms { values, loss, by_made }
}

/// The step of all generators: each term's gradient by what was made, and that back through the plays.
pub fn generators_step(
    recipe: &Recipe,
    players: Players,
    [g_weights, d_weights]: [&[Weights]; 2],
    scene: &Scene,
) -> StepGradient {
    let Terms { values, loss, mut by_made } = generators_terms(recipe, players, d_weights, scene);
    let Players { game, generators, .. } = players;
    let mut gradients = Gradients::of(generators.len());
    for (i, play) in game.plays.iter().enumerate().rev() {
        let Some(g) = by_made.0[i].take() else { continue };
        let (network, drawn) = (&generators[play.generator], &scene.ports.made[i]);
        let before = match play.from {
            Start::Picture(Port::Made(before)) => Some(before),
            _ => None,
        };
        let (gradient, by_source) =
            network.backward(&g_weights[play.generator], drawn, g, before.is_some());
        gradients.add(play.generator, gradient);
        if let Some((before, part)) = before.zip(by_source) {
            by_made.add(before, part);
        }
    }
    let loss = loss.unwrap_or_else(|| Tensor::zeros([1], &scene.ports.target.device()));
    let figures = match values.len() {
        0 | 1 => loss,
        _ => concat([loss].into_iter().chain(values).collect()),
    };
    StepGradient { gradient: gradients.joined(), figures }
}

fn weighted(g: Tensor<2>, weight: f64) -> Tensor<2> {
    if weight == 1.0 { g } else { g * weight }
}

/// The mean absolute difference of pictures whose values in [-1, 1] stand for [0, 1], and its gradient by `of`.
///
/// # Shapes
/// of, to: the same; to [1] and theirs
pub fn distance(of: Tensor<2>, to: Tensor<2>) -> (Tensor<1>, Tensor<2>) {
    mean_absolute(of, to, 0.5)
}

/// The mean absolute difference of the classifier's maps ([`Classifier::maps`]), and its gradient by the first
/// pictures. SRGAN (Ledig et al. 2017, arXiv 1609.04802, eq. 5) squares differences of maps after their activation;
/// absolute ones from before it are ESRGAN's.
///
/// # Shapes
/// pictures: [n, PIXELS] in [-1, 1]; to [1] and [n, PIXELS]
pub fn feature_distance(
    classifier: &Classifier,
    [of, to]: [Tensor<2>; 2],
) -> (Tensor<1>, Tensor<2>) {
    let [of, to] = [of, to].map(|pictures| classifier.maps(pictures));
    let (value, by_maps) = mean_absolute(of.output(), to.output(), 1.0);
    (value, classifier.by_pictures(&of, by_maps))
}

/// Of values that stand for so many units each. Inlined it would be in a visitor's program twice.
#[inline(never)]
fn mean_absolute(of: Tensor<2>, to: Tensor<2>, unit: f64) -> (Tensor<1>, Tensor<2>) {
    let [n, size] = of.dims();
    let scale = unit / (n * size) as f64;
    let difference = of - to;
    // |x| is a leaky ReLU of slope −1.
    let by_difference = Tensor::full([n, size], scale, &difference.device());
    let value = ops::column_sums(ops::leaky_relu(difference.clone(), -1.0), None, size);
    (value.sum() * scale, ops::leaky_relu_backward(by_difference, difference, -1.0))
}

/// `anchors` are the averages of earlier logits for the LeCam regulariser ([2]), where the recipe has it.
pub fn discriminator_step(
    recipe: &Recipe,
    discriminator: &Discriminator,
    weights: &Weights,
    batch: &Batch,
    anchors: Option<&Tensor<1>>,
) -> StepGradient {
    // One forward pass for all pictures: nothing in the discriminator couples them.
    let Batch { real, fake, points, labels, targets } = batch.clone();
    let [n, _] = fake.dims();
    let mut x = concat_rows(real, fake); // [2n, picture size]
    let mut y = labels.as_ref().map(|y| concat_rows(y.clone(), y.clone()));
    if let Some(points) = points.clone() {
        x = concat_rows(x, points); // [3n, picture size]
        y = y.zip(labels).map(|(y, labels)| concat_rows(y, labels));
    }
    let trace = discriminator.trace(weights, x, y.as_ref());
    let [_, places] = trace.logits.dims();
    let [d_real, d_fake] = [0, n].map(|from| trace.logits.clone().narrow(0, from, n));
    let both = trace.logits.clone().narrow(0, 0, 2 * n).reshape([2, n * places]);
    let means = both.mean_dim(1).flatten(0, 1); // [2]

    let (objective, [by_real, by_fake]) = objective(recipe, anchors, [d_real, d_fake]);
    let mut by_logits = concat_rows(by_real, by_fake); // [2n, logits]
    if points.is_some() {
        let none = Tensor::zeros([n, places], &by_logits.device());
        by_logits = concat_rows(by_logits, none); // [3n, logits]
    }

    let (targets, first) = match discriminator.auxiliary_learns_from_reals() {
        true => (targets.map(|targets| concat_rows(targets.clone(), targets)), 0),
        false => (targets, n),
    };
    let factor = recipe.auxiliary_weight() / n as f64;
    let auxiliary = discriminator.auxiliary_loss(weights, &trace, targets, first, factor);
    let loss = LogitLoss { by_logits: &by_logits, auxiliary: auxiliary.as_ref() };

    let (mut d_loss, gradient) = if recipe.penalty.kind == PenaltyKind::None {
        (objective, discriminator.gradient(weights, &trace, loss))
    } else {
        let slopes = discriminator.logit_slopes(weights, &trace);
        let (penalty, [by_slopes]) = value_and_gradient([slopes.by_input()], |[slopes]| {
            recipe.penalty.kind.value(slopes, n, recipe.penalty.gamma)
        });
        let gradient = discriminator.penalised_gradient(weights, &trace, &slopes, by_slopes, loss);
        (objective + penalty, gradient)
    };
    if let Some(auxiliary) = &auxiliary {
        d_loss = d_loss + auxiliary.loss.clone();
    }
    StepGradient { gradient, figures: concat(vec![d_loss, means]) }
}

/// The discriminator's loss by its logits of real pictures and of fakes, and the gradient by them: the objective, with
/// label smoothing and the LeCam regulariser where the recipe has them. Inlined it would be in a visitor's program twice.
///
/// # Shapes
/// logits: [n, logits] each; to [1] and as they
#[inline(never)]
pub fn objective(
    recipe: &Recipe,
    anchors: Option<&Tensor<1>>,
    logits: [Tensor<2>; 2],
) -> (Tensor<1>, [Tensor<2>; 2]) {
    value_and_gradient(logits, |[real, fake]| {
        let smoothing = match recipe.label_smoothing {
            0.0 => None,
            s => Some(Objective::smoothing(real.clone(), s)),
        };
        let lecam =
            anchors.map(|anchors| lecam::value(real.clone(), fake.clone(), anchors, recipe.lecam));
        let loss = recipe.objective.d_loss(real, fake);
        smoothing.into_iter().chain(lecam).fold(loss, |loss, more| loss + more)
    })
}

/// The generator's loss by logits of its fakes, beside those of real pictures where the objective compares, and its
/// gradient by them. Inlined it would be in a visitor's program several times.
///
/// # Shapes
/// real, fake: [n, logits]; to [1] and as fake
#[inline(never)]
pub fn loss_by_logits(
    objective: Objective,
    real: &dyn Fn() -> Tensor<2>,
    fake: Tensor<2>,
) -> (Tensor<1>, Tensor<2>) {
    let (loss, [by_fake]) =
        value_and_gradient([fake], |[fake]| objective.g_loss(|| real().autodiff(), fake));
    (loss, by_fake)
}

/// The generator's loss by what a discriminator makes of its fakes, and the gradient by what that has seen.
pub fn adversarial_loss(
    recipe: &Recipe,
    (discriminator, weights): (&Discriminator, &Weights),
    batch: &Batch,
) -> (Tensor<1>, Tensor<2>) {
    let labels = batch.labels.as_ref();
    let trace = discriminator.trace(weights, batch.fake.clone(), labels);
    let real = || discriminator.forward(weights, batch.real.clone(), labels);
    let (mut loss, by_logits) = loss_by_logits(recipe.objective, &real, trace.logits.clone());
    let [n, _] = batch.fake.dims();
    let factor = recipe.auxiliary_weight() / n as f64;
    let auxiliary = discriminator.auxiliary_loss(weights, &trace, batch.targets.clone(), 0, factor);
    if let Some(auxiliary) = &auxiliary {
        loss = loss + auxiliary.loss.clone();
    }
    // The discriminator's weights are constants here: only the gradient through it is wanted.
    let by_loss = LogitLoss { by_logits: &by_logits, auxiliary: auxiliary.as_ref() };
    (loss, discriminator.input_gradient(weights, &trace, by_loss))
}
