//! The CPU's tiles against the definitions, loop by loop, for sizes that fill tiles and that do not.

use super::{
    AdamRates, Bias, ConvShape, KERNEL, Taps, Weight, auxiliary_loss, conv_weight_gradient, outer,
};
use crate::device::cpu;
use crate::gradient::value_and_gradient;
use crate::nets::params::{rows, vector};
use crate::rng::{Stream, normals, stream};
use burn::tensor::{Tensor, activation};
use proptest::prelude::*;

fn numbers(salt: u64, count: usize) -> Vec<f32> {
    normals(&mut stream(3, Stream::Samples, salt), count)
}

fn close<const D: usize>(what: &str, got: Tensor<D>, want: &[f32]) {
    let got = got.into_data().try_into_vec::<f32>().expect("f32");
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() < 1e-4 * (1.0 + w.abs()), "{what}[{i}]: {g}, but should be {w}");
    }
}

/// On registers of four numbers, which every machine has, and on the widest that this one has.
fn on_each_kind<T>(of: impl Fn() -> T) -> [T; 2] {
    [true, false].map(|only_four| {
        super::cpu::ONLY_FOUR.set(only_four);
        of()
    })
}

/// Calls `visit(sample, fine place, coarse place, weight place)` for every product in the definition
/// of the convolution: coarse pixel (i, j) sees fine pixels 2i − 1 to 2i + 2, 2j − 1 to 2j + 2.
fn products(at: ConvShape, n: usize, mut visit: impl FnMut(usize, usize, usize)) {
    for s in 0..n {
        for i in 0..at.half() {
            for j in 0..at.half() {
                for ky in 0..KERNEL {
                    for kx in 0..KERNEL {
                        let (y, x) = ((2 * i + ky).wrapping_sub(1), (2 * j + kx).wrapping_sub(1));
                        if y >= at.side || x >= at.side {
                            continue;
                        }
                        for f in 0..at.fine {
                            for c in 0..at.coarse {
                                let fine = s * at.fine_size() + (y * at.side + x) * at.fine + f;
                                let coarse =
                                    s * at.coarse_size() + (i * at.half() + j) * at.coarse + c;
                                let weight = ((ky * KERNEL + kx) * at.fine + f) * at.coarse + c;
                                visit(fine, coarse, weight);
                            }
                        }
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn matrix_products(n in 1usize..10, k in 1usize..20, m in 1usize..20) {
        let (x, w) = (numbers(1, n * k), numbers(2, k * m));
        let (g, b) = (numbers(3, n * m), numbers(4, m));
        let (mut y, mut back) = (b.repeat(n), vec![0.0; n * k]);
        let mut dw = vec![0.0; k * m];
        for s in 0..n {
            for i in 0..k {
                for j in 0..m {
                    y[s * m + j] += x[s * k + i] * w[i * m + j];
                    back[s * k + i] += g[s * m + j] * w[i * m + j];
                    dw[i * m + j] += x[s * k + i] * g[s * m + j];
                }
            }
        }
        let (x, g) = (rows(x, k, &cpu()), rows(g, m, &cpu()));
        let (w, b) = (Weight::new(vector(w, &cpu())), vector(b, &cpu()));
        on_each_kind(|| {
            close("product", w.product(x.clone(), Some(Bias::once(b.clone()))), &y);
            close("transposed", w.product_transposed(g.clone()), &back);
            close("outer", outer(x.clone(), g.clone()), &dw);
        });
    }

    #[test]
    fn auxiliary_losses(n in 1usize..6, classes in 0usize..12, others in 0usize..4, size in 0.1f32..30.0) {
        let columns = (classes + others).max(1);
        let classes = classes.min(columns);
        let outputs: Vec<f32> = numbers(10, n * columns).iter().map(|x| x * size).collect();
        let mut targets = numbers(11, n * columns);
        for (i, row) in targets.chunks_exact_mut(columns).enumerate() {
            for (k, m) in row[..classes].iter_mut().enumerate() {
                *m = if k == i % classes { 1.0 } else { 0.0 };
            }
        }
        let (outputs, targets) = (rows(outputs, columns, &cpu()), rows(targets, columns, &cpu()));
        let (loss, gradient) = auxiliary_loss(outputs.clone(), targets.clone(), classes, 0.3);
        let (value, [slopes]) = value_and_gradient([outputs], |[y]| {
            let targets = targets.autodiff();
            let mut total = (y.clone() * 0.0).sum();
            if classes > 0 {
                let log_probabilities = activation::log_softmax(y.clone().narrow(1, 0, classes), 1);
                total = total - (log_probabilities * targets.clone().narrow(1, 0, classes)).sum();
            }
            if classes < columns {
                let error = (y - targets).narrow(1, classes, columns - classes);
                total = total + (error.clone() * error).sum() * 0.5;
            }
            total * 0.3
        });
        close("loss", loss, &value.into_data().try_into_vec::<f32>().expect("f32"));
        close("gradient", gradient, &slopes.into_data().try_into_vec::<f32>().expect("f32"));
    }

    #[test]
    fn convolutions(n in 1usize..4, side in 2usize..12, fine in 1usize..14, coarse in 1usize..14) {
        let at = ConvShape { side, fine, coarse };
        let (x, g) = (numbers(5, n * at.fine_size()), numbers(6, n * at.coarse_size()));
        let w = numbers(7, at.weight_size());
        let (b_fine, b_coarse) = (numbers(8, fine), numbers(9, coarse));
        let mut y = b_coarse.repeat(n * at.half() * at.half());
        let mut back = b_fine.repeat(n * side * side);
        let mut dw = vec![0.0; at.weight_size()];
        products(at, n, |f, c, k| {
            y[c] += x[f] * w[k];
            back[f] += g[c] * w[k];
            dw[k] += x[f] * g[c];
        });
        let (x, g) = (rows(x, at.fine_size(), &cpu()), rows(g, at.coarse_size(), &cpu()));
        let w = Weight::new(vector(w, &cpu()));
        let (b_fine, b_coarse) = (vector(b_fine, &cpu()), vector(b_coarse, &cpu()));
        on_each_kind(|| {
            let [b_coarse, b_fine] = [&b_coarse, &b_fine].map(|b| Some(Bias::once(b.clone())));
            close("conv", w.conv(at, x.clone(), b_coarse), &y);
            close("conv_transpose", w.conv_transpose(at, g.clone(), b_fine), &back);
            close("gradient", conv_weight_gradient(at, x.clone(), g.clone()), &dw);
        });
    }
}

/// Every operation that is compiled for both kinds of registers, on maps of `pixels` x `channels`.
fn everything(n: usize, pixels: usize, channels: usize) -> Vec<(&'static str, Vec<f32>)> {
    let features = pixels * channels;
    let maps = |salt| rows(numbers(salt, n * features), features, &cpu());
    let of_channels = |salt| vector(numbers(salt, channels), &cpu());
    let scale = || rows(numbers(31, n), 1, &cpu());
    let mut all = Vec::new();
    let mut add = |what: &'static str, tensor: Tensor<1>| {
        all.push((what, tensor.into_data().try_into_vec::<f32>().expect("f32")));
    };
    let flat = |tensor: Tensor<2>| tensor.flatten::<1>(0, 1);
    let (x, g) = (maps(20), maps(21));

    let w = Weight::new(vector(numbers(22, features * channels), &cpu()));
    let bias = |b| Some(Bias::times(b, &scale()));
    let y = w.product(x.clone(), bias(of_channels(23)));
    add("product", flat(y.clone()));
    add("product_transposed", flat(w.product_transposed(y.clone())));
    add("outer", outer(x.clone(), y));
    let at = ConvShape { side: 6, fine: channels, coarse: pixels };
    let fine = rows(numbers(24, n * at.fine_size()), at.fine_size(), &cpu());
    let w = Weight::new(vector(numbers(25, at.weight_size()), &cpu()));
    let coarse = w.conv(at, fine.clone(), None);
    add("conv", flat(coarse.clone()));
    add("conv_transpose", flat(w.conv_transpose(at, coarse.clone(), bias(of_channels(26)))));
    add("conv_weight_gradient", conv_weight_gradient(at, fine, coarse));

    let normed = super::layer_norm(x.clone(), of_channels(27), of_channels(28), 1e-5);
    let standard = normed.standard.clone();
    add("layer_norm", flat(normed.y));
    let back =
        super::layer_norm_backward(g.clone(), of_channels(27), standard.clone(), normed.inverse);
    add("layer_norm_backward", flat(back));
    let [by_scale, by_shift] = super::layer_norm_gradient(g.clone(), standard, channels);
    add("layer_norm_gradient by the scale", by_scale);
    add("layer_norm_gradient by the shift", by_shift);

    let attended = super::attend(x.clone(), g.clone(), maps(29), pixels);
    add("attend", flat(attended.y));
    let inputs = [x.clone(), g.clone(), maps(29)];
    for by_input in super::attend_backward(maps(30), inputs, attended.attention, pixels) {
        add("attend_backward", flat(by_input));
    }
    let small = rows(numbers(41, n * 25 * channels), 25 * channels, &cpu());
    add("gather", flat(super::gather(small, &Taps::upsample(5), channels)));
    let of_samples = || rows(numbers(32, n * channels), channels, &cpu());
    add("scale_maps", flat(super::scale_maps(x.clone(), of_samples())));
    add("map_products", flat(super::map_products(g.clone(), x.clone(), channels)));
    add("leaky_relu", flat(super::leaky_relu(x.clone(), 0.2)));
    add("leaky_relu_backward", flat(super::leaky_relu_backward(g.clone(), x.clone(), 0.2)));
    add("tanh", flat(super::tanh(x.clone())));
    add("column_sums", super::column_sums(g.clone(), Some(scale()), channels));
    add("column_products", super::column_products(g.clone(), x.clone(), of_channels(33)));
    add("affine", flat(super::affine(x.clone(), of_channels(34), of_channels(35))));
    let [by_g, by_x, offset] = [36, 37, 38].map(of_channels);
    add("combine", flat(super::combine(g.clone(), x.clone(), by_g, by_x, offset)));

    let rates = AdamRates {
        beta1: 0.5,
        beta2: 0.9,
        rate: 0.1,
        square_scale: 1.2,
        epsilon: 1e-8,
        keep: 0.99,
    };
    let mut mean = Some(flat(maps(39)));
    let square = flat(x.clone() * x.clone());
    let [theta, square] = super::adam(flat(maps(40)), &mut mean, square, flat(g.clone()), rates);
    add("adam", theta);
    add("adam's square", square);
    mean.into_iter().for_each(|mean| add("adam's mean", mean));
    add("blend", super::blend(flat(x), flat(g), 0.3));
    all
}

#[test]
fn operations_differ_by_rounding_between_kinds_of_registers() {
    for (n, pixels, channels) in [(2, 9, 3), (3, 4, 8), (5, 6, 21), (1, 7, 16)] {
        let [four, widest] = on_each_kind(|| everything(n, pixels, channels));
        for ((what, four), (_, widest)) in four.iter().zip(&widest) {
            let size = four.iter().fold(1.0f32, |size, x| size.max(x.abs()));
            assert_eq!(four.len(), widest.len(), "{what}");
            for (i, (a, b)) in four.iter().zip(widest).enumerate() {
                assert!((a - b).abs() < 1e-5 * size, "{what}[{i}] of {channels}: {a} and {b}");
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_machine_with_wider_registers_uses_them() {
    let [four, widest] = on_each_kind(|| everything(3, 4, 8));
    let machine_has = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    // A product and a sum at once are rounded once.
    assert_eq!(four != widest, machine_has);
}

#[test]
fn numbers_are_taken_from_their_places_on_either_device() {
    let places = [3, 0, u32::MAX, 5, 6, 3];
    let x = rows(numbers(20, 6), 3, &cpu());
    let x_values = numbers(20, 6);
    let want = [x_values[3], x_values[0], 0.0, x_values[5], 0.0, x_values[3]];
    close("take", super::take(x.clone(), &places), &want);
    close("take on a GPU", super::general::take(x, &places), &want);
}
