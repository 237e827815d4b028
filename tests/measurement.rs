//! Measuring as a page or the command line meets it: every figure beside its floor, bit by bit, of one
//! step, and without a trace in the run.

use crate::common::{driving::*, training};
use ganvas::data::{DatasetKind, idx};
use ganvas::gan::Objective;
use ganvas::metrics::Metric;
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::recipe::{Recipe, presets};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Measurement, Players};
use serde_bytes::ByteBuf;
use std::cell::Cell;

/// Ticks until the measurement that was asked for is there; the longest of its pieces decides how long
/// a command waits.
fn measured(session: &mut Session, commands: Vec<Command>) -> Measurement {
    let mut events = send(session, commands);
    let ticks = Cell::new(0);
    events.extend(tick_until(session, |s| {
        ticks.set(ticks.get() + 1);
        !s.busy()
    }));
    assert_eq!(failures(&events), [""; 0]);
    assert!(ticks.get() > 10, "a measurement goes bit by bit");
    let found = events.into_iter().find_map(|e| match e {
        Event::Measured(measurement) => Some(measurement),
        _ => None,
    });
    found.expect("measured")
}

#[test]
fn a_measurement_holds_every_figure_beside_its_floor() {
    let mut session = open();
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let measure = || Command::Measure { count: 150, seed: 3 };
    // Of an objective with a threshold, so that there is every figure.
    let hinge = Box::new(Recipe { objective: Objective::Hinge, ..*tiny(DatasetKind::Drawn) });
    let step = Command::Step { player: Players::Both };
    let load = Command::Load { recipe: hinge };
    let setup = vec![load, step, Command::LoadClassifier { weights }, measure()];
    let first = measured(&mut session, setup);
    assert_eq!((first.step, first.count, first.seed, first.reference), (1, 150, 3, 2000));
    assert_eq!(first.images_seen, 4);
    assert_eq!(first.class_histogram.iter().sum::<u32>(), 150);
    assert!(first.millis > 0.0);
    let missing = |metric: &&Metric| !first.figures.contains_key(metric);
    let of_pictures = Metric::ALL.iter().filter(|metric| !metric.is_of_points());
    let missing: Vec<_> = of_pictures.filter(missing).collect();
    let of_others = Metric::ALL.iter().filter(|metric| metric.is_of_some_games());
    assert_eq!(missing, of_others.collect::<Vec<_>>(), "all but what other games have");
    assert!(first.baseline.is_empty());
    // Two draws of one hand are near to each other in every respect, and what has taken one step is not.
    let floor = &first.floor;
    assert_eq!(floor.len(), 10, "all but the judge's");
    assert!(floor[&Metric::LabelAccuracy] > 0.9 && floor[&Metric::Modes] == 10.0, "{floor:?}");
    assert!(floor[&Metric::Precision] > 0.6 && floor[&Metric::Density] > 0.6, "{floor:?}");
    assert!(floor[&Metric::Coverage] > 0.2 && floor[&Metric::Recall] > 0.6, "{floor:?}");
    for metric in [Metric::FrechetDistance, Metric::KernelDistance] {
        assert!(first.figures[&metric] > 10.0 * floor[&metric], "{metric:?}: {first:?}");
    }
    assert!(first.figures[&Metric::Coverage] < 0.1);
    assert!(first.figures[&Metric::DHeldOutGap].abs() > 1e-5, "others than those of the training");

    // The same again, and it changed nothing: what was read of the real pictures is kept.
    let again = measured(&mut session, vec![measure()]);
    assert_eq!((&again.figures, &again.floor), (&first.figures, &first.floor));
    let other = measured(&mut session, vec![Command::Measure { count: 150, seed: 4 }]);
    assert_ne!(other.figures, first.figures);
    assert_eq!(other.floor, first.floor);

    // Where only differences of scores mean something, nothing is said of single ones.
    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let relativistic = measured(&mut session, vec![load, measure()]);
    let missing = |metric: &&Metric| !relativistic.figures.contains_key(metric);
    let of_pictures = Metric::ALL.iter().filter(|metric| !metric.is_of_points());
    let missing: Vec<_> = of_pictures.filter(missing).collect();
    let of_threshold = [&Metric::DAccuracyReal, &Metric::DAccuracyFake];
    let of_others = Metric::ALL.iter().filter(|metric| metric.is_of_some_games());
    assert_eq!(missing, of_others.chain(of_threshold).collect::<Vec<_>>());
}

