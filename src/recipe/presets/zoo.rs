//! The DCGAN preset under other objectives and constraints, each tuned, and some that are meant to fail.
//! Figures of each, and the papers' settings where these differ: docs/zoo.md.

use super::{GAN, PLACES, Preset};
use crate::recipe::{
    Architecture, Codes, Conditioning, Norm, Objective, Paper, Penalty, PenaltyKind, Recipe,
    Schedule, ScheduleKind,
};

const WGAN: &str = "https://arxiv.org/abs/1701.07875";
const RGAN: &str = "https://arxiv.org/abs/1807.00734";

const NO_PENALTY: Penalty = Penalty { kind: PenaltyKind::None, gamma: 1.0 };

fn preset(
    name: &str,
    label: &str,
    summary: &str,
    (citation, url): (&'static str, &'static str),
    base: &Recipe,
    change: fn(&mut Recipe),
) -> Preset {
    let mut recipe = base.clone();
    change(&mut recipe);
    let paper = Some(Paper::new(citation, url));
    Preset { name: name.into(), label: label.into(), summary: summary.into(), paper, recipe }
}

fn rates(recipe: &mut Recipe, generator: f64, discriminator: f64) {
    recipe.generator.optimiser.lr = generator;
    recipe.discriminator.optimiser.lr = discriminator;
}

fn constant_rates(recipe: &mut Recipe, generator: f64, discriminator: f64) {
    rates(recipe, generator, discriminator);
    schedules(recipe, |schedule| schedule.kind = ScheduleKind::Constant);
}

fn schedules(recipe: &mut Recipe, set: fn(&mut Schedule)) {
    set(&mut recipe.generator.schedule);
    set(&mut recipe.discriminator.schedule);
}

/// One for each objective that a paper is known for.
pub fn variants(dcgan: &Recipe) -> [Preset; 7] {
    [
        preset(
            "sngan",
            "SN-GAN",
            "Each layer of the judge is divided by the most it can stretch anything: no penalty is needed. Look for a discriminator loss that stays between 1.5 and 2, and for logits that never run away. The paper's rates are 2e-4, with five steps of the judge.",
            ("Miyato et al. 2018", "https://arxiv.org/abs/1802.05957"),
            dcgan,
            |r| {
                r.objective = Objective::Hinge;
                r.penalty = NO_PENALTY;
                r.spectral_norm = true;
                r.norm = Norm::Layer;
                for p in [&mut r.generator, &mut r.discriminator] {
                    p.optimiser.beta2 = 0.9;
                }
                rates(r, 4e-3, 8e-3);
            },
        ),
        preset(
            "lsgan",
            "LSGAN",
            "The judge gives marks instead of probabilities. Look for logits that stay between 0 and 1: fakes just below a half, real pictures just above. The paper's rates are 2e-4.",
            ("Mao et al. 2016", "https://arxiv.org/abs/1611.04076"),
            dcgan,
            |r| {
                r.objective = Objective::LeastSquares;
                r.penalty = NO_PENALTY;
                rates(r, 4e-3, 2e-3);
            },
        ),
        preset(
            "wgan",
            "WGAN",
            "Scores without end, and weights clipped after each step. Look for the gap between real and fake, the distance: from tens in the first steps to about 1 as digits appear. The rest draw sooner. The paper clips at 0.01, with RMSProp, rates of 5e-5 and five steps of the judge.",
            ("Arjovsky et al. 2017, algorithm 1", WGAN),
            dcgan,
            |r| {
                r.objective = Objective::Wasserstein;
                r.penalty = NO_PENALTY;
                r.weight_clip = 0.1;
                r.ema = 0.999;
                rates(r, 4e-3, 4e-3);
                // Over fewer it stays blurred (docs/lab/zoo.md).
                schedules(r, |s| (s.kind, s.steps, s.end) = (ScheduleKind::Cosine, 16_000, 0.01));
            },
        ),
        preset(
            "wgan-gp",
            "WGAN-GP",
            "Instead of clipping, a slope of 1 between real pictures and fakes. Look for logits that run side by side and fall together, the gap small from step 200 on. The paper's rates are 1e-4, with five steps of the judge.",
            ("Gulrajani et al. 2017", "https://arxiv.org/abs/1704.00028"),
            dcgan,
            |r| {
                r.objective = Objective::Wasserstein;
                r.penalty = Penalty { kind: PenaltyKind::WganGp, gamma: 10.0 };
                r.norm = Norm::Layer;
            },
        ),
        preset(
            "dragan",
            "DRAGAN",
            "The usual game, with a slope of 1 asked for around real pictures only. Look for losses that grow calmer from step to step. The paper asks ten times as loudly.",
            ("Kodali et al. 2017", "https://arxiv.org/abs/1705.07215"),
            dcgan,
            |r| {
                r.penalty = Penalty { kind: PenaltyKind::Dragan, gamma: 1.0 };
                r.norm = Norm::Layer;
            },
        ),
        preset(
            "ragan",
            "Relativistic average GAN",
            "Each picture against the average of the other side. Look for logits that wander while their difference stays small. The paper has rates of 2e-4 and no penalty.",
            ("Jolicoeur-Martineau 2018", RGAN),
            dcgan,
            |r| {
                r.objective = Objective::RelativisticAverage;
                r.penalty = Penalty { kind: PenaltyKind::R1R2, gamma: 0.1 };
            },
        ),
        preset(
            "hinge",
            "Hinge GAN",
            "The judge learns only from pictures that it is not sure of. Look for a discriminator loss that stays between 1.4 and 1.9: at 2 it could tell nothing.",
            ("Lim & Ye 2017", "https://arxiv.org/abs/1705.02894"),
            dcgan,
            |r| {
                r.objective = Objective::Hinge;
                r.penalty.gamma = 0.1;
                r.norm = Norm::Layer;
            },
        ),
    ]
}

