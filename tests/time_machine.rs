//! Going back: a run restored from a snapshot and trained on is, to the last bit, the run that never
//! stopped; a snapshot with anything in it that is not finite is never handed out; and what may change
//! where a run branches off.

use crate::common::driving::{complaints, contents, equipped, losses, send, tick_until};
use ganvas::data::DatasetKind;
use ganvas::recipe::{
    Architecture, Augmentation, Codes, Described, Norm, Objective, OptimiserKind, PenaltyKind,
    Recipe, ScheduleKind, presets,
};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Players, State, StepFigures};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde_bytes::ByteBuf;

/// Small enough for a debug build; cools down and lets the discriminator go ahead.
fn small(mut recipe: Recipe) -> Recipe {
    if !recipe.dataset.has_points() {
        recipe.dataset = DatasetKind::Drawn;
    }
    recipe.latent = 4;
    recipe.batch = 6;
    recipe.d_steps = 3;
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.schedule.steps = 4;
    }
    recipe.generator.width = 4;
    recipe.discriminator.width = 4;
    recipe.latent = recipe.latent.max(recipe.generator.network.least_latent());
    recipe
}

fn load(recipe: &Recipe) -> Command {
    Command::Load { recipe: Box::new(recipe.clone()) }
}

fn restore(checkpoint: &ByteBuf, recipe: Option<Recipe>) -> Command {
    Command::Restore { id: 3, checkpoint: checkpoint.clone(), recipe: recipe.map(Box::new) }
}

fn step() -> Command {
    Command::Step { player: Players::Both }
}

