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
mod formulas;
mod gather;
mod halving;
mod maps;
mod parts;
mod pointwise;
mod product;
mod standardize;
mod update;

pub use attention::{attend, attend_back};
pub use columns::{column_products, column_sums, norm_gradient};
pub use formulas::{mean_softplus, misread, square_sum};
pub use gather::{TapBuffers, gather};
pub use halving::{double, halve, halving_gradient};
pub use maps::{map_products, scale_maps};
pub use parts::{beside, laid_out, part, stacked};
pub use pointwise::{add_scaled, affine, combine, leaky_relu, leaky_relu_back, tanh, tanh_back};
pub use product::{Turned, outer, product, product_transposed, row_products};
pub use standardize::{layer_norm, standardize_back};
pub use update::{adam, blend};

pub use super::general::taken;

use crate::device::buffer::{Buffer, buffer, tensor};
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;

/// Threads of a workgroup: what every adapter allows.
const THREADS: u32 = 256;

/// Numbers that a thread of a long sum takes at once, which need not wait for one another.
const AT_ONCE: usize = 8;

/// Room for a result of this shape on the device of `beside`.
fn room<const D: usize>(beside: &Buffer, shape: [usize; D]) -> Buffer {
    let handle = beside.client.empty(shape.iter().product::<usize>() * size_of::<f32>());
    let (client, device) = (beside.client.clone(), beside.device.clone());
    Buffer::new_contiguous(client, device, shape.into(), handle, beside.dtype)
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
fn threads(beside: &Buffer, count: usize) -> (CubeCount, CubeDim) {
    let dim = CubeDim::new_1d(THREADS);
    (calculate_cube_count_elemwise(&beside.client, count, dim), dim)
}

/// At least `count` workgroups.
fn workgroups(beside: &Buffer, count: usize) -> (CubeCount, CubeDim) {
    threads(beside, count * THREADS as usize)
}

/// The sum of all threads' values, for each of them. Every thread must come here.
#[cube]
fn sum_of_all(value: f32, sums: &mut Shared<[f32]>) -> f32 {
    let me = UNIT_POS as usize;
    sync_cube();
    sums[me] = value;
    sync_cube();
    #[unroll]
    for halving in 0..8u32 {
        let half = comptime!(128usize >> halving);
        if me < half {
            let other = sums[me + half];
            sums[me] += other;
        }
        sync_cube();
    }
    sums[0]
}
