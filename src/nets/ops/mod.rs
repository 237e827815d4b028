//! The operations that networks are made of: products of matrices, the stride-2 convolution with its
//! transpose, and what happens to each number or channel. Each is written twice: for the CPU on slices
//! of memory ([`cpu`]), and for a GPU as kernels ([`gpu`]). Both mean the same: the tests here hold the CPU's
//! to plain loops, and `tests/gpu.rs` holds the GPU's to the CPU's, one by one.
//!
//! Feature maps are channels-last: [n, side, side, channels], flattened to [n, side·side·channels].
//! A patch of a convolution then lies in a few runs of memory and needs no copy.

#[cfg(feature = "cpu")]
mod cpu;
#[cfg(any(feature = "gpu", test))]
mod general;
#[cfg(feature = "gpu")]
mod gpu;

mod taps;
mod weight;

pub use taps::Taps;
pub use weight::{Bias, Weight};

use crate::device::DeviceKind;
use burn::tensor::Tensor;

/// Length of a kernel's side; stride 2 and padding 1 go with it.
pub const KERNEL: usize = 4;

/// Alignment, in f32s, at which a GPU can bind part of a vector without a copy: 256 bytes.
pub const ALIGNMENT: usize = 64;

/// The shapes of a stride-2 convolution: from `fine` channels of `side` x `side` to `coarse` channels of half
/// that side, rounded down. Its weight is [KERNEL, KERNEL, fine, coarse] in both directions, so that a
/// convolution and its transpose are each other's vector-Jacobian product with the same weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Side of the fine maps.
    pub side: usize,
    /// Channels of the fine maps.
    pub fine: usize,
    /// Channels of the coarse maps.
    pub coarse: usize,
}

impl ConvShape {
    /// Side of the coarse maps.
    pub fn half(self) -> usize {
        self.side / 2
    }

    /// Size of a sample's fine maps.
    pub fn fine_size(self) -> usize {
        self.side * self.side * self.fine
    }

    /// Size of a sample's coarse maps.
    pub fn coarse_size(self) -> usize {
        self.half() * self.half() * self.coarse
    }

    /// Multiply-adds for one sample, in either direction and for the gradient.
    pub fn multiply_adds(self) -> u64 {
        (self.half() * self.half() * self.weight_size()) as u64
    }

    /// Size of the weight.
    pub fn weight_size(self) -> usize {
        KERNEL * KERNEL * self.fine * self.coarse
    }
}

/// Where an operation is carried out.
macro_rules! by_device {
    ($tensor:expr, $name:ident($($argument:expr),*)) => {
        match DeviceKind::of(&$tensor) {
            #[cfg(feature = "cpu")]
            DeviceKind::Cpu => cpu::$name($($argument),*),
            #[cfg(feature = "gpu")]
            DeviceKind::Gpu => gpu::$name($($argument),*),
            #[allow(unreachable_patterns)]
            kind => unreachable!("a tensor lives on {kind:?}, which this program was built without"),
        }
    };
}
use by_device;

/// xᵀ·g, the gradient of a product by its weight.
///
/// # Shapes
/// x: [n, k], g: [n, m]; to [k·m]
pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    by_device!(x, outer(x, g))
}

/// The gradient of [`Weight::conv`] or [`Weight::conv_transpose`] by the weight.
///
/// # Shapes
/// fine: [n, side·side·fine], coarse: [n, half·half·coarse]; to [KERNEL·KERNEL·fine·coarse]
pub fn conv_weight_gradient(at: ConvShape, fine: Tensor<2>, coarse: Tensor<2>) -> Tensor<1> {
    by_device!(fine, conv_weight_gradient(at, fine, coarse))
}

/// Each pixel as its taps say, channel by channel.
///
/// # Shapes
/// x: [n, inputs·channels]; to [n, outputs·channels]
pub fn gather(x: Tensor<2>, taps: &Taps, channels: usize) -> Tensor<2> {
    by_device!(x, gather(x, taps, channels))
}

/// Each of a sample's channels times a number of its own.
///
/// # Shapes
/// x: [n, pixels·channels], scale: [n, channels]; to x's
pub fn scale_maps(x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    by_device!(x, scale_maps(x, scale))
}

/// The sum of g·x over a sample's pixels, channel by channel.
///
/// # Shapes
/// g, x: [n, pixels·channels]; to [n, channels]
pub fn map_products(g: Tensor<2>, x: Tensor<2>, channels: usize) -> Tensor<2> {
    by_device!(g, map_products(g, x, channels))
}

/// What places have looked at.
#[derive(Clone, Debug)]
pub struct Attended {
    /// Σ attention·value, [n, places·width].
    pub y: Tensor<2>,
    /// softmax(query·keyᵀ): of each place to all, [n, places·places].
    pub attention: Tensor<2>,
}