fn saved(session: &mut Session) -> (u64, ByteBuf) {
    let events = send(session, vec![Command::Save { id: 9 }, Command::Pause]);
    let found = events.iter().find_map(|e| match e {
        Event::Saved { id: 9, step, checkpoint, .. } => Some((*step, checkpoint.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("not saved: {:?}", complaints(&events)))
}

/// `count` steps of both players, and their losses.
fn steps(session: &mut Session, count: u64) -> Vec<StepFigures> {
    // Not one by one, or each would be drawn.
    let end = session.step_count() + count;
    let mut events = send(session, vec![Command::Run]);
    events.extend(tick_until(session, |s| s.step_count() == end));
    events.extend(send(session, vec![Command::Pause]));
    assert_eq!(complaints(&events), [""; 0]);
    let losses = losses(events);
    assert_eq!(losses.len() as u64, count);
    losses
}

/// What decides which networks a run has, and what it keeps beside their weights.
fn parts(recipe: &Recipe) -> impl PartialEq {
    let [generator, discriminator] =
        [&recipe.generator, &recipe.discriminator].map(|player| player.network);
    let told = recipe.conditional.then_some(recipe.conditioning);
    let Codes { categorical, continuous, .. } = recipe.codes;
    let held = (recipe.spectral_norm, recipe.lecam > 0.0, recipe.objective.is_shift_invariant());
    let networks = (generator, discriminator, recipe.norm, recipe.d_hidden, recipe.latent);
    (networks, told, (categorical, continuous, recipe.predicts_codes()), recipe.penalty.kind, held)
}

/// The presets with other networks than one before, or something else to keep, one player of each having momentum;
/// the first with every optimiser and every schedule, all that changes by itself changing at once.
fn recipes() -> Vec<(String, Recipe)> {
    let mut all: Vec<(String, Recipe)> = Vec::new();
    for preset in presets() {
        let mut recipe = small(preset.recipe);
        if all.iter().any(|(_, other)| parts(other) == parts(&recipe)) {
            continue;
        }
        let heavy = match all.len() % 2 {
            0 => &mut recipe.generator,
            _ => &mut recipe.discriminator,
        };
        heavy.optimiser.beta1 = 0.5;
        all.push((preset.name, recipe));
    }
    let schedules = ScheduleKind::ALL.iter().cycle();
    for (i, (&kind, &schedule)) in OptimiserKind::ALL.iter().zip(schedules).enumerate() {
        let mut recipe = small(presets().swap_remove(0).recipe);
        recipe.d_steps = 1 + i % 2;
        // The other player is never the same as this one.
        let other = OptimiserKind::ALL[(i + 1) % OptimiserKind::ALL.len()];
        recipe.generator.optimiser.kind = kind;
        recipe.discriminator.optimiser.kind = other;
        for player in [&mut recipe.generator, &mut recipe.discriminator] {
            player.optimiser.beta1 = 0.5;
            player.optimiser.lr = 1e-3;
            player.schedule.kind = schedule;
            player.schedule.warm_up = 3;
            player.clip = 0.5;
        }
        recipe.burn_in.steps = 6;
        all.push((format!("{kind:?} and {other:?}, {schedule:?}"), recipe));
    }
    let mut held = small(presets().swap_remove(1).recipe);
    (held.spectral_norm, held.lecam, held.orthogonal) = (true, 0.3, 1e-3);
    held.augment = Augmentation::TranslationCutout;
    all.push(("all that holds back".into(), held));
    for norm in [Norm::Layer, Norm::Batch] {
        assert!(all.iter().any(|(_, recipe)| recipe.norm == norm), "{norm:?} is not met");
    }
    for &network in Architecture::ALL {
        let players = |recipe: &Recipe| [recipe.generator.network, recipe.discriminator.network];
        let met = all.iter().any(|(_, recipe)| players(recipe).contains(&network));
        assert!(met, "{network:?} is not met");
    }
    all
}

#[test]
fn a_restored_run_goes_on_as_the_one_that_never_stopped() {
    const MORE: u64 = 5;
    for (name, recipe) in recipes() {
        // Saved in the middle of training, and of a step: it is finished first.
        let mut kept = equipped();
        send(&mut kept, vec![load(&recipe), Command::Run]);
        tick_until(&mut kept, |s| s.step_count() == 2);
        send(&mut kept, vec![]);
        let (at, snapshot) = saved(&mut kept);
        assert_eq!(at, 3, "{name}");
        let mut straight = equipped();
        send(&mut straight, vec![load(&recipe)]);
        steps(&mut straight, at);
        assert!(
            contents(&saved(&mut straight).1) == contents(&snapshot),
            "{name}: saving in mid-training gives another run than stepping"
        );
        let losses = steps(&mut straight, MORE);
        let end = saved(&mut straight);

        assert_eq!(steps(&mut kept, MORE), losses, "{name}");
        assert!(
            contents(&saved(&mut kept).1) == contents(&end.1),
            "{name}: a run that was saved goes on otherwise"
        );
        let mut fresh = equipped();
        for session in [&mut kept, &mut fresh] {
            let events = send(session, vec![restore(&snapshot, None)]);
            assert_eq!(complaints(&events), [""; 0], "{name}");
            assert_eq!(steps(session, MORE), losses, "{name}");
            let again = saved(session);
            assert_eq!(again.0, end.0, "{name}");
            assert!(contents(&again.1) == contents(&end.1), "{name}: not the same run");
        }
    }
}

#[test]
fn a_step_of_one_player_is_remembered_too() {
    for (name, recipe) in recipes() {
        let alone = |player| Command::Step { player };
        let mut first = equipped();
        let commands = vec![
            load(&recipe),
            step(),
            alone(Players::Discriminator),
            alone(Players::Generator),
            alone(Players::Discriminator),
        ];
        send(&mut first, commands);
        let (_, snapshot) = saved(&mut first);
        let mut second = equipped();
        send(&mut second, vec![restore(&snapshot, None)]);
        assert_eq!(steps(&mut first, 3), steps(&mut second, 3), "{name}");
        assert!(contents(&saved(&mut first).1) == contents(&saved(&mut second).1), "{name}");
    }
}

#[test]
fn a_snapshot_comes_with_the_drawings_of_its_step() {
    let mut session = equipped();
    send(&mut session, vec![load(&small(presets()[0].recipe.clone())), Command::Run]);
    for _ in 0..13 {
        send(&mut session, vec![]);
    }
    let events = send(&mut session, vec![Command::Save { id: 4 }]);
    let drawn = events.iter().rev().find_map(|e| match e {
        Event::Previewed { step, .. } => Some(*step),
        _ => None,
    });
    let kept = events.iter().find_map(|e| match e {
        Event::Saved { id: 4, step, millis, .. } if *millis > 0.0 => Some(*step),
        _ => None,
    });
    assert!(kept.is_some());
    assert_eq!(drawn, kept);
    // At rest the grid is there already, and a step that was begun is finished and told.
    let events = send(&mut session, vec![Command::Pause, step(), Command::Save { id: 5 }]);
    let drawn: Vec<_> = events.iter().filter(|e| matches!(e, Event::Previewed { .. })).collect();
    assert_eq!(drawn.len(), 2, "one of the pause, one of the step");
    send(&mut session, vec![Command::Run]);
    let events = send(&mut session, vec![Command::Pause, Command::Save { id: 6 }]);
    let told = events.iter().rev().find_map(|e| match e {
        Event::Progressed { step, .. } => Some(*step),
        _ => None,
    });
    assert_eq!(told, Some(session.step_count()));
}

/// A checkpoint with the numbers of the tensors that `change` chooses replaced by `value`.
fn changed(checkpoint: &[u8], value: f32, change: impl Fn(&str) -> bool) -> ByteBuf {
    let file = SafeTensors::deserialize(checkpoint).expect("safetensors");
    let (_, metadata) = SafeTensors::read_metadata(checkpoint).expect("safetensors");
    let tensors: Vec<_> = file
        .iter()
        .map(|(name, view)| {
            let data = match change(name) {
                true => value.to_le_bytes().repeat(view.data().len() / 4),
                false => view.data().to_vec(),
            };
            (name.to_string(), view.shape().to_vec(), data)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, data)| {
        (name, TensorView::new(Dtype::F32, shape.clone(), data).expect("a view"))
    });
    ByteBuf::from(serialize(views, metadata.metadata().clone()).expect("safetensors"))
}

/// A run brought back with such numbers, and what `commands` say of it.
fn sick(
    value: f32,
    change: impl Fn(&str) -> bool,
    commands: Vec<Command>,
) -> (Session, Vec<Event>) {
    let mut session = equipped();
    let mut recipe = small(presets()[0].recipe.clone());
    recipe.ema = 0.0; // so that what is drawn follows the weights at once
    recipe.generator.optimiser.beta1 = 0.5;
    recipe.generator.optimiser.lr = 0.1;
    send(&mut session, vec![load(&recipe), step()]);
    let (_, good) = saved(&mut session);
    let mut events = send(&mut session, vec![restore(&changed(&good, value, change), None)]);
    events.extend(send(&mut session, commands));
    (session, events)
}

#[test]
fn what_is_not_finite_stops_the_run_and_is_never_saved() {
    let end = |events: &[Event]| {
        events.iter().rev().find_map(|e| match e {
            Event::StateChanged { state, .. } => Some(*state),
            _ => None,
        })
    };
    let keeps = |events: &[Event]| events.iter().any(|e| matches!(e, Event::Saved { .. }));
    let expect = |what: &str, (mut session, events): (Session, Vec<Event>)| {
        let said = complaints(&events);
        assert!(!said.is_empty() && said[0].contains(what), "{what}: {said:?}");
        assert!(said[0].starts_with("non-finite"), "{said:?}");
        assert_eq!(end(&events), Some(State::Failed), "{what}");
        assert!(!keeps(&events), "{what}: a snapshot was handed out all the same");
        let later = send(&mut session, vec![Command::Save { id: 1 }]);
        assert!(!keeps(&later) && complaints(&later)[0].starts_with("not-ready"), "{what}");
        // The run before it can be had again.
        let fresh = send(&mut session, vec![Command::Reset, step(), Command::Save { id: 2 }]);
        assert!(keeps(&fresh) && complaints(&fresh).is_empty(), "{what}");
    };
    // A loss that overflows, met while training and while saving, before the four steps are full.
    let steep = |name: &str| name.starts_with("discriminator.down1.weight");
    expect("a loss", sick(1e30, steep, vec![step()]));
    let (mut session, mut events) = sick(1e30, steep, vec![Command::Run]);
    for _ in 0..3 {
        events.extend(send(&mut session, vec![]));
    }
    assert_eq!(complaints(&events), [""; 0], "nothing was read yet");
    events.extend(send(&mut session, vec![Command::Save { id: 1 }]));
    expect("a loss", (session, events));

    // An update too large for a number: every loss until then was fine.
    let pushed = |name: &str| name.starts_with("generator.optimiser.momentum.");
    let (mut session, mut events) = sick(f32::MAX, pushed, vec![Command::Run]);
    events.extend(send(&mut session, vec![Command::Save { id: 1 }]));
    expect("a weight of the generator", (session, events));
    // An average that draws what is no picture: that is seen before the run at hand is given up for it.
    let huge = |name: &str| name.starts_with("ema.");
    let (mut session, events) = sick(f32::MAX, huge, vec![]);
    let said = complaints(&events);
    assert!(said[0].starts_with("checkpoint-invalid"), "{said:?}");
    assert_eq!(end(&events), None);
    assert!(keeps(&send(&mut session, vec![step(), Command::Save { id: 1 }])));
}

#[test]
fn a_branch_may_change_what_is_decided_anew_in_each_step() {
    let recipe = small(presets()[0].recipe.clone());
    let mut session = equipped();
    send(&mut session, vec![load(&recipe)]);
    steps(&mut session, 3);
    let (_, snapshot) = saved(&mut session);
    let straight = steps(&mut session, 2);

    let mut other = recipe.clone();
    other.objective = Objective::NonSaturating;
    other.penalty.kind = PenaltyKind::None;
    other.generator.optimiser.beta1 = 0.9;
    other.discriminator.optimiser.lr = 1e-4;
    other.ema = 0.5;
    other.d_steps = 1;
    (other.lecam, other.orthogonal) = (0.3, 1e-3);
    other.augment = Augmentation::Cutout;
    let events = send(&mut session, vec![restore(&snapshot, Some(other.clone()))]);
    assert_eq!(complaints(&events), [""; 0]);
    let loaded = events.iter().position(|e| match e {
        Event::Loaded { recipe, .. } => **recipe == other,
        _ => false,
    });
    let restored = events.iter().position(|e| matches!(e, Event::Restored { id: 3, step: 3 }));
    let state = events.iter().position(|e| matches!(e, Event::StateChanged { .. }));
    assert!(loaded.is_some() && loaded < restored && restored < state, "{events:?}");
    let branch = steps(&mut session, 2);
    assert_ne!(branch, straight);
    assert_eq!(branch.iter().map(|p| p.step).collect::<Vec<_>>(), [4, 5]);
    // Even before its first step.
    send(&mut session, vec![restore(&snapshot, Some(other.clone()))]);
    let (_, at_once) = saved(&mut session);
    send(&mut session, vec![restore(&at_once, None)]);
    assert_eq!(steps(&mut session, 2), branch);
    // It is kept and restored with its own recipe, the momentum that it has gathered included.
    let (_, later) = saved(&mut session);
    let on = steps(&mut session, 2);
    let events = send(&mut session, vec![restore(&later, None)]);
    assert_eq!(complaints(&events), [""; 0]);
    assert_eq!(steps(&mut session, 2), on);
    // And the old branch can be had again, with its own.
    send(&mut session, vec![restore(&snapshot, None)]);
    assert_eq!(steps(&mut session, 2), straight);
}

#[test]
fn a_branch_with_another_optimiser_keeps_what_means_the_same_to_it() {
    let gathered = |checkpoint: &[u8]| {
        let mut names: Vec<_> = contents(checkpoint).into_keys().collect();
        names
            .retain(|name| name.starts_with("generator.optimiser.") && name.ends_with(".up2.bias"));
        names
    };
    let [momentum, square] =
        ["momentum", "square"].map(|of| format!("generator.optimiser.{of}.up2.bias"));
    for &from in OptimiserKind::ALL {
        for &to in OptimiserKind::ALL {
            let of = |kind| {
                let mut recipe = small(presets()[0].recipe.clone());
                for player in [&mut recipe.generator, &mut recipe.discriminator] {
                    (player.optimiser.kind, player.optimiser.beta1) = (kind, 0.5);
                }
                recipe
            };
            let mut session = equipped();
            send(&mut session, vec![load(&of(from))]);
            steps(&mut session, 2);
            let (_, snapshot) = saved(&mut session);
            let events = send(&mut session, vec![restore(&snapshot, Some(of(to)))]);
            assert_eq!(complaints(&events), [""; 0], "{from:?} to {to:?}");
            let (_, at_once) = saved(&mut session);
            let same = from.gathers_as(to);
            assert_eq!(
                gathered(&at_once).is_empty(),
                !same,
                "{from:?} to {to:?}: {:?}",
                gathered(&at_once)
            );
            let on = steps(&mut session, 2);
            let (_, later) = saved(&mut session);
            let mut kept = vec![];
            kept.extend(to.has_momentum().then(|| momentum.clone()));
            kept.extend(to.is_adaptive().then(|| square.clone()));
            assert_eq!(gathered(&later), kept, "{from:?} to {to:?}");
            // The branch can be had again, from its first step.
            send(&mut session, vec![restore(&at_once, None)]);
            assert_eq!(steps(&mut session, 2), on, "{from:?} to {to:?}");
            assert!(contents(&saved(&mut session).1) == contents(&later), "{from:?} to {to:?}");
        }
    }
}

#[test]
fn a_branch_keeps_networks_and_random_streams() {
    let recipe = small(presets()[0].recipe.clone());
    let mut session = equipped();
    send(&mut session, vec![load(&recipe)]);
    steps(&mut session, 2);
    let (_, snapshot) = saved(&mut session);
    let with = |change: fn(&mut Recipe)| {
        let mut other = recipe.clone();
        change(&mut other);
        other
    };
    for (other, named) in [
        (with(|r| r.generator.width = 8), "generator.width"),
        (with(|r| r.latent = 8), "latent"),
        (with(|r| r.batch = 8), "batch"),
        (with(|r| r.seed = 8), "seed"),
        (with(|r| r.conditional = !r.conditional), "conditional"),
        (with(|r| r.norm = Norm::Batch), "norm"),
        (with(|r| r.spectral_norm = true), "spectral_norm"),
    ] {
        let said = complaints(&send(&mut session, vec![restore(&snapshot, Some(other))]));
        let expected = format!("change-refused: {named} cannot change at a snapshot");
        assert!(said.len() == 1 && said[0].starts_with(&expected), "{said:?}");
    }
    let mut nonsense = recipe.clone();
    nonsense.penalty.gamma = f64::NAN;
    let said = complaints(&send(&mut session, vec![restore(&snapshot, Some(nonsense))]));
    assert!(said[0].starts_with("recipe-invalid"), "{said:?}");
    let events = send(&mut session, vec![step()]);
    assert_eq!(complaints(&events), [""; 0], "the run that was here goes on");
    assert_eq!(session.step_count(), 3);
}
