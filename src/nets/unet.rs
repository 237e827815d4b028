//! A U-Net (Ronneberger et al. 2015, arXiv 1505.04597, figure 1; Isola et al. 2017, arXiv 1611.07004, section 3.2.1) two
//! levels deep: 28 to 14 to 7 and back for pictures of 28 x 28.
//!
//! Deviations: layer norm instead of batch norm, so that workers can share a batch and a picture does not depend on
//! the others of its batch; no dropout, so that a source always becomes the same picture; fewer levels and channels,
//! for the size.

use super::Norm;
use super::graph::Flow;
use super::layers::FilterShape;
use crate::shape::Shape;

/// Pictures to pictures of the same side in [-1, 1]; `width` channels at that side and at half of it, twice as many at
/// a quarter.
pub fn generator<'g>(source: Flow<'g>, width: usize, norm: Norm, picture: Shape) -> Flow<'g> {
    let plain = FilterShape { gain: 1.0, ..FilterShape::new(picture.channels, 1) };
    let fine = source.filter("start", FilterShape::new(width, 3)).leaky_relu();
    let middle = fine.conv("down1", width).norm("down1.norm", norm).leaky_relu();
    let coarse = middle.conv("down2", 2 * width).norm("down2.norm", norm).leaky_relu();
    let coarse = coarse.filter("bottom", FilterShape::new(2 * width, 3));
    coarse
        .norm("bottom.norm", norm)
        .leaky_relu()
        .conv_transpose_normed("up1", width, norm)
        .leaky_relu()
        .concat(middle)
        .conv_transpose_normed("up2", width, norm)
        .leaky_relu()
        .concat(fine)
        .filter("picture", plain)
        .tanh()
}
