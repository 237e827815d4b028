//! The networks of all players and what they are fed with. The same for the trainer and for its replicas.

use super::sampling::Judged;
use super::side::SideLayout;
use super::step::Players;
use crate::data::{CLASSES, Values};
use crate::error::{Error, Result};
use crate::gan::game::{Game, Port};
use crate::metrics::classifier::Classifier;
use crate::nets::layers::Concat;
use crate::nets::params::rows;
use crate::nets::{Discriminator, Generator, inputs, ops};
use crate::recipe::{AuxiliaryOutputs, Recipe};
use crate::shape::Shape;
use burn::tensor::{Device, Tensor};
use std::ops::Range;
use std::rc::Rc;

/// All networks without their weights, and the recipe.
pub struct Nets {
    pub recipe: Recipe,
    pub device: Device,
    pub generators: Vec<Generator>,
    pub discriminators: Vec<Discriminator>,
    /// Where their parameters lie.
    pub g: Rc<SideLayout>,
    pub d: Rc<SideLayout>,
    /// It has weights already; for games that compare features.
    pub classifier: Option<Rc<Classifier>>,
}

impl Nets {
    /// # Errors
    /// When there is no such network.
    pub fn new(recipe: Recipe, device: Device) -> Result<Self> {
        let refused = |problem| Error::Recipe(vec![problem]);
        let game = recipe.game();
        let (generators, discriminators) = recipe.build_networks().map_err(refused)?;
        let of = |names: &[&'static str], layouts| Rc::new(SideLayout::new(names, layouts));
        let [g_names, d_names] = [
            game.generators.iter().map(|artist| artist.name).collect::<Vec<_>>(),
            game.discriminators.iter().map(|judge| judge.name()).collect(),
        ];
        let g = of(&g_names, generators.iter().map(|g| g.layout.clone()).collect());
        let d = of(&d_names, discriminators.iter().map(|d| d.layout.clone()).collect());
        Ok(Self { recipe, device, generators, discriminators, g, d, classifier: None })
    }

    /// Whether a sample's gradient depends on the others of its batch, which then cannot be divided.
    pub fn couples_batch(&self) -> bool {
        self.generators.iter().any(Generator::couples_batch)
            || self.recipe.objective.couples_batch()
    }

    /// Both sides of a game that these networks play.
    pub fn players<'a>(&'a self, game: &'a Game) -> Players<'a> {
        let Self { generators, discriminators, .. } = self;
        let classifier = self.classifier.as_deref();
        Players { game, generators, discriminators, classifier }
    }

    /// Whether the game compares features, and there is no classifier to read them.
    pub fn lacks_classifier(&self) -> bool {
        self.classifier.is_none() && self.recipe.compares_features()
    }

    /// [n, CLASSES] if the generator is conditional.
    pub fn one_hot(&self, labels: &[u8]) -> Option<Tensor<2>> {
        self.recipe.asks_class().then(|| inputs::one_hot(labels, CLASSES, &self.device))
    }

    /// Pictures, or points as they are, as the networks see them, [n, size].
    pub fn values(&self, values: &Values, shape: Shape) -> Tensor<2> {
        match values {
            Values::Bytes(bytes) => inputs::pictures(bytes, shape.size(), &self.device),
            Values::Reals(numbers) => rows(numbers.clone(), shape.size(), &self.device),
        }
    }

    /// How what a discriminator is given and what it judges become its input, if it is given something.
    fn beside(&self) -> Option<Concat> {
        let spec = self.recipe.data().spec();
        let given = match self.recipe.game().given(0)? {
            Port::Source => spec.source?,
            Port::Target | Port::Made(_) => spec.target,
        };
        Some(Concat::new([given, spec.target], 1.0))
    }

    /// The gradient by the picture that is judged, of that by all that the discriminator sees.
    pub fn by_picture(&self, by_seen: Tensor<2>) -> Tensor<2> {
        self.beside().map_or_else(|| by_seen.clone(), |beside| beside.part(&by_seen, 1))
    }

    /// Pictures as a discriminator sees them, [n, picture size].
    pub fn judged(&self, judged: Judged, samples: Range<usize>) -> Tensor<2> {
        let spec = self.recipe.data().spec();
        let bytes = |all: &[u8], shape: Shape| {
            let size = shape.size() * if shape.side == 1 { size_of::<f32>() } else { 1 };
            let part = &all[samples.start * size..samples.end * size];
            self.values(&Values::of_bytes(part.to_vec(), shape), shape)
        };
        let x = bytes(judged.pixels, spec.target);
        match (self.beside(), spec.source) {
            (Some(beside), Some(source)) => beside.apply([bytes(judged.given, source), x]),
            _ => x,
        }
    }

    /// The auxiliary head's targets for fakes made from these: the one-hot class, then the first of the
    /// latents, [n, outputs].
    pub fn auxiliary_targets(
        &self,
        z: &Tensor<2>,
        one_hot: &Option<Tensor<2>>,
    ) -> Option<Tensor<2>> {
        let AuxiliaryOutputs { classes, continuous, .. } = self.recipe.auxiliary_outputs()?;
        let continuous = (continuous > 0).then(|| z.clone().narrow(1, 0, continuous));
        match (one_hot.clone().filter(|_| classes > 0), continuous) {
            (Some(one_hot), Some(continuous)) => {
                Some(ops::concat_columns(one_hot, continuous, 1.0))
            }
            (one_hot, continuous) => one_hot.or(continuous),
        }
    }
}
