//! A run is told of with its checkpoint: what it started from and what was done by hand at which step. Played again
//! elsewhere it comes to the same numbers, to the last bit.

use crate::common::driving::{
    complaints, contents, equipped, failures, open, send, tick_until, tiny,
};
use ganvas::data::DatasetKind;
use ganvas::gan::game::Side;
use ganvas::recipe::{Objective, OptimiserKind, Recipe, presets};
use ganvas::session::Session;
use ganvas::session::protocol::{Account, Action, Command, Event, Move, Players, State};
use serde_bytes::ByteBuf;

/// Small runs, of pictures and of points.
fn recipes() -> Vec<(&'static str, Recipe)> {
    let mut held = presets().swap_remove(1).recipe;
    (held.dataset, held.latent) = (DatasetKind::Drawn, 4);
    (held.generator.width, held.discriminator.width) = (4, 4);
    (held.spectral_norm, held.lecam, held.d_steps, held.batch) = (true, 0.3, 3, 36);
    held.generator.optimiser.beta1 = 0.5;
    let dirac = presets().into_iter().find(|preset| preset.name == "dirac").expect("a preset");
    vec![("held back", held), ("points", dirac.recipe)]
}

fn load(recipe: &Recipe) -> Command {
    Command::Load { recipe: Box::new(recipe.clone()) }
}

fn adjust(recipe: &Recipe) -> Command {
    Command::Adjust { recipe: Box::new(recipe.clone()) }
}

fn replay(run: &Account, until: u64) -> Command {
    Command::Replay { run: run.to_string(), until }
}

fn train_to(session: &mut Session, step: u64) {
    let events = send(session, vec![Command::Run]);
    assert_eq!(complaints(&events), [""; 0]);
    tick_until(session, |s| s.step_count() >= step);
}

fn saved(session: &mut Session) -> (u64, ByteBuf, Option<Account>) {
    let events = send(session, vec![Command::Save { id: 1 }]);
    let told = events.iter().find_map(|event| match event {
        Event::Saved { step, checkpoint, run, .. } => Some((
            *step,
            checkpoint.clone(),
            run.as_ref().map(|run| run.parse().expect("an account")),
        )),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("not saved: {:?}", complaints(&events)))
}

/// A run that somebody has played with: live settings in mid-step, steps of one side, a branch with another optimiser.
fn played_with(recipe: &Recipe) -> Session {
    let mut session = equipped();
    assert_eq!(complaints(&send(&mut session, vec![load(recipe)])), [""; 0]);
    train_to(&mut session, 2);
    send(&mut session, vec![]); // into the next step
    let mut changed = recipe.clone();
    changed.generator.optimiser.lr *= 0.5;
    assert_eq!(complaints(&send(&mut session, vec![adjust(&changed)])), [""; 0]);
    train_to(&mut session, 5);
    let alone = |player| Command::Step { player };
    send(
        &mut session,
        vec![Command::Pause, alone(Players::Discriminator), alone(Players::Generator)],
    );
    let (_, checkpoint, _) = saved(&mut session);
    changed.objective = Objective::LeastSquares;
    changed.generator.optimiser.kind = OptimiserKind::RmsProp;
    let branch = Command::Restore { id: 2, checkpoint, recipe: Some(Box::new(changed.clone())) };
    assert_eq!(complaints(&send(&mut session, vec![branch])), [""; 0]);
    train_to(&mut session, 9);
    changed.discriminator.optimiser.lr *= 2.0;
    send(&mut session, vec![Command::Pause, adjust(&changed)]);
    train_to(&mut session, 12);
    session
}

#[test]
fn a_run_that_is_told_of_is_played_again_to_the_last_bit() {
    for (name, recipe) in recipes() {
        let (step, checkpoint, run) = saved(&mut played_with(&recipe));
        let run = run.unwrap_or_else(|| panic!("{name}: nothing is told"));
        assert_eq!(run.start, recipe, "{name}");
        assert_eq!(run.moves.len(), 5, "{name}: {:?}", run.moves);

        let mut again = equipped();
        let mut events = send(&mut again, vec![replay(&run, step), Command::Run]);
        events.extend(tick_until(&mut again, |session| !session.busy()));
        assert_eq!(complaints(&events), [""; 0], "{name}");
        let end = events.iter().position(|e| *e == Event::Replayed { step }).expect("an end");
        let rests = Event::StateChanged { state: State::Paused, step };
        assert!(events[..end].contains(&rests), "{name}: it goes on");
        assert_eq!(again.step_count(), step, "{name}");
        let (_, checkpoint_again, run_again) = saved(&mut again);
        assert!(run_again == Some(run), "{name}: it is told otherwise");
        assert!(contents(&checkpoint_again) == contents(&checkpoint), "{name}: not the same run");
    }
}

#[test]
fn what_is_told_comes_with_the_checkpoint_but_not_with_a_model() {
    let (_, recipe) = recipes().swap_remove(0);
    let mut session = played_with(&recipe);
    let (_, checkpoint, run) = saved(&mut session);
    let exported = send(&mut session, vec![Command::Export { id: 3 }]);
    let model = exported.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, run: None, .. } => Some(checkpoint),
        _ => None,
    });
    let model = model.expect("a model, which nothing is told of");
    for (file, told) in [(checkpoint, run), (model, None)] {
        let restore = Command::Restore { id: 4, checkpoint: file, recipe: None };
        let mut fresh = equipped();
        assert_eq!(complaints(&send(&mut fresh, vec![restore])), [""; 0]);
        assert!(saved(&mut fresh).2 == told);
    }
}

