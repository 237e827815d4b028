//! PatchGAN (Isola et al. 2017, arXiv 1611.07004, section 3.2.2): a logit for each patch of the picture, here on a grid
//! of 7 x 7 for pictures of 28 x 28. The convolution to the logits stands in [`super::Discriminator`].
//! Deviation: no batch norm, where exact gradient penalties and paired losses forbid it.

use super::graph::Flow;

/// Pictures to `width` channels at half the side, twice as many at a quarter.
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    picture.conv("down1", width).leaky_relu().conv("down2", 2 * width).leaky_relu()
}
