//! The operations on slices of memory.

mod attention;
mod conv;
mod formulas;
mod gather;
mod maps;
mod pointwise;
mod product;
mod registers;
mod standardize;
mod tile;
mod update;

pub use formulas::{
    auxiliary_loss, concat_columns, concat_rows, mean_softplus, narrow, row_products, square_sum,
};
pub use pointwise::{add_scaled, take, tanh_backward};
#[cfg(test)]
pub use registers::ONLY_FOUR;
pub use update::scatter;

use super::{AdamRates, Attended, Bias, ConvShape, Normed, Taps, Weight};
use burn::tensor::Tensor;
use conv::TransposePanels;
use std::sync::OnceLock;
use tile::Panels;
use wide::f32x4;

/// Operations that are compiled for each kind of registers that a machine may have: `Widest` stands for the kind
/// where an operation names it.
macro_rules! operations {
    ($($module:ident::$name:ident $(::<$kind:ident>)?($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        pub fn $name($($argument: $type),*) -> $result {
            #[cfg(target_arch = "x86_64")]
            if registers::has_eight() {
                #[target_feature(enable = "avx2,fma")]
                fn wide($($argument: $type),*) -> $result {
                    $(type $kind = registers::Eight;)?
                    $module::$name$(::<$kind>)?($($argument),*)
                }
                // SAFETY: this machine has them.
                return unsafe { wide($($argument),*) };
            }
            $(type $kind = f32x4;)?
            $module::$name$(::<$kind>)?($($argument),*)
        }
    )*};
}

operations! {
    product::product_from::<Widest>(x: Tensor<2>, w: &Weight, start: Option<Tensor<1>>) -> Tensor<2>;
    product::product_transposed::<Widest>(g: Tensor<2>, w: &Weight) -> Tensor<2>;
    product::outer::<Widest>(x: Tensor<2>, g: Tensor<2>) -> Tensor<1>;
    conv::conv_from::<Widest>(at: ConvShape, fine: Tensor<2>, w: &Weight, start: Option<Tensor<1>>) -> Tensor<2>;
    conv::conv_transpose_from::<Widest>(at: ConvShape, coarse: Tensor<2>, w: &Weight, start: Option<Tensor<1>>) -> Tensor<2>;
    conv::conv_weight_gradient::<Widest>(at: ConvShape, fine: Tensor<2>, coarse: Tensor<2>) -> Tensor<1>;
    standardize::layer_norm::<Widest>(x: Tensor<2>, scale: Tensor<1>, shift: Tensor<1>, epsilon: f32) -> Normed;
    standardize::layer_norm_gradient(g: Tensor<2>, standard: Tensor<2>, channels: usize) -> [Tensor<1>; 2];
    standardize::layer_norm_backward::<Widest>(g: Tensor<2>, scale: Tensor<1>, standard: Tensor<2>, inverse: Tensor<2>)
        -> Tensor<2>;
    attention::attend(query: Tensor<2>, key: Tensor<2>, value: Tensor<2>, places: usize) -> Attended;
    attention::attend_backward(g: Tensor<2>, inputs: [Tensor<2>; 3], attention: Tensor<2>, places: usize) -> [Tensor<2>; 3];
    gather::gather(x: Tensor<2>, taps: &Taps, channels: usize) -> Tensor<2>;
    maps::scale_maps(x: Tensor<2>, scale: Tensor<2>) -> Tensor<2>;
    maps::map_products(g: Tensor<2>, x: Tensor<2>, channels: usize) -> Tensor<2>;
    pointwise::leaky_relu(x: Tensor<2>, slope: f32) -> Tensor<2>;
    pointwise::leaky_relu_backward(g: Tensor<2>, x: Tensor<2>, slope: f32) -> Tensor<2>;
    pointwise::tanh(x: Tensor<2>) -> Tensor<2>;
    pointwise::add_bias(y: Tensor<2>, b: Tensor<1>, scale: Tensor<2>) -> Tensor<2>;
    pointwise::column_sums(g: Tensor<2>, scale: Option<Tensor<2>>, channels: usize) -> Tensor<1>;
    pointwise::column_products(g: Tensor<2>, x: Tensor<2>, centre: Tensor<1>) -> Tensor<1>;
    pointwise::affine(x: Tensor<2>, factor: Tensor<1>, offset: Tensor<1>) -> Tensor<2>;
    pointwise::combine(g: Tensor<2>, x: Tensor<2>, by_g: Tensor<1>, by_x: Tensor<1>, offset: Tensor<1>) -> Tensor<2>;
    update::adam(
        parameters: Tensor<1>,
        mean: &mut Option<Tensor<1>>,
        square: Tensor<1>,
        gradient: Tensor<1>,
        rates: AdamRates
    ) -> [Tensor<1>; 2];
    update::blend(a: Tensor<1>, b: Tensor<1>, weight: f32) -> Tensor<1>;
}

/// A weight packed into panels, as the tiles read it.
#[derive(Clone, Debug, Default)]
pub struct PackedWeight {
    of_four: Packings<f32x4>,
    #[cfg(target_arch = "x86_64")]
    of_eight: Packings<registers::Eight>,
}

/// One packing per operation that has used the weight.
#[derive(Clone, Debug)]
struct Packings<R> {
    product: OnceLock<Panels<R>>,
    transposed: OnceLock<Panels<R>>,
    conv: OnceLock<Panels<R>>,
    conv_transpose: OnceLock<TransposePanels<R>>,
}

impl<R> Default for Packings<R> {
    fn default() -> Self {
        let [product, transposed, conv] = [const { OnceLock::new() }; 3];
        Self { product, transposed, conv, conv_transpose: OnceLock::new() }
    }
}

pub fn product(x: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |start| product_from(x, w, start))
}

pub fn conv(at: ConvShape, fine: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |start| conv_from(at, fine, w, start))
}

pub fn conv_transpose(at: ConvShape, coarse: Tensor<2>, w: &Weight, b: Option<Bias>) -> Tensor<2> {
    biased(b, |start| conv_transpose_from(at, coarse, w, start))
}

/// Tiles begin with a bias that is taken once; any other is added afterwards.
fn biased(b: Option<Bias>, of: impl FnOnce(Option<Tensor<1>>) -> Tensor<2>) -> Tensor<2> {
    match b {
        Some(Bias { values, scale: Some(scale) }) => add_bias(of(None), values, scale),
        once => of(once.map(|b| b.values)),
    }
}
