//! The operations on slices of memory.

mod halving;
mod pointwise;
mod product;
mod tile;

pub use halving::{double, halve, halving_gradient};
pub use pointwise::{
    add_scaled, affine, column_products, column_sums, combine, leaky_relu, leaky_relu_back, tanh,
};
pub use product::{outer, product, product_transposed};
