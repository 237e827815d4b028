//! The gradient of a formula on a few tensors, recorded by the tensor library. Objectives and penalties
//! are written as values only; what they are small functions of (logits, slopes) is all that is
//! recorded. The networks have their gradients written out (see `nets::layers`).

use burn::tensor::Tensor;

/// The value of `formula` and its gradient by each input: zeros where it did not look.
///
/// # Shapes
/// inputs: any; value: [1]; gradients: as the inputs
pub fn value_and_gradient<const N: usize>(
    inputs: [Tensor<2>; N],
    formula: impl FnOnce([Tensor<2>; N]) -> Tensor<1>,
) -> (Tensor<1>, [Tensor<2>; N]) {
    let inputs = inputs.map(|x| x.autodiff().require_grad());
    let value = formula(inputs.clone());
    let mut gradients = value.backward();
    let gradient =
        inputs.map(|x| x.grad_remove(&mut gradients).unwrap_or_else(|| x.inner().zeros_like()));
    (value.inner(), gradient)
}
