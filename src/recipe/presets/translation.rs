//! Games that make one picture of another.

use super::Preset;
use crate::recipe::{
    Architecture, Codes, GameKind, Objective, Paper, Penalty, PenaltyKind, Recipe, View,
};

/// As tried in docs/lab/translation.md; the learning rates fall as those of the default do.
fn base(quick: &Recipe, game: GameKind, view: View) -> Recipe {
    let mut recipe = quick.clone();
    (recipe.game, recipe.view) = (game, view);
    recipe.conditional = false;
    recipe.codes = Codes { categorical: false, continuous: 0, weight: 0.0 };
    recipe.distance = 10.0;
    // Of the slope of all patches together, so that it is small.
    recipe.penalty = Penalty { kind: PenaltyKind::R1R2, gamma: 0.005 };
    (recipe.generator.network, recipe.generator.width) = (Architecture::Unet, 16);
    (recipe.discriminator.network, recipe.discriminator.width) = (Architecture::Patch, 16);
    recipe.generator.optimiser.lr = 4e-3;
    recipe.discriminator.optimiser.lr = 2e-3;
    recipe
}

/// Without pairs: there is no truth to be near to, but a way back. Whose hand it is, or which of two kinds is the ink, shows in
/// the whole digit, not in patches of it; and a judge that sees it needs less of a way back (docs/lab/translation.md).
fn unpaired(quick: &Recipe, view: View) -> Recipe {
    let mut recipe = base(quick, GameKind::Cycle, view);
    (recipe.distance, recipe.cycle) = (0.0, 1.0);
    recipe.discriminator.network = Architecture::Dcgan;
    recipe.penalty.gamma = 0.1;
    recipe
}

/// As the paper weighs the way back, and with its judge of patches: here both are content with the negative.
fn inside_out(zebra: &Recipe) -> Recipe {
    let mut recipe = Recipe { cycle: 10.0, seed: 3, ..zebra.clone() };
    recipe.discriminator.network = Architecture::Patch;
    recipe.penalty.gamma = 0.005;
    recipe
}

pub(super) fn presets(quick: &Recipe) -> Vec<Preset> {
    let sketch = base(quick, GameKind::Translation, View::Sketch);
    let mut inpaint = base(quick, GameKind::Translation, View::Masked);
    // What was in a hole is open, and the distance asks for the mean of all that could have been.
    inpaint.distance = 5.0;
    let blur = Recipe { adversarial: 0.0, ..inpaint.clone() };
    let denoise = base(quick, GameKind::Translation, View::Noisy);
    let mut super_resolution = base(quick, GameKind::Enlargement, View::Shrunk);
    super_resolution.objective = Objective::RelativisticAverage;
    super_resolution.feature_distance = 0.3;
    (super_resolution.generator.network, super_resolution.generator.width) =
        (Architecture::Enlarger, 32);
    let zebra = unpaired(quick, View::Zebra);
    let inside_out = inside_out(&zebra);
    let hollow = unpaired(quick, View::Hollow);
    let hand = unpaired(quick, View::Hand);
    let pix2pix =
        || Some(Paper::new("Isola et al. 2017 (Pix2Pix)", "https://arxiv.org/abs/1611.07004"));
    let encoders = || {
        Some(Paper::new(
            "Pathak et al. 2016 (Context Encoders)",
            "https://arxiv.org/abs/1604.07379",
        ))
    };
    let cyclegan =
        || Some(Paper::new("Zhu et al. 2017 (CycleGAN)", "https://arxiv.org/abs/1703.10593"));
    let srgan =
        || Some(Paper::new("Ledig et al. 2017 (SRGAN)", "https://arxiv.org/abs/1609.04802"));
    vec![
        Preset::of(
            "sketch",
            "Sketch to digit",
            "Pix2Pix: the artist gets a digit thinned to a line and draws the pen's stroke along it. The judge sees both. Deviations: two levels instead of eight, layer norm, no dropout.",
            pix2pix(),
            &sketch,
        ),
        Preset::of(
            "super",
            "Super-resolution",
            "The artist makes 28 × 28 pixels of 7 × 7. Look for sharp strokes where the distance alone leaves a blur. Deviations: two residual blocks instead of sixteen, layer norm, a small reader of digits' features instead of VGG's, beside the distance as in ESRGAN.",
            srgan(),
            &super_resolution,
        ),
        Preset::of(
            "inpaint",
            "Inpainting",
            "The artist fills a hole of 12 × 12 pixels from what is around it. Look for strokes that go on through the hole; what was there cannot always be known. Deviations: a U-Net instead of an encoder and a decoder, the judge sees the whole picture in patches.",
            encoders(),
            &inpaint,
        ),
        Preset::of(
            "denoise",
            "Denoising",
            "The artist cleans digits under noise half as loud as the ink. Look for strokes that it guesses where the noise has swallowed them. Deviations: the paper's network has no judge and no convolutions.",
            Some(Paper::new(
                "Vincent et al. 2008 (denoising autoencoders)",
                "https://doi.org/10.1145/1390156.1390294",
            )),
            &denoise,
        ),
        Preset::of(
            "zebra",
            "Zebra stripes",
            "CycleGAN, horse to zebra: nobody shows the artists a striped digit beside the same one plain. One takes stripes off, the other puts them on, and what went away has to come back as it was. Deviations: two levels instead of nine residual blocks, layer norm, judges of whole pictures instead of patches, a way back that weighs 1 instead of 10, no identity loss, no pool of earlier pictures.",
            cyclegan(),
            &zebra,
        ),
        Preset::of(
            "hollow",
            "Outline and fill",
            "CycleGAN: one artist fills outlined digits, the other outlines filled ones, without a pair to learn from. Look for strokes that stay grey inside at first: filling is the harder way. Deviations as for zebra stripes.",
            cyclegan(),
            &hollow,
        ),
        Preset::of(
            "hand",
            "Another hand",
            "CycleGAN between digits that the program draws and handwritten ones: each artist writes the same digit in the other's hand. Look for the slant and the ends of the strokes. Deviations as for zebra stripes.",
            cyclegan(),
            &hand,
        ),
        Preset::of(
            "blur",
            "Fails: no judge",
            "Inpainting by the distance alone. Where the answer is open, the nearest picture to all that could have been there is their mean: look for grey fog in the hole, where the artist of `inpaint` draws a stroke.",
            encoders(),
            &blur,
        ),
        Preset::of(
            "inside-out",
            "Fails: inside out",
            "CycleGAN on stripes with a strong way back and judges that see small patches. Look at the rows “again”: what went away comes home as it was. But on the way ink and paper have changed places. That nothing is lost does not say that anything is right.",
            cyclegan(),
            &inside_out,
        ),
    ]
}