/// Each place's value becomes a mean of all, by how well its query fits their keys.
///
/// # Shapes
/// query, key: [n, places·depth], value: [n, places·width]
pub fn attend(query: Tensor<2>, key: Tensor<2>, value: Tensor<2>, places: usize) -> Attended {
    by_device!(query, attend(query, key, value, places))
}

/// The vector-Jacobian products of that by query, key and value.
///
/// # Shapes
/// g: [n, places·width], inputs and attention as in [`attend`]; to those of the inputs
pub fn attend_backward(
    g: Tensor<2>,
    inputs: [Tensor<2>; 3],
    attention: Tensor<2>,
    places: usize,
) -> [Tensor<2>; 3] {
    by_device!(g, attend_backward(g, inputs, attention, places))
}

/// The sum of x·y over each row; a single row of y goes with all of x's.
///
/// # Shapes
/// x: [n, features], y: [n or 1, features]; to [n, 1]
pub fn row_products(x: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    by_device!(x, row_products(x, y))
}

/// `[a, times·b]` along the columns.
///
/// # Shapes
/// a: [n, k], b: [n, m]; to [n, k + m]
pub fn concat_columns(a: Tensor<2>, b: Tensor<2>, times: f64) -> Tensor<2> {
    by_device!(a, concat_columns(a, b, times as f32))
}

/// `[a, b]` along the rows.
///
/// # Shapes
/// a: [n, features], b: [m, features]; to [n + m, features]
pub fn concat_rows(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    by_device!(a, concat_rows(a, b))
}

/// x at these indices of its flattened values, as PyTorch's `take`; 0 for an index beyond its end.
///
/// # Shapes
/// x and the result: [n, features]; places: as many
pub fn take(x: Tensor<2>, places: &[u32]) -> Tensor<2> {
    by_device!(x, take(x, places))
}

/// x for x > 0, else slope·x.
pub fn leaky_relu(x: Tensor<2>, slope: f64) -> Tensor<2> {
    by_device!(x, leaky_relu(x, slope as f32))
}

/// g times the slope of that at x.
///
/// # Shapes
/// g, x: the same
pub fn leaky_relu_backward(g: Tensor<2>, x: Tensor<2>, slope: f64) -> Tensor<2> {
    by_device!(g, leaky_relu_backward(g, x, slope as f32))
}

pub fn tanh(x: Tensor<2>) -> Tensor<2> {
    by_device!(x, tanh(x))
}

/// The vector-Jacobian product of that, from its result y.
///
/// # Shapes
/// g, y: the same
pub fn tanh_backward(g: Tensor<2>, y: Tensor<2>) -> Tensor<2> {
    by_device!(g, tanh_backward(g, y))
}

/// y + scale·x for each sample.
///
/// # Shapes
/// y, x: [n, features], scale: [n, 1]; to y's
pub fn add_scaled(y: Tensor<2>, x: Tensor<2>, scale: Tensor<2>) -> Tensor<2> {
    by_device!(y, add_scaled(y, x, scale))
}

/// The sum of scale·g over samples and pixels; scale is 1 where it is absent.
///
/// # Shapes
/// g: [n, pixels·channels], scale: [n, 1]; to [channels]
pub fn column_sums(g: Tensor<2>, scale: Option<Tensor<2>>, channels: usize) -> Tensor<1> {
    by_device!(g, column_sums(g, scale, channels))
}

/// The sum of g·(x − centre) over samples and pixels.
///
/// # Shapes
/// g, x: [n, pixels·channels], centre: [channels]; to [channels]
pub fn column_products(g: Tensor<2>, x: Tensor<2>, centre: Tensor<1>) -> Tensor<1> {
    by_device!(g, column_products(g, x, centre))
}

/// factor·x + offset for each sample and pixel.
///
/// # Shapes
/// x: [n, pixels·channels], factor, offset: [channels]; to x's
pub fn affine(x: Tensor<2>, factor: Tensor<1>, offset: Tensor<1>) -> Tensor<2> {
    by_device!(x, affine(x, factor, offset))
}

/// by_g·g + by_x·x + offset for each sample and pixel.
///
/// # Shapes
/// g, x: [n, pixels·channels], by_g, by_x, offset: [channels]; to g's
pub fn combine(
    g: Tensor<2>,
    x: Tensor<2>,
    by_g: Tensor<1>,
    by_x: Tensor<1>,
    offset: Tensor<1>,
) -> Tensor<2> {
    by_device!(g, combine(g, x, by_g, by_x, offset))
}

/// A layer norm's result, and what its backward pass needs.
#[derive(Clone, Debug)]
pub struct Normed {
    /// scale·x̂ + shift, [n, pixels·channels].
    pub y: Tensor<2>,
    /// x̂ = (x − μ)/√(σ² + ε), [n, pixels·channels].
    pub standard: Tensor<2>,
    /// 1/√(σ² + ε), [n, 1].
    pub inverse: Tensor<2>,
}

