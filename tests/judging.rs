//! What a session says of the pictures on show: the judge's scores, what it would change, the nearest
//! real digit, and the alarm when all drawings are alike.

use crate::common::driving::{open, send, tick_until};
use ganvas::data::{Base, DatasetKind, PIXELS, Source};
use ganvas::device;
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::recipe::{Recipe, ScheduleKind, default_recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Collapse, Command, Event, Neighbour, Pictures};
use ganvas::train::{Judged, Trainer};
use pollster::block_on;
use serde_bytes::ByteBuf;

/// Pictures of a game whose judge sees nothing else.
fn of_classic<'a>(pixels: &'a [u8], labels: &'a [u8]) -> Judged<'a> {
    Judged { pixels, labels, given: &[] }
}

fn recipe() -> Recipe {
    let mut recipe = default_recipe();
    recipe.dataset = DatasetKind::Drawn;
    recipe.batch = 8;
    recipe.generator.width = 8;
    recipe.discriminator.width = 8;
    recipe
}

fn loaded(recipe: Recipe) -> (Session, Vec<Event>) {
    let mut session = open();
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS);
    let load = Command::Load { recipe: Box::new(recipe) };
    let events = send(&mut session, vec![Command::LoadClassifier { weights }, load]);
    (session, events)
}

fn shown(events: &[Event]) -> (&Pictures, &Pictures) {
    let drawings = events.iter().find_map(|event| match event {
        Event::Previewed { pictures, .. } => Some(pictures),
        _ => None,
    });
    let reals = events.iter().find_map(|event| match event {
        Event::DataAdded { sample, .. } => Some(sample),
        _ => None,
    });
    (drawings.expect("a preview"), reals.expect("real digits"))
}

#[test]
fn every_picture_on_show_is_judged_as_it_would_be_alone() {
    let (_, events) = loaded(recipe());
    let (drawings, reals) = shown(&events);
    let judged = events.iter().find_map(|event| match event {
        Event::Judged { fakes, reals, told_apart, .. } => Some((fakes, reals, *told_apart)),
        _ => None,
    });
    let (fakes, real_scores, told_apart) = judged.expect("they were judged");
    assert_eq!((fakes.len(), real_scores.len()), (drawings.count, reals.count));
    assert!((0.0..=1.0).contains(&told_apart));

    let trainer = Trainer::new(recipe(), device::cpu()).expect("a recipe that runs");
    for (scores, pictures) in [(fakes, drawings), (real_scores, reals)] {
        for i in [0, 37, 99] {
            let picture = &pictures.pixels[i * PIXELS..][..PIXELS];
            let label = (i % 10) as u8;
            let (logit, _) =
                block_on(trainer.saliency(of_classic(picture, &[label]))).expect("a score");
            assert!((scores[i] - logit).abs() < 1e-4, "{i}: {} or {logit}", scores[i]);
        }
    }
}

/// The saliency is the slope of the logit: moving one pixel changes it by as much.
#[test]
fn saliency_agrees_with_finite_differences() {
    let trainer = Trainer::new(recipe(), device::cpu()).expect("a recipe that runs");
    let digit = Source::new(Base::Drawn).digits(3, 0, 1).expect("drawn");
    let label = digit.labels[0];
    let (_, saliency) =
        block_on(trainer.saliency(of_classic(&digit.images, &[label]))).expect("slopes");
    assert_eq!(saliency.len(), PIXELS);
    let mut compared = 0;
    for at in (0..PIXELS).step_by(53) {
        // Two bytes are 2 · 2 / 255 of the pixel's range.
        let with = |by: i16| {
            let mut moved = digit.images.clone();
            moved[at] = (i16::from(moved[at]) + by).clamp(0, 255) as u8;
            let step = (f64::from(moved[at]) - f64::from(digit.images[at])) * 2.0 / 255.0;
            let logit = block_on(trainer.logits(of_classic(&moved, &[label]))).expect("a score")[0];
            (f64::from(logit), step)
        };
        let ((high, up), (low, down)) = (with(2), with(-2));
        let (found, told) = ((high - low) / (up - down), f64::from(saliency[at]));
        assert!((found - told).abs() < 2e-3 + 0.02 * told.abs(), "pixel {at}: {found}, not {told}");
        compared += usize::from(told.abs() > 1e-3);
    }
    assert!(compared > 3, "slopes that are not zero were compared");
}

