//! Tensors of a GPU as buffers of its memory.

use burn::tensor::Tensor;

/// The backend that computes on GPUs.
pub use burn::backend::Wgpu as Gpu;
/// A tensor's buffer on a GPU.
pub use burn::backend::wgpu::CubeTensor as Buffer;

/// What recording an operation of our own takes.
pub mod autodiff {
    pub use burn::backend::Autodiff;
    pub use burn::backend::autodiff::checkpoint::base::Checkpointer;
    pub use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
    pub use burn::backend::autodiff::grads::Gradients;
    pub use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
}

/// A tensor's buffer, contiguous. Copies only if it is not. The tensor must live on a GPU.
pub fn buffer<const D: usize>(tensor: Tensor<D>) -> Buffer {
    let buffer = tensor.try_into_primitive::<Gpu>().expect("the tensor lives on a GPU");
    if buffer.is_contiguous() { buffer } else { buffer.copy() }
}

/// The tensor of this buffer.
pub fn tensor<const D: usize>(buffer: Buffer) -> Tensor<D> {
    Tensor::from_primitive::<Gpu>(buffer)
}
