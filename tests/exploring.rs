//! Looking for the drawing that is nearest to a picture, and for the directions in which drawings change most.

use crate::common::driving::{open, send, tick_until};
use crate::common::mnist::mnist;
use ganvas::data::PIXELS;
use ganvas::device;
use ganvas::metrics::classifier::{CLASSIFIER_WEIGHTS, Classifier};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Pictures, SampleRequest};
use pollster::block_on;
use serde_bytes::ByteBuf;

/// The default, as it lies trained on the site.
fn trained() -> Session {
    let mut session = open();
    let checkpoint = ByteBuf::from(include_bytes!("../www/models/quick.safetensors"));
    send(&mut session, vec![Command::Restore { id: 0, checkpoint, recipe: None }]);
    session
}

struct Look {
    taken: u32,
    of: u32,
    latent: Vec<f32>,
    label: u8,
    distance: f64,
    pixels: Vec<u8>,
}

fn looks(events: Vec<Event>, wanted: u32) -> Vec<Look> {
    let of = |event| match event {
        Event::Inverted { id, taken, of, latent, label, distance, picture } if id == wanted => {
            Some(Look { taken, of, latent, label, distance, pixels: picture.pixels.into_vec() })
        }
        _ => None,
    };
    events.into_iter().filter_map(of).collect()
}

fn search(session: &mut Session, id: u32, pixels: &[u8]) -> Vec<Look> {
    let mut events =
        send(session, vec![Command::Invert { id, pixels: ByteBuf::from(pixels), seed: 1 }]);
    events.extend(tick_until(session, |session| !session.busy()));
    looks(events, id)
}

fn drawn(session: &mut Session, latents: Vec<f32>, labels: Vec<u8>) -> Pictures {
    let request = SampleRequest {
        count: labels.len(),
        latents: Some(latents),
        labels: Some(labels),
        ..SampleRequest::default()
    };
    let mut events = send(session, vec![Command::Sample { id: 9, request }]);
    events.extend(tick_until(session, |session| !session.busy()));
    let pictures = events.into_iter().find_map(|event| match event {
        Event::Sampled { pictures, .. } => Some(pictures),
        _ => None,
    });
    pictures.expect("pictures")
}

#[test]
fn a_drawing_of_the_run_is_found_again_and_each_look_is_as_near_as_it_says() {
    let mut session = trained();
    let latent: Vec<f32> = (0..16).map(|i| ((i * 7 % 5) as f32 - 2.0) * 0.6).collect();
    let wanted = drawn(&mut session, latent, vec![3]).pixels.into_vec();
    let found = search(&mut session, 5, &wanted);
    let of = found[0].of;
    assert_eq!(
        found.iter().map(|look| look.taken).collect::<Vec<_>>(),
        (0..=of).collect::<Vec<_>>()
    );
    assert!(found.windows(2).all(|pair| pair[1].distance <= pair[0].distance));
    let (first, last) = (&found[0], &found[found.len() - 1]);
    assert!(last.distance < 0.5 * first.distance, "{} to {}", first.distance, last.distance);
    assert_eq!(last.label, 3);
    for look in [first, last] {
        let again = drawn(&mut session, look.latent.clone(), vec![look.label]);
        assert!(again.pixels == look.pixels, "its latent draws another picture");
        let square = |(&a, &b): (&u8, &u8)| (f64::from(a) - f64::from(b)).powi(2);
        let sum: f64 = wanted.iter().zip(&look.pixels).map(square).sum();
        assert!((look.distance - (sum / PIXELS as f64).sqrt() / 255.0).abs() < 1e-9);
    }
}

/// How many of the first test digits are read as themselves in the drawing that is found for each, and the mean distance.
fn found_as_themselves(count: usize) -> (usize, f64) {
    let digits = mnist("t10k");
    let classifier = Classifier::from_safetensors(CLASSIFIER_WEIGHTS, &device::cpu()).unwrap();
    let mut session = trained();
    let (mut right, mut sum) = (0, 0.0);
    for i in 0..count {
        let found = search(&mut session, 1, &digits.images[i * PIXELS..(i + 1) * PIXELS]);
        let last = &found[found.len() - 1];
        let readings = block_on(classifier.classify(&last.pixels)).unwrap();
        right += usize::from(readings[0].class == digits.labels[i]);
        sum += last.distance;
    }
    (right, sum / count as f64)
}

#[test]
fn digits_that_no_run_was_trained_on_are_found_as_the_digits_that_they_are() {
    let (right, _) = found_as_themselves(20);
    assert!(right >= 18, "{right} of 20");
}

#[test]
#[ignore = "half a minute; what it prints stands in docs/exploring.md"]
fn a_hundred_digits_are_looked_for() {
    let start = std::time::Instant::now();
    let (right, distance) = found_as_themselves(100);
    let each = start.elapsed().as_secs_f64() * 10.0;
    println!("{right} of 100 read as themselves, mean distance {distance:.3}, {each:.0} ms each");
    assert!(right >= 90);
}

