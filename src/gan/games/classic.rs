//! The game of the first paper (Goodfellow et al. 2014, arXiv 1406.2661, figure 1): noise goes in, fakes come out, and
//! the discriminator compares them with real pictures.

use crate::gan::game::{Game, Judge, Port, Start, Weights};

pub fn game(weights: Weights) -> Game {
    let mut g = Game::default();
    let generator = g.generator("generator", Port::Target);
    let discriminator = g.discriminator(Judge::Targets);
    let fake = g.play(generator, Start::Noise);
    g.adversarial(discriminator, [Port::Target, fake], None, weights.adversarial);
    g
}
