//! From small pictures to pictures four times as wide, after SRGAN's generator (Ledig et al. 2017, arXiv 1609.04802,
//! figure 4): residual blocks at the small size, then two doublings. It draws what is to be added to the bilinear
//! enlargement, as in Kim et al. 2016 (arXiv 1511.04587, section 3.1).
//!
//! Deviations: layer norm instead of batch norm, so that workers can share a batch; transposed convolutions instead of
//! sub-pixel ones; two blocks instead of sixteen.

use super::Norm;
use super::graph::Flow;
use super::layers::FilterShape;
use crate::shape::Shape;

/// Pictures to pictures of four times the side in [-1, 1], with `width` channels in between, half as many at the end.
pub fn generator<'g>(source: Flow<'g>, width: usize, norm: Norm, picture: Shape) -> Flow<'g> {
    let half = (width / 2).max(1);
    let filter = |flow: Flow<'g>, name: &str, gain| {
        flow.filter(name, FilterShape { gain, ..FilterShape::new(width, 3) })
    };
    let block = |flow: Flow<'g>, name: &str| {
        flow.residual(|branch| {
            let inside = filter(branch, &format!("{name}.conv1"), 2f32.sqrt());
            let inside = inside.norm(&format!("{name}.norm"), norm).leaky_relu();
            filter(inside, &format!("{name}.conv2"), 0.1)
        })
    };
    let start = filter(source, "start", 2f32.sqrt()).leaky_relu();
    let small = block(block(start, "block1"), "block2");
    let last = FilterShape { gain: 0.1, ..FilterShape::new(picture.channels, 1) };
    small
        .conv_transpose_normed("up1", width, norm)
        .leaky_relu()
        .conv_transpose_normed("up2", half, norm)
        .leaky_relu()
        .filter("picture", last)
        .plus(source.upsample().upsample().times(2.0))
        .tanh()
}