#[test]
fn a_search_that_is_replaced_or_whose_run_is_gone_says_no_more() {
    let mut session = trained();
    let ask = |id| Command::Invert { id, pixels: ByteBuf::from(vec![0; PIXELS]), seed: 1 };
    let events = send(&mut session, vec![ask(1), ask(2)]);
    assert!(looks(events, 1).is_empty());
    let events = send(&mut session, vec![Command::Reset]);
    assert!(looks(events, 2).is_empty() && !session.busy());
}

#[test]
fn what_cannot_be_looked_for_is_refused_in_words() {
    let refusals = |session: &mut Session, command| -> Vec<String> {
        let events = send(session, vec![command]);
        let failed = events.into_iter().filter_map(|event| match event {
            Event::Failed { message, .. } => Some(message),
            _ => None,
        });
        failed.collect()
    };
    let mut session = trained();
    let invert = |n| Command::Invert { id: 1, pixels: ByteBuf::from(vec![0; n]), seed: 1 };
    assert_eq!(
        refusals(&mut session, invert(5)),
        ["a picture of this run has 784 bytes, but 5 came"]
    );
    let mut sketch = open();
    let checkpoint = ByteBuf::from(include_bytes!("../www/models/sketch.safetensors"));
    send(&mut sketch, vec![Command::Restore { id: 0, checkpoint, recipe: None }]);
    for command in [invert(PIXELS), Command::Directions { id: 1 }] {
        let said = refusals(&mut sketch, command);
        assert!(matches!(&said[..], [one] if one.contains("from noise")), "{said:?}");
    }
}

#[test]
fn drawings_change_most_along_the_first_direction() {
    let mut session = trained();
    let mut events = send(&mut session, vec![Command::Directions { id: 4 }]);
    events.extend(tick_until(&mut session, |session| !session.busy()));
    let found = events.into_iter().find_map(|event| match event {
        Event::Directed { vectors, shares, .. } => Some((vectors, shares)),
        _ => None,
    });
    let (vectors, shares) = found.expect("directions");
    assert!(vectors.len() == 4 && shares.is_sorted_by(|a, b| a >= b), "{shares:?}");
    assert!(shares.iter().sum::<f64>() <= 1.0 && shares[3] > 0.0, "{shares:?}");
    let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate() {
            let wanted = f32::from(u8::from(i == j));
            assert!((product(a, b) - wanted).abs() < 1e-4, "{i} and {j}");
        }
    }
    // At the middle of every class, on both sides: along the first more than along the fourth, and than along an axis.
    let mut axis = vec![0.0; vectors[0].len()];
    axis[0] = 1.0;
    let change = |session: &mut Session, along: &[f32]| -> f64 {
        let ends = [-1.0, 1.0].map(|way| {
            let latents = along.iter().map(|v| v * way).collect::<Vec<f32>>().repeat(10);
            drawn(session, latents, (0..10).collect()).pixels
        });
        let square = |(&a, &b): (&u8, &u8)| (f64::from(a) - f64::from(b)).powi(2);
        ends[0].iter().zip(ends[1].iter()).map(square).sum()
    };
    let first = change(&mut session, &vectors[0]);
    for other in [&vectors[3], &axis] {
        let less = change(&mut session, other);
        assert!(less < first, "{less} along another, {first} along the first");
    }
}

#[test]
fn samples_are_scored_on_request_as_each_is_by_itself() {
    let mut session = trained();
    let ask = |scored| {
        let request = SampleRequest { count: 3, seed: 2, scored, ..SampleRequest::default() };
        Command::Sample { id: 9, request }
    };
    let mut events = send(&mut session, vec![ask(true), ask(false)]);
    events.extend(tick_until(&mut session, |session| !session.busy()));
    let mut answers = events.into_iter().filter_map(|event| match event {
        Event::Sampled { pictures, scores, .. } => Some((pictures, scores)),
        _ => None,
    });
    let (pictures, scores) = answers.next().expect("drawings");
    assert_eq!(answers.next().expect("the same").1, None);
    let scores = scores.expect("scores");
    assert_eq!(scores.len(), 3);
    for (k, &score) in scores.iter().enumerate() {
        let pixels = ByteBuf::from(&pictures.pixels[k * PIXELS..(k + 1) * PIXELS]);
        let command = Command::Inspect { id: 1, pixels, label: k as u8, source: None };
        let found = send(&mut session, vec![command]).into_iter().find_map(|event| match event {
            Event::Inspected { logit, .. } => Some(logit),
            _ => None,
        });
        assert!((found.expect("a score") - score).abs() < 1e-4, "{found:?} and {score}");
    }
}
