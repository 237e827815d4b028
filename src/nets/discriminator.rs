//! The judge: pictures, and labels if it is told them, to logits; and what it guesses of them, if it is asked.
//!
//! A conditional judge adds a projection of its features on the class (Miyato & Koyama 2018,
//! arXiv 1802.05637, eq. 3), logit = h·w + b + h·E[y], or sees the label with the picture. Planes of a label
//! beside those of the picture (Mirza & Osindero 2014, arXiv 1411.1784) add something that depends on
//! the label alone to what a first layer, which is linear, makes of the picture. So does a learned plane
//! laid over it, which costs no more inputs: it sees x + E[y].

use super::head::{Guess, Head};
use super::layers::{Mode, Room, Side, Slopes, Stack, Traced};
use super::ops::{self, Bias};
use super::params::{Gradient, Init, Layout, ParamId, Weights};
use super::pictures_of;
use crate::data::CLASSES;
use crate::recipe::{Conditioning, Recipe};
use burn::tensor::Tensor;

/// The parameter that only some objectives have.
pub const LOGIT_BIAS: &str = "logit.bias";

#[derive(Debug)]
pub struct Discriminator {
    features: Stack,
    pub layout: Layout,
    weight: ParamId,       // [features]
    bias: Option<ParamId>, // [1]
    told: Told,
    head: Option<Head>,
}

/// How it hears of the class.
#[derive(Clone, Copy, Debug)]
enum Told {
    Nothing,
    /// What features are projected on: [CLASSES, features].
    Features(ParamId),
    /// What is laid over pictures: [CLASSES, numbers].
    Pictures(ParamId),
}

/// A label's plane begins half as loud as a picture, in ±0.5.
const PLANE: Init = Init::FanIn(4);

/// What the judge makes of pictures, and how it came to it.
pub struct Verdict {
    /// [n, 1]
    pub logits: Tensor<2>,
    /// What went into the first layer, [n, numbers].
    seen: Tensor<2>,
    features: Traced,
    /// What each sample's features are multiplied with: w + E[y], [n or 1, features].
    direction: Tensor<2>,
    labels: Option<Tensor<2>>,
}

impl Discriminator {
    pub fn new(recipe: &Recipe) -> Self {
        let player = &recipe.discriminator;
        let picture = pictures_of(recipe.dataset);
        let mut builder = player.network.features(player.width, picture);
        if recipe.d_hidden > 0 {
            // Where only differences of logits count, a bias that keeps a unit on one side of its kink would
            // have rounding noise for a gradient, as below.
            builder = builder.unbiased_linear("hidden", recipe.d_hidden).leaky_relu();
        }
        let inputs = builder.outputs();
        let (features, mut layout) = builder.finish();
        let weight = layout.add("logit.weight", &[inputs], Init::FanIn(inputs));
        // Where only differences of logits count, its gradient would be rounding noise, which Adam
        // blows up to full steps.
        let bias = (!recipe.objective.is_shift_invariant())
            .then(|| layout.add(LOGIT_BIAS, &[1], Init::Zeros));
        let told = match recipe.conditioning {
            _ if !recipe.conditional => Told::Nothing,
            Conditioning::Projection => {
                let init = Init::FanIn(inputs);
                Told::Features(layout.add("projection.weight", &[CLASSES, inputs], init))
            }
            Conditioning::Concatenation => {
                Told::Pictures(layout.add("label.plane", &[CLASSES, picture.size()], PLANE))
            }
            // A head has to say it.
            Conditioning::Auxiliary => Told::Nothing,
        };
        let head = recipe.guessed().map(|what| Head::new(&mut layout, inputs, what));
        Self { features, layout, weight, bias, told, head }
    }

