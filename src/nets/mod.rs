//! The two players as functions of their weights. One file per architecture, one per layer; nothing
//! here knows of losses or training.

pub mod graph;
pub mod inputs;
pub mod layers;
pub mod network;
pub mod ops;
pub mod params;
pub mod spectral;
pub mod stored;

mod auxiliary_head;
mod biggan;
mod dcgan;
mod dirac;
mod discriminator;
mod enlarger;
mod film;
mod generator;
mod mixing;
mod mlp;
mod patch;
mod residual;
mod stylegan2;
mod unet;

pub use auxiliary_head::{AuxiliaryLoss, AuxiliaryOutputs};
pub use discriminator::{
    Conditioning, Discriminator, DiscriminatorSpec, DiscriminatorTrace, LOGIT_BIAS, LogitLoss,
};
pub use generator::{Chance, Drawn, Generator, GeneratorInput, GeneratorSpec, Measured};
pub use mixing::{Mixing, with_motion};

use crate::describe::{Described, Paper, Words};
use generator::Latents;
use graph::Flow;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

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
    Unet,
    Enlarger,
    Patch,
    Dirac,
    #[serde(rename = "mocogan")]
    MocoGan,
    Tgan,
}

const POINTS_ONLY: &str = "must be one for pictures: this one is for points";
const JUDGES_ONLY: &str = "must be one that draws: this one only judges";

/// Why there is no such network, as a phrase that follows its name.
type Built<'g> = Result<Flow<'g>, String>;

