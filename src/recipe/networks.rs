//! The networks that a recipe asks for.

use super::{PenaltyKind, Recipe};
use crate::data::CLASSES;
use crate::error::Problem;
use crate::gan::game::{Port, Start};
use crate::nets::{Discriminator, DiscriminatorSpec, Generator, GeneratorSpec};
use crate::shape::Shape;

impl Recipe {
    /// The pictures that the generator makes.
    pub fn picture(&self) -> Shape {
        self.data().spec().target
    }

    fn shape_of(&self, port: Port) -> Option<Shape> {
        match port {
            Port::Target | Port::Made(_) => Some(self.picture()),
            Port::Source => self.data().spec().source,
        }
    }

    /// What cannot be built of the two networks, or not be penalised.
    pub(super) fn misfits(&self) -> Vec<Problem> {
        let discriminator = self.build_discriminator();
        let curved = discriminator.as_ref().is_ok_and(|network| !network.is_piecewise_linear());
        let refused = (curved && self.penalty.kind != PenaltyKind::None).then(|| Problem {
            path: "penalty.kind".into(),
            reason: "must be none: this discriminator has layers without a second derivative"
                .into(),
        });
        self.build_generator().err().into_iter().chain(discriminator.err()).chain(refused).collect()
    }

    /// The networks of the first generator and the first discriminator; those of a side are alike.
    ///
    /// # Errors
    /// When there is no such network.
    pub fn build_generator(&self) -> Result<Generator, Problem> {
        let source = match self.game().start(0) {
            Start::Noise => None,
            Start::Picture(port) => match self.shape_of(port) {
                Some(shape) => Some(shape),
                None => return Err(no_source()),
            },
        };
        let spec = GeneratorSpec {
            network: self.generator.network,
            width: self.generator.width,
            norm: self.norm,
            latent: self.latent,
            classes: if self.asks_class() { CLASSES } else { 0 },
            source,
            picture: self.picture(),
        };
        let problem = |reason| Problem { path: "generator.network".into(), reason };
        Generator::new(spec).map_err(problem)
    }

    /// # Errors
    /// When there is no such network.
    pub fn build_discriminator(&self) -> Result<Discriminator, Problem> {
        let picture = self.picture();
        let given = match self.game().given(0) {
            Some(port) => Some(self.shape_of(port).ok_or_else(no_source)?),
            None => None,
        };
        let problem = |path: &str, reason| Problem { path: path.into(), reason };
        if given.is_some_and(|given| given.side != picture.side) {
            let reason = "must be one whose sources are as large as their targets".into();
            return Err(problem("view", reason));
        }
        let channels = picture.channels + given.map_or(0, |given| given.channels);
        let spec = DiscriminatorSpec {
            network: self.discriminator.network,
            width: self.discriminator.width,
            picture: picture.of(channels),
            hidden: self.d_hidden,
            logit_bias: !self.objective.is_shift_invariant(),
            classes: CLASSES,
            conditioning: self.conditional.then_some(self.conditioning),
            auxiliary: self.auxiliary_outputs(),
        };
        Discriminator::new(spec).map_err(|reason| problem("discriminator.network", reason))
    }
}

fn no_source() -> Problem {
    let reason = "must be one with a source, which this game translates".into();
    Problem { path: "view".into(), reason }
}
