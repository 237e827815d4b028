//! Residual players after R3GAN (Huang et al. 2024, arXiv 2501.05441, section 3 and its published code):
//! no norm, leaky ReLU, blocks of an expanding 1 x 1, a grouped 3 x 3 and a 1 x 1 convolution, bilinear
//! resampling followed by a 1 x 1 convolution where the channels change. Three levels for 28 x 28 pictures.
//!
//! Deviations, for the size: one block a level instead of two or more, a fully connected layer instead of a
//! learned basis at the coarse end, and a tanh at the fine one. Each block's last convolution starts at a
//! tenth of its size instead of at 0.

use super::graph::Flow;
use super::layers::FilterShape;
use crate::shape::Shape;

/// How many times as many channels a block has inside.
const EXPANSION: usize = 2;
/// Channels of a group, or fewer in a narrow network.
const GROUP: usize = 16;

/// Vectors to pictures in [-1, 1]; for a picture of 28 x 28 twice `width` channels at 7 x 7, `width` at 14 x 14, half
/// of it at 28 x 28.
pub fn generator<'g>(input: Flow<'g>, width: usize, picture: Shape) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let side = picture.side / 4;
    let start = input.linear("project", coarse * side * side).as_maps(side);
    let at_middle = block(start, "block7", coarse).filter("to14", between(middle)).upsample();
    let at_fine = block(at_middle, "block14", middle).filter("to28", between(fine)).upsample();
    block(at_fine, "block28", fine).filter("picture", last(picture.channels)).tanh()
}

/// Pictures to twice `width` channels at a quarter of the side.
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let start = picture.filter("grey", FilterShape::new(fine, 1));
    let at_middle = block(start, "block28", fine).downsample().filter("to14", between(middle));
    let at_coarse = block(at_middle, "block14", middle).downsample().filter("to7", between(coarse));
    block(at_coarse, "block7", coarse)
}

fn channels(width: usize) -> [usize; 3] {
    [2 * width, width, (width / 2).max(1)]
}

/// x + conv₁ₓ₁(lrelu(conv₃ₓ₃(lrelu(conv₁ₓ₁(x))))), the middle one in groups.
fn block<'g>(before: Flow<'g>, name: &str, channels: usize) -> Flow<'g> {
    let inside = channels * EXPANSION;
    let groups = if inside.is_multiple_of(GROUP) { inside / GROUP } else { 1 };
    before.residual(|branch| {
        branch
            .filter(&format!("{name}.expand"), FilterShape::new(inside, 1))
            .leaky_relu()
            .filter(&format!("{name}.mix"), FilterShape { groups, ..FilterShape::new(inside, 3) })
            .leaky_relu()
            .filter(
                &format!("{name}.reduce"),
                FilterShape { gain: 0.1, biased: false, ..FilterShape::new(channels, 1) },
            )
    })
}

/// To another number of channels.
fn between(channels: usize) -> FilterShape {
    FilterShape { biased: false, gain: 1.0, ..FilterShape::new(channels, 1) }
}

/// To a picture's channels.
fn last(channels: usize) -> FilterShape {
    FilterShape { gain: 1.0, ..FilterShape::new(channels, 1) }
}
