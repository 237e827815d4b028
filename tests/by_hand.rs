//! A judge drawn by hand: what it says, where it sends the generator, and that the run does not notice.

use crate::common::driving::{complaints, open, send, tick_until};
use crate::common::training::{preset, tensors, trainer};
use ganvas::device;
use ganvas::metrics::densities::Grid;
use ganvas::recipe::{Described, Objective};
use ganvas::session::Session;
use ganvas::session::protocol::{Chart, Command, Event, Players};
use ganvas::train::{HandDrawn, Trial};
use pollster::block_on;

const LINE: usize = 120;
const PLANE: usize = 48;

/// The middle of a cell.
fn middle(i: usize, cells: usize) -> f32 {
    -1.25 + (i as f32 + 0.5) * 2.5 / cells as f32
}

fn axis(cells: usize) -> Grid {
    Grid::new(-1.25, 1.25, cells).expect("a grid")
}

/// Real is what lies near 0.8, on a line, or near the upper right of a plane.
fn hill(dimensions: usize) -> Vec<f32> {
    let slope = |x: f32| -4.0 * (x - 0.8).abs();
    match dimensions {
        1 => (0..LINE).map(|i| slope(middle(i, LINE))).collect(),
        _ => (0..PLANE * PLANE)
            .map(|i| slope(middle(i % PLANE, PLANE)) + slope(middle(i / PLANE, PLANE)))
            .collect(),
    }
}

fn judge(logits: Vec<f32>, steps: u32, afresh: bool) -> Command {
    let logits = logits.iter().flat_map(|logit| logit.to_le_bytes()).collect::<Vec<u8>>();
    Command::JudgeByHand { id: 3, logits: logits.into(), steps, afresh }
}

/// A run of this preset after some steps.
fn begun(name: &str, steps: usize) -> Session {
    let mut session = open();
    let mut commands = vec![Command::Load { recipe: Box::new(preset(name)) }];
    commands.extend((0..steps).map(|_| Command::Step { player: Players::Both }));
    assert_eq!(complaints(&send(&mut session, commands)), Vec::<String>::new());
    session
}

/// Carries it out, and what was tried.
fn tried(session: &mut Session, command: Command) -> (u64, Option<Chart>) {
    let mut events = send(session, vec![command]);
    events.extend(tick_until(session, |session| !session.busy()));
    assert_eq!(complaints(&events), Vec::<String>::new());
    let mut found = events.into_iter().filter_map(|event| match event {
        Event::Tried { id: 3, taken, chart } => Some((taken, chart)),
        _ => None,
    });
    let first = found.next().expect("an answer");
    assert!(found.next().is_none(), "one answer");
    first
}

fn fakes(chart: Option<Chart>) -> Vec<f32> {
    match chart.expect("a chart") {
        Chart::Line { fakes, .. } | Chart::Plane { fakes, .. } => fakes,
        Chart::Dirac { .. } => panic!("no points"),
    }
}

/// All numbers of a checkpoint.
fn numbers(session: &mut Session) -> Vec<(String, Vec<u8>)> {
    tensors(&checkpoint(session), "")
}

fn checkpoint(session: &mut Session) -> Vec<u8> {
    let events = send(session, vec![Command::Save { id: 1 }]);
    let saved = events.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint.into_vec()),
        _ => None,
    });
    saved.expect("a checkpoint")
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64
}

