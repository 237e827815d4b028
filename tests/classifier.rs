//! The committed classifier: on made pictures against numpy, and on MNIST's test set.

use crate::common::close;
use crate::common::mnist::mnist;
use ganvas::data::{PIXELS, SIDE, drawn};
use ganvas::device;
use ganvas::metrics::classifier::{CLASSIFIER_WEIGHTS, Classifier, Reading};
use ganvas::metrics::{Metric, evaluate, reference};
use ganvas::rng::{Stream, stream};
use ganvas::{Error, Result};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde::Deserialize;

fn classifier() -> Classifier {
    Classifier::built_in(&device::cpu()).unwrap()
}

fn classify(pixels: &[u8]) -> Vec<Reading> {
    pollster::block_on(classifier().classify(pixels)).unwrap()
}

/// The pictures of `references/classifier.py`.
fn picture(name: &str) -> Vec<u8> {
    let mut state = 7u64;
    let mut noise = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 56) as u8
    };
    let mut paint = |x: i32, y: i32| {
        let noise = noise();
        let distance = (2 * x - 27).pow(2) + (2 * y - 27).pow(2);
        let ring = if distance > 180 && distance < 360 { 255 } else { 0 };
        match name {
            "black" => 0,
            "bar" if (13..=15).contains(&x) && (4..24).contains(&y) => 255,
            "bar" => 0,
            "ring" => ring,
            "noise" => noise,
            "ramp" => 9 * x as u8,
            "ring in noise" => ring.max(noise / 4),
            other => panic!("no picture is called {other}"),
        }
    };
    let side = SIDE as i32;
    (0..side * side).map(|i| paint(i % side, i / side)).collect()
}

#[derive(Deserialize)]
struct Row {
    picture: String,
    log_probabilities: Vec<f32>,
    features: Vec<f32>,
}

#[test]
fn reads_made_pictures_as_numpy_does() {
    let rows: Vec<Row> = serde_json::from_str(include_str!("references/classifier.json")).unwrap();
    let pixels: Vec<u8> = rows.iter().flat_map(|row| picture(&row.picture)).collect();
    let readings = classify(&pixels);
    assert_eq!(readings.len(), 6);
    for (row, reading) in rows.iter().zip(&readings) {
        close(&row.picture, &reading.log_probabilities, &row.log_probabilities, 1e-3);
        close(&row.picture, &reading.features, &row.features, 1e-3);
        let best = row.log_probabilities.iter().cloned().fold(f32::NEG_INFINITY, f32::max);
        assert_eq!(row.log_probabilities[usize::from(reading.class)], best, "{}", row.picture);
    }
    assert_eq!((readings[1].class, readings[2].class), (1, 0));
}

#[test]
fn a_set_larger_than_a_batch_is_read_in_order() {
    let pixels: Vec<u8> =
        (0..601).flat_map(|i| picture(if i % 3 == 0 { "ring" } else { "bar" })).collect();
    let classes: Vec<u8> = classify(&pixels).iter().map(|r| r.class).collect();
    let expected: Vec<u8> = (0..601).map(|i| u8::from(i % 3 != 0)).collect();
    assert_eq!(classes, expected);
    assert_eq!(classify(&[]), []);
}

#[test]
fn the_weights_are_small_and_survive_a_round_trip() {
    assert!(CLASSIFIER_WEIGHTS.len() < 250_000, "{} bytes", CLASSIFIER_WEIGHTS.len());
    let bytes = pollster::block_on(classifier().to_safetensors()).unwrap();
    assert_eq!(bytes, CLASSIFIER_WEIGHTS);
}