/// Where it is known what a drawing should be.
const PAIRS: [Metric; 3] = [Metric::AbsoluteDifference, Metric::Psnr, Metric::Ssim];

#[test]
fn what_a_game_translates_is_held_to_the_truth_beside_its_source() {
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let preset = presets().into_iter().find(|preset| preset.name == "super").expect("a preset");
    let recipe = Recipe { dataset: DatasetKind::Drawn, batch: 16, ..preset.recipe };
    let load = Command::Load { recipe: Box::new(recipe) };
    let mut session = open();
    let setup =
        vec![load, Command::LoadClassifier { weights }, Command::Measure { count: 150, seed: 3 }];
    let Measurement { figures, baseline, floor, .. } = measured(&mut session, setup);
    for metric in PAIRS {
        assert!(figures.contains_key(&metric) && !floor.contains_key(&metric), "{metric:?}");
    }
    // Before its first step a generator adds little to the enlarged picture; by cubic pieces it is as good or better.
    let enlarged = baseline[&Metric::AbsoluteDifference];
    assert!((0.01..0.15).contains(&enlarged), "{baseline:?}");
    assert!(baseline[&Metric::Psnr] > 12.0 && baseline[&Metric::Ssim] > 0.4, "{baseline:?}");
    assert!(figures[&Metric::AbsoluteDifference] > enlarged, "{figures:?}, {baseline:?}");
    assert!(baseline[&Metric::LabelAccuracy] > 0.3, "{baseline:?}");
}

#[test]
fn a_measurement_while_training_is_of_one_step_and_changes_nothing() {
    let weights = || ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let run = |measuring: bool| {
        let mut session = open();
        let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
        let step = Command::Step { player: Players::Both };
        let setup = vec![load, Command::LoadClassifier { weights: weights() }, step];
        send(&mut session, setup);
        let mut commands = vec![Command::Run];
        if measuring {
            commands.push(Command::Measure { count: 100, seed: 3 });
        }
        let mut events = send(&mut session, commands);
        events.extend(tick_until(&mut session, |s| s.step_count() == 60));
        let saved = send(&mut session, vec![Command::Pause, Command::Save { id: 0 }]);
        let checkpoint = saved.into_iter().find_map(|e| match e {
            Event::Saved { checkpoint, .. } => Some(checkpoint),
            _ => None,
        });
        let measured = events.into_iter().find_map(|e| match e {
            Event::Measured(measurement) => Some(measurement),
            _ => None,
        });
        (measured, training::tensors(&checkpoint.expect("saved"), ""))
    };
    let (measured, with) = run(true);
    let (nothing, without) = run(false);
    assert_eq!(nothing, None);
    assert!(with == without, "the run is another one");
    let measured = measured.expect("done within 60 steps");
    assert_eq!(measured.step, 1);

    let mut paused = open();
    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let step = Command::Step { player: Players::Both };
    let classifier = Command::LoadClassifier { weights: weights() };
    let measure = Command::Measure { count: 100, seed: 3 };
    let at_rest = self::measured(&mut paused, vec![load, classifier, step, measure]);
    assert_eq!(at_rest.figures, measured.figures);
}

#[test]
fn what_cannot_be_measured_is_said() {
    let mut session = open();
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let measure = |count| Command::Measure { count, seed: 1 };
    let fails = |session: &mut Session, command| {
        let events = send(session, vec![command]);
        failures(&events).first().map(|code| code.to_string()).unwrap_or_default()
    };
    assert_eq!(fails(&mut session, measure(200)), "not-ready", "no classifier");
    send(&mut session, vec![Command::LoadClassifier { weights }]);
    assert_eq!(fails(&mut session, measure(200)), "not-ready", "no run");
    send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Mnist) }]);
    assert_eq!(fails(&mut session, measure(200)), "not-ready", "nothing held out");
    assert_eq!(fails(&mut session, measure(99)), "bad-command");
    assert_eq!(fails(&mut session, measure(10_001)), "bad-command");
    let junk = || ByteBuf::from(b"junk".to_vec());
    let held_out = Command::AddHeldOut { images: junk(), labels: junk() };
    assert_eq!(fails(&mut session, held_out), "data-wrong-magic");

    let digits = digits(300);
    let held_out = Command::AddHeldOut {
        images: ByteBuf::from(idx::write_images(&digits.images)),
        labels: ByteBuf::from(idx::write_labels(&digits.labels)),
    };
    send(&mut session, vec![held_out]);
    assert_eq!(fails(&mut session, measure(200)), "not-ready", "no training pictures");
    let commands = vec![add_data(&digits, 300), measure(300)];
    let measured = measured(&mut session, commands);
    assert_eq!(measured.reference, 300);
    // Held-out pictures that are those of the training: they are as near as can be, and nothing is known by heart.
    assert!(measured.floor[&Metric::FrechetDistance] < 1e-3, "{:?}", measured.floor);
    assert!(measured.figures[&Metric::DHeldOutGap].abs() < 1e-6, "{:?}", measured.figures);
}

