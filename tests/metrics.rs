//! The figures of `src/metrics` against published implementations (`references/metrics.py`), and on made
//! cases whose answers are known.

use ganvas::metrics::classes::{Histogram, UNIFORM, class_kl};
use ganvas::metrics::cloud::{Cloud, Comparison};
use ganvas::metrics::score::classifier_score;
use ganvas::metrics::{Figures, Metric};
use serde::Deserialize;

const DIM: usize = 64;

/// How the references make a set of features.
#[derive(Deserialize)]
struct Set {
    seed: u64,
    count: usize,
    mix: f32,
    scale: f32,
    shift: f32,
    distinct: Option<usize>,
}

/// The same f32 operations in the same order as the script's.
fn features(seed: u64, count: usize, dim: usize, mix: f32) -> Vec<f32> {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / 16_777_216.0
    };
    let mut all = Vec::with_capacity(count * dim);
    for _ in 0..count {
        let mut last = 0.0;
        for _ in 0..dim {
            last = uniform() + mix * last;
            all.push(last);
        }
    }
    all
}

fn cloud(set: &Set) -> Cloud {
    let distinct = set.distinct.unwrap_or(set.count);
    let rows = features(set.seed, distinct, DIM, set.mix);
    let rows: Vec<&[f32]> = rows.chunks(DIM).cycle().take(set.count).collect();
    let numbers = rows.concat().iter().map(|v| v * set.scale + set.shift).collect();
    Cloud::new(numbers, DIM).unwrap()
}

fn compared(fake: Cloud, mut real: Cloud) -> Figures {
    while real.advance() {}
    let mut comparison = Comparison::new(fake);
    while comparison.advance(&real) {}
    comparison.figures(&real).unwrap()
}

#[derive(Deserialize)]
struct Case {
    name: String,
    fake: Set,
    real: Set,
    values: Figures,
}

#[derive(Deserialize)]
struct Score {
    seed: u64,
    count: usize,
    sharpness: f64,
    score: f64,
}

#[derive(Deserialize)]
struct Kl {
    histogram: Histogram,
    kl: f64,
}

#[derive(Deserialize)]
struct References {
    clouds: Vec<Case>,
    scores: Vec<Score>,
    kls: Vec<Kl>,
}

fn references() -> References {
    serde_json::from_str(include_str!("references/metrics.json")).unwrap()
}

#[test]
fn clouds_compare_as_the_published_implementations_say() {
    let cases = references().clouds;
    assert_eq!(cases.len(), 9);
    for Case { name, fake, real, values } in cases {
        let got = compared(cloud(&fake), cloud(&real));
        assert_eq!(got.len(), 6);
        for (metric, got) in got {
            let want = values[&metric];
            // Shares and counts are the same to the last picture; what is near zero is the difference
            // of numbers of this size.
            let tolerance = match metric {
                Metric::FrechetDistance => 1e-4 * want.abs() + 1e-5,
                Metric::KernelDistance => 1e-4 * want.abs() + 1e-6,
                _ => 1e-9,
            };
            assert!((got - want).abs() <= tolerance, "{name}, {metric:?}: {got}, not {want}");
        }
    }
}

#[test]
fn scores_and_divergences_are_those_of_scipy() {
    let References { scores, kls, .. } = references();
    for Score { seed, count, sharpness, score } in scores {
        let rows: Vec<[f32; 10]> = features(seed, count, 10, 0.0)
            .chunks(10)
            .map(|x| {
                let x: Vec<f64> = x.iter().map(|&x| f64::from(x) * sharpness).collect();
                let sum: f64 = x.iter().map(|x| x.exp()).sum();
                std::array::from_fn(|class| (x[class] - sum.ln()) as f32)
            })
            .collect();
        let got = classifier_score(&rows);
        assert!((got - score).abs() < 1e-6 * score, "{sharpness}: {got}, not {score}");
    }
    for Kl { histogram, kl } in kls {
        let got = class_kl(&histogram, &UNIFORM);
        assert!((got - kl).abs() < 1e-12, "{histogram:?}: {got}, not {kl}");
    }
}

/// Identical sets, shifted ones, one mode only, noise: what each figure must read whatever the numbers.
#[test]
fn made_cases_read_as_they_must() {
    let set =
        |seed, scale, shift, distinct| Set { seed, count: 300, mix: 0.5, scale, shift, distinct };
    let read = |fake: Set| compared(cloud(&fake), cloud(&set(1, 1.0, 0.0, None)));
    let same = read(set(1, 1.0, 0.0, None));
    assert!(same[&Metric::FrechetDistance] < 1e-9, "{same:?}");
    for metric in [Metric::Precision, Metric::Recall, Metric::Density, Metric::Coverage] {
        assert_eq!(same[&metric], 1.0, "{metric:?}");
    }
    // Twins of the real points are not an independent draw: the estimate falls below zero.
    assert!(same[&Metric::KernelDistance] < 0.0);

    let shifted = read(set(1, 1.0, 3.0, None));
    assert!((shifted[&Metric::FrechetDistance] - 9.0 * DIM as f64).abs() < 1e-3, "{shifted:?}");
    let noise = read(set(9, 8.0, -3.0, None));
    for far in [&shifted, &noise] {
        assert!(far[&Metric::KernelDistance] > 1.0);
        assert_eq!((far[&Metric::Precision], far[&Metric::Coverage]), (0.0, 0.0));
    }

    // One real digit over and over: precision is taken in, the others are not.
    let one = read(set(1, 1.0, 0.0, Some(1)));
    assert_eq!((one[&Metric::Precision], one[&Metric::Recall]), (1.0, 0.0));
    assert!(one[&Metric::Coverage] < 0.05 && one[&Metric::FrechetDistance] > 1.0, "{one:?}");
}

#[test]
fn too_few_pictures_are_refused() {
    let refusal = Cloud::new(features(1, 5, DIM, 0.5), DIM).unwrap_err().to_string();
    assert!(refusal.contains("5 nearest") && refusal.contains("only 5"), "{refusal}");
}