/// What these learn soonest with, as measured (docs/lab/zoo.md).
fn faster(recipe: &mut Recipe) {
    (recipe.latent, recipe.norm) = (16, Norm::Layer);
    recipe.penalty.gamma = 0.1;
    constant_rates(recipe, 6e-3, 3e-3);
}

/// Of the digit, which takes the place of a category.
fn told(recipe: &mut Recipe, how: Conditioning) {
    (recipe.conditional, recipe.conditioning) = (true, how);
    recipe.codes.categorical = false;
}

/// Rates that begin to fall when there is something to see.
fn cooling(recipe: &mut Recipe) {
    schedules(recipe, |s| (s.kind, s.steps) = (ScheduleKind::InverseSquareRoot, 1000));
}

/// One for each way of telling the players what to draw, or of finding out what there is.
pub fn heads(dcgan: &Recipe) -> [Preset; 3] {
    [
        preset(
            "cgan",
            "Conditional GAN",
            "The first GAN that was told what to draw: the judge sees the digit laid over the picture. Look for columns that turn into their digit soon after the strokes appear. The paper's players were perceptrons.",
            ("Mirza & Osindero 2014", "https://arxiv.org/abs/1411.1784"),
            dcgan,
            |r| {
                told(r, Conditioning::Concatenation);
                faster(r);
                r.discriminator.width = 24;
                cooling(r);
            },
        ),
        preset(
            "acgan",
            "AC-GAN",
            "The judge is not told the digit but has to say it, and both players want it to be right. Look for digits that are easily told apart, and more alike within a column. The paper has rates of 2e-4 and no penalty.",
            ("Odena et al. 2016", "https://arxiv.org/abs/1610.09585"),
            dcgan,
            |r| {
                told(r, Conditioning::Auxiliary);
                faster(r);
            },
        ),
        preset(
            "infogan",
            "InfoGAN",
            "No labels, but codes that the judge has to read off the drawings. Look for columns that settle on a kind of digit each, and turn the codes under “Draw more”. The paper has rates of 1e-3 and 2e-4 and no penalty.",
            ("Chen et al. 2016", "https://arxiv.org/abs/1606.03657"),
            dcgan,
            |r| {
                r.codes = Codes { categorical: true, continuous: 2, weight: 0.3 };
                faster(r);
                // A smoother judge keeps the drawings readable beside what they have to show.
                r.penalty.gamma = 1.0;
                cooling(r);
            },
        ),
    ]
}

