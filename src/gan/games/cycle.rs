//! Two kinds of pictures without pairs (CycleGAN, Zhu et al. 2017, arXiv 1703.10593, eq. 1 to 3): one generator each way,
//! a judge of each kind, and whatever is translated has to come back as it was.

use crate::gan::game::{Game, Judge, Port, Start, Weights};

pub fn game(weights: Weights) -> Game {
    let mut g = Game::default();
    let back = g.generator("generator", Port::Target);
    let forth = g.generator("forth-generator", Port::Source);
    let of_targets = g.discriminator(Judge::Targets);
    let of_sources = g.discriminator(Judge::Sources);
    let target = g.play(back, Start::Picture(Port::Source));
    let source = g.play(forth, Start::Picture(Port::Target));
    g.adversarial(of_targets, [Port::Target, target], None, weights.adversarial);
    g.adversarial(of_sources, [Port::Source, source], None, weights.adversarial);
    if weights.cycle > 0.0 {
        let target_again = g.play(back, Start::Picture(source));
        let source_again = g.play(forth, Start::Picture(target));
        g.cycle(target_again, Port::Target, weights.cycle);
        g.cycle(source_again, Port::Source, weights.cycle);
    }
    g
}
