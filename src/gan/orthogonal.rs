//! Orthogonal regularisation, as far as directions go (Brock et al. 2018, arXiv 1809.11096, eq. 3):
//! R = β‖WᵀW ⊙ (1 − I)‖²_F, summed over a network's weight matrices. Columns of a matrix may have any length,
//! but are to point in different directions.

use crate::nets::ops::{self, Weight};
use crate::nets::params::Layout;
use burn::tensor::Tensor;

/// The gradient of R by all parameters: 4β W(WᵀW ⊙ (1 − I)) for a matrix, and 0 for what is none.
///
/// # Shapes
/// weights: [parameters of the layout]; to the same
pub fn gradient(layout: &Layout, weights: &Tensor<1>, beta: f64) -> Tensor<1> {
    let matrices: Vec<_> = layout
        .entries()
        .iter()
        .filter_map(|at| {
            let [inputs, outputs] = at.matrix()?;
            let values = ops::narrow(weights, at.offset, at.len());
            let w: Tensor<2> = values.clone().reshape([inputs, outputs]);
            // W WᵀW, by way of the smaller square.
            let cube = if inputs < outputs {
                let weight = Weight::new(values);
                weight.product(weight.product_transposed(w.clone()), None)
            } else {
                Weight::new(ops::outer(w.clone(), w.clone())).product(w.clone(), None)
            };
            // Without the diagonal of WᵀW, the squared length of each column.
            let squares = ops::column_sums(w.clone() * w.clone(), None, outputs);
            let gradient = (cube - w * squares.unsqueeze()) * (4.0 * beta);
            Some((at.offset, gradient.flatten(0, 1)))
        })
        .collect();
    match matrices.is_empty() {
        true => weights.zeros_like(), // Dirac's generator is one number
        false => ops::scatter(matrices, layout.len()),
    }
}
