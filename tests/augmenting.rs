//! Whether a run's generator helps a classifier, as the page asks it: bit by bit, of one step, and without a trace in the
//! run. The experiment itself is tested where it stands (`train/augment/`).

use crate::common::driving::*;
use ganvas::data::{Base, CHUNK, DatasetKind, Digits, HELD_OUT, Source};
use ganvas::device;
use ganvas::recipe::Recipe;
use ganvas::session::Session;
use ganvas::session::protocol::{AugmentReport, Command, Event, Players};
use ganvas::train::augment::{Arm, Lesson, Material, Origin, Plan, few};

const AUGMENT: Command = Command::Augment { id: 4, tries: 1 };

fn augmented(events: &[Event]) -> Vec<AugmentReport> {
    let found = events.iter().filter_map(|event| match event {
        Event::Augmented(augmentation) => Some(augmentation.clone()),
        _ => None,
    });
    found.collect()
}

/// Ticks until the first two classifiers, with and without samples, have been tested.
fn first_two(session: &mut Session) -> (Vec<Event>, AugmentReport) {
    let mut events = Vec::new();
    while augmented(&events).len() < 2 {
        assert!(session.busy(), "{:?}", complaints(&events));
        events.extend(send(session, vec![]));
    }
    let last = augmented(&events).pop().expect("two");
    (events, last)
}

/// What the session's first classifier should come to, by hand.
fn by_hand(seed: u64) -> f64 {
    let mut source = Source::new(Base::Drawn);
    let pool = source.digits(seed, 0, CHUNK).expect("drawn when they are needed");
    let real = few(&pool, 10, 1).expect("hundreds of each");
    let material = Material { real, samples: Digits::default() };
    let test = source.held_out_part(seed, 0..HELD_OUT);
    let mut lesson =
        Lesson::new(Arm::Real, Plan::default(), &material, 1, &device::cpu()).expect("digits");
    loop {
        if let Some(accuracy) = pollster::block_on(lesson.advance(&material, &test, 250)).unwrap() {
            return accuracy;
        }
    }
}

#[test]
fn classifiers_learn_bit_by_bit_while_the_run_trains_on_unchanged() {
    let run = |asking: bool| {
        let mut session = open();
        let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
        let step = Command::Step { player: Players::Both };
        let mut events = send(&mut session, vec![load, step, Command::Run]);
        let mut told = None;
        if asking {
            events.extend(send(&mut session, vec![AUGMENT]));
            let (more, last) = first_two(&mut session);
            events.extend(more);
            events.extend(send(&mut session, vec![Command::Augment { id: 5, tries: 0 }]));
            told = Some(last);
        }
        events.extend(tick_until(&mut session, |s| s.step_count() >= 40));
        events.extend(send(&mut session, vec![Command::Pause]));
        assert_eq!(failures(&events), [""; 0]);
        (losses(events), told, session)
    };
    let (alone, ..) = run(false);
    let (asked, told, mut session) = run(true);
    let shared = alone.len().min(asked.len());
    assert!(shared >= 40);
    assert_eq!(alone[..shared], asked[..shared], "the run does not notice");

    let told = told.expect("two scores");
    assert_eq!((told.id, told.step, told.of), (4, 1, 8));
    // A batch of 4 for each player.
    assert_eq!((told.curve.tested, told.curve.origin), (HELD_OUT, Origin::Others(8)));
    let order: Vec<_> = told.curve.scores.iter().map(|s| (s.digits, s.arm, s.seed)).collect();
    assert_eq!(order, [(10, Arm::Real, 1), (10, Arm::Both, 1)]);
    assert_eq!(told.curve.scores[0].accuracy, by_hand(tiny(DatasetKind::Drawn).seed));
    assert!(told.conclusion.contains("at 10 digits a class"), "{}", told.conclusion);
    assert!(told.conclusion.contains("learnt from 8 digits"), "{}", told.conclusion);

    // It was given up, and so is one whose run is replaced.
    let rest = tick_until(&mut session, |s| !s.busy());
    assert_eq!(augmented(&rest), []);
    send(&mut session, vec![AUGMENT]);
    assert!(session.busy());
    send(&mut session, vec![Command::Reset]);
    let rest = tick_until(&mut session, |s| !s.busy());
    assert_eq!((augmented(&rest), failures(&rest)), (vec![], vec![]));
}

#[test]
fn what_cannot_be_asked_is_refused_in_words() {
    let mut session = open();
    let mut says = |commands: Vec<Command>, words: &str| {
        let events = send(&mut session, commands);
        let said = complaints(&events);
        assert!(said.len() == 1 && said[0].contains(words), "{said:?}, not {words}");
    };
    says(vec![AUGMENT], "no recipe");
    let load = |change: fn(&mut Recipe)| {
        let mut recipe = tiny(DatasetKind::Drawn);
        change(&mut recipe);
        Command::Load { recipe }
    };
    says(vec![load(|recipe| recipe.conditional = false), AUGMENT], "no labels");
    says(vec![load(|_| ()), Command::Augment { id: 1, tries: 11 }], "at most 10");
    says(vec![load(|recipe| recipe.dataset = DatasetKind::Mnist), AUGMENT], "no held-out");
    let few = digits(60);
    let add = add_data(&few, few.len());
    let Command::AddData { images, labels, .. } = add.clone() else { unreachable!() };
    says(vec![Command::AddHeldOut { images, labels }, AUGMENT], "have not arrived");
    send(&mut session, vec![add]);
    // Sixty digits in all.
    send(&mut session, vec![AUGMENT]);
    let events = tick_until(&mut session, |s| !s.busy());
    assert!(complaints(&events)[0].contains("of the digit"), "{:?}", complaints(&events));
}