    /// Multiply-adds of judging one picture: of the first layer, and of all that leads to its features.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.features.multiply_adds()
    }

    /// What a picture that is judged has in memory.
    pub fn room(&self) -> Room {
        self.features.room()
    }

    fn direction(&self, weights: &Weights, labels: Option<&Tensor<2>>) -> Tensor<2> {
        let weight = weights.flat(self.weight);
        match (self.told, labels) {
            (Told::Features(embedding), Some(labels)) => {
                weights.weight(embedding).product(labels.clone(), Some(Bias::once(weight)))
            }
            _ => weight.unsqueeze(),
        }
    }

    /// Pictures as the first layer sees them.
    fn seen(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Tensor<2> {
        match (self.told, labels) {
            (Told::Pictures(planes), Some(labels)) => {
                x + weights.weight(planes).product(labels.clone(), None)
            }
            _ => x,
        }
    }

    fn logits(&self, weights: &Weights, h: Tensor<2>, direction: Tensor<2>) -> Tensor<2> {
        let logits = ops::row_products(h, direction);
        match self.bias {
            Some(bias) => logits + weights.get::<1>(bias).unsqueeze(),
            None => logits,
        }
    }

    /// # Shapes
    /// x: [n, numbers], labels: one-hot [n, CLASSES], which count for nothing where it is not told them;
    /// to [n, 1]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        labels: Option<&Tensor<2>>,
    ) -> Tensor<2> {
        let x = self.seen(weights, x, labels);
        let h = self.features.forward(weights, x, &Side::default(), &mut Mode::Train); // [n, features]
        self.logits(weights, h, self.direction(weights, labels))
    }

    /// Like [`Discriminator::forward`], and saves what the backward pass needs.
    pub fn judge(&self, weights: &Weights, x: Tensor<2>, labels: Option<&Tensor<2>>) -> Verdict {
        let seen = self.seen(weights, x, labels);
        let features = self.features.trace(weights, seen.clone(), &Side::default());
        let direction = self.direction(weights, labels);
        let logits = self.logits(weights, features.y.clone(), direction.clone());
        Verdict { logits, seen, features, direction, labels: labels.cloned() }
    }

    /// Reads off pictures what is meant, from place `first` on: see [`Head::read`]. Nothing where it has no
    /// second head, or there is nothing to read.
    ///
    /// # Shapes
    /// meant: [pictures read, outputs of the head]
    pub fn guess(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        meant: Option<Tensor<2>>,
        first: usize,
        factor: f64,
    ) -> Option<Guess> {
        let (head, meant) = self.head.as_ref().zip(meant)?;
        Some(head.read(weights, &verdict.features.y, meant, first, factor))
    }

    /// Whether real pictures are read as well as drawings.
    pub fn reads_reals(&self) -> bool {
        self.head.as_ref().is_some_and(Head::reads_reals)
    }

    /// The slopes of the logits by the output of each layer.
    pub fn logit_slopes(&self, weights: &Weights, verdict: &Verdict) -> Slopes {
        let direction = verdict.direction.clone().expand(verdict.features.y.dims());
        self.features.slopes(weights, &verdict.features, direction)
    }

    /// The slopes of a loss with ∂loss/∂logit = `scale`, plus that of a guess.
    ///
    /// # Shapes
    /// scale: [n, 1]
    pub fn loss_slopes(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        scale: &Tensor<2>,
        guess: Option<&Guess>,
    ) -> Slopes {
        let mut g = verdict.direction.clone() * scale.clone();
        if let Some(guess) = guess {
            g = g + guess.by_features.clone();
        }
        self.features.slopes(weights, &verdict.features, g)
    }

    /// The slopes by the pictures, [n, numbers].
    pub fn input_gradient(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        slopes: &Slopes,
    ) -> Tensor<2> {
        self.features.input_gradient(weights, &verdict.features, slopes)
    }

    /// The gradient by the weights of a loss with ∂loss/∂logit = `scale`, plus that of a guess. The slopes
    /// must be those of both ([`Discriminator::loss_slopes`]).
    ///
    /// # Shapes
    /// scale: [n, 1]; to [parameters]
    pub fn gradient(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        slopes: &Slopes,
        scale: &Tensor<2>,
        guess: Option<&Guess>,
    ) -> Tensor<1> {
        let mut gradient = self.layout.gradient();
        self.features.gradient(&verdict.features, slopes, None, &mut gradient);
        if let (Told::Pictures(planes), Some(labels)) = (self.told, &verdict.labels) {
            let by_pictures = self.input_gradient(weights, verdict, slopes);
            gradient.add(planes, ops::outer(labels.clone(), by_pictures));
        }
        if let Some((head, guess)) = self.head.as_ref().zip(guess) {
            head.gradient(guess, &mut gradient);
        }
        let h = verdict.features.y.clone() * scale.clone();
        self.finish(verdict, h, scale, gradient)
    }

    /// The same of that loss plus a penalty P on the input gradient, ∂P/∂(∇ₓ logit) = `by_slopes`. The slopes
    /// are those of the logits themselves, `by_pictures` those by the pictures (see `layers::stack`); so
    /// a guess goes its own way back.
    ///
    /// # Shapes
    /// by_pictures, by_slopes: [n, numbers], scale: [n, 1]; to [parameters]
    pub fn penalised_gradient(
        &self,
        weights: &Weights,
        verdict: &Verdict,
        slopes: &Slopes,
        scale: &Tensor<2>,
        [by_pictures, by_slopes]: [Tensor<2>; 2],
        guess: Option<&Guess>,
    ) -> Tensor<1> {
        let sent = ops::add_scaled(by_slopes, verdict.seen.clone(), scale.clone());
        let tangent = self.features.tangent(weights, &verdict.features, sent, scale);
        let mut gradient = self.layout.gradient();
        self.features.gradient(&tangent, slopes, Some(scale), &mut gradient);
        // A plane moves the picture along a piece that is linear, where the penalty stays the same.
        if let (Told::Pictures(planes), Some(labels)) = (self.told, &verdict.labels) {
            gradient.add(planes, ops::outer(labels.clone(), by_pictures * scale.clone()));
        }
        if let Some((head, guess)) = self.head.as_ref().zip(guess) {
            let own = self.features.slopes(weights, &verdict.features, guess.by_features.clone());
            self.features.gradient(&verdict.features, &own, None, &mut gradient);
            head.gradient(guess, &mut gradient);
        }
        self.finish(verdict, tangent.y, scale, gradient)
    }

    /// Adds the last layer's part, for features `h` that each count as they are.
    fn finish(
        &self,
        verdict: &Verdict,
        h: Tensor<2>,
        scale: &Tensor<2>,
        mut gradient: Gradient,
    ) -> Tensor<1> {
        if let (Told::Features(embedding), Some(labels)) = (self.told, &verdict.labels) {
            gradient.add(embedding, ops::outer(labels.clone(), h.clone()));
        }
        let [_, features] = h.dims();
        gradient.add(self.weight, ops::column_sums(h, None, features));
        if let Some(bias) = self.bias {
            gradient.add(bias, scale.clone().sum());
        }
        self.layout.flatten(gradient)
    }
}
