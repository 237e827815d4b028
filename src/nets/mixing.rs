//! Two latents in one sample: the first decides some of it, the second the rest.

use super::{Architecture, film, stylegan2};
use serde::{Deserialize, Serialize};

/// What a second latent can decide in place of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Mixing {
    /// The styles from some layer on; `sides` has the side of each layer's picture (style mixing, Karras et al. 2019,
    /// arXiv 1812.04948, section 3.1).
    Styles { sides: Vec<usize> },
    /// How things move, while what moves stays (Tulyakov et al. 2018, arXiv 1707.04993, figure 5).
    Motion,
}

impl Architecture {
    /// None of a generator that has one use for its latent.
    pub fn mixing(self) -> Option<Mixing> {
        match self {
            Self::StyleGan2 => Some(Mixing::Styles { sides: stylegan2::SIDES.to_vec() }),
            Self::MocoGan => Some(Mixing::Motion),
            Self::Dcgan
            | Self::Residual
            | Self::BigGan
            | Self::Mlp
            | Self::Unet
            | Self::Enlarger
            | Self::Patch
            | Self::Dirac
            | Self::Tgan => None,
        }
    }
}

/// Latents whose motion is that of `second`; both row by row, `latent` numbers each.
pub fn with_motion(first: &[f32], second: &[f32], latent: usize) -> Vec<f32> {
    let content = latent.saturating_sub(film::MOTION);
    first
        .chunks(latent.max(1))
        .zip(second.chunks(latent.max(1)))
        .flat_map(|(first, second)| [&first[..content], &second[content..]].concat())
        .collect()
}
