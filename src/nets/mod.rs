//! The two players as functions of their weights. One file per architecture, one per layer; nothing
//! here knows of losses or training.

pub mod inputs;
pub mod layers;
pub mod ops;
pub mod params;
pub mod spectral;
pub mod stored;

mod auxiliary_head;
mod biggan;
mod dcgan;
mod discriminator;
mod generator;
mod mapping;
mod mlp;
mod residual;
mod stylegan2;

pub use auxiliary_head::AuxiliaryLoss;
pub use discriminator::{Discriminator, DiscriminatorTrace, LOGIT_BIAS};
pub use generator::{Drawn, Generator, GeneratorInput, Measured};

use crate::data::{DatasetKind, SIDE};
use crate::describe::{Described, Paper, Words};
use generator::GeneratorParts;
use layers::Builder;
use layers::conv::Maps;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// The pictures of a data set as feature maps, which is what a generator's last layer makes and what a
/// discriminator's first one sees.
fn pictures_of(dataset: DatasetKind) -> Maps {
    Maps { channels: dataset.channels(), side: SIDE }
}

/// How a network is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    Dcgan,
    Residual,
    #[serde(rename = "stylegan2")]
    StyleGan2,
    #[serde(rename = "biggan")]
    BigGan,
    Mlp,
}

impl Architecture {
    /// From [n, latent], and labels [n, classes] if there are such, to pictures [n, picture size] in [-1, 1].
    fn generator(
        self,
        [latent, classes]: [usize; 2],
        width: usize,
        norm: Norm,
        picture: Maps,
    ) -> GeneratorParts {
        let inputs = latent + classes;
        match self {
            Architecture::Mlp => mlp::generator(inputs, width, picture).into(),
            Architecture::Dcgan => dcgan::generator(inputs, width, norm, picture).into(),
            Architecture::Residual => residual::generator(inputs, width, picture).into(),
            Architecture::StyleGan2 => stylegan2::generator(latent, classes, width, picture),
            Architecture::BigGan => biggan::generator(latent, classes, width, picture),
        }
    }

    /// Smallest latent dimension.
    pub fn least_latent(self) -> usize {
        match self {
            Architecture::BigGan => biggan::CHUNKS,
            Architecture::Dcgan
            | Architecture::Residual
            | Architecture::StyleGan2
            | Architecture::Mlp => 1,
        }
    }

    /// Pictures [n, picture size] to the features that the discriminator's last layer judges.
    fn features(self, width: usize, picture: Maps) -> Builder {
        match self {
            Architecture::Mlp => mlp::features(width, picture),
            Architecture::Dcgan => dcgan::features(width, picture),
            Architecture::Residual => residual::features(width, picture),
            Architecture::StyleGan2 => stylegan2::features(width, picture),
            Architecture::BigGan => biggan::features(width, picture),
        }
    }
}

/// What keeps the activations of a convolutional generator in range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    Layer,
    Batch,
}

impl Described for Norm {
    fn words(self) -> Words {
        match self {
            Self::Layer => Words {
                label: "Layer norm",
                help: "Normalises each picture by itself, so several workers can share a batch.",
                paper: Some(Paper::new("Ba et al. 2016", "https://arxiv.org/abs/1607.06450")),
            },
            Self::Batch => Words {
                label: "Batch norm",
                help: "Normalises over the whole batch, as in the DCGAN paper, so workers cannot share it.",
                paper: Some(Paper::new("Ioffe & Szegedy 2015", "https://arxiv.org/abs/1502.03167")),
            },
        }
    }
}

impl Described for Architecture {
    fn words(self) -> Words {
        match self {
            Self::Dcgan => Words {
                label: "DCGAN",
                help: "Convolutions: a stroke is learned once and used everywhere.",
                paper: Some(Paper::new("Radford et al. 2015", "https://arxiv.org/abs/1511.06434")),
            },
            Self::Residual => Words {
                label: "Residual",
                help: "Deep, without normalisation: each block only adds to the output of the one before.",
                paper: Some(Paper::new(
                    "Huang et al. 2024 (R3GAN)",
                    "https://arxiv.org/abs/2501.05441",
                )),
            },
            Self::StyleGan2 => Words {
                label: "StyleGAN2",
                help: "A style vector steers each layer, from coarse shape to fine stroke, and noise adds detail.",
                paper: Some(Paper::new("Karras et al. 2020", "https://arxiv.org/abs/1912.04958")),
            },
            Self::BigGan => Words {
                label: "BigGAN",
                help: "The label steers every level, and self-attention links distant parts of the picture.",
                paper: Some(Paper::new("Brock et al. 2018", "https://arxiv.org/abs/1809.11096")),
            },
            Self::Mlp => Words {
                label: "MLP",
                help: "Fully connected layers, which do not know which pixels are neighbours.",
                paper: Some(Paper::new(
                    "Goodfellow et al. 2014",
                    "https://arxiv.org/abs/1406.2661",
                )),
            },
        }
    }
}
