//! Films and colours.

use super::Preset;
use crate::recipe::{Architecture, DatasetKind, GameKind, Paper, Recipe, View};

/// As tried in docs/lab/films.md.
fn film(quick: &Recipe, view: View) -> Recipe {
    let mut recipe = quick.clone();
    (recipe.game, recipe.view) = (GameKind::Film, view);
    recipe.generator.network = Architecture::MocoGan;
    (recipe.latent, recipe.batch) = (24, 32);
    recipe.generator.optimiser.lr = 8e-3;
    recipe.discriminator.optimiser.lr = 4e-3;
    (recipe.d_hidden, recipe.penalty.gamma) = (64, 0.5);
    recipe
}

pub(super) fn presets(quick: &Recipe) -> Vec<Preset> {
    let moco = film(quick, View::Moving);
    let written = Recipe { dataset: DatasetKind::Drawn, ..film(quick, View::Written) };
    let mut tgan = Recipe { game: GameKind::Classic, ..moco.clone() };
    tgan.generator.network = Architecture::Tgan;
    let tinted = Recipe { view: View::Tinted, ..quick.clone() };
    let stacked =
        Recipe { dataset: DatasetKind::StackedMnist, conditional: false, ..quick.clone() };
    let mocogan =
        || Paper::new("Tulyakov et al. 2018 (MoCoGAN)", "https://arxiv.org/abs/1707.04993");
    vec![
        Preset::of(
            "moco",
            "Moving digits",
            "MoCoGAN: films of eight frames in which a digit slides, turns and grows. What moves and how it moves come from separate latents, so one can be kept while the other changes. One judge watches films, one looks at single frames. Deviations: a perceptron instead of a recurrent network draws the path.",
            Some(mocogan()),
            &moco,
        ),
        Preset::of(
            "writing",
            "Digits being written",
            "MoCoGAN on films in which a pen writes a digit, stroke by stroke. Look at the last frame for the digit, and at the order of the strokes. Deviations as for moving digits.",
            Some(mocogan()),
            &written,
        ),
        Preset::of(
            "tgan",
            "Moving digits, one judge",
            "TGAN: the path of a film comes from its one latent, and one judge watches whole films. Look for frames that stay rough longer than with a judge of their own. Deviations: a perceptron instead of convolutions along time, the relativistic loss and a gradient penalty instead of clipped singular values.",
            Some(Paper::new("Saito et al. 2017 (TGAN)", "https://arxiv.org/abs/1611.06624")),
            &tgan,
        ),
        Preset::of(
            "tinted",
            "Digits in colour",
            "The default on digits in coloured ink: three channels instead of one. Look for strokes of one colour; a smudge of two is a mistake that grey digits cannot make.",
            None,
            &tinted,
        ),
        Preset::of(
            "stacked",
            "Three digits at once",
            "Stacked MNIST: a red, a green and a blue digit in every picture, so a thousand kinds instead of ten, and nobody names them. Look in the room Quality at how many of the thousand numbers are found.",
            Some(Paper::new(
                "Metz et al. 2016 (unrolled GANs)",
                "https://arxiv.org/abs/1611.02163",
            )),
            &stacked,
        ),
    ]
}
