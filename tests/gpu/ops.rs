//! Each operation on the same numbers on both devices, in shapes that fill workgroups and tiles and in ones that do not.

use super::{OPERATION, difference, gpu, numbers};
use burn::tensor::{Device, Tensor};
use ganvas::device::cpu;
use ganvas::gradient::value_and_gradient;
use ganvas::nets::ops::*;
use ganvas::nets::params::{rows, vector};
use ganvas::rng::{Stream, normals, stream};
use std::collections::BTreeSet;

/// Where an operation is tried, and what it has made of its inputs.
struct Bench {
    device: Device,
    drawn: u64,
    made: Vec<Vec<f32>>,
}

impl Bench {
    /// Other numbers at each call, and the same on either device.
    fn normals(&mut self, count: usize) -> Vec<f32> {
        self.drawn += 1;
        normals(&mut stream(2, Stream::Samples, self.drawn), count)
    }

    /// [n, columns]
    fn rows(&mut self, n: usize, columns: usize) -> Tensor<2> {
        rows(self.normals(n * columns), columns, &self.device)
    }

    fn vector(&mut self, len: usize) -> Tensor<1> {
        vector(self.normals(len), &self.device)
    }

    /// Numbers above 0.
    fn positive(&mut self, len: usize) -> Tensor<1> {
        let numbers = self.normals(len).iter().map(|x| x.abs() + 0.1).collect();
        vector(numbers, &self.device)
    }

    /// None, once, and another number of times for each of n samples.
    fn biases(&mut self, channels: usize, n: usize) -> [Option<Bias>; 3] {
        let (once, numbers) = (self.vector(channels), self.vector(channels));
        [None, Some(Bias::once(once)), Some(Bias::times(numbers, &self.rows(n, 1)))]
    }

    fn make<const D: usize>(&mut self, result: Tensor<D>) {
        self.made.push(numbers(&result));
    }
}

/// What an operation makes on a device.
fn made(case: fn(&mut Bench), device: &Device) -> Vec<Vec<f32>> {
    let mut bench = Bench { device: device.clone(), drawn: 0, made: Vec::new() };
    case(&mut bench);
    bench.made
}

