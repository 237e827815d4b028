//! Tensors made of others, and parts of them.

use super::super::ALIGNMENT;
use super::{buffer, empty, slice, tensor, thread_each, threads};
use crate::device::buffer::Buffer;
use burn::tensor::Tensor;
use cubecl::prelude::*;

pub fn narrow(whole: &Tensor<1>, at: usize, len: usize) -> Tensor<1> {
    let [all] = whole.dims();
    if !at.is_multiple_of(ALIGNMENT) {
        return whole.clone().narrow(0, at, len);
    }
    // The tensor library would copy a part that does not also end at such a place.
    let whole = buffer(whole.clone());
    let bytes = |count: usize| (count * size_of::<f32>()) as u64;
    let handle = whole.handle.offset_start(bytes(at)).offset_end(bytes(all - at - len));
    let (client, device) = (whole.client, whole.device);
    tensor(Buffer::new_contiguous(client, device, [len].into(), handle, whole.dtype))
}

pub fn concat_columns(a: Tensor<2>, b: Tensor<2>, times: f32) -> Tensor<2> {
    let ([n, k], [_, m]) = (a.dims(), b.dims());
    let (a, b) = (buffer(a), buffer(b));
    let both = empty(&a, [n, k + m]);
    let (count, dim) = thread_each(&both);
    concat_columns_kernel::launch(
        &both.client,
        count,
        dim,
        slice(&a),
        slice(&b),
        slice(&both),
        k,
        m,
        times,
    );
    tensor(both)
}

#[cube(launch)]
fn concat_columns_kernel(a: &[f32], b: &[f32], both: &mut [f32], k: usize, m: usize, times: f32) {
    if ABSOLUTE_POS >= both.len() {
        terminate!();
    }
    let column = ABSOLUTE_POS % (k + m);
    let row = ABSOLUTE_POS / (k + m);
    if column < k {
        both[ABSOLUTE_POS] = a[row * k + column];
    } else {
        both[ABSOLUTE_POS] = times * b[row * m + column - k];
    }
}

pub fn concat_rows(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    let ([above, columns], [below, _]) = (a.dims(), b.dims());
    let (a, b) = (buffer(a), buffer(b));
    let both = empty(&a, [above + below, columns]);
    let (count, dim) = thread_each(&both);
    concat_rows_kernel::launch(&both.client, count, dim, slice(&a), slice(&b), slice(&both));
    tensor(both)
}

#[cube(launch)]
fn concat_rows_kernel(a: &[f32], b: &[f32], both: &mut [f32]) {
    if ABSOLUTE_POS >= both.len() {
        terminate!();
    }
    if ABSOLUTE_POS < a.len() {
        both[ABSOLUTE_POS] = a[ABSOLUTE_POS];
    } else {
        both[ABSOLUTE_POS] = b[ABSOLUTE_POS - a.len()];
    }
}

/// Parts that one dispatch lays out: with the result and the kernel's own numbers as many buffers as
/// every adapter can bind.
const PARTS: usize = 6;

pub fn scatter(parts: Vec<(usize, Tensor<1>)>, len: usize) -> Tensor<1> {
    let parts: Vec<_> = parts.into_iter().map(|(at, part)| (at, buffer(part))).collect();
    let Some((_, any)) = parts.first() else { unreachable!("there is at least one part") };
    let whole = empty(any, [len]);
    for (i, some) in parts.chunks(PARTS).enumerate() {
        let begin = if i == 0 { 0 } else { some[0].0 };
        let end = parts.get((i + 1) * PARTS).map_or(len, |(at, _)| *at);
        // Where there are fewer parts, the last one is named again.
        let [a, b, c, d, e, f] = std::array::from_fn(|i| &some[i.min(some.len() - 1)].1);
        let mut places = SequenceArg::new();
        some.iter().for_each(|(at, _)| places.push(*at));
        let (count, dim) = threads(&whole, end - begin);
        scatter_kernel::launch(
            &whole.client,
            count,
            dim,
            slice(a),
            slice(b),
            slice(c),
            slice(d),
            slice(e),
            slice(f),
            slice(&whole),
            places,
            begin,
            end,
        );
    }
    tensor(whole)
}

/// From `begin` to `end` each part in its place, and zeros between them.
#[cube(launch)]
fn scatter_kernel(
    a: &[f32],
    b: &[f32],
    c: &[f32],
    d: &[f32],
    e: &[f32],
    f: &[f32],
    whole: &mut [f32],
    places: Sequence<usize>,
    begin: usize,
    end: usize,
) {
    let at = begin + ABSOLUTE_POS;
    if at >= end {
        terminate!();
    }
    whole[at] = number_of(a, &places, 0usize, at)
        + number_of(b, &places, 1usize, at)
        + number_of(c, &places, 2usize, at)
        + number_of(d, &places, 3usize, at)
        + number_of(e, &places, 4usize, at)
        + number_of(f, &places, 5usize, at);
}

/// The number that the part in the given place has at `at` of the whole, or 0.
#[cube]
fn number_of(part: &[f32], places: &Sequence<usize>, #[comptime] which: usize, at: usize) -> f32 {
    let mut number = 0.0f32;
    if comptime!(which < places.len()) {
        let place = places[which];
        if at >= place && at < place + part.len() {
            number = part[at - place];
        }
    }
    number
}