/// Each sample brought to mean 0 and variance 1, then scaled and shifted by channel.
///
/// # Shapes
/// x: [n, pixels·channels], scale, shift: [channels]
pub fn layer_norm(x: Tensor<2>, scale: Tensor<1>, shift: Tensor<1>, epsilon: f64) -> Normed {
    by_device!(x, layer_norm(x, scale, shift, epsilon as f32))
}

/// Σ g·x̂ and Σ g over samples and pixels: the gradient of a layer norm by its scale and shift.
///
/// # Shapes
/// g, standard: [n, pixels·channels]; to [channels] each
pub fn layer_norm_gradient(g: Tensor<2>, standard: Tensor<2>, channels: usize) -> [Tensor<1>; 2] {
    by_device!(g, layer_norm_gradient(g, standard, channels))
}

/// The vector-Jacobian product of a layer norm: for h = scale·g,
/// inverse·(h − mean h − x̂ · mean(h·x̂)), means over a sample.
///
/// # Shapes
/// g, standard: [n, pixels·channels], scale: [channels], inverse: [n, 1]; to g's
pub fn layer_norm_backward(
    g: Tensor<2>,
    scale: Tensor<1>,
    standard: Tensor<2>,
    inverse: Tensor<2>,
) -> Tensor<2> {
    by_device!(g, layer_norm_backward(g, scale, standard, inverse))
}

/// How far a step of Adam goes: [`adam`] with these numbers.
#[derive(Clone, Copy, Debug)]
pub struct AdamRates {
    pub beta1: f32,
    pub beta2: f32,
    /// The learning rate over the correction of the mean's bias.
    pub rate: f32,
    /// 1/√ of the correction of the square's bias.
    pub square_scale: f32,
    pub epsilon: f32,
    /// What each parameter is multiplied by first: 1 without weight decay.
    pub keep: f32,
}

/// Parameters and mean squares after a step: v ← β₂ v + (1 − β₂) g², θ ← keep · θ − rate · m / (√v · scale + ε).
/// The mean m ← β₁ m + (1 − β₁) g is changed in place; without one it is the gradient itself.
///
/// # Shapes
/// all: [parameters]
pub fn adam(
    parameters: Tensor<1>,
    mean: &mut Option<Tensor<1>>,
    square: Tensor<1>,
    gradient: Tensor<1>,
    rates: AdamRates,
) -> [Tensor<1>; 2] {
    by_device!(parameters, adam(parameters, mean, square, gradient, rates))
}

/// weight·a + (1 − weight)·b.
///
/// # Shapes
/// a, b: the same
pub fn blend(a: Tensor<1>, b: Tensor<1>, weight: f64) -> Tensor<1> {
    by_device!(a, blend(a, b, weight as f32))
}

/// `len` values of a vector from `at` on; a view, not a copy, if `at` is a multiple of [`ALIGNMENT`].
///
/// # Shapes
/// whole: any length; to [len]
pub fn narrow(whole: &Tensor<1>, at: usize, len: usize) -> Tensor<1> {
    by_device!(*whole, narrow(whole, at, len))
}

/// A vector of zeros with these parts written to their offsets, which must be in ascending order.
///
/// # Shapes
/// parts: any length; to [len]
pub fn scatter(parts: Vec<(usize, Tensor<1>)>, len: usize) -> Tensor<1> {
    let Some((_, any)) = parts.first() else { unreachable!("there is at least one part") };
    by_device!(*any, scatter(parts, len))
}

/// Concatenates vectors, at least one.
///
/// # Shapes
/// parts: any length; to the sum of their lengths
pub fn concat(parts: Vec<Tensor<1>>) -> Tensor<1> {
    let mut len = 0;
    let place = |part: Tensor<1>| {
        let at = len;
        len += part.dims()[0];
        (at, part)
    };
    let parts = parts.into_iter().map(place).collect();
    scatter(parts, len)
}

/// The mean of log(1 + eˣ), without overflow. Its gradient is recorded where x is.
///
/// # Shapes
/// x: any; to [1]
pub fn mean_softplus(x: Tensor<2>) -> Tensor<1> {
    by_device!(x.clone().inner(), mean_softplus(x))
}

/// factor · Σ x². Its gradient is recorded where x is.
///
/// # Shapes
/// x: any; to [1]
pub fn square_sum(x: Tensor<2>, factor: f64) -> Tensor<1> {
    by_device!(x.clone().inner(), square_sum(x, factor as f32))
}

/// The loss of an auxiliary head and its gradient by the outputs: the cross entropy of the first `classes`
/// outputs, which are logits, plus half the squared error of the others, summed over samples, times `factor`.
/// Written out, for what the tensor library would need to record it.
///
/// # Shapes
/// outputs, targets: [n, outputs], the classes as one-hot; to [1] and [n, outputs]
pub fn auxiliary_loss(
    outputs: Tensor<2>,
    targets: Tensor<2>,
    classes: usize,
    factor: f64,
) -> (Tensor<1>, Tensor<2>) {
    by_device!(outputs, auxiliary_loss(outputs, targets, classes, factor as f32))
}

#[cfg(test)]
mod tests;