/// By the name of the operation.
type Case = (&'static str, fn(&mut Bench));

const CASES: &[Case] = &[
    ("product", |b| {
        for [n, k, m] in [[1, 1, 1], [3, 5, 7], [20, 33, 18]] {
            let (x, w) = (b.rows(n, k), Weight::new(b.vector(k * m)));
            for bias in b.biases(m, n) {
                b.make(w.product(x.clone(), bias));
            }
        }
    }),
    ("product_transposed", |b| {
        for [n, k, m] in [[1, 1, 1], [3, 5, 7], [20, 33, 18], [4, 1, 9], [4, 9, 1]] {
            let (g, w) = (b.rows(n, m), Weight::new(b.vector(k * m)));
            b.make(w.product_transposed(g.clone()));
            // Once more from the weight as it is laid out by now.
            b.make(w.product_transposed(g * 2.0));
        }
    }),
    ("outer", |b| {
        // The last has more rows than a workgroup takes.
        for [n, k, m] in [[1, 1, 1], [3, 5, 7], [40, 33, 18], [1100, 9, 20]] {
            let (x, g) = (b.rows(n, k), b.rows(n, m));
            b.make(outer(x, g));
        }
    }),
    ("conv", |b| {
        for (n, at) in HALVINGS {
            let (x, w) = (b.rows(n, at.fine_size()), Weight::new(b.vector(at.weight_size())));
            for bias in b.biases(at.coarse, n) {
                b.make(w.conv(at, x.clone(), bias));
            }
        }
    }),
    ("conv_transpose", |b| {
        for (n, at) in HALVINGS {
            let (x, w) = (b.rows(n, at.coarse_size()), Weight::new(b.vector(at.weight_size())));
            for bias in b.biases(at.fine, n) {
                b.make(w.conv_transpose(at, x.clone(), bias));
            }
        }
    }),
    ("conv_weight_gradient", |b| {
        for (n, at) in HALVINGS {
            let (fine, coarse) = (b.rows(n, at.fine_size()), b.rows(n, at.coarse_size()));
            b.make(conv_weight_gradient(at, fine, coarse));
        }
    }),
    ("gather", |b| {
        for channels in [1, 3] {
            for taps in [Taps::patches(7, 3), Taps::upsample(5), Taps::downsample(6), Taps::mean(4)]
            {
                let x = b.rows(3, taps.inputs() * channels);
                b.make(gather(x, &taps, channels));
                let g = b.rows(3, taps.outputs() * channels);
                b.make(gather(g, &taps.transposed(), channels));
            }
        }
    }),
    ("scale_maps", |b| {
        for [n, pixels, channels] in MAPS {
            let (x, scale) = (b.rows(n, pixels * channels), b.rows(n, channels));
            b.make(scale_maps(x, scale));
        }
    }),
    ("map_products", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, x) = (b.rows(n, pixels * channels), b.rows(n, pixels * channels));
            b.make(map_products(g, x, channels));
        }
    }),
    ("attend", |b| {
        for [n, places, depth, width] in ATTENTIONS {
            let [query, key] = [(); 2].map(|()| b.rows(n, places * depth));
            let Attended { y, attention } = attend(query, key, b.rows(n, places * width), places);
            b.make(y);
            b.make(attention);
        }
    }),
    ("attend_backward", |b| {
        for [n, places, depth, width] in ATTENTIONS {
            let [query, key] = [(); 2].map(|()| b.rows(n, places * depth));
            let [value, g] = [(); 2].map(|()| b.rows(n, places * width));
            let seen = attend(query.clone(), key.clone(), value.clone(), places);
            for by in attend_backward(g, [query, key, value], seen.attention, places) {
                b.make(by);
            }
        }
    }),
    ("row_products", |b| {
        for [n, rows, features] in [[1, 1, 1], [5, 5, 30], [5, 1, 30], [3, 3, 700], [3, 1, 700]] {
            let (x, y) = (b.rows(n, features), b.rows(rows, features));
            b.make(row_products(x, y));
        }
    }),
    ("concat_columns", |b| {
        for [n, k, m] in [[1, 1, 1], [3, 5, 7], [30, 10, 4]] {
            let (left, right) = (b.rows(n, k), b.rows(n, m));
            b.make(concat_columns(left, right, 0.7));
        }
    }),
    ("concat_rows", |b| {
        for [n, m, features] in [[1, 1, 1], [3, 5, 7], [30, 1, 20]] {
            let (above, below) = (b.rows(n, features), b.rows(m, features));
            b.make(concat_rows(above, below));
        }
    }),
    ("take", |b| {
        let x = b.rows(2, 6);
        b.make(take(x, &[3, 0, u32::MAX, 5, 11, 3, 12, 1, 1, 10, 6, 2]));
    }),
    ("leaky_relu", |b| {
        for slope in [0.0, 0.2] {
            let x = b.rows(7, 45);
            b.make(leaky_relu(x, slope));
            // What does not lie in order: columns of a larger matrix, and one row seen many times.
            let wide = b.rows(7, 45);
            b.make(leaky_relu(wide.narrow(1, 3, 40), slope));
            let row = b.rows(1, 45);
            b.make(leaky_relu(row.expand([7, 45]), slope));
        }
    }),
    ("leaky_relu_backward", |b| {
        for slope in [0.0, 0.2] {
            let (g, x) = (b.rows(7, 45), b.rows(7, 45));
            b.make(leaky_relu_backward(g, x, slope));
        }
    }),
    ("tanh", |b| {
        for size in [1.0, 100.0] {
            let x = b.rows(7, 45) * size;
            b.make(tanh(x));
        }
    }),
    ("tanh_backward", |b| {
        let (g, y) = (b.rows(7, 45), b.rows(7, 45).tanh());
        b.make(tanh_backward(g, y));
    }),
    ("add_scaled", |b| {
        let (y, x, scale) = (b.rows(7, 45), b.rows(7, 45), b.rows(7, 1));
        b.make(add_scaled(y, x, scale));
    }),
    ("column_sums", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, scale) = (b.rows(n, pixels * channels), b.rows(n, 1));
            b.make(column_sums(g.clone(), None, channels));
            b.make(column_sums(g, Some(scale), channels));
        }
    }),
    ("column_products", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, x) = (b.rows(n, pixels * channels), b.rows(n, pixels * channels));
            let centre = b.vector(channels);
            b.make(column_products(g, x, centre));
        }
    }),
    ("affine", |b| {
        for [n, pixels, channels] in MAPS {
            let (x, factor) = (b.rows(n, pixels * channels), b.vector(channels));
            let offset = b.vector(channels);
            b.make(affine(x, factor, offset));
        }
    }),
    ("combine", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, x) = (b.rows(n, pixels * channels), b.rows(n, pixels * channels));
            let [by_g, by_x, offset] = [(); 3].map(|()| b.vector(channels));
            b.make(combine(g, x, by_g, by_x, offset));
        }
    }),
    ("layer_norm", |b| {
        for [n, pixels, channels] in MAPS {
            // With a mean that is not 0 and a variance that is not 1.
            let x = b.rows(n, pixels * channels) * 3.0 + 2.0;
            let (scale, shift) = (b.vector(channels), b.vector(channels));
            let Normed { y, standard, inverse } = layer_norm(x, scale, shift, 1e-2);
            [y, standard, inverse].into_iter().for_each(|part| b.make(part));
        }
    }),
    ("layer_norm_gradient", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, x) = (b.rows(n, pixels * channels), b.rows(n, pixels * channels));
            for by in layer_norm_gradient(g, x, channels) {
                b.make(by);
            }
        }
    }),
    ("layer_norm_backward", |b| {
        for [n, pixels, channels] in MAPS {
            let (g, x) = (b.rows(n, pixels * channels), b.rows(n, pixels * channels));
            let (scale, inverse) = (b.vector(channels), b.rows(n, 1));
            b.make(layer_norm_backward(g, scale, x, inverse));
        }
    }),
    ("adam", |b| {
        let rates = AdamRates {
            beta1: 0.6,
            beta2: 0.9,
            rate: 0.3,
            square_scale: 1.3,
            epsilon: 0.01,
            keep: 0.8,
        };
        for has_mean in [true, false] {
            let mut mean = has_mean.then(|| b.vector(700));
            let (parameters, square, g) = (b.vector(700), b.positive(700), b.vector(700));
            let moved = adam(parameters, &mut mean, square, g, rates);
            moved.into_iter().chain(mean).for_each(|part| b.make(part));
        }
    }),
    ("blend", |b| {
        let (one, other) = (b.vector(700), b.vector(700));
        b.make(blend(one, other, 0.3));
    }),
    ("narrow", |b| {
        let whole = b.vector(5 * ALIGNMENT + 11);
        for [at, len] in [[0, 5], [ALIGNMENT, 70], [3 * ALIGNMENT, 2 * ALIGNMENT + 11], [7, 100]] {
            let part = narrow(&whole, at, len);
            // As it is read back, and as a kernel finds it.
            b.make(part.clone());
            b.make(blend(part.clone(), part, 0.5));
        }
    }),
    ("scatter", |b| {
        // With gaps before, between and behind the parts, and of more parts than one dispatch takes.
        for count in [1, 3, 6, 7, 14] {
            let parts = (0..count).map(|i| (11 + 40 * i, b.vector(5 + 2 * i))).collect();
            b.make(scatter(parts, 40 * count + 300));
        }
    }),
    ("mean_softplus", |b| {
        for size in [1.0, 100.0] {
            let x = b.rows(30, 100) * size;
            let (value, [gradient]) = value_and_gradient([x.clone()], |[x]| mean_softplus(x) * 3.0);
            b.make(value);
            b.make(gradient);
            b.make(mean_softplus(x));
        }
    }),
    ("square_sum", |b| {
        let x = b.rows(30, 100);
        let (value, [gradient]) = value_and_gradient([x.clone()], |[x]| square_sum(x, 0.3) * 3.0);
        b.make(value);
        b.make(gradient);
        b.make(square_sum(x, 0.3));
    }),
    ("auxiliary_loss", |b| {
        for [n, classes, others] in [[5, 10, 0], [5, 0, 3], [5, 10, 3], [1, 1, 1]] {
            let outputs = b.rows(n, classes + others) * 3.0;
            let mut targets = b.normals(n * (classes + others));
            for (i, row) in targets.chunks_exact_mut(classes + others).enumerate() {
                let one_hot = |k: usize| if k == 3 * i % classes { 1.0 } else { 0.0 };
                row[..classes].iter_mut().enumerate().for_each(|(k, m)| *m = one_hot(k));
            }
            let targets = rows(targets, classes + others, &b.device);
            let (loss, gradient) = auxiliary_loss(outputs, targets, classes, 0.3);
            b.make(loss);
            b.make(gradient);
        }
    }),
];

