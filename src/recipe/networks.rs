//! The networks that a recipe asks for.

use super::{PenaltyKind, Recipe};
use crate::data::CLASSES;
use crate::error::Problem;
use crate::gan::game::{Direction, Game, Judge, Port, Start};
use crate::nets::{Discriminator, DiscriminatorSpec, Generator, GeneratorSpec};
use crate::shape::Shape;

impl Recipe {
    /// The pictures that the generator makes.
    pub fn picture(&self) -> Shape {
        self.data().spec().target
    }

    /// The pictures that are translated that way, if the data have such.
    pub fn shape_from(&self, direction: Direction) -> Option<Shape> {
        let spec = self.data().spec();
        match direction {
            Direction::Back => spec.source,
            Direction::Forth => Some(spec.target),
        }
    }

    fn shape_of(&self, game: &Game, port: Port) -> Result<Shape, Problem> {
        match game.kind(port) {
            Port::Source => self.data().spec().source.ok_or_else(no_source),
            Port::Target | Port::Made(_) => Ok(self.picture()),
        }
    }

    /// The networks of both sides, as the game lists them.
    ///
    /// # Errors
    /// When there is no such network.
    pub fn build_networks(&self) -> Result<(Vec<Generator>, Vec<Discriminator>), Problem> {
        let game = self.game();
        let generators = (0..game.generators.len()).map(|k| self.build_generator(&game, k));
        let discriminators =
            (0..game.discriminators.len()).map(|k| self.build_discriminator(&game, k));
        let generators = generators.collect::<Result<_, _>>()?;
        Ok((generators, discriminators.collect::<Result<_, _>>()?))
    }

    /// What cannot be built of the two networks, or not be penalised.
    pub(super) fn misfits(&self) -> Vec<Problem> {
        let game = self.game();
        let mut problems: Vec<Problem> = Vec::new();
        let mut add = |problem: Option<Problem>| match problem {
            Some(problem) if !problems.contains(&problem) => problems.push(problem),
            _ => {}
        };
        for k in 0..game.generators.len() {
            add(self.build_generator(&game, k).err());
        }
        for k in 0..game.discriminators.len() {
            let discriminator = self.build_discriminator(&game, k);
            let curved = discriminator.as_ref().is_ok_and(|network| !network.is_piecewise_linear());
            add(discriminator.err());
            add((curved && self.penalty.kind != PenaltyKind::None).then(|| Problem {
                path: "penalty.kind".into(),
                reason: "must be none: this discriminator has layers without a second derivative"
                    .into(),
            }));
        }
        problems
    }

    /// The game's k-th generator.
    fn build_generator(&self, game: &Game, k: usize) -> Result<Generator, Problem> {
        let source = match game.start(k) {
            Start::Noise => None,
            Start::Picture(port) => Some(self.shape_of(game, port)?),
        };
        let spec = GeneratorSpec {
            network: self.generator.network,
            width: self.generator.width,
            norm: self.norm,
            latent: self.latent,
            classes: if self.asks_class() { CLASSES } else { 0 },
            source,
            picture: self.shape_of(game, game.generators[k].makes)?,
        };
        let problem = |reason| Problem { path: "generator.network".into(), reason };
        Generator::new(spec).map_err(problem)
    }

    /// Its k-th discriminator.
    fn build_discriminator(&self, game: &Game, k: usize) -> Result<Discriminator, Problem> {
        let picture = match game.discriminators[k] {
            Judge::Targets => self.picture(),
            Judge::Sources => self.shape_of(game, Port::Source)?,
            Judge::Frames => self.picture().of(1),
        };
        let given = game.given(k).map(|port| self.shape_of(game, port)).transpose()?;
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
