//! A weight as operations take it.

#[cfg(feature = "cpu")]
use super::cpu;
#[cfg(feature = "gpu")]
use super::gpu;
use super::{Halving, by_device};
use crate::device::DeviceKind;
use burn::tensor::Tensor;

/// The numbers of a weight. They are laid out once for each way in which they are used, however many
/// batches they are then used on: on the CPU for its tiles, on a GPU so that neighbouring threads read
/// neighbours. So a weight is made anew for each step.
#[derive(Clone, Debug)]
pub struct Weight {
    /// [parameters of the weight]
    pub numbers: Tensor<1>,
    #[cfg(feature = "cpu")]
    pub(super) laid_out: cpu::LaidOut,
    #[cfg(feature = "gpu")]
    pub(super) turned: gpu::Turned,
}

/// What is added to each channel: a bias, which a sample may take some other number of times than once.
#[derive(Clone, Debug)]
pub struct Bias {
    /// [channels]
    pub numbers: Tensor<1>,
    /// [n, 1]
    pub scale: Option<Tensor<2>>,
}

impl Bias {
    /// Taken once.
    pub fn once(numbers: Tensor<1>) -> Self {
        Self { numbers, scale: None }
    }

    /// Taken `scale` times.
    pub fn times(numbers: Tensor<1>, scale: &Tensor<2>) -> Self {
        Self { numbers, scale: Some(scale.clone()) }
    }
}

impl Weight {
    pub fn new(numbers: Tensor<1>) -> Self {
        Self {
            numbers,
            #[cfg(feature = "cpu")]
            laid_out: cpu::LaidOut::default(),
            #[cfg(feature = "gpu")]
            turned: gpu::Turned::default(),
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
    pub fn halve(&self, at: Halving, fine: Tensor<2>, b: Option<Bias>) -> Tensor<2> {
        by_device!(fine, halve(at, fine, self, b))
    }

    /// The transposed convolution.
    ///
    /// # Shapes
    /// coarse: [n, half·half·coarse], b: [fine]; to [n, side·side·fine]
    pub fn double(&self, at: Halving, coarse: Tensor<2>, b: Option<Bias>) -> Tensor<2> {
        by_device!(coarse, double(at, coarse, self, b))
    }
}