/// Which figures of the games that not every one has.
#[test]
fn ways_back_films_and_colours_have_figures_of_their_own() {
    use Metric::{AbsoluteDifference, CycleError, ForthDifference, Motion, Psnr, Ssim};
    let pairs = [AbsoluteDifference, Psnr, Ssim];
    let of = |name: &str| -> Vec<Metric> {
        match name {
            "zebra" | "hollow" => [&pairs[..], &[ForthDifference, CycleError]].concat(),
            // Nobody knows what another hand should have written.
            "hand" => vec![CycleError],
            "moco" | "writing" | "tgan" => vec![Motion],
            _ => Vec::new(),
        }
    };
    for name in ["zebra", "hand", "writing", "moco", "tinted"] {
        let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
        let preset = presets().into_iter().find(|preset| preset.name == name).expect("a preset");
        let mut recipe = Recipe { dataset: DatasetKind::Drawn, batch: 16, ..preset.recipe };
        (recipe.generator.width, recipe.discriminator.width) = (8, 4);
        let load = Command::Load { recipe: Box::new(recipe) };
        let measure = Command::Measure { count: 100, seed: 3 };
        let setup = vec![load, Command::LoadClassifier { weights }, measure];
        let Measurement { figures, floor, .. } = measured(&mut open(), setup);
        let some = Metric::ALL.iter().copied().filter(|metric| metric.is_of_some_games());
        let some: Vec<_> = some.filter(|metric| figures.contains_key(metric)).collect();
        assert_eq!(some, of(name), "{name}");
        // What real ones look like is read as well as plain digits are, or nearly.
        let read = if name == "moco" { 0.6 } else { 0.9 };
        assert!(floor[&Metric::LabelAccuracy] > read, "{name}: {floor:?}");
        assert!(
            figures[&Metric::FrechetDistance] > 5.0 * floor[&Metric::FrechetDistance],
            "{name}"
        );
        // Untrained, nothing comes home as it was, and nothing moves as it should.
        for metric in [ForthDifference, CycleError] {
            assert!(figures.get(&metric).is_none_or(|&value| value > 0.02), "{name}: {figures:?}");
        }
        let right = |&share: &f64| (0.9..1.1).contains(&share);
        assert!(!figures.get(&Motion).is_some_and(right), "{name}: {figures:?}");
    }
}

#[test]
fn stacked_digits_are_counted_by_the_numbers_that_they_make() {
    let preset = presets().into_iter().find(|preset| preset.name == "stacked").expect("a preset");
    let mut recipe = Recipe { batch: 16, ..preset.recipe };
    (recipe.generator.width, recipe.discriminator.width) = (8, 4);
    let (real, held_out) = (digits(400), digits(60));
    let setup = vec![
        Command::Load { recipe: Box::new(recipe) },
        add_data(&real, 400),
        Command::AddHeldOut {
            images: ByteBuf::from(idx::write_images(&held_out.images)),
            labels: ByteBuf::from(idx::write_labels(&held_out.labels)),
        },
        Command::LoadClassifier { weights: ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec()) },
        Command::Measure { count: 100, seed: 3 },
    ];
    let Measurement { figures, floor, .. } = measured(&mut open(), setup);
    // A hundred of a thousand are nearly all different; what is untrained looks much the same.
    assert!((80.0..=100.0).contains(&floor[&Metric::StackedModes]), "{floor:?}");
    assert!(figures[&Metric::StackedModes] < 0.5 * floor[&Metric::StackedModes], "{figures:?}");
    // By the first digits.
    assert!(floor[&Metric::LabelAccuracy] > 0.9 && floor[&Metric::Modes] == 10.0, "{floor:?}");
}
