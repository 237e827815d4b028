//! Recipes with names. Adding one is adding a row here, or in `zoo`.

mod films;
mod outlook;
mod points;
mod translation;
mod zoo;

use super::{
    Architecture, Augmentation, BurnIn, Codes, Conditioning, DatasetKind, Drawing, GameKind,
    InstanceNoise, Norm, Objective, Optimiser, OptimiserKind, Paper, Penalty, PenaltyKind, Player,
    Recipe, Schedule, ScheduleKind, View,
};
pub use outlook::Outlook;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Its name in URLs and flags.
    pub name: String,
    pub label: String,
    /// What it is and what to look for.
    pub summary: String,
    pub paper: Option<Paper>,
    pub recipe: Recipe,
    /// What it comes to, and how soon.
    pub outlook: Outlook,
}

impl Preset {
    /// Not inlined: it would be in a visitor's program once for each.
    #[inline(never)]
    fn of(name: &str, label: &str, summary: &str, paper: Option<Paper>, recipe: &Recipe) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            summary: summary.into(),
            paper,
            recipe: recipe.clone(),
            outlook: Outlook::of(name),
        }
    }
}

const DCGAN: &str = "https://arxiv.org/abs/1511.06434";
const GAN: &str = "https://arxiv.org/abs/1406.2661";

/// A categorical code without an auxiliary loss: digits form separate clusters, and so does this latent distribution
/// (docs/lab/zoo.md).
const PLACES: Codes = Codes { categorical: true, continuous: 0, weight: 0.0 };

/// All presets; the first is the default.
pub fn presets() -> Vec<Preset> {
    let quick = default_recipe();
    let with = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = quick.clone();
        change(&mut recipe);
        recipe
    };
    let mut all = vec![
        Preset::of(
            "quick",
            "Quick digits",
            "Digits within seconds: a conditional DCGAN with the relativistic loss. Each column asks for one digit.",
            Some(Paper::new("Huang et al. 2024 (R3GAN)", "https://arxiv.org/abs/2501.05441")),
            &quick,
        ),
        Preset::of(
            "dcgan",
            "DCGAN",
            "No labels: the artist decides what to draw from its latent vector and a ten-valued code, one column per value. Look for columns that settle on a digit or two within 1,000 steps. The paper uses rates of 2e-4, no hidden layer in the judge and no code.",
            Some(Paper::new("Radford et al. 2015", DCGAN)),
            &with(&|r| {
                r.conditional = false;
                r.objective = Objective::NonSaturating;
                r.penalty = Penalty { kind: PenaltyKind::R1, gamma: 0.3 };
                r.norm = Norm::Batch;
                r.generator.optimiser.lr = 8e-3;
                // FD 11 instead of 47, and digits that can be told apart (docs/lab/zoo.md).
                r.d_hidden = 64;
                r.codes = PLACES;
            }),
        ),
        Preset::of(
            "vanilla",
            "Vanilla GAN",
            "The first GAN: two plain multilayer perceptrons. Look for digits in a mist of dots, where convolutions draw clean strokes, and for how it thins over thousands of steps. The paper uses SGD with momentum, without a penalty or a categorical code.",
            Some(Paper::new("Goodfellow et al. 2014", GAN)),
            &with(&|r| {
                r.conditional = false;
                r.objective = Objective::NonSaturating;
                // From one place FD 22 after 8,000 steps; without, 54 (docs/lab/zoo.md).
                r.penalty = Penalty { kind: PenaltyKind::R1, gamma: 0.3 };
                r.codes = PLACES;
                // With a latent dimension of 16 perceptrons respond to little but the code, and at first draw few classes.
                r.latent = 32;
                for p in [&mut r.generator, &mut r.discriminator] {
                    p.network = Architecture::Mlp;
                    p.width = 256;
                    p.optimiser.lr = 2e-3;
                }
            }),
        ),
    ];
    all.extend(zoo::variants(&all[1].recipe));
    all.extend(zoo::heads(&all[1].recipe));
    all.extend(zoo::networks(&all[0].recipe));
    all.extend(translation::presets(&all[0].recipe));
    all.extend(films::presets(&all[0].recipe));
    all.extend(points::presets(&all[0].recipe));
    let bare = Recipe { d_hidden: 0, codes: all[0].recipe.codes, ..all[1].recipe.clone() };
    all.extend(zoo::failures(&all[0].recipe, &bare));
    all
}

/// The recipe that draws readable digits soonest, as measured (docs/recipes.md): the
/// generator learns twice as fast as the discriminator (two time scales, Heusel et al. 2017,
/// arXiv 1706.08500, turned around), both much faster than the papers' settings.
pub fn default_recipe() -> Recipe {
    let player = |width, lr| Player {
        network: Architecture::Dcgan,
        width,
        optimiser: Optimiser {
            kind: OptimiserKind::Adam,
            lr,
            beta1: 0.0,
            beta2: 0.99,
            epsilon: 1e-8,
            weight_decay: 0.01,
        },
        schedule: Schedule {
            kind: ScheduleKind::InverseSquareRoot,
            steps: 500,
            end: 0.1,
            warm_up: 0,
        },
        clip: 0.0,
    };
    Recipe {
        game: GameKind::Classic,
        view: View::Plain,
        adversarial: 1.0,
        distance: 0.0,
        feature_distance: 0.0,
        cycle: 0.0,
        dataset: DatasetKind::Mnist,
        drawing: Drawing::None,
        conditional: true,
        conditioning: Conditioning::Projection,
        codes: Codes { categorical: false, continuous: 0, weight: 1.0 },
        latent: 16,
        batch: 64,
        d_steps: 1,
        objective: Objective::Relativistic,
        label_smoothing: 0.0,
        penalty: Penalty { kind: PenaltyKind::R1R2, gamma: 0.3 },
        weight_clip: 0.0,
        spectral_norm: false,
        lecam: 0.0,
        instance_noise: InstanceNoise { deviation: 0.0, fade: 0 },
        augment: Augmentation::None,
        orthogonal: 0.0,
        norm: Norm::Layer,
        generator: player(32, 12e-3),
        discriminator: player(16, 4e-3),
        d_hidden: 0,
        burn_in: BurnIn { steps: 0, lr: 4.0, gamma: 3.0, beta2: 0.9, ema: 0.0 },
        ema: 0.995,
        seed: 1,
    }
}
