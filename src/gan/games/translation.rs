//! One picture into another (Pix2Pix, Isola et al. 2017, arXiv 1611.07004, eq. 4): the discriminator sees the source
//! beside the picture that it judges, and the generator is also held to the truth by λ times the L1 distance.

use crate::gan::game::{Game, Judge, Port, Start, Weights};

pub fn game(weights: Weights) -> Game {
    let mut g = Game::default();
    let generator = g.generator("generator", Port::Target);
    let discriminator = g.discriminator(Judge::Targets);
    let fake = g.play(generator, Start::Picture(Port::Source));
    let pair = [Port::Target, fake];
    g.adversarial(discriminator, pair, Some(Port::Source), weights.adversarial);
    g.distance(fake, Port::Target, weights.distance);
    g.features(fake, Port::Target, weights.features);
    g
}
