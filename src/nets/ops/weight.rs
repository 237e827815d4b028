//! A weight as operations take it.

#[cfg(feature = "cpu")]
use super::cpu;
#[cfg(feature = "gpu")]
use super::gpu;
use super::{ConvShape, by_device};
use crate::device::DeviceKind;
use burn::tensor::Tensor;

/// A weight with its cached layouts: packed into panels for the CPU's tiles, transposed for a GPU so that
/// neighbouring threads read neighbours. Each is made on first use and serves any number of batches, so a
/// weight is created anew for each step.
#[derive(Clone, Debug)]
pub struct Weight {
    /// [parameters of the weight]
    pub values: Tensor<1>,
    #[cfg(feature = "cpu")]
    pub(super) packed: cpu::PackedWeight,
    #[cfg(feature = "gpu")]
    pub(super) transposed: gpu::Transposed,
}

/// What is added to each channel: a bias, which a sample may take some other number of times than once.
#[derive(Clone, Debug)]
pub struct Bias {
    /// [channels]
    pub values: Tensor<1>,
    /// [n, 1]
    pub scale: Option<Tensor<2>>,
}

impl Bias {
    /// Taken once.
    pub fn once(values: Tensor<1>) -> Self {
        Self { values, scale: None }
    }

    /// Taken `scale` times.
    pub fn times(values: Tensor<1>, scale: &Tensor<2>) -> Self {
        Self { values, scale: Some(scale.clone()) }
    }
}

impl Weight {
    pub fn new(values: Tensor<1>) -> Self {
        Self {
            values,
            #[cfg(feature = "cpu")]
            packed: cpu::PackedWeight::default(),
            #[cfg(feature = "gpu")]
            transposed: gpu::Transposed::default(),
        }
    }

    /// x·w + b.
    ///
    /// # Shapes
    /// x: [n, k], w: [k·m], b: [m]; to [n, m]
    pub fn product(&self, x: Tensor<2>, b: Option<Bias>) -> Tensor<2> {
        by_device!(x, product(x, self, b))
    }

    /// g·wᵀ.
    ///
    /// # Shapes
    /// g: [n, m], w: [k·m]; to [n, k]
    pub fn product_transposed(&self, g: Tensor<2>) -> Tensor<2> {
        by_device!(g, product_transposed(g, self))
    }

    /// The convolution.
    ///
    /// # Shapes
    /// fine: [n, side·side·fine], b: [coarse]; to [n, half·half·coarse]
    pub fn conv(&self, at: ConvShape, fine: Tensor<2>, b: Option<Bias>) -> Tensor<2> {
        by_device!(fine, conv(at, fine, self, b))
    }

    /// The transposed convolution.
    ///
    /// # Shapes
    /// coarse: [n, half·half·coarse], b: [fine]; to [n, side·side·fine]
    pub fn conv_transpose(&self, at: ConvShape, coarse: Tensor<2>, b: Option<Bias>) -> Tensor<2> {
        by_device!(coarse, conv_transpose(at, coarse, self, b))
    }
}
