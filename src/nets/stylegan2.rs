//! StyleGAN2 (Karras et al. 2020, arXiv 1912.04958) at 28 x 28: a mapping network, a learned constant at 7 x 7,
//! modulated convolutions with noise of each layer's own, and at each level a small picture that is added to
//! the doubled one before (figure 7, output skips). The judge is residual, as in that figure.
//!
//! Deviations, for the size: a mapping of two layers instead of eight and without a slower learning rate of its
//! own, transposed convolutions of kernel 4 instead of 3 with a blur, no equalised learning rates, no path
//! length regularisation, no deviation over the batch for the judge, a tanh at the end.

use super::generator::{LABEL_SCALE, Latents};
use super::graph::Flow;
use super::layers::{FilterShape, Modulation};
use crate::shape::Shape;

/// The sides of the layers with a style, for pictures of 28 x 28: at each level those that are demodulated, and one that
/// makes a picture.
pub const SIDES: [usize; 8] = [7, 7, 14, 14, 14, 28, 28, 28];

/// Pictures in [-1, 1]; for one of 28 x 28 twice `width` channels at 7 x 7, `width` at 14 x 14, half of it at 28 x 28,
/// and styles of twice `width`.
pub fn generator<'g>(of: Latents<'g>, width: usize, picture: Shape) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let side = picture.side / 4;
    let noise = of.noise(side * side + 2 * 4 * side * side + 2 * 16 * side * side);
    let (second, mixing) = (of.second(), of.mixing(SIDES.len()));
    let told = |z: Flow<'g>| match of.labels {
        Some(labels) => z.unit().concat_times(labels, LABEL_SCALE),
        None => z.unit(),
    };
    let w = told(of.latent)
        .concat_rows(told(second))
        .keeping_linear("mapping.hidden1", coarse)
        .leaky_relu()
        .keeping_linear("mapping.hidden2", coarse)
        .leaky_relu();
    let mut styles = w.mixed(mixing).into_iter();
    let mut modulated = |before: Flow<'g>, name: &str, channels, kind| match styles.next() {
        Some(style) => before.modulated(name, channels, kind, style, noise),
        None => before,
    };
    let mut layer = |before: Flow<'g>, name: &str, channels, kind| match kind {
        Modulation::Picture => modulated(before, name, picture.channels, kind),
        _ => modulated(before, name, channels, kind).leaky_relu(),
    };

    let start = of.latent.constant("constant", Shape { side, channels: coarse });
    let at7 = layer(start, "conv7", coarse, Modulation::Keep);
    let picture7 = layer(at7, "picture7", 0, Modulation::Picture).upsample();
    let at14 = layer(at7, "up14", middle, Modulation::Upsample);
    let at14 = layer(at14, "conv14", middle, Modulation::Keep);
    let picture14 = layer(at14, "picture14", 0, Modulation::Picture).plus(picture7).upsample();
    let at28 = layer(at14, "up28", fine, Modulation::Upsample);
    let at28 = layer(at28, "conv28", fine, Modulation::Keep);
    layer(at28, "picture28", 0, Modulation::Picture).plus(picture14).tanh()
}

/// Pictures to twice `width` channels at a quarter of the side.
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    let [coarse, middle, fine] = channels(width);
    let start = picture.filter("grey", FilterShape::new(fine, 1)).leaky_relu();
    let at14 = block(start, "block28", fine, middle);
    let at7 = block(at14, "block14", middle, coarse);
    at7.filter("block7.conv", FilterShape::new(coarse, 3)).leaky_relu()
}

fn channels(width: usize) -> [usize; 3] {
    [2 * width, width, (width / 2).max(1)]
}

/// Downsamples by 2: two convolutions, with a skip of bilinear downsampling and a 1 x 1 convolution.
fn block<'g>(before: Flow<'g>, name: &str, channels: usize, outputs: usize) -> Flow<'g> {
    let shape = FilterShape { biased: false, gain: 1.0, ..FilterShape::new(outputs, 1) };
    let skip = before.downsample().filter(&format!("{name}.skip"), shape);
    before
        .filter(&format!("{name}.conv"), FilterShape::new(channels, 3))
        .leaky_relu()
        .conv(&format!("{name}.down"), outputs)
        .leaky_relu()
        .plus(skip)
}
