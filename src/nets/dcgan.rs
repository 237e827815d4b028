//! Convolutional players after DCGAN (Radford et al. 2015, arXiv 1511.06434, section 3), two levels
//! deep: 7 to 14 to 28 and back for a picture of 28 x 28.
//! Deviation: no batch norm in the discriminator, where exact gradient penalties and paired losses
//! forbid it (Huang et al. 2024, arXiv 2501.05441, section 3).

use super::Norm;
use super::graph::Flow;
use crate::shape::Shape;

/// Vectors to pictures in [-1, 1]; `width` channels at a quarter of the side, half as many at a half.
pub fn generator<'g>(input: Flow<'g>, width: usize, norm: Norm, picture: Shape) -> Flow<'g> {
    let coarse = picture.side / 4;
    input
        .linear("project", width * coarse * coarse)
        .as_maps(coarse)
        .norm("project.norm", norm)
        .relu()
        .conv_transpose_normed("up1", (width / 2).max(1), norm)
        .relu()
        .conv_transpose("up2", picture.channels)
        .tanh()
}

/// Pictures to `width` channels at half the side, twice as many at a quarter.
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    picture.conv("down1", width).leaky_relu().conv("down2", 2 * width).leaky_relu()
}