fn matches(events: &[Event], of: u32) -> Vec<Neighbour> {
    let found = events.iter().filter_map(|event| match event {
        Event::Matched { id, neighbour } if *id == of => Some(neighbour.clone()),
        _ => None,
    });
    found.collect()
}

#[test]
fn a_real_digit_is_found_as_its_own_neighbour() {
    let (mut session, events) = loaded(recipe());
    let (_, reals) = shown(&events);
    let picture = ByteBuf::from(&reals.pixels[13 * PIXELS..14 * PIXELS]);
    let inspect = |id| {
        vec![Command::Inspect {
            id,
            pixels: picture.clone(),
            label: reals.labels[13],
            source: None,
        }]
    };
    let mut events = send(&mut session, inspect(4));
    events.extend(tick_until(&mut session, |s| !s.busy()));
    let saliency = events
        .iter()
        .any(|e| matches!(e, Event::Inspected { id: 4, saliency, .. } if saliency.len() == PIXELS));
    assert!(saliency, "{events:?}");
    let found = matches(&events, 4);
    let searched: Vec<usize> = found.iter().map(|neighbour| neighbour.searched).collect();
    assert!(searched.is_sorted() && searched.len() > 2, "{searched:?}");
    assert_eq!(searched.last(), Some(&10_000));
    let last = found.last().expect("a neighbour");
    assert_eq!((&last.pixels, last.label), (&picture, reals.labels[13]));
    assert!(last.distance < 1e-3, "{}", last.distance);
    assert!(last.usual.is_some_and(|usual| usual > 0.1), "{:?}", last.usual);

    // What was read once is not read again.
    let mut again = send(&mut session, inspect(5));
    again.extend(send(&mut session, Vec::new()));
    assert_eq!(matches(&again, 5).len(), 1);
    assert!(!session.busy());
}

#[test]
fn what_is_no_picture_is_refused() {
    let (mut session, _) = loaded(recipe());
    for (bytes, label) in [(3, 1), (PIXELS, 10)] {
        let pixels = ByteBuf::from(vec![0; bytes]);
        let events =
            send(&mut session, vec![Command::Inspect { id: 1, pixels, label, source: None }]);
        let refused = events.iter().any(|e| {
            matches!(e, Event::Failed { code, message, .. }
                if code == "bad-command" && message.contains("784"))
        });
        assert!(refused, "{events:?}");
    }
}

#[test]
fn a_session_sounds_the_alarm_and_says_what_to_try() {
    let mut hopeless = recipe();
    hopeless.generator.optimiser.lr = 0.1;
    hopeless.discriminator.optimiser.lr = 0.1;
    hopeless.generator.schedule.kind = ScheduleKind::Constant;
    hopeless.discriminator.schedule.kind = ScheduleKind::Constant;
    let (mut session, _) = loaded(hopeless);
    let mut events = send(&mut session, vec![Command::Run]);
    let alarm = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::Watched { look, collapse: Some(report) } => Some((look.step, report.clone())),
            _ => None,
        })
    };
    // Looks keep to a share of the time, and these steps are short.
    while alarm(&events).is_none() && session.step_count() < 20_000 {
        events = send(&mut session, Vec::new());
    }
    let (_, report) = alarm(&events).expect("such rates collapse");
    assert!(matches!(report.kind, Collapse::Full | Collapse::FewClasses | Collapse::WithinClasses));
    assert!(report.saw.ends_with('.'));
    assert!(report.remedies.iter().any(|r| r.contains("learning rates")), "{report:?}");
}
