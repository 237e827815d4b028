//! What constrains the players besides a penalty, against its definition and central differences: spectral norm,
//! orthogonal regularisation, augmentation and the averages of LeCam.

use crate::common::differences::*;
use crate::common::networks;
use burn::tensor::Tensor;
use ganvas::data::{PIXELS, SIDE};
use ganvas::gan::augmentation::{Change, Changes};
use ganvas::gan::{lecam, orthogonal};
use ganvas::nets::Architecture;
use ganvas::nets::params::{rows, vector};
use ganvas::nets::spectral::SpectralNorm;
use ganvas::recipe::{Augmentation, Described, Objective, Penalty, PenaltyKind, Recipe};
use ganvas::rng::normals;
use ganvas::shape::Shape;
use ganvas::train::step::discriminator_step;

#[test]
fn under_spectral_norm_the_discriminator_steps_by_its_own_weights() {
    // Normalised weights bring a residual network back to its kinks; it has no part in the norm.
    let plain = |recipe: &Recipe| {
        matches!(recipe.discriminator.network, Architecture::Mlp | Architecture::Dcgan)
    };
    let mut seen = Seen::default();
    for mut recipe in every_network().filter(plain).filter(has_own_discriminator) {
        recipe.objective = Objective::NonSaturating;
        let d = networks(&recipe).1;
        for &kind in PenaltyKind::ALL {
            recipe.penalty = Penalty { kind, gamma: 30.0 };
            let batch = batch(&recipe, [1, 2].map(|salt| pictures(&recipe, salt)));
            // Normalised, the second layer is louder, and a first one so far from 0 would reach its kinks.
            let start = pushed(&d.layout, 7, [4.0, 60.0]);
            let norm = SpectralNorm::new(&d.layout, &vector(start.clone(), &cpu()), &mut rng(12));
            let view = d.layout.view(norm.weights());
            let step = discriminator_step(&recipe, &d, &view, &batch, None);
            // The singular vectors stay as they are.
            let loss = |weights: Tensor<1>| {
                let mut norm = norm.clone();
                norm.settle(&weights);
                d_loss(&recipe, &d, &d.layout.view(norm.weights()), &batch, None)
            };
            let pulled = norm.pull_back(&step.gradient);
            check(&format!("{recipe:?}"), &d.layout, start, loss, pulled, &mut seen);
        }
    }
    seen.all("under spectral norm", |_| false);
}

/// The paper's algorithm 1 and its equations 8 and 12 on one matrix of rows, in f64 and loop by loop: σ, W̄ and
/// the gradient by W, after so many iterations from `u`.
fn normalised(
    w: &[f64],
    [inputs, outputs]: [usize; 2],
    mut u: Vec<f64>,
    iterations: usize,
    g: &[f64],
) -> (f64, Vec<f64>, Vec<f64>) {
    let unit = |x: Vec<f64>| {
        let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        x.into_iter().map(|x| x / length).collect::<Vec<_>>()
    };
    let mut v = vec![0.0; inputs];
    for _ in 0..iterations {
        let row = |i: usize| (0..outputs).map(|o| w[i * outputs + o] * u[o]).sum();
        v = unit((0..inputs).map(row).collect());
        let column = |o: usize| (0..inputs).map(|i| w[i * outputs + o] * v[i]).sum();
        u = unit((0..outputs).map(column).collect());
    }
    let each = |of: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..inputs * outputs).map(|at| of(at / outputs, at % outputs)).collect()
    };
    let sigma: f64 = each(&|i, o| u[o] * w[i * outputs + o] * v[i]).iter().sum();
    let normal = each(&|i, o| w[i * outputs + o] / sigma);
    let along: f64 = g.iter().zip(&normal).map(|(g, w)| g * w).sum();
    (sigma, normal, each(&|i, o| (g[i * outputs + o] - along * u[o] * v[i]) / sigma))
}

