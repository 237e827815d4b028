//! The operations in the tensor library's terms. Its convolutions work on [n, channels, side, side];
//! they turn that into channels-last themselves, so that handing them a permuted view costs nothing.

use super::{AdamRates, Halving, KERNEL, Weight};
use burn::tensor::module::{conv_transpose2d, conv2d, conv2d_weight_backward};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Tensor, activation};

pub fn product(x: Tensor<2>, w: &Weight, b: Option<Tensor<1>>) -> Tensor<2> {
    let [_, k] = x.dims();
    let m = w.numbers.dims()[0] / k;
    let y = x.matmul(w.numbers.clone().reshape([k, m]));
    match b {
        Some(b) => y + b.unsqueeze(),
        None => y,
    }
}

pub fn product_transposed(g: Tensor<2>, w: &Weight) -> Tensor<2> {
    let [_, m] = g.dims();
    let k = w.numbers.dims()[0] / m;
    g.matmul(w.numbers.clone().reshape([k, m]).transpose())
}

pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([_, k], [_, m]) = (x.dims(), g.dims());
    x.transpose().matmul(g).reshape([k * m])
}

/// [n, s·s·c] to [n, c, s, s]
fn channels_first(x: Tensor<2>, side: usize, channels: usize) -> Tensor<4> {
    let [n, _] = x.dims();
    x.reshape([n, side, side, channels]).permute([0, 3, 1, 2])
}

/// [n, c, s, s] to [n, s·s·c]
fn channels_last(x: Tensor<4>) -> Tensor<2> {
    let [n, c, h, w] = x.dims();
    x.permute([0, 2, 3, 1]).reshape([n, h * w * c])
}

/// [k·k·fine·coarse] to [coarse, fine, k, k]
fn kernel(at: Halving, w: &Weight) -> Tensor<4> {
    w.numbers.clone().reshape([KERNEL, KERNEL, at.fine, at.coarse]).permute([3, 2, 0, 1])
}

fn options() -> ConvOptions<2> {
    ConvOptions::new([2, 2], [1, 1], [1, 1], 1)
}

pub fn halve(at: Halving, fine: Tensor<2>, w: &Weight, b: Option<Tensor<1>>) -> Tensor<2> {
    channels_last(conv2d(channels_first(fine, at.side, at.fine), kernel(at, w), b, options()))
}

pub fn double(at: Halving, coarse: Tensor<2>, w: &Weight, b: Option<Tensor<1>>) -> Tensor<2> {
    // An odd side loses its last row and column when halved; they come back empty.
    let odd = at.side % 2;
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [odd, odd], [1, 1], 1);
    let coarse = channels_first(coarse, at.half(), at.coarse);
    channels_last(conv_transpose2d(coarse, kernel(at, w), b, options))
}

pub fn halving_gradient(at: Halving, fine: Tensor<2>, coarse: Tensor<2>) -> Tensor<1> {
    let fine = channels_first(fine, at.side, at.fine);
    let coarse = channels_first(coarse, at.half(), at.coarse);
    // Only the shape of the weight matters to its gradient.
    let weight = Tensor::empty([at.coarse, at.fine, KERNEL, KERNEL], &fine.device());
    let gradient = conv2d_weight_backward(fine, weight, coarse, options());
    gradient.permute([2, 3, 1, 0]).reshape([at.weight_size()])
}

pub fn leaky_relu(x: Tensor<2>, slope: f32) -> Tensor<2> {
    activation::leaky_relu(x, f64::from(slope))
}

pub fn leaky_relu_back(g: Tensor<2>, x: Tensor<2>, slope: f32) -> Tensor<2> {
    let positive = x.greater_scalar(0.0).float();
    g * (positive * (1.0 - slope) + slope)
}

pub fn tanh(x: Tensor<2>) -> Tensor<2> {
    x.tanh()
}

/// [n, pixels·channels] to [n·pixels, channels]
fn columns(x: Tensor<2>, channels: usize) -> Tensor<2> {
    let [n, features] = x.dims();
    x.reshape([n * features / channels, channels])
}

pub fn add_scaled(y: Tensor<2>, b: Tensor<1>, scale: Tensor<2>) -> Tensor<2> {
    let ([n, features], [channels]) = (y.dims(), b.dims());
    let added = scale.reshape([n, 1, 1]) * b.reshape([1, 1, channels]);
    (y.reshape([n, features / channels, channels]) + added).reshape([n, features])
}

pub fn column_sums(g: Tensor<2>, scale: Option<Tensor<2>>, channels: usize) -> Tensor<1> {
    let g = match scale {
        Some(scale) => g * scale,
        None => g,
    };
    columns(g, channels).sum_dim(0).squeeze_dim(0)
}

pub fn column_products(g: Tensor<2>, x: Tensor<2>, centre: Tensor<1>) -> Tensor<1> {
    let [channels] = centre.dims();
    let centred = columns(x, channels) - centre.unsqueeze();
    (columns(g, channels) * centred).sum_dim(0).squeeze_dim(0)
}

pub fn affine(x: Tensor<2>, factor: Tensor<1>, offset: Tensor<1>) -> Tensor<2> {
    let shape = x.dims();
    let [channels] = factor.dims();
    (columns(x, channels) * factor.unsqueeze() + offset.unsqueeze()).reshape(shape)
}

pub fn combine(
    g: Tensor<2>,
    x: Tensor<2>,
    by_g: Tensor<1>,
    by_x: Tensor<1>,
    offset: Tensor<1>,
) -> Tensor<2> {
    let shape = g.dims();
    let [channels] = offset.dims();
    let g = columns(g, channels) * by_g.unsqueeze();
    (g + columns(x, channels) * by_x.unsqueeze() + offset.unsqueeze()).reshape(shape)
}

pub fn standardize(x: Tensor<2>, epsilon: f32) -> (Tensor<2>, Tensor<2>) {
    let centred = x.clone() - x.mean_dim(1);
    let variance = (centred.clone() * centred.clone()).mean_dim(1);
    let inverse = (variance + epsilon).sqrt().recip();
    (centred * inverse.clone(), inverse)
}

pub fn standardize_back(
    g: Tensor<2>,
    scale: Tensor<1>,
    standard: Tensor<2>,
    inverse: Tensor<2>,
) -> Tensor<2> {
    let shape = g.dims();
    let [channels] = scale.dims();
    let g = (columns(g, channels) * scale.unsqueeze()).reshape(shape);
    let along = (g.clone() * standard.clone()).mean_dim(1);
    (g.clone() - g.mean_dim(1) - standard * along) * inverse
}

pub fn adam(
    parameters: Tensor<1>,
    mean: &mut Option<Tensor<1>>,
    square: Tensor<1>,
    gradient: Tensor<1>,
    rates: AdamRates,
) -> [Tensor<1>; 2] {
    let AdamRates { beta1, beta2, rate, square_scale, epsilon } = rates;
    let square = square * beta2 + gradient.clone().powi_scalar(2) * (1.0 - beta2);
    let step = match mean {
        Some(mean) => {
            *mean = mean.clone() * beta1 + gradient * (1.0 - beta1);
            mean.clone()
        }
        None => gradient,
    };
    let parameters = parameters - step / (square.clone().sqrt() * square_scale + epsilon) * rate;
    [parameters, square]
}

pub fn blend(a: Tensor<1>, b: Tensor<1>, share: f32) -> Tensor<1> {
    a * share + b * (1.0 - share)
}
