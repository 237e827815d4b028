//! Convolutional players after DCGAN (Radford et al. 2015, arXiv 1511.06434, section 3), two levels
//! deep for 28 x 28 pictures: 7 to 14 to 28 and back.
//! Deviation: no batch norm in the discriminator, where exact gradient penalties and paired losses
//! forbid it (Huang et al. 2024, arXiv 2501.05441, section 3).

use super::Norm;
use super::layers::Builder;
use super::layers::conv::Maps;
use crate::data::SIDE;

/// [n, inputs] to pictures in [-1, 1]; `width` channels at 7 x 7, half at 14 x 14.
pub fn generator(inputs: usize, width: usize, norm: Norm, picture: Maps) -> Builder {
    Builder::vectors(inputs)
        .linear("project", width * (SIDE / 4) * (SIDE / 4))
        .as_maps(SIDE / 4)
        .norm("project.norm", norm)
        .relu()
        .conv_transpose_normed("up1", (width / 2).max(1), norm)
        .relu()
        .conv_transpose("up2", picture.channels)
        .tanh()
}

/// Pictures to features [n, 2·width·7·7]; `width` channels at 14 x 14, twice at 7 x 7.
pub fn features(width: usize, picture: Maps) -> Builder {
    Builder::of(picture).conv("down1", width).leaky_relu().conv("down2", 2 * width).leaky_relu()
}
