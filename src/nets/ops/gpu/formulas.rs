//! Pieces of formulas whose gradient the tensor library records: one dispatch for the value and one for
//! the gradient, where the library's own operations would take a dozen.

use super::{AT_ONCE, THREADS, buffer, empty, slice, sum_of_all, tensor, thread_each, workgroups};
use crate::device::buffer::autodiff::{
    Autodiff, Backward, Checkpointer, Gradients, NoCheckpointing, Ops, OpsKind, unary,
};
use crate::device::buffer::{Buffer, Gpu};
use burn::tensor::{Tensor, activation};
use cubecl::prelude::*;

pub fn mean_softplus(x: Tensor<2>) -> Tensor<1> {
    let factor = 1.0 / x.dims().iter().product::<usize>() as f32;
    recorded(Sum { of_squares: false, factor }, x)
}

pub fn square_sum(x: Tensor<2>, factor: f32) -> Tensor<1> {
    recorded(Sum { of_squares: true, factor }, x)
}

/// In the library's operations: only runs with an auxiliary head pay for it.
pub fn auxiliary_loss(
    outputs: Tensor<2>,
    targets: Tensor<2>,
    classes: usize,
    factor: f32,
) -> (Tensor<1>, Tensor<2>) {
    let [_, columns] = outputs.dims();
    let continuous = columns - classes;
    let errors = (continuous > 0).then(|| {
        let error = outputs.clone().narrow(1, classes, continuous)
            - targets.clone().narrow(1, classes, continuous);
        ((error.clone() * error.clone()).sum() * 0.5, error)
    });
    let entropy = (classes > 0).then(|| {
        let one_hot = targets.narrow(1, 0, classes);
        let log_probabilities = activation::log_softmax(outputs.narrow(1, 0, classes), 1);
        let loss = (log_probabilities.clone() * one_hot.clone()).sum().neg();
        (loss, log_probabilities.exp() - one_hot)
    });
    let (loss, gradient) = match (entropy, errors) {
        (Some((a, left)), Some((b, right))) => (a + b, Tensor::cat(vec![left, right], 1)),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => unreachable!("a head has an output"),
    };
    (loss * factor, gradient * factor)
}

/// factor · Σ f(x) with f(x) = x² or log(1 + eˣ).
#[derive(Clone, Copy, Debug)]
struct Sum {
    of_squares: bool,
    factor: f32,
}

impl Sum {
    /// [1]
    fn value(self, x: &Buffer) -> Buffer {
        let value = empty(x, [1]);
        let (count, dim) = workgroups(&value, 1);
        let Sum { of_squares, factor } = self;
        sum_kernel::launch(&value.client, count, dim, slice(x), slice(&value), factor, of_squares);
        value
    }

    /// The gradient by x of what has the gradient `g` ([1]) by the value.
    fn gradient(self, x: &Buffer, g: &Buffer) -> Buffer {
        let shape: [usize; 2] = x.meta.shape().dims();
        let gradient = empty(x, shape);
        let (count, dim) = thread_each(&gradient);
        let Sum { of_squares, factor } = self;
        gradient_kernel::launch(
            &gradient.client,
            count,
            dim,
            slice(x),
            slice(g),
            slice(&gradient),
            factor,
            of_squares,
        );
        gradient
    }
}

/// One workgroup: what is summed up here is a batch's logits or slopes.
#[cube(launch)]
fn sum_kernel(x: &[f32], value: &mut [f32], factor: f32, #[comptime] of_squares: bool) {
    let mut sums = Shared::new_slice(comptime!(THREADS as usize));
    let mut sum = 0.0f32;
    let mut i = ABSOLUTE_POS;
    while i < x.len() {
        // Several at a time, which do not wait for one another.
        #[unroll]
        for k in 0..comptime!(AT_ONCE) {
            let at = i + k * comptime!(THREADS as usize);
            if at < x.len() {
                let x = x[at];
                if comptime!(of_squares) {
                    sum += x * x;
                } else {
                    // No exponential of a large number.
                    sum += max(x, 0.0f32) + (1.0f32 + (-x.abs()).exp()).ln();
                }
            }
        }
        i += comptime!(AT_ONCE * THREADS as usize);
    }
    let sum = sum_of_all(sum, &mut sums);
    if ABSOLUTE_POS == 0 {
        value[0] = sum * factor;
    }
}

#[cube(launch)]
fn gradient_kernel(
    x: &[f32],
    g: &[f32],
    gradient: &mut [f32],
    factor: f32,
    #[comptime] of_squares: bool,
) {
    if ABSOLUTE_POS >= gradient.len() {
        terminate!();
    }
    let x = x[ABSOLUTE_POS];
    let slope = if comptime!(of_squares) {
        2.0f32 * x
    } else {
        // The logistic function; again no exponential of a large number, which WGSL leaves open.
        let small = (-x.abs()).exp();
        select(x > 0.0f32, 1.0f32, small) / (1.0f32 + small)
    };
    gradient[ABSOLUTE_POS] = g[0] * factor * slope;
}

/// The sum, so that the tensor library can find its gradient.
fn recorded(sum: Sum, x: Tensor<2>) -> Tensor<1> {
    if !x.is_autodiff() {
        return tensor(sum.value(&buffer(x)));
    }
    let inner = buffer(x.clone().inner());
    let x = x.try_into_primitive::<Autodiff<Gpu>>().expect("the tensor lives on the GPU");
    let value = sum.value(&inner);
    let value = match sum.prepare::<NoCheckpointing>([x.node()]).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(inner, value),
        OpsKind::UnTracked(prepared) => prepared.finish(value),
    };
    Tensor::from_primitive::<Autodiff<Gpu>>(value)
}

impl Backward<Gpu, 1> for Sum {
    type State = Buffer;

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        unary::<Gpu, _>(ops.parents, ops.node, gradients, |g| self.gradient(&ops.state, &g));
    }
}
