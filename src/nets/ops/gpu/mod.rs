//! The operations as kernels of our own, one dispatch each. A step is a long chain of small operations,
//! and a browser checks every dispatch: what counts there is how many there are. The tensor library's
//! general operations take several for one of ours.
//!
//! Kernels are written in Rust (`#[cube]`) and become WGSL in a browser. They use 256 threads a
//! workgroup, no subgroups and no half precision, so that every adapter runs them. Most compute one
//! number of the result per thread, neighbours in memory by neighbouring threads; sums over many
//! samples and pixels take a workgroup each.

mod attention;
mod columns;
mod conv;
mod formulas;
mod gather;
mod maps;
mod parts;
mod pointwise;
mod product;
mod standardize;
mod update;

pub use attention::{attend, attend_backward};
pub use columns::{column_products, column_sums, layer_norm_gradient};
pub use conv::{conv, conv_transpose, conv_weight_gradient};
pub use formulas::{auxiliary_loss, mean_softplus, square_sum};
pub use gather::{TapBuffers, gather};
pub use maps::{map_products, scale_maps};
pub use parts::{concat_columns, concat_rows, narrow, scatter};
pub use pointwise::{
    add_scaled, affine, combine, leaky_relu, leaky_relu_backward, tanh, tanh_backward,
};
pub use product::{Transposed, outer, product, product_transposed, row_products};
pub use standardize::{layer_norm, layer_norm_backward};
pub use update::{adam, blend};

pub use super::general::take;

use crate::device::buffer::{Buffer, buffer, tensor};
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;

/// Threads of a workgroup: what every adapter allows.
const THREADS: u32 = 256;

/// Values that a thread of a long sum takes at once, which need not wait for one another.
const AT_ONCE: usize = 8;

/// An uninitialised buffer of this shape on the device of `like`.
fn empty<const D: usize>(like: &Buffer, shape: [usize; D]) -> Buffer {
    let handle = like.client.empty(shape.iter().product::<usize>() * size_of::<f32>());
    let (client, device) = (like.client.clone(), like.device.clone());
    Buffer::new_contiguous(client, device, shape.into(), handle, like.dtype)
}

/// A tensor as a kernel's slice of numbers.
fn slice(tensor: &Buffer) -> BufferArg {
    tensor.clone().binding().into_buffer_arg()
}

/// A thread for each number of the result.
fn thread_each(result: &Buffer) -> (CubeCount, CubeDim) {
    threads(result, result.meta.shape().iter().product())
}

/// At least `count` threads.
fn threads(like: &Buffer, count: usize) -> (CubeCount, CubeDim) {
    let dim = CubeDim::new_1d(THREADS);
    (calculate_cube_count_elemwise(&like.client, count, dim), dim)
}

/// At least `count` workgroups.
fn workgroups(like: &Buffer, count: usize) -> (CubeCount, CubeDim) {
    threads(like, count * THREADS as usize)
}

/// The sum of all threads' values, for each of them. Every thread must come here.
#[cube]
fn sum_of_all(value: f32, sums: &mut Shared<[f32]>) -> f32 {
    let me = UNIT_POS as usize;
    sync_cube();
    sums[me] = value;
    sync_cube();
    #[unroll]
    for step in 0..8u32 {
        let half = comptime!(128usize >> step);
        if me < half {
            let other = sums[me + half];
            sums[me] += other;
        }
        sync_cube();
    }
    sums[0]
}