/// Samples, and what they go between: even and odd sides, more channels than a workgroup takes, and more rows.
const HALVINGS: [(usize, ConvShape); 4] = [
    (1, ConvShape { side: 2, fine: 1, coarse: 1 }),
    (2, ConvShape { side: 7, fine: 3, coarse: 5 }),
    (3, ConvShape { side: 8, fine: 2, coarse: 9 }),
    (5, ConvShape { side: 14, fine: 5, coarse: 17 }),
];

/// Samples, pixels and channels: few and more than there are threads, also in a single sample.
const MAPS: [[usize; 3]; 4] = [[1, 1, 2], [3, 4, 5], [2, 150, 3], [9, 250, 2]];

/// Samples, places, depth and width.
const ATTENTIONS: [[usize; 4]; 3] = [[1, 2, 1, 1], [2, 9, 3, 5], [3, 49, 2, 4]];

#[test]
fn each_makes_the_same_numbers_on_a_gpu_as_on_the_cpu() {
    let Some(gpu) = gpu() else { return };
    let mut wrong = Vec::new();
    for &(name, case) in CASES {
        let [want, got] = [&cpu(), gpu].map(|device| made(case, device));
        assert!(!want.is_empty() && want.len() == got.len(), "{name}");
        for (i, (want, got)) in want.iter().zip(&got).enumerate() {
            let difference = difference(got, want, OPERATION);
            wrong.extend(difference.map(|difference| format!("{name}, result {i}: {difference}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_number_stays_none() {
    let Some(gpu) = gpu() else { return };
    for device in [&cpu(), gpu] {
        let x = rows(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY], 3, device);
        let [nan, most, least] = numbers(&tanh(x)).try_into().expect("three");
        assert!(nan.is_nan() && most == 1.0 && least == -1.0, "{nan}, {most}, {least}");
    }
}

#[test]
fn none_is_left_out() {
    let sources =
        [include_str!("../../src/nets/ops/mod.rs"), include_str!("../../src/nets/ops/weight.rs")];
    // Whatever is written twice is called as `by_device!(tensor, name(..))`.
    let calls = sources.into_iter().flat_map(|source| source.split("by_device!(").skip(1));
    let name = |call: &'static str| call.split_once(", ")?.1.split_once('(').map(|(name, _)| name);
    let all: BTreeSet<_> = calls.filter_map(name).collect();
    let tried: BTreeSet<_> = CASES.iter().map(|(name, _)| *name).collect();
    assert!(all.len() > 30, "{all:?}");
    assert_eq!(tried, all, "operations that are compared, and those that there are");
}
