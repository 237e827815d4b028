//! BigGAN (Brock et al. 2018, arXiv 1809.11096, appendix B) at 28 x 28: class-conditional batch norms that share
//! one embedding of the classes, a latent whose chunks go to the levels, self-attention at 14 x 14; the judge
//! of three residual blocks averages its features over all pixels, and compares them with the class by projection.
//!
//! Deviations: a 3 x 3 convolution after a doubling by nearest pixels, or before a mean of 2 x 2, is a special
//! case of one of kernel 4 and stride 2, which is what stands here; no attention in the judge, whose slopes
//! gradient penalties ask for; a mean of the features instead of their sum, whose logits would be large at
//! first; no spectral norm in the generator.

use super::Norm;
use super::generator::Latents;
use super::graph::Flow;
use super::layers::FilterShape;
use super::params::Init;
use crate::shape::Shape;

/// Chunks of the latent: the start's, and one of each level.
pub const CHUNKS: usize = 3;
/// Dimension of a class's embedding.
const EMBEDDED: usize = 16;

/// Pictures in [-1, 1]; for one of 28 x 28 twice `width` channels at 7 x 7, `width` at 14 x 14, half of it at 28 x 28.
/// The latent has at least dimension [`CHUNKS`].
pub fn generator<'g>(of: Latents<'g>, width: usize, picture: Shape) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let side = picture.side / 4;
    let latent = of.latent.size();
    let chunk = latent / CHUNKS;
    let first = latent - (CHUNKS - 1) * chunk;
    let embedded = of.labels.map(|labels| {
        let init = Init::Normal { fan_in: 1, gain: 1.0 };
        labels.embedding("classes.embedding", EMBEDDED, init)
    });
    let chunks = of.latent.split(&[first, chunk, chunk]);
    // A norm's style: the class, and the chunk of its level.
    let style = |level: usize| match embedded {
        Some(embedded) => embedded.concat(chunks[level]),
        None => chunks[level],
    };

    let start = chunks[0].linear("project", coarse * side * side).as_maps(side);
    let at14 = up_block(start, "block14", middle, [style(1), style(1)]).attention("attention");
    let at28 = up_block(at14, "block28", fine, [style(2), style(2)]);
    let last = FilterShape { gain: 1.0, ..FilterShape::new(picture.channels, 3) };
    at28.norm("norm", Norm::Batch).relu().filter("picture", last).tanh()
}

/// Pictures to features [n, 2·width].
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let start = picture.filter("grey", FilterShape::new(fine, 3));
    let at14 = down_block(start, "block28", fine, middle);
    let at7 = down_block(at14, "block14", middle, coarse);
    let conv = |branch: Flow<'g>, name: &str, biased| {
        let shape = FilterShape { biased, ..FilterShape::new(coarse, 3) };
        branch.relu().filter(&format!("block7.{name}"), shape)
    };
    // A bias right before the mean adds the same to all logits, to which a hinge is blind while the judge is
    // sure of nothing: its gradient would be rounding noise, which Adam blows up to full steps.
    at7.residual(|branch| conv(conv(branch, "conv1", true), "conv2", false)).relu().mean_pool()
}

fn channels(width: usize) -> [usize; 3] {
    [2 * width, width, (width / 2).max(1)]
}

/// The skip connection of a block, to another number of channels.
fn skip(channels: usize) -> FilterShape {
    FilterShape { biased: false, gain: 1.0, ..FilterShape::new(channels, 1) }
}

fn up_block<'g>(
    before: Flow<'g>,
    name: &str,
    channels: usize,
    [style1, style2]: [Flow<'g>; 2],
) -> Flow<'g> {
    // Every way from here on leads through a norm, which takes a bias away again: its gradient would be
    // rounding noise, which Adam blows up to full steps.
    let conv = FilterShape { biased: false, ..FilterShape::new(channels, 3) };
    let around = before.filter(&format!("{name}.skip"), skip(channels)).upsample();
    before
        .conditional_norm(&format!("{name}.norm1"), style1)
        .relu()
        .unbiased_conv_transpose(&format!("{name}.up"), channels)
        .conditional_norm(&format!("{name}.norm2"), style2)
        .relu()
        .filter(&format!("{name}.conv"), conv)
        .plus(around)
}

fn down_block<'g>(before: Flow<'g>, name: &str, channels: usize, outputs: usize) -> Flow<'g> {
    let around = before.downsample().filter(&format!("{name}.skip"), skip(outputs));
    before
        .relu()
        .filter(&format!("{name}.conv"), FilterShape::new(channels, 3))
        .relu()
        .conv(&format!("{name}.down"), outputs)
        .plus(around)
}