#[test]
fn spectral_norm_is_the_papers_algorithm() {
    for recipe in every_network() {
        let layout = networks(&recipe).1.layout;
        let raw = layout.initial(&mut rng(20));
        let gradient = normals(&mut rng(21), layout.len());
        let mut norm = SpectralNorm::new(&layout, &vector(raw.clone(), &cpu()), &mut rng(22));
        // From known vectors on, two iterations.
        let begin = norm.layout.initial(&mut rng(23));
        norm.set_vectors(&vector(begin.clone(), &cpu()));
        for _ in 0..2 {
            norm.iterate(&vector(raw.clone(), &cpu()));
        }
        norm.settle(&vector(raw.clone(), &cpu()));
        let effective = numbers(norm.weights().clone());
        let pulled = numbers(norm.pull_back(&vector(gradient.clone(), &cpu())));
        let close = |what: &str, got: &[f64], want: &[f64]| {
            assert_eq!(got.len(), want.len(), "{what}");
            for (got, want) in got.iter().zip(want) {
                assert!(
                    (got - want).abs() < 1e-4 * (1.0 + want.abs()),
                    "{what}: {got}, not {want}"
                );
            }
        };
        for entry in layout.entries() {
            let of = |values: &[f32]| -> Vec<f64> {
                values[entry.range()].iter().map(|&v| f64::from(v)).collect()
            };
            let (w, g) = (of(&raw), of(&gradient));
            let (normal, back) = match entry.name.ends_with("weight") {
                true => {
                    let u = norm.layout.entries().iter();
                    let u = u.clone().find(|at| at.name == format!("{}.u", entry.name));
                    let u: Vec<f64> =
                        begin[u.expect("a vector").range()].iter().map(|&u| f64::from(u)).collect();
                    let shape = [w.len() / u.len(), u.len()];
                    let (_, normal, back) = normalised(&w, shape, u, 2, &g);
                    (normal, back)
                }
                // What is no matrix is left alone.
                false => (w, g),
            };
            close(&entry.name, &effective[entry.range()], &normal);
            close(&entry.name, &pulled[entry.range()], &back);
        }
    }
}

#[test]
fn spectral_norm_begins_with_the_largest_singular_value() {
    // By many more iterations, and of every network's matrices with at least two columns.
    for recipe in every_network() {
        let layout = networks(&recipe).1.layout;
        let raw = vector(layout.initial(&mut rng(24)), &cpu());
        let norm = SpectralNorm::new(&layout, &raw, &mut rng(25));
        let effective = numbers(norm.weights().clone());
        for entry in layout.entries().iter().filter(|entry| entry.name.ends_with("weight")) {
            let w = &effective[entry.range()];
            let outputs =
                if entry.shape.len() > 1 { entry.shape[entry.shape.len() - 1] } else { 1 };
            let u = (0..outputs).map(|o| 1.0 + o as f64).collect();
            let (sigma, ..) = normalised(w, [w.len() / outputs, outputs], u, 500, w);
            assert!((sigma - 1.0).abs() < 0.05, "{}: {sigma}", entry.name);
        }
    }
}

#[test]
fn orthogonal_regularisation_steps_by_the_generators_weights() {
    for recipe in every_network() {
        let layout = networks(&recipe).0.layout;
        let start = far_from_kinks(&layout, 7);
        // β ‖WᵀW ⊙ (1 − I)‖² over all weights, column by column.
        let loss = |weights: Tensor<1>| {
            let values = numbers(weights);
            let of = |entry: &ganvas::nets::params::Entry| {
                let outputs = entry.shape[entry.shape.len() - 1];
                let w = &values[entry.range()];
                let dot = |a: usize, b: usize| -> f64 {
                    w.chunks_exact(outputs).map(|row| row[a] * row[b]).sum()
                };
                let pairs = (0..outputs).flat_map(|a| (0..outputs).map(move |b| (a, b)));
                pairs.filter(|(a, b)| a != b).map(|(a, b)| dot(a, b).powi(2)).sum::<f64>()
            };
            let weights = layout.entries().iter().filter(|entry| entry.name.ends_with("weight"));
            vector(vec![(0.02 * weights.map(of).sum::<f64>()) as f32], &cpu())
        };
        let gradient = orthogonal::gradient(&layout, &vector(start.clone(), &cpu()), 0.02);
        assert!(numbers(gradient.clone()).iter().any(|g| g.abs() > 1e-3), "nothing to compare");
        // It says nothing of what is no weight.
        let seen = &mut Seen::default();
        check(&format!("{recipe:?}"), &layout, start, loss, gradient, seen);
    }
}

