//! The CPU's tiles against the definitions, loop by loop, for sizes that fill tiles and that do not.

use super::{Bias, Halving, KERNEL, Weight, halving_gradient, misread, outer};
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

/// Calls `visit(sample, fine place, coarse place, weight place)` for every product in the definition
/// of the convolution: coarse pixel (i, j) sees fine pixels 2i − 1 to 2i + 2, 2j − 1 to 2j + 2.
fn products(at: Halving, n: usize, mut visit: impl FnMut(usize, usize, usize)) {
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
        close("product", w.product(x.clone(), Some(Bias::once(b))), &y);
        close("transposed", w.product_transposed(g.clone()), &back);
        close("outer", outer(x, g), &dw);
    }

    #[test]
    fn guesses(n in 1usize..6, classes in 0usize..12, others in 0usize..4, size in 0.1f32..30.0) {
        let columns = (classes + others).max(1);
        let classes = classes.min(columns);
        let outputs: Vec<f32> = numbers(10, n * columns).iter().map(|x| x * size).collect();
        let mut meant = numbers(11, n * columns);
        for (i, row) in meant.chunks_exact_mut(columns).enumerate() {
            for (k, m) in row[..classes].iter_mut().enumerate() {
                *m = if k == i % classes { 1.0 } else { 0.0 };
            }
        }
        let (outputs, meant) = (rows(outputs, columns, &cpu()), rows(meant, columns, &cpu()));
        let (loss, gradient) = misread(outputs.clone(), meant.clone(), classes, 0.3);
        let (value, [slopes]) = value_and_gradient([outputs], |[y]| {
            let meant = meant.autodiff();
            let mut total = (y.clone() * 0.0).sum();
            if classes > 0 {
                let log_probabilities = activation::log_softmax(y.clone().narrow(1, 0, classes), 1);
                total = total - (log_probabilities * meant.clone().narrow(1, 0, classes)).sum();
            }
            if classes < columns {
                let error = (y - meant).narrow(1, classes, columns - classes);
                total = total + (error.clone() * error).sum() * 0.5;
            }
            total * 0.3
        });
        close("loss", loss, &value.into_data().try_into_vec::<f32>().expect("f32"));
        close("gradient", gradient, &slopes.into_data().try_into_vec::<f32>().expect("f32"));
    }

    #[test]
    fn convolutions(n in 1usize..4, side in 2usize..12, fine in 1usize..14, coarse in 1usize..14) {
        let at = Halving { side, fine, coarse };
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
        close("halve", w.halve(at, x.clone(), Some(Bias::once(b_coarse))), &y);
        close("double", w.double(at, g.clone(), Some(Bias::once(b_fine))), &back);
        close("gradient", halving_gradient(at, x, g), &dw);
    }
}

#[test]
fn numbers_are_taken_from_their_places_on_either_device() {
    let places = [3, 0, u32::MAX, 5, 6, 3];
    let x = rows(numbers(20, 6), 3, &cpu());
    let x_values = numbers(20, 6);
    let want = [x_values[3], x_values[0], 0.0, x_values[5], 0.0, x_values[3]];
    close("taken", super::taken(x.clone(), &places), &want);
    close("taken on a GPU", super::general::taken(x, &places), &want);
}
