//! StyleGAN2 (Karras et al. 2020, arXiv 1912.04958) at 28 x 28: a mapping network, a learned constant at 7 x 7,
//! modulated convolutions with noise of each layer's own, and at each level a small picture that is added to
//! the doubled one before (figure 7, output skips). The judge is residual, as in that figure.
//!
//! Deviations, for the size: a mapping of two layers instead of eight and without a slower learning rate of its
//! own, transposed convolutions of kernel 4 instead of 3 with a blur, no equalised learning rates, no path
//! length regularisation, no deviation over the batch for the judge, a tanh at the end.

use super::generator::GeneratorParts;
use super::layers::conv::Maps;
use super::layers::{Builder, FilterShape, Modulation};
use super::mapping::{Mapping, Styles};
use crate::data::SIDE;

/// Pictures in [-1, 1]; twice `width` channels at 7 x 7, `width` at 14 x 14, half of it at 28 x 28, and styles
/// of twice `width`.
pub fn generator(latent: usize, classes: usize, width: usize, picture: Maps) -> GeneratorParts {
    let [coarse, middle, fine] = channels(width);
    let length = coarse;
    let (network, layout) = Builder::vectors(latent + classes)
        .keeping_linear("mapping.hidden1", length)
        .leaky_relu()
        .keeping_linear("mapping.hidden2", length)
        .leaky_relu()
        .finish();
    let start = Maps { channels: coarse, side: SIDE / 4 };
    let layer = |before: Builder, name: &str, channels, kind| {
        before.modulated(name, channels, kind, length).leaky_relu()
    };
    let picture = |before: Builder, name: &str| {
        before.modulated(name, picture.channels, Modulation::Picture, length)
    };

    let at7 =
        Builder::after(layout, Maps { channels: latent, side: 1 }).constant("constant", start);
    let at7 = layer(at7, "conv7", coarse, Modulation::Keep).fork();
    let at14 = picture(at7, "picture7").upsample().exchange();
    let at14 = layer(at14, "up14", middle, Modulation::Upsample);
    let at14 = layer(at14, "conv14", middle, Modulation::Keep).fork();
    let at28 = picture(at14, "picture14").join(1).upsample().exchange();
    let at28 = layer(at28, "up28", fine, Modulation::Upsample);
    let at28 = layer(at28, "conv28", fine, Modulation::Keep);
    let synthesis = picture(at28, "picture28").join(0).tanh();
    let layers = synthesis.styles() / length;
    GeneratorParts { mapping: Mapping::Styles(Styles { network, length, layers }), synthesis }
}

/// Pictures to features [n, 2·width·7·7].
pub fn features(width: usize, picture: Maps) -> Builder {
    let [coarse, middle, fine] = channels(width);
    let start = Builder::of(picture).filter("grey", FilterShape::new(fine, 1)).leaky_relu();
    let at14 = block(start, "block28", fine, middle);
    let at7 = block(at14, "block14", middle, coarse);
    at7.filter("block7.conv", FilterShape::new(coarse, 3)).leaky_relu()
}

fn channels(width: usize) -> [usize; 3] {
    [2 * width, width, (width / 2).max(1)]
}

/// Downsamples by 2: two convolutions, with a skip of bilinear downsampling and a 1 x 1 convolution.
fn block(before: Builder, name: &str, channels: usize, outputs: usize) -> Builder {
    let skip = FilterShape { biased: false, gain: 1.0, ..FilterShape::new(outputs, 1) };
    before
        .fork()
        .downsample()
        .filter(&format!("{name}.skip"), skip)
        .exchange()
        .filter(&format!("{name}.conv"), FilterShape::new(channels, 3))
        .leaky_relu()
        .conv(&format!("{name}.down"), outputs)
        .leaky_relu()
        .join(0)
}
