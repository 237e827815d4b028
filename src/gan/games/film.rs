//! Films (MoCoGAN, Tulyakov et al. 2018, arXiv 1707.04993, eq. 4): one judge sees how things move, in whole films; the other
//! looks at single frames.

use crate::gan::game::{Game, Judge, Port, Start, Weights};

pub fn game(weights: Weights) -> Game {
    let mut g = Game::default();
    let generator = g.generator("generator", Port::Target);
    let of_films = g.discriminator(Judge::Targets);
    let of_frames = g.discriminator(Judge::Frames);
    let fake = g.play(generator, Start::Noise);
    g.adversarial(of_films, [Port::Target, fake], None, weights.adversarial);
    g.adversarial(of_frames, [Port::Target, fake], None, weights.adversarial);
    g
}