#[test]
fn an_augmented_picture_is_moved_and_cut_where_it_should_be() {
    let numbers = 3 * PIXELS;
    let picture: Vec<f32> = (0..numbers).map(|i| i as f32 / numbers as f32 - 0.5).collect();
    let changes = [
        Change { down: 2, right: -3, hole: None },
        Change { down: 0, right: 0, hole: Some([-7, 20]) },
        Change { down: -4, right: 4, hole: Some([10, 11]) },
    ];
    let seen = Changes::new(&changes, Shape { side: SIDE, channels: 3 }, &cpu()).seen(rows(
        picture.repeat(3),
        numbers,
        &cpu(),
    ));
    let seen: Vec<f32> = seen.into_data().try_into_vec().expect("f32");
    let side = SIDE as i32;
    for (Change { down, right, hole }, seen) in changes.iter().zip(seen.chunks_exact(numbers)) {
        for (at, seen) in (0..side * side).zip(seen.chunks_exact(3)) {
            let (row, column) = (at / side, at % side);
            let (from_row, from_column) = (row - down, column - right);
            let hidden = hole
                .is_some_and(|[r, c]| row >= r && row < r + 14 && column >= c && column < c + 14);
            let outside =
                from_row < 0 || from_row >= side || from_column < 0 || from_column >= side;
            let from = 3 * (from_row * side + from_column);
            let want = match (hidden, outside) {
                (true, _) => &[0.0; 3],
                (_, true) => &[-1.0; 3],
                _ => &picture[from as usize..][..3],
            };
            assert_eq!(seen, want, "row {row}, column {column} after {down}, {right}, {hole:?}");
        }
    }
}

#[test]
fn augmentations_reach_as_far_as_they_may() {
    let mut rng = rng(30);
    for &augment in Augmentation::ALL {
        let changes: Vec<Change> = (0..2000).map(|_| augment.change(SIDE, &mut rng)).collect();
        let range = |of: &dyn Fn(&Change) -> i32| {
            let values = changes.iter().map(of);
            (values.clone().min().expect("some"), values.max().expect("some"))
        };
        let moves = matches!(augment, Augmentation::Translation | Augmentation::TranslationCutout);
        let far = if moves { (-4, 4) } else { (0, 0) };
        assert_eq!([range(&|c| c.down), range(&|c| c.right)], [far; 2], "{augment:?}");
        let cuts = matches!(augment, Augmentation::Cutout | Augmentation::TranslationCutout);
        assert!(changes.iter().all(|c| c.hole.is_some() == cuts), "{augment:?}");
        if cuts {
            let at = |i: usize| move |c: &Change| c.hole.map_or(0, |hole| hole[i]);
            assert_eq!([range(&at(0)), range(&at(1))], [(-7, 21); 2], "{augment:?}");
        }
    }
}

#[test]
fn averages_of_scores_follow_slowly() {
    let [anchors, means] = [[1.0, -2.0], [3.0, 2.0]].map(|v| vector(v.to_vec(), &cpu()));
    let followed = numbers(lecam::follow(anchors, means));
    assert!((followed[0] - 1.02).abs() < 1e-6 && (followed[1] + 1.96).abs() < 1e-6, "{followed:?}");
}
