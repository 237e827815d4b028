//! The operations on slices of memory.

mod halving;
mod pointwise;
mod product;
mod standardize;
mod tile;
mod update;

pub use halving::{double, halve, halving_gradient};
pub use pointwise::{
    add_scaled, affine, column_products, column_sums, combine, leaky_relu, leaky_relu_back, tanh,
};
pub use product::{outer, product, product_transposed};
pub use standardize::{standardize, standardize_back};
pub use update::{adam, blend};

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
