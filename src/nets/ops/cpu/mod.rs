//! The operations on slices of memory.

mod attention;
mod formulas;
mod gather;
mod halving;
mod maps;
mod pointwise;
mod product;
mod standardize;
mod tile;
mod update;

pub use attention::{attend, attend_back};
pub use formulas::{beside, mean_softplus, misread, part, row_products, square_sum, stacked};
pub use gather::gather;
pub use halving::halving_gradient;
pub use maps::{map_products, scale_maps};
pub use pointwise::{
    add_scaled, affine, column_products, column_sums, combine, leaky_relu, leaky_relu_back, taken,
    tanh, tanh_back,
};
pub use product::{outer, product_transposed};
pub use standardize::{layer_norm, norm_gradient, standardize_back};
pub use update::{adam, blend, laid_out};

use super::{Bias, Halving, Weight};
use burn::tensor::Tensor;
use halving::Doubling;
use std::sync::OnceLock;
use tile::Panels;

/// A weight's numbers as the tiles read them, for each way in which they have been used.
#[derive(Clone, Debug, Default)]
pub struct LaidOut {
    product: OnceLock<Panels>,
    transposed: OnceLock<Panels>,
    halve: OnceLock<Panels>,
    double: OnceLock<Doubling>,
}

pub fn product(x: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |b| product::product(x, w, b))
}

pub fn halve(at: Halving, fine: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |b| halving::halve(at, fine, w, b))
}

pub fn double(at: Halving, coarse: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |b| halving::double(at, coarse, w, b))
}

/// Tiles begin with a bias that is taken once; any other is added afterwards.
fn biased(b: Option<Bias>, of: impl FnOnce(Option<Tensor<1>>) -> Tensor<2>) -> Tensor<2> {
    match b {
        Some(Bias { numbers, scale: Some(scale) }) => pointwise::add_bias(of(None), numbers, scale),
        once => of(once.map(|b| b.numbers)),
    }
}
