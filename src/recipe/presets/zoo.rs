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

#[inline(never)]
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
    Preset::of(name, label, summary, Some(Paper::new(citation, url)), &recipe)
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
pub fn variants(dcgan: &Recipe) -> Vec<Preset> {
    vec![
        preset(
            "sngan",
            "SN-GAN",
            "Divides each layer of the judge by its spectral norm, so no penalty is needed. Look for the judge's loss to stay between 1.5 and 2, and for logits that never run away. The paper uses rates of 2e-4 and five steps of the judge.",
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
            "The judge gives marks instead of probabilities. Look for logits that stay between 0 and 1: fakes just below a half, real digits just above. The paper uses rates of 2e-4.",
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
            "A critic with unbounded scores, its weights clipped after each step. Look at the gap between real and fake, the estimated distance: tens in the first steps, about 1 as digits appear. All other presets learn faster. The paper clips at 0.01 and uses RMSProp, rates of 5e-5 and five critic steps.",
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
            "Replaces clipping by a penalty that asks for a slope of 1 between real digits and fakes. Look for logits that fall side by side, with a small gap from step 200 on. The paper uses rates of 1e-4 and five critic steps.",
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
            "The non-saturating game, with a slope of 1 asked for around real digits only. Look for losses that calm down as training goes on. The paper's penalty is ten times as strong.",
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
            "Compares each picture with the average score of the other side. Look for logits that wander while their difference stays small. The paper uses rates of 2e-4 and no penalty.",
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
            "The judge learns only from pictures it is unsure of. Look for the judge's loss to stay between 1.4 and 1.9: at 2 it can tell nothing apart.",
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
pub fn heads(dcgan: &Recipe) -> Vec<Preset> {
    vec![
        preset(
            "cgan",
            "Conditional GAN",
            "The first GAN that could be told what to draw: the judge sees the label as a pattern laid over the picture. Look for columns that turn into their digit soon after strokes appear. The paper's players were multilayer perceptrons.",
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
            "The judge is not given the label but has to name it, and both players want it to be right. Look for digits that are easy to tell apart but more alike within a column. The paper uses rates of 2e-4 and no penalty.",
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
            "No labels: instead, the judge has to read codes off the drawings. Look for columns that each settle on a kind of digit, and turn the codes under “Draw more”. The paper uses rates of 1e-3 and 2e-4 and no penalty.",
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
pub fn networks(quick: &Recipe) -> Vec<Preset> {
    vec![
        preset(
            "r3gan",
            "R3GAN",
            "A modern baseline: residual networks without normalisation, a relativistic loss, R1 + R2. Steps are slower. Look for the judge's loss to stay between 0.6 and 0.7 while the drawings improve, and for logits that wander side by side. The paper uses rates of 2e-4 and no categorical code.",
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
            "A style made from the latent vector steers each layer. Look for whole digits early: the first level draws their shape, the last only the edges. The paper uses rates of 2e-3 and a penalty ten times as strong.",
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
            "The label steers every level of the artist, and self-attention links distant parts of the picture. Look for columns that keep to their digit from the first hundred steps on. The paper uses rates of 5e-5 and 2e-4, two steps of the judge and no LeCam regulariser.",
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
pub fn failures(quick: &Recipe, dcgan: &Recipe) -> Vec<Preset> {
    vec![
        preset(
            "minimax-vanishing",
            "Fails: vanishing gradients",
            "The artist's loss is flat at 0 and its drawings stay noise: the judge is sure, and minimax then has no gradient left. The non-saturating objective cures it.",
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
            "Fails: unbounded critic",
            "Scores in the tens of thousands after a hundred steps, and splinters for digits: the Wasserstein objective with nothing to bound the critic. Clipping its weights at 0.1 or a gradient penalty cures it.",
            ("Arjovsky et al. 2017, section 3", WGAN),
            dcgan,
            |r| {
                r.objective = Objective::Wasserstein;
                r.penalty = NO_PENALTY;
                rates(r, 1e-3, 1e-2);
            },
        ),
        preset(
            "judge-too-strong",
            "Fails: judge too strong",
            "Five fast steps of the judge to each one of the artist, and no penalty: the judge is always sure, and its gradient is worth nothing. Watch the logits drift apart while every drawing keeps the same texture.",
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
            "The judge all but stops learning within a hundred steps: the artist finds the drawing that it likes best, and draws it whatever the noise. When the judge at last rejects it, the artist moves on to another. A constant learning rate for the judge cures it.",
            ("Goodfellow 2016, section 5.1.1", "https://arxiv.org/abs/1701.00160"),
            quick,
            |r| {
                r.conditional = false;
                r.objective = Objective::NonSaturating;
                r.penalty = Penalty { kind: PenaltyKind::R1, gamma: 1.0 };
                let schedule = &mut r.discriminator.schedule;
                (schedule.kind, schedule.steps, schedule.end) = (ScheduleKind::Cosine, 100, 0.01);
                // A longer average would still mix in drawings from before.
                r.ema = 0.95;
            },
        ),
        preset(
            "checkerboard",
            "Fails: checkerboard",
            "A lattice, two and four pixels wide, over the digits: the judge's gradient comes back to the artist through layers of stride 2, and momentum (β₁) in the judge keeps it swinging. A judge without momentum, at a rate of 4e-3, cures it.",
            ("Odena, Dumoulin & Olah 2016", "https://distill.pub/2016/deconv-checkerboard"),
            quick,
            |r| {
                r.latent = 64;
                r.penalty = NO_PENALTY;
                r.discriminator.optimiser.beta1 = 0.85;
                rates(r, 8e-3, 1e-2);
                // The lattices of different steps would average out.
                r.ema = 0.0;
            },
        ),
        preset(
            "r1-alone",
            "Fails: R1 without R2",
            "Losses jump into the thousands and take hundreds of steps to come back: R1 keeps the judge smooth around real digits only, and at these rates fakes leave that region. Slower learning cures it; adding R2 helps only sometimes.",
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
