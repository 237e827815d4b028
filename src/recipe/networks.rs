//! The networks that a recipe asks for.

use super::{PenaltyKind, Recipe};
use crate::data::{CLASSES, SIDE};
use crate::error::Problem;
use crate::nets::{Discriminator, DiscriminatorSpec, Generator, GeneratorSpec};
use crate::shape::Shape;

impl Recipe {
    /// The pictures that the generator makes.
    pub fn picture(&self) -> Shape {
        Shape { side: SIDE, channels: self.dataset.channels() }
    }

    /// # Errors
    /// When there is no such network.
    pub fn build_generator(&self) -> Result<Generator, Problem> {
        let spec = GeneratorSpec {
            network: self.generator.network,
            width: self.generator.width,
            norm: self.norm,
            latent: self.latent,
            classes: if self.asks_class() { CLASSES } else { 0 },
            source: None,
            picture: self.picture(),
        };
        let problem = |reason| Problem { path: "generator.network".into(), reason };
        Generator::new(spec).map_err(problem)
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

    /// # Errors
    /// When there is no such network.
    pub fn build_discriminator(&self) -> Result<Discriminator, Problem> {
        let spec = DiscriminatorSpec {
            network: self.discriminator.network,
            width: self.discriminator.width,
            picture: self.picture(),
            hidden: self.d_hidden,
            logit_bias: !self.objective.is_shift_invariant(),
            classes: CLASSES,
            conditioning: self.conditional.then_some(self.conditioning),
            auxiliary: self.auxiliary_outputs(),
        };
        let problem = |reason| Problem { path: "discriminator.network".into(), reason };
        Discriminator::new(spec).map_err(problem)
    }
}
