//! A small picture made large (SRGAN, Ledig et al. 2017, arXiv 1609.04802, eq. 3 to 6): the discriminator judges the
//! large picture alone, and the generator is also held to the truth, by its pixels and by a network's features.

use crate::gan::game::{Game, Judge, Port, Start, Weights};

pub fn game(weights: Weights) -> Game {
    let mut g = Game::default();
    let generator = g.generator("generator", Port::Target);
    let discriminator = g.discriminator(Judge::Targets);
    let fake = g.play(generator, Start::Picture(Port::Source));
    g.adversarial(discriminator, [Port::Target, fake], None, weights.adversarial);
    g.distance(fake, Port::Target, weights.distance);
    g.features(fake, Port::Target, weights.features);
    g
}