#[test]
fn it_says_what_was_drawn_and_is_straight_between() {
    let drawn = HandDrawn::new(axis(4), 1, vec![1.0, 3.0, 2.0, 6.0]);
    let width = 0.625;
    let at = |i: usize, share: f32| middle(i, 4) + share * width;
    let points = [at(0, 0.0), at(0, 0.25), at(1, 0.5), at(3, 0.0), -9.0, 1.2, f32::MAX];
    let [logits, slopes] = drawn.at(&points);
    assert_eq!(logits, [1.0, 1.5, 2.5, 6.0, 1.0, 6.0, 6.0]);
    let want = [2.0 / width, 2.0 / width, -1.0 / width];
    assert_eq!(slopes[..3], want);
    assert_eq!(slopes[4..], [0.0; 3], "level beyond");
    // Twice the column and three times the row, in a plane.
    let plane = (0..16).map(|i| (2 * (i % 4) + 3 * (i / 4)) as f32).collect();
    let [logits, slopes] = HandDrawn::new(axis(4), 2, plane).at(&[
        at(1, 0.25),
        at(2, 0.5),
        -9.0,
        at(1, 0.0),
        at(2, 0.5),
        9.0,
    ]);
    assert_eq!(logits, [2.5 + 7.5, 3.0, 5.0 + 9.0]);
    assert_eq!(slopes, [2.0 / width, 3.0 / width, 0.0, 3.0 / width, 2.0 / width, 0.0]);
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    for dimensions in [1, 2] {
        let cells: usize = 6;
        let logits: Vec<f32> =
            (0..cells.pow(dimensions)).map(|i| 2.0 * (i as f32 * 1.7).sin()).collect();
        let drawn = HandDrawn::new(axis(cells), dimensions as usize, logits);
        let size = 5 * dimensions as usize;
        let points = |salt: f32| -> Vec<f32> {
            (0..size).map(|i| (0.9 + salt) * (i as f32 * 2.3 + salt).sin()).collect()
        };
        let (real, made) = (points(0.1), points(0.0));
        for &objective in Objective::ALL {
            let mut recipe = preset(if dimensions == 1 { "line" } else { "plane" });
            recipe.objective = objective;
            let loss = |made: &[f32]| {
                let (loss, gradient) = drawn.loss(&recipe, &real, made, &device::cpu());
                let numbers = |values: burn::tensor::TensorData| values.try_into_vec::<f32>();
                (
                    numbers(loss.into_data()).expect("f32")[0],
                    numbers(gradient.into_data()).expect("f32"),
                )
            };
            let (_, gradient) = loss(&made);
            for i in 0..size {
                const BESIDE: f32 = 2e-3;
                let moved = |by: f32| {
                    let mut made = made.clone();
                    made[i] += by;
                    loss(&made).0
                };
                let slope = (moved(BESIDE) - moved(-BESIDE)) / (2.0 * BESIDE);
                assert!(
                    (slope - gradient[i]).abs() < 2e-3 + 1e-2 * slope.abs(),
                    "{objective:?}, {dimensions}: {slope}, not {}",
                    gradient[i]
                );
            }
            assert!(gradient.iter().any(|g| g.abs() > 1e-2), "{objective:?}");
        }
    }
}

/// Up the hill under every objective, and where the arrows point.
#[test]
fn the_generator_goes_where_the_judge_says_real() {
    for (name, dimensions) in [("line", 1), ("plane", 2), ("lost-modes", 2)] {
        let mut session = begun(name, 3);
        let (taken, before) = tried(&mut session, judge(hill(dimensions), 0, true));
        assert_eq!(taken, 0);
        let (Some(Chart::Line { logits, pushes, .. } | Chart::Plane { logits, pushes, .. }), drawn) =
            (&before, hill(dimensions))
        else {
            panic!("{before:?}")
        };
        for (said, drawn) in logits.iter().zip(&drawn) {
            assert!((said - drawn).abs() < 1e-5, "{name}: {said}, not {drawn}");
        }
        let start = fakes(before.clone());
        // Beyond the chart's edges the judge is level.
        let within = || start.iter().zip(pushes).filter(|(x, _)| x.abs() < 1.2);
        let uphill = within().filter(|(x, push)| (0.8 - **x) * **push > 0.0).count();
        assert!(uphill > within().count() * 9 / 10, "{name}: {uphill} of {}", within().count());
        for _ in 0..3 {
            tried(&mut session, judge(hill(dimensions), 100, false));
        }
        let (taken, after) = tried(&mut session, judge(hill(dimensions), 0, false));
        assert_eq!(taken, 300);
        let apart =
            |points: &[f32]| mean(&points.iter().map(|x| (x - 0.8).abs()).collect::<Vec<_>>());
        let (was, is) = (apart(&start), apart(&fakes(after)));
        assert!(is < 0.8 * was, "{name}: from {was} to {is}");
        // Another copy begins where the run is.
        let (taken, again) = tried(&mut session, judge(hill(dimensions), 0, true));
        assert_eq!((taken, fakes(again)), (0, start));
    }
}

#[test]
fn the_run_stays_as_it_is_bit_for_bit_and_a_trial_is_repeatable() {
    for name in ["line", "plane"] {
        let dimensions = if name == "line" { 1 } else { 2 };
        let mut session = begun(name, 4);
        let before = numbers(&mut session);
        let first = tried(&mut session, judge(hill(dimensions), 20, true));
        assert_eq!(session.step_count(), 4);
        assert!(numbers(&mut session) == before, "{name}: the run has changed");
        assert_eq!(tried(&mut session, judge(hill(dimensions), 20, true)), first);
        // It goes on as if nothing had been.
        let mut other = begun(name, 4);
        for session in [&mut session, &mut other] {
            send(session, vec![Command::Step { player: Players::Both }]);
        }
        assert!(numbers(&mut session) == numbers(&mut other), "{name}");
    }
}