impl Architecture {
    /// From latents, and labels if there are such, to pictures [n, picture size] in [-1, 1].
    fn generator<'g>(self, of: Latents<'g>, spec: GeneratorSpec) -> Built<'g> {
        let GeneratorSpec { width, norm, picture, .. } = spec;
        Ok(match self {
            Architecture::Mlp if picture.side == 1 => {
                mlp::point_generator(of.concat(), width, picture)
            }
            Architecture::Mlp => mlp::generator(of.concat(), width, picture),
            Architecture::Dcgan => dcgan::generator(of.concat(), width, norm, picture),
            Architecture::Residual => residual::generator(of.concat(), width, picture),
            Architecture::StyleGan2 => stylegan2::generator(of, width, picture),
            Architecture::BigGan => biggan::generator(of, width, picture),
            Architecture::Dirac if picture.side == 1 => dirac::generator(of.latent, picture),
            Architecture::Dirac => return Err(POINTS_ONLY.into()),
            Architecture::Unet | Architecture::Enlarger => {
                return Err("must be one that draws from noise in this game".into());
            }
            Architecture::MocoGan => film::mocogan(of, width, norm, picture),
            Architecture::Tgan => film::tgan(of, width, norm, picture),
            Architecture::Patch => return Err(JUDGES_ONLY.into()),
        })
    }

    /// From pictures to others, [n, picture size] in [-1, 1].
    fn translator<'g>(self, source: Flow<'g>, spec: GeneratorSpec) -> Built<'g> {
        let GeneratorSpec { width, norm, picture, .. } = spec;
        Ok(match self {
            Architecture::Unet => unet::generator(source, width, norm, picture),
            Architecture::Enlarger => enlarger::generator(source, width, norm, picture),
            Architecture::Patch => return Err(JUDGES_ONLY.into()),
            Architecture::Mlp
            | Architecture::Dcgan
            | Architecture::Residual
            | Architecture::StyleGan2
            | Architecture::Dirac
            | Architecture::MocoGan
            | Architecture::Tgan
            | Architecture::BigGan => {
                return Err(
                    "must be one that takes a picture, U-Net or enlarger, in this game".into()
                );
            }
        })
    }

    /// Those of generators that draw pictures from noise.
    pub fn draws(self) -> bool {
        !self.translates() && !self.makes_films() && !matches!(self, Self::Patch | Self::Dirac)
    }

    /// Those that take part in a game with points.
    pub fn makes_points(self) -> bool {
        matches!(self, Self::Mlp | Self::Dirac)
    }

    /// Those of generators that start from a picture.
    pub fn translates(self) -> bool {
        matches!(self, Self::Unet | Self::Enlarger)
    }

    /// Those of discriminators.
    pub fn judges(self) -> bool {
        !self.translates() && !self.makes_films()
    }

    /// Those of generators that make films.
    pub fn makes_films(self) -> bool {
        matches!(self, Self::MocoGan | Self::Tgan)
    }

    /// Smallest latent dimension.
    pub fn least_latent(self) -> usize {
        match self {
            Architecture::BigGan => biggan::CHUNKS,
            Architecture::MocoGan => film::MOTION + 1,
            Architecture::Dcgan
            | Architecture::Residual
            | Architecture::StyleGan2
            | Architecture::Mlp
            | Architecture::Unet
            | Architecture::Enlarger
            | Architecture::Patch
            | Architecture::Tgan
            | Architecture::Dirac => 1,
        }
    }

    /// Pictures [n, picture size] to the features that the discriminator's last layer judges.
    fn features<'g>(self, picture: Flow<'g>, width: usize) -> Built<'g> {
        Ok(match self {
            Architecture::Mlp if picture.shape().side == 1 => mlp::point_features(picture, width),
            Architecture::Mlp => mlp::features(picture, width),
            Architecture::Dcgan => dcgan::features(picture, width),
            Architecture::Residual => residual::features(picture, width),
            Architecture::StyleGan2 => stylegan2::features(picture, width),
            Architecture::BigGan => biggan::features(picture, width),
            Architecture::Patch => patch::features(picture, width),
            Architecture::Dirac if picture.shape().side == 1 => dirac::features(picture),
            Architecture::Dirac => return Err(POINTS_ONLY.into()),
            Architecture::Unet | Architecture::Enlarger => {
                return Err("must be one that judges: this one makes pictures of pictures".into());
            }
            Architecture::MocoGan | Architecture::Tgan => {
                return Err("must be one that judges: this one makes films".into());
            }
        })
    }

    /// Whether a discriminator's logit may have a bias.
    pub fn has_bias(self) -> bool {
        self != Architecture::Dirac
    }

    /// Whether a discriminator has a logit for each patch of the picture.
    pub fn judges_patches(self) -> bool {
        self == Architecture::Patch
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
            Self::Unet => Words {
                label: "U-Net",
                help: "From picture to picture: shrinks it to see the whole, enlarges it again, and keeps the details by skip connections.",
                paper: Some(Paper::new(
                    "Ronneberger et al. 2015",
                    "https://arxiv.org/abs/1505.04597",
                )),
            },
            Self::Enlarger => Words {
                label: "Enlarger",
                help: "From a small picture to one four times as wide: works at the small size, and draws what enlarging by straight lines leaves out.",
                paper: Some(Paper::new(
                    "Ledig et al. 2017 (SRGAN)",
                    "https://arxiv.org/abs/1609.04802",
                )),
            },
            Self::Patch => Words {
                label: "Patches",
                help: "A judge with a score for each patch of the picture, so that every stroke is judged by itself.",
                paper: Some(Paper::new(
                    "Isola et al. 2017 (PatchGAN)",
                    "https://arxiv.org/abs/1611.07004",
                )),
            },
            Self::Dirac => Words {
                label: "Point and slope",
                help: "The artist is a single number and the judge a single slope: the smallest GAN there is.",
                paper: Some(Paper::new(
                    "Mescheder et al. 2018",
                    "https://arxiv.org/abs/1801.04406",
                )),
            },
            Self::MocoGan => Words {
                label: "MoCoGAN",
                help: "A film's content is one latent vector and its motion a path of others: one network draws every frame.",
                paper: Some(Paper::new(
                    "Tulyakov et al. 2018 (MoCoGAN)",
                    "https://arxiv.org/abs/1707.04993",
                )),
            },
            Self::Tgan => Words {
                label: "TGAN",
                help: "A path of latent vectors comes from one, and one network draws a frame of each.",
                paper: Some(Paper::new(
                    "Saito et al. 2017 (TGAN)",
                    "https://arxiv.org/abs/1611.06624",
                )),
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