/// The committed file with its tensors changed by `change`.
fn tampered(change: impl FnOnce(&mut Vec<(String, TensorView<'_>)>)) -> Vec<u8> {
    let file = SafeTensors::deserialize(CLASSIFIER_WEIGHTS).unwrap();
    let mut tensors = file.tensors();
    change(&mut tensors);
    let (_, header) = SafeTensors::read_metadata(CLASSIFIER_WEIGHTS).unwrap();
    serialize(tensors, header.metadata().clone()).unwrap()
}

/// The committed file with this for its last bias.
fn with_bias(dtype: Dtype, shape: &[usize], data: &'static [u8]) -> Vec<u8> {
    let view = TensorView::new(dtype, shape.to_vec(), data).unwrap();
    tampered(|tensors| {
        tensors.iter_mut().find(|(name, _)| name == "logits.bias").unwrap().1 = view;
    })
}

#[test]
fn broken_weights_are_refused_with_their_reason() {
    let bare = serialize(SafeTensors::deserialize(CLASSIFIER_WEIGHTS).unwrap().tensors(), None);
    let extra = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let cases = [
        ("not a safetensors file", Vec::new()),
        ("not a safetensors file", b"PK\x03\x04 something else altogether".to_vec()),
        ("not a safetensors file", CLASSIFIER_WEIGHTS[..100_000].to_vec()),
        ("not a classifier", bare.unwrap()),
        ("`logits.bias` is missing", tampered(|t| t.retain(|(name, _)| name != "logits.bias"))),
        ("`logits.bias` is I32", with_bias(Dtype::I32, &[10], &[0; 40])),
        ("should be F32 or F16 [10]", with_bias(Dtype::F32, &[1], &[0; 4])),
        // Bytes of NaN.
        ("not finite", with_bias(Dtype::F32, &[10], &[0xff; 40])),
        ("`extra` has no place", tampered(|t| t.push(("extra".into(), extra)))),
    ];
    for (reason, bytes) in cases {
        match Classifier::from_safetensors(&bytes, &device::cpu()) {
            Err(error @ Error::Classifier(_)) => {
                assert!(error.to_string().contains(reason), "{error}, not {reason}")
            }
            Err(error) => panic!("{reason}: refused as {error}"),
            Ok(_) => panic!("{reason}: accepted"),
        }
    }
}

#[test]
fn a_report_refuses_what_it_cannot_measure() {
    let classifier = classifier();
    let report = |pixels: &[u8], labels: Option<&[u8]>| {
        pollster::block_on(evaluate(&classifier, pixels, labels, None))
    };
    let refusal = |result: Result<_>| match result {
        Err(error @ Error::Evaluation(_)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(refusal(report(&[], None)).contains("no pictures"));
    assert!(refusal(report(&[0; PIXELS + 1], None)).contains("whole pictures"));
    assert!(refusal(report(&[0; PIXELS], Some(&[1, 2]))).contains("2 labels"));
    let few = pollster::block_on(reference(&classifier, &[0; 5 * PIXELS]));
    assert!(few.unwrap_err().to_string().contains("only 5"));

    let bars = picture("bar").repeat(40);
    let report = report(&bars, Some(&[1; 40])).unwrap();
    assert_eq!(report.count, 40);
    assert_eq!(report.get(Metric::LabelAccuracy), Some(1.0));
    assert_eq!(report.get(Metric::Modes), Some(1.0));
    assert_eq!(report.class_histogram[1], 40);
    assert_eq!(report.get(Metric::FrechetDistance), None);
}

/// The bar that the project sets its drawn digits: 95 % read correctly, every digit at least 90 %.
#[test]
fn reads_drawn_digits() {
    const EACH: usize = 1000;
    let mut rng = stream(1, Stream::Drawn, 0);
    let asked: Vec<u8> = (0..10u8).flat_map(|class| [class; EACH]).collect();
    let pixels: Vec<u8> = asked.iter().flat_map(|&class| drawn::draw(class, &mut rng)).collect();
    let right: Vec<bool> = classify(&pixels)
        .iter()
        .zip(&asked)
        .map(|(reading, &class)| reading.class == class)
        .collect();
    let share = |of: &[bool]| of.iter().filter(|&&r| r).count() as f64 / of.len() as f64;
    for (class, of_class) in right.chunks(EACH).enumerate() {
        assert!(share(of_class) >= 0.9, "{class}: {}", share(of_class));
    }
    assert!(share(&right) >= 0.95, "all: {}", share(&right));
}

#[test]
fn reads_the_mnist_test_set() {
    let test = mnist("t10k");
    assert_eq!(test.len(), 10_000);
    let classifier = classifier();
    let real = pollster::block_on(reference(&classifier, &test.images)).unwrap();
    let all = evaluate(&classifier, &test.images, Some(&test.labels), Some(&real));
    let all = pollster::block_on(all).unwrap();
    println!("{}", serde_json::to_string(&all).unwrap());
    assert!(all.get(Metric::LabelAccuracy).unwrap() >= 0.985);
    assert!(all.get(Metric::FrechetDistance).unwrap() < 1e-3, "the test set against itself");
    assert_eq!(all.get(Metric::Modes), Some(10.0));

    // 5,000 other real digits are as near as pictures can come; shifted ones are visibly farther.
    let train = mnist("train");
    let some = &train.images[..5_000 * PIXELS];
    let distance = |pixels: &[u8]| {
        let report = pollster::block_on(evaluate(&classifier, pixels, None, Some(&real))).unwrap();
        assert_eq!(report.reference, Some(10_000));
        report.get(Metric::FrechetDistance).unwrap()
    };
    let floor = distance(some);
    let low: Vec<u8> = some
        .chunks(PIXELS)
        .flat_map(|p| [&[0; 3 * SIDE], &p[..PIXELS - 3 * SIDE]].concat())
        .collect();
    let moved = distance(&low);
    println!("5,000 real digits: {floor:.2}; the same moved down by 3 pixels: {moved:.2}");
    assert!(floor < 10.0, "{floor}");
    assert!(moved > 3.0 * floor, "{moved} is hardly more than {floor}");
}
