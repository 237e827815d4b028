//! Games with points instead of pictures, in which everything can be seen at once.

use super::Preset;
use crate::recipe::{
    Architecture, Codes, DatasetKind, Objective, OptimiserKind, Paper, Penalty, PenaltyKind,
    Recipe, ScheduleKind,
};

fn base(quick: &Recipe, dataset: DatasetKind) -> Recipe {
    let mut recipe = quick.clone();
    recipe.dataset = dataset;
    recipe.conditional = false;
    recipe.codes = Codes { categorical: false, continuous: 0, weight: 0.0 };
    recipe.latent = dataset.shape().size();
    recipe.batch = 128;
    recipe.objective = Objective::NonSaturating;
    recipe.penalty = Penalty { kind: PenaltyKind::R1R2, gamma: 0.1 };
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        (player.network, player.width) = (Architecture::Mlp, 64);
        (player.optimiser.lr, player.optimiser.beta1) = (3e-3, 0.5);
        player.optimiser.weight_decay = 0.0;
    }
    recipe.ema = 0.995;
    recipe
}

/// A point and a slope, both by plain gradient descent.
fn dirac(quick: &Recipe) -> Recipe {
    let mut recipe = base(quick, DatasetKind::Origin);
    // They have no need of more than one.
    recipe.batch = 2;
    recipe.ema = 0.0;
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.network = Architecture::Dirac;
        player.optimiser.kind = OptimiserKind::Sgd;
        // So slow that the path can be watched, at 10,000 steps a second.
        (player.optimiser.lr, player.optimiser.beta1) = (1e-3, 0.0);
        player.schedule.kind = ScheduleKind::Constant;
    }
    recipe
}

pub(super) fn presets(quick: &Recipe) -> Vec<Preset> {
    // The best discriminator is the subject here, so it gets ahead (docs/lab/points.md).
    let mut line = base(quick, DatasetKind::TwoBumps);
    (line.d_steps, line.penalty.gamma, line.ema) = (2, 0.2, 0.999);
    for (player, lr) in [(&mut line.generator, 1e-4), (&mut line.discriminator, 6e-3)] {
        player.width = 32;
        (player.optimiser.lr, player.optimiser.beta1) = (lr, 0.0);
    }
    let (mut plane, mut grid) = (base(quick, DatasetKind::Ring), base(quick, DatasetKind::Grid));
    // So narrow that a model is at most 10 kB; in the same time they learn as much (docs/lab/points.md).
    for recipe in [&mut plane, &mut grid] {
        (recipe.generator.width, recipe.discriminator.width) = (32, 32);
    }
    (grid.generator.optimiser.lr, grid.discriminator.optimiser.lr) = (5e-3, 5e-3);
    let mut lost = base(quick, DatasetKind::Ring);
    lost.objective = Objective::Minimax;
    lost.penalty.kind = PenaltyKind::None;
    let mut point = dirac(quick);
    point.penalty = Penalty { kind: PenaltyKind::R1, gamma: 0.3 };
    let mut circle = dirac(quick);
    circle.objective = Objective::Wasserstein;
    circle.penalty.kind = PenaltyKind::None;
    let lab =
        || Some(Paper::new("Kahng et al. 2018 (GAN Lab)", "https://arxiv.org/abs/1809.01587"));
    let gan = || Some(Paper::new("Goodfellow et al. 2014, section 4", super::GAN));
    let unrolled = || Some(Paper::new("Metz et al. 2016", "https://arxiv.org/abs/1611.02163"));
    let mescheder =
        || Some(Paper::new("Mescheder et al. 2018", "https://arxiv.org/abs/1801.04406"));
    vec![
        Preset::of(
            "line",
            "Numbers on a line",
            "Single numbers instead of pictures, so that you see all there is: both densities, and the judge beside the best one there could be. Look for the artist’s hills moving under the data’s. Deviations: the paper only sketches this game.",
            gan(),
            &line,
        ),
        Preset::of(
            "plane",
            "Points on a ring",
            "Points in the plane, the real ones in eight small spots. Look for the lattice of the latent space, which folds onto the spots, and for arrows that say where each point is sent. Deviations: GAN Lab has no such ring.",
            lab(),
            &plane,
        ),
        Preset::of(
            "grid",
            "Points on a grid",
            "Twenty-five small spots, all of which the artist has to find. Look for strands between them: a smooth artist cannot leap.",
            lab(),
            &grid,
        ),
        Preset::of(
            "dirac",
            "Two numbers",
            "The smallest GAN: the artist is one number θ, the judge a slope ψ, the data are the number 0. Look for the spiral that R1 makes of the circle; without it the game goes round for ever. Deviations: the players take turns.",
            mescheder(),
            &point,
        ),
        Preset::of(
            "lost-modes",
            "Fails: lost modes",
            "The ring without a penalty, by the first paper’s objective. Look for points that crowd on a few of the eight spots and wander from one to the next.",
            unrolled(),
            &lost,
        ),
        Preset::of(
            "circles",
            "Fails: round in circles",
            "Two numbers without a penalty: each player is always right about the other, and both go round the solution for ever. Look for a path that never gets nearer.",
            mescheder(),
            &circle,
        ),
    ]
}