/// One for each network that a paper is known for.
pub fn networks(quick: &Recipe) -> [Preset; 3] {
    [
        preset(
            "r3gan",
            "R3GAN",
            "A modern baseline: residual players without norms, pairs of real and fake, both penalties. Slower steps. Look for a discriminator loss that stays between 0.6 and 0.7 while the drawings get better, and for logits that wander side by side. The paper's rates are 2e-4, its random numbers have no ten places to start from.",
            ("Huang et al. 2024", "https://arxiv.org/abs/2501.05441"),
            quick,
            |r| {
                r.conditional = false;
                r.codes = PLACES;
                r.latent = 64;
                built(r, Architecture::Residual, [16, 16]);
                rates(r, 3e-3, 2e-3);
            },
        ),
        preset(
            "stylegan2",
            "StyleGAN2",
            "A style tells each layer what to draw. Look for whole digits early: the first level draws their shape, the last one only the edges. The paper's rates are 2e-3, its penalty ten times as strong.",
            ("Karras et al. 2020", "https://arxiv.org/abs/1912.04958"),
            quick,
            |r| {
                r.conditional = false;
                r.latent = 32;
                r.objective = Objective::NonSaturating;
                r.penalty = Penalty { kind: PenaltyKind::R1, gamma: 1.0 };
                built(r, Architecture::StyleGan2, [16, 8]);
                rates(r, 1e-3, 2e-3);
            },
        ),
        preset(
            "biggan",
            "BigGAN",
            "The class speaks at every level of the generator, and far places look at each other. Look for columns that keep to their digit from the first hundred steps on. The paper has rates of 5e-5 and 2e-4, two steps of the judge and no LeCam.",
            ("Brock et al. 2018", "https://arxiv.org/abs/1809.11096"),
            quick,
            |r| {
                r.latent = 48;
                r.objective = Objective::Hinge;
                r.penalty = NO_PENALTY;
                r.spectral_norm = true;
                // Without, some seeds draw one class for another (docs/lab/zoo.md).
                r.lecam = 0.3;
                built(r, Architecture::BigGan, [16, 8]);
                rates(r, 4e-3, 4e-3);
            },
        ),
    ]
}

fn built(recipe: &mut Recipe, network: Architecture, [generator, discriminator]: [usize; 2]) {
    for (player, width) in
        [(&mut recipe.generator, generator), (&mut recipe.discriminator, discriminator)]
    {
        (player.network, player.width) = (network, width);
    }
}

/// Recipes that fail in ways worth seeing.
pub fn failures(quick: &Recipe, dcgan: &Recipe) -> [Preset; 6] {
    [
        preset(
            "minimax-vanishing",
            "Fails: vanishing gradient",
            "Minimax against a sure judge: the generator's loss is flat at 0 and its drawings stay noise. The non-saturating objective mends it.",
            ("Goodfellow et al. 2014, section 3", GAN),
            dcgan,
            |r| {
                r.objective = Objective::Minimax;
                r.penalty = NO_PENALTY;
                r.d_steps = 2;
                rates(r, 2e-4, 2e-3);
            },
        ),
        preset(
            "wgan-unconstrained",
            "Fails: a critic without bounds",
            "The Wasserstein objective with nothing that holds the critic: its scores and losses grow without end. Clipping or a penalty mends it.",
            ("Arjovsky et al. 2017, section 3", WGAN),
            dcgan,
            |r| {
                r.objective = Objective::Wasserstein;
                r.penalty = NO_PENALTY;
                rates(r, 1e-3, 1e-3);
            },
        ),
        preset(
            "judge-too-strong",
            "Fails: a judge too strong",
            "Five fast steps of the judge to one of the artist, and no penalty: it is always sure, and its advice is worth nothing. Look at the logits drifting apart.",
            ("Arjovsky & Bottou 2017, theorem 2.4", "https://arxiv.org/abs/1701.04862"),
            dcgan,
            |r| {
                r.penalty = NO_PENALTY;
                r.d_steps = 5;
                rates(r, 2e-4, 1e-2);
            },
        ),
        preset(
            "mode-collapse",
            "Fails: mode collapse",
            "A judge that learns too slowly: the artist finds one drawing that passes, and draws it whatever the noise. A faster judge with a penalty mends it.",
            ("Goodfellow 2016, section 5.1.1", "https://arxiv.org/abs/1701.00160"),
            quick,
            |r| {
                r.conditional = false;
                r.penalty = NO_PENALTY;
                r.discriminator.optimiser.lr = 1e-4;
            },
        ),
        preset(
            "checkerboard",
            "Fails: checkerboard",
            "The judge hands its advice back through layers that skip every other pixel, and marks without bounds make it loud: look for a lattice, two and four pixels wide, in place of digits. A slower judge mends it.",
            ("Odena, Dumoulin & Olah 2016", "https://distill.pub/2016/deconv-checkerboard"),
            dcgan,
            |r| {
                r.objective = Objective::LeastSquares;
                r.penalty = NO_PENALTY;
                rates(r, 8e-3, 1e-2);
            },
        ),
        preset(
            "r1-alone",
            "Fails: R1 without R2",
            "The judge is held smooth around real pictures only, and at this pace fakes leave that ground: look for losses that jump into the thousands and take hundreds of steps to come back. Slower learning mends it; R2 beside R1 only sometimes.",
            ("Huang et al. 2024, section 2", "https://arxiv.org/abs/2501.05441"),
            dcgan,
            |r| {
                r.objective = Objective::Relativistic;
                r.penalty = Penalty { kind: PenaltyKind::R1, gamma: 0.1 };
                r.norm = Norm::Layer;
                constant_rates(r, 3e-2, 3e-2);
            },
        ),
    ]
}