#[test]
fn who_takes_over_ends_a_replay() {
    let recipe = *tiny(DatasetKind::Drawn);
    let mut changed = recipe.clone();
    changed.generator.optimiser.lr *= 0.5;
    let moves = vec![Move { step: 3, action: Action::Adjust(Box::new(changed.clone())) }];
    let run = Account { start: recipe.clone(), moves };
    changed.d_steps = 2;
    let over =
        [adjust(&changed), Command::Step { player: Players::Both }, Command::Reset, load(&recipe)];
    for command in over {
        let mut session = open();
        send(&mut session, vec![replay(&run, 20)]);
        train_to(&mut session, 2);
        // A rest changes nothing.
        send(&mut session, vec![Command::Pause]);
        let events = send(&mut session, vec![command.clone()]);
        assert!(events.contains(&Event::ReplayDropped), "{command:?}");
        train_to(&mut session, 5);
        let own = *session.recipe().expect("a run") != changed;
        assert_eq!(own, !matches!(command, Command::Adjust { .. }), "{command:?}");
        assert!(session.recipe().expect("a run").generator.optimiser.lr != 0.0);
        let events = tick_until(&mut session, |s| s.step_count() > 21);
        assert!(!events.iter().any(|e| matches!(e, Event::Replayed { .. })), "{command:?}");
    }
}

#[test]
fn what_no_run_can_have_been_is_refused_and_the_run_goes_on() {
    let recipe = *tiny(DatasetKind::Drawn);
    let mut session = open();
    send(&mut session, vec![load(&recipe)]);
    train_to(&mut session, 2);
    let at = |step, action| Move { step, action };
    let single = || Action::Single(Side::Generator);
    let wider = Recipe { latent: 5, ..recipe.clone() };
    let wrong = Recipe { d_steps: 0, ..recipe.clone() };
    let to = |recipe: &Recipe| Action::Adjust(Box::new(recipe.clone()));
    let refused = [
        vec![at(9, single())],
        vec![at(3, single()), at(2, single())],
        vec![at(3, single()), at(3, single())],
        vec![at(3, to(&wider))],
        vec![at(3, to(&wrong))],
        (0..101).map(|step| at(step % 8, to(&recipe))).collect(),
    ];
    for moves in refused {
        let run = Account { start: recipe.clone(), moves };
        let events = send(&mut session, vec![replay(&run, 8)]);
        assert_eq!(failures(&events).len(), 1, "{run:?}");
        assert!(session.step_count() >= 2, "the run is gone");
    }
    let run = Account { start: wrong, moves: vec![] };
    assert_eq!(failures(&send(&mut session, vec![replay(&run, 8)])), ["recipe-invalid"]);
    // Nothing to play: it is there at once.
    let run = Account { start: recipe, moves: vec![] };
    assert!(send(&mut session, vec![replay(&run, 0)]).contains(&Event::Replayed { step: 0 }));
}

/// A header that tells what cannot be is not believed; the run itself is.
#[test]
fn a_checkpoint_whose_account_is_nonsense_is_restored_without_one() {
    let mut session = open();
    send(&mut session, vec![load(&tiny(DatasetKind::Drawn))]);
    train_to(&mut session, 2);
    let (_, checkpoint, run) = saved(&mut session);
    assert!(run.is_some());
    let text = br#""account":"{"#;
    let at = checkpoint.windows(text.len()).position(|window| window == text).expect("an account");
    let mut damaged = checkpoint.into_vec();
    damaged[at + text.len() - 1] = b'n';
    let checkpoint = ByteBuf::from(damaged);
    let restore = Command::Restore { id: 1, checkpoint, recipe: None };
    assert_eq!(complaints(&send(&mut session, vec![restore])), [""; 0]);
    assert_eq!(saved(&mut session).2, None);
}