/// Whoever compares fakes with real points sees those, too.
#[test]
fn every_objective_plays() {
    for &objective in Objective::ALL {
        let mut recipe = preset("line");
        recipe.objective = objective;
        let mut run = Trial::new(&trainer(&recipe), HandDrawn::new(axis(LINE), 1, hill(1)));
        let trainer = trainer(&recipe);
        for _ in 0..3 {
            let real = vec![0.5; recipe.batch];
            block_on(run.step(&trainer, &real)).expect("the CPU");
        }
        assert_eq!(run.taken(), 3, "{objective:?}");
    }
}

#[test]
fn a_trial_ends_when_the_run_moves() {
    let mut session = begun("line", 1);
    let first = tried(&mut session, judge(hill(1), 5, true));
    assert_eq!(first.0, 5);
    assert_eq!(tried(&mut session, judge(hill(1), 5, false)).0, 10);
    let kept = serde_bytes::ByteBuf::from(checkpoint(&mut session));
    assert_eq!(tried(&mut session, judge(hill(1), 0, false)).0, 10, "to save is not to move");
    let restore = Command::Restore { id: 1, checkpoint: kept, recipe: None };
    let load = Command::Load { recipe: Box::new(preset("plane")) };
    for command in [Command::Step { player: Players::Both }, Command::Reset, restore] {
        tried(&mut session, judge(hill(1), 5, false));
        // Even while an answer is owed.
        let commands = vec![judge(hill(1), 100, false), command.clone()];
        let mut events = send(&mut session, commands);
        events.extend(tick_until(&mut session, |session| !session.busy()));
        assert_eq!(complaints(&events), Vec::<String>::new());
        let (taken, _) = tried(&mut session, judge(hill(1), 5, false));
        assert_eq!(taken, 5, "{command:?}");
    }
    send(&mut session, vec![load]);
    assert_eq!(tried(&mut session, judge(hill(2), 5, false)).0, 5);
    // What is refused changes nothing.
    let mut bad = preset("plane");
    bad.batch = 0;
    send(&mut session, vec![Command::Load { recipe: Box::new(bad) }]);
    assert_eq!(tried(&mut session, judge(hill(2), 5, false)).0, 10);
}

#[test]
fn what_is_no_judge_is_refused() {
    let refused = |session: &mut Session, command: Command| {
        let mut said = complaints(&send(session, vec![command]));
        assert_eq!(said.len(), 1, "{said:?}");
        said.remove(0)
    };
    let mut session = begun("line", 1);
    let mut wrong = hill(1);
    wrong[7] = f32::NAN;
    let said =
        "bad-command: a judge drawn by hand is a finite logit for each cell of the chart, but";
    for logits in [hill(2), vec![], wrong] {
        let count = logits.len();
        let got = refused(&mut session, judge(logits, 5, true));
        assert_eq!(got, format!("{said} {count} numbers came"));
    }
    assert_eq!(
        refused(&mut session, judge(hill(1), 101, true)),
        "bad-command: at most 100 steps can be asked for, not 101"
    );
    send(&mut session, vec![Command::Run]);
    assert!(refused(&mut session, judge(hill(1), 1, true)).starts_with("not-ready: "));
    let pictures = crate::common::driving::tiny(ganvas::data::DatasetKind::Drawn);
    for recipe in [pictures, Box::new(preset("dirac"))] {
        send(&mut session, vec![Command::Load { recipe }]);
        let got = refused(&mut session, judge(hill(1), 1, true));
        assert!(got.starts_with("bad-command: a judge can be drawn by hand in games"), "{got}");
    }
    assert!(refused(&mut open(), judge(hill(1), 1, true)).starts_with("not-ready: "));
    // Numbers that run away are no reason to fail.
    let mut session = begun("line", 1);
    let cliff = (0..LINE).map(|i| if i % 2 == 0 { f32::MAX } else { f32::MIN }).collect();
    let (_, chart) = tried(&mut session, judge(cliff, 5, true));
    assert_eq!(chart, None);
    assert!(fakes(tried(&mut session, judge(hill(1), 1, false)).1).iter().all(|x| x.is_finite()));
}
