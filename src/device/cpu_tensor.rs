//! Tensors of the CPU as slices of memory.

use burn::backend::{Flex, flex::FlexTensor};
use burn::tensor::{Tensor, TensorData};

/// A contiguous CPU tensor whose values can be read in place.
pub struct CpuTensor(FlexTensor);

impl CpuTensor {
    /// Copies only if the tensor is not contiguous. It must live on the CPU.
    pub fn of<const D: usize>(tensor: Tensor<D>) -> Self {
        let tensor = tensor.try_into_primitive::<Flex>().expect("the tensor lives on the CPU");
        Self(if tensor.is_contiguous() { tensor } else { tensor.to_contiguous() })
    }

    pub fn slice(&self) -> &[f32] {
        self.0.as_slice().expect("contiguous f32s")
    }

    /// The values, to change: in place if nothing else refers to them, else a copy.
    pub fn into_vec(self) -> Vec<f32> {
        self.0.into_data().try_into_vec().expect("all of them f32")
    }

    /// A tensor on the CPU that takes `values` over. Not by the tensor library's own way, which would
    /// bring conversions from every type to every other: 300 kB of program.
    pub fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
    }
}
