//! The session as a page or the command line meets it: commands in, events out.

use crate::common::driving::*;
use crate::common::training::tensors;
use ganvas::data::{DatasetKind, Digits, PIXELS};
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::recipe::{Architecture, Codes, Recipe};
use ganvas::session::protocol::{Command, Event, Players, Problem, SampleRequest, State};
use ganvas::train::replica::{Order, Pending, Replicas};
use pollster::block_on;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use serde_bytes::ByteBuf;
use std::rc::Rc;

fn restore(checkpoint: ByteBuf) -> Command {
    Command::Restore { id: 2, checkpoint, recipe: None }
}

/// MNIST may arrive while a run learns from something else: what that is shown and judged beside stays.
#[test]
fn digits_that_arrive_do_not_take_the_place_of_a_runs_own_data() {
    let preset = ganvas::recipe::presets().into_iter().find(|preset| preset.name == "plane");
    let recipe = Box::new(preset.expect("the preset").recipe);
    let mut session = open();
    let digits = digits(8);
    let step = Command::Step { player: Players::Both };
    let commands = vec![Command::Load { recipe }, add_data(&digits, 8), step];
    let events = send(&mut session, commands);
    assert_eq!(complaints(&events), Vec::<String>::new());
    let judged = events.iter().rev().find_map(|event| match event {
        Event::Judged { reals, .. } => Some(reals.len()),
        _ => None,
    });
    assert_eq!(judged, Some(300));
    assert!(events.iter().any(|event| matches!(event, Event::Charted { .. })));
}

#[test]
fn a_run_from_load_to_pause() {
    let mut session = open();
    let events = send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Drawn) }]);
    assert!(matches!(events[0], Event::Opened { .. }), "{:?}", events[0]);
    assert_eq!(states(&events), [(State::Ready, 0)]);
    assert!(
        events
            .iter()
            .any(|e| matches!(e, Event::Previewed { step: 0, pictures } if pictures.count == 100))
    );
    assert!(events.iter().any(
        |e| matches!(e, Event::DataAdded { sample, .. } if sample.pixels.len() == 100 * PIXELS)
    ));

    let events = send(&mut session, vec![Command::Run]);
    assert_eq!(states(&events), [(State::Training, 0)]);
    // With no budget a tick still takes one turn: three ticks are a step.
    for _ in 0..14 {
        send(&mut session, vec![]);
    }
    let events = send(&mut session, vec![Command::Pause]);
    assert_eq!(states(&events), [(State::Paused, 5)]);
    assert!(!session.busy());
    assert!(send(&mut session, vec![]).is_empty(), "a paused session is quiet");
}

#[test]
fn every_step_is_reported_once_and_in_order() {
    let mut session = open();
    let mut events =
        send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Drawn) }, Command::Run]);
    for _ in 0..60 {
        events.extend(send(&mut session, vec![]));
    }
    events
        .extend(send(&mut session, vec![Command::Pause, Command::Step { player: Players::Both }]));
    // Three turns each; the one under way is finished before the step by hand.
    let steps: Vec<u64> = losses(events).iter().map(|point| point.step).collect();
    assert_eq!(steps, (1..=22).collect::<Vec<_>>());
}

#[test]
fn training_waits_for_data_and_is_the_same_however_slowly_they_come() {
    let all = digits(4100);
    let part = |range: std::ops::Range<usize>| Digits {
        images: all.images[range.start * PIXELS..range.end * PIXELS].to_vec(),
        labels: all.labels[range].to_vec(),
    };
    // Ten steps; where the rest comes later, the ninth has to wait for it.
    let run = |first: Command, rest: Option<Command>| {
        let mut session = open();
        let mut recipe = tiny(DatasetKind::Mnist);
        recipe.batch = 500;
        recipe.discriminator.network = Architecture::Mlp;
        recipe.generator.network = Architecture::Mlp;
        let events = send(&mut session, vec![Command::Load { recipe }]);
        assert_eq!(states(&events), [(State::Loading, 0)]);
        let events = send(&mut session, vec![first]);
        assert_eq!(states(&events), [(State::Ready, 0)], "{:?}", failures(&events));
        let mut events = send(&mut session, vec![Command::Run]);
        if let Some(rest) = rest {
            events.extend(tick_until(&mut session, |s| s.step_count() == 8));
            for _ in 0..5 {
                events.extend(send(&mut session, vec![]));
            }
            assert_eq!(session.step_count(), 8, "it took pictures that had not arrived");
            events.extend(send(&mut session, vec![rest]));
        }
        events.extend(tick_until(&mut session, |s| s.step_count() == 10));
        events.extend(send(&mut session, vec![Command::Pause]));
        assert_eq!(failures(&events), [""; 0]);
        let awaited: Vec<_> =
            events.iter().filter(|e| matches!(e, Event::Waiting { .. })).cloned().collect();
        (losses(events), awaited)
    };
    let (at_once, awaited) = run(add_data(&all, 4100), None);
    assert_eq!(awaited, []);
    let (in_parts, awaited) =
        run(add_data(&part(0..4000), 4100), Some(add_data(&part(4000..4100), 4100)));
    assert_eq!(awaited, [Event::Waiting { first: 4001, last: 4100 }], "it says once that it waits");
    assert_eq!(at_once.len(), 10);
    assert_eq!(at_once, in_parts);
}

fn fields_to_blame(events: &[Event]) -> Vec<&str> {
    fn problems(event: &Event) -> &[Problem] {
        match event {
            Event::Failed { problems, .. } => problems,
            _ => &[],
        }
    }
    events.iter().flat_map(problems).map(|problem| problem.path.as_str()).collect()
}

#[test]
fn what_cannot_be_done_is_said_and_nothing_is_lost() {
    let mut session = open();
    for (command, code) in [
        (Command::Run, "not-ready"),
        (Command::Reset, "not-ready"),
        (Command::Save { id: 1 }, "not-ready"),
        (Command::Evaluate { count: 10, seed: 1 }, "not-ready"),
        (
            Command::LoadClassifier { weights: ByteBuf::from(b"junk".to_vec()) },
            "classifier-invalid",
        ),
    ] {
        let what = format!("{command:?}");
        assert_eq!(failures(&send(&mut session, vec![command])), [code], "{what}");
    }
    let nothing = Command::AddData { images: ByteBuf::new(), labels: ByteBuf::new(), total: 10 };
    assert_eq!(failures(&send(&mut session, vec![nothing])).len(), 1);

    let mut bad = tiny(DatasetKind::Drawn);
    bad.generator.optimiser.lr = f64::INFINITY;
    bad.batch = 1;
    let events = send(&mut session, vec![Command::Load { recipe: bad }]);
    assert_eq!(failures(&events), ["recipe-invalid"]);
    assert_eq!(fields_to_blame(&events), ["batch", "generator.optimiser.lr"]);

    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    send(&mut session, vec![load, Command::Step { player: Players::Both }]);
    let mut changed = tiny(DatasetKind::Drawn);
    (changed.batch, changed.latent) = (8, 5);
    let adjust = Command::Adjust { recipe: changed.clone() };
    assert_eq!(fields_to_blame(&send(&mut session, vec![adjust])), ["batch", "latent"]);
    let request =
        |count, labels| SampleRequest { count, seed: 1, labels, ..SampleRequest::default() };
    for (command, code) in [
        (Command::Adjust { recipe: changed }, "change-refused"),
        (Command::Sample { id: 1, request: request(0, None) }, "bad-command"),
        (Command::Sample { id: 1, request: request(2, Some(vec![1])) }, "bad-command"),
        (Command::Sample { id: 1, request: request(1, Some(vec![10])) }, "bad-command"),
        (restore(ByteBuf::from(vec![0; 100])), "checkpoint-invalid"),
    ] {
        let what = format!("{command:?}");
        assert_eq!(failures(&send(&mut session, vec![command])), [code], "{what}");
    }
    let events = send(&mut session, vec![Command::Step { player: Players::Both }]);
    assert_eq!(states(&events), [(State::Paused, 2)], "the run is still there");
}

/// A checkpoint of the tiny recipe whose discriminator is so steep that its loss overflows.
fn about_to_diverge() -> ByteBuf {
    let mut session = open();
    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let events = send(&mut session, vec![load, Command::Save { id: 1 }]);
    let Some(Event::Saved { checkpoint, .. }) = events.last() else { panic!("{events:?}") };
    let file = SafeTensors::deserialize(checkpoint).expect("safetensors");
    let (_, metadata) = SafeTensors::read_metadata(checkpoint).expect("safetensors");
    let steep: Vec<(String, Vec<usize>, Vec<u8>)> = file
        .iter()
        .map(|(name, view)| {
            let data = match name.ends_with("down1.weight") && !name.contains("optimiser") {
                true => 1e30f32.to_le_bytes().repeat(view.data().len() / 4),
                false => view.data().to_vec(),
            };
            (name.to_string(), view.shape().to_vec(), data)
        })
        .collect();
    let views = steep.iter().map(|(name, shape, data)| {
        (name, TensorView::new(Dtype::F32, shape.clone(), data).expect("a view"))
    });
    ByteBuf::from(serialize(views, metadata.metadata().clone()).expect("safetensors"))
}

#[test]
fn a_diverging_run_fails_and_can_be_reset() {
    let mut session = open();
    let restore = restore(about_to_diverge());
    let mut seen = send(&mut session, vec![restore, Command::Run]);
    for _ in 0..20 {
        seen.extend(send(&mut session, vec![]));
    }
    assert_eq!(failures(&seen), ["non-finite"]);
    assert_eq!(states(&seen).last().map(|s| s.0), Some(State::Failed));
    let events = send(&mut session, vec![Command::Run]);
    assert_eq!(failures(&events), ["not-ready"]);
    let events = send(&mut session, vec![Command::Reset]);
    assert_eq!(states(&events), [(State::Ready, 0)]);
}

#[test]
fn live_settings_change_and_count() {
    let mut session = open();
    let mut recipe = tiny(DatasetKind::Drawn);
    send(&mut session, vec![Command::Load { recipe: recipe.clone() }]);
    recipe.discriminator.optimiser.lr = 1e-5;
    recipe.d_steps = 3;
    let events = send(&mut session, vec![Command::Adjust { recipe: recipe.clone() }]);
    assert!(matches!(&events[0], Event::Loaded { recipe: now, .. } if **now == *recipe));
    let events = send(&mut session, vec![Command::Step { player: Players::Both }]);
    let seen = events.iter().find_map(|e| match e {
        Event::Progressed { images_seen, .. } => Some(*images_seen),
        _ => None,
    });
    assert_eq!(seen, Some(12), "three discriminator steps of four pictures");
}

#[test]
fn samples_are_a_function_of_latents_and_labels() {
    let mut session = open();
    let mut sample = |request: SampleRequest, first: bool| {
        let mut commands = vec![];
        if first {
            commands.push(Command::Load { recipe: tiny(DatasetKind::Drawn) });
            commands.push(Command::Step { player: Players::Both });
        }
        commands.push(Command::Sample { id: 7, request });
        let events = send(&mut session, commands);
        events
            .into_iter()
            .find_map(|e| match e {
                Event::Sampled { id: 7, pictures, .. } => Some(pictures),
                _ => None,
            })
            .expect("sampled")
    };
    let request =
        |seed, labels| SampleRequest { count: 20, seed, labels, ..SampleRequest::default() };
    let a = sample(request(1, None), true);
    assert_eq!((a.count, a.pixels.len()), (20, 20 * PIXELS));
    assert_eq!(a.labels[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    assert_eq!(a, sample(request(1, None), false));
    assert_ne!(a.pixels, sample(request(2, None), false).pixels);
    assert_ne!(a.pixels, sample(request(1, Some(vec![3; 20])), false).pixels);
}

#[test]
fn samples_that_will_not_come_are_said_to_be_dropped() {
    let mut session = open();
    let ask = |id, count| {
        let request = SampleRequest { count, seed: 1, ..SampleRequest::default() };
        Command::Sample { id, request }
    };
    let answers = |events: &[Event]| -> Vec<(bool, u32)> {
        let answer = |event: &Event| match event {
            Event::Sampled { id, .. } => Some((true, *id)),
            Event::Dropped { id } => Some((false, *id)),
            _ => None,
        };
        events.iter().filter_map(answer).collect()
    };
    // Nobody is there to draw them; then too few are asked for.
    let events = send(&mut session, vec![ask(3, 20)]);
    assert_eq!((answers(&events), failures(&events).len()), (vec![(false, 3)], 1));
    let load = || Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let events = send(&mut session, vec![load(), ask(4, 0), ask(5, 20)]);
    assert_eq!((answers(&events), failures(&events).len()), (vec![(false, 4), (true, 5)], 1));
    // Another run takes the place of the one that was asked; nothing has gone wrong.
    let events = send(&mut session, vec![ask(6, 5000), ask(7, 20), Command::Reset, ask(8, 20)]);
    assert_eq!(answers(&events), [(false, 6), (false, 7), (true, 8)]);
    assert_eq!(failures(&events), [""; 0]);
}

/// Whoever draws on a pad waits for them.
#[test]
fn samples_that_are_drawn_leave_at_once_and_training_goes_on_afterwards() {
    let mut session = open();
    send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Drawn) }, Command::Run]);
    let before = session.step_count();
    let request = SampleRequest { count: 20, seed: 1, ..SampleRequest::default() };
    let long = std::time::Duration::from_secs(3);
    let events = block_on(session.tick(vec![Command::Sample { id: 1, request }], long));
    assert!(matches!(events.last(), Some(Event::Sampled { id: 1, .. })));
    assert!(session.step_count() <= before + 1, "it has trained on for the rest of the tick");
    tick_until(&mut session, |session| session.step_count() > before + 2);
}

#[test]
fn truncation_trades_variety_away_towards_the_mean_style_or_by_shorter_latents() {
    for network in [Architecture::StyleGan2, Architecture::Dcgan] {
        let mut session = open();
        let mut recipe = tiny(DatasetKind::Drawn);
        (recipe.conditional, recipe.generator.network) = (false, network);
        send(&mut session, vec![Command::Load { recipe }]);
        let mut drawn = |truncation| {
            let truncation = Some(truncation);
            let request =
                SampleRequest { count: 9, seed: 1, truncation, ..SampleRequest::default() };
            send(&mut session, vec![Command::Sample { id: 7, request }])
        };
        let mut spread = |truncation| {
            let events = drawn(truncation);
            let Some(Event::Sampled { pictures, .. }) = events.last() else {
                panic!("{network:?}: {events:?}")
            };
            let (first, others) = pictures.pixels.split_at(PIXELS);
            let far = |picture: &[u8]| {
                picture.iter().zip(first).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
            };
            others.chunks(PIXELS).map(far).sum::<u64>()
        };
        let [all, half, none] = [1.0, 0.5, 1e-6].map(&mut spread);
        assert!(all > half && half > none && none == 0, "{network:?}: {all}, {half}, {none}");
        for outside in [0.0, 1.5, f64::NAN] {
            let events = drawn(outside);
            assert!(
                matches!(events.last(), Some(Event::Failed { code, .. }) if code == "bad-command")
            );
        }
    }
}

#[test]
fn evaluation_goes_bit_by_bit_and_ends_with_figures() {
    let mut session = open();
    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let commands =
        vec![load, Command::LoadClassifier { weights }, Command::Evaluate { count: 120, seed: 3 }];
    let mut events = send(&mut session, commands);
    // Fifty at a time.
    for _ in 0..2 {
        assert!(session.busy(), "120 samples do not fit in two pieces");
        events.extend(send(&mut session, vec![]));
    }
    assert!(!session.busy());
    let Some(Event::Evaluated(evaluation)) = events.last() else { panic!("{:?}", events.last()) };
    assert_eq!((evaluation.count, evaluation.seed, evaluation.step), (120, 3, 0));
    assert_eq!(evaluation.class_histogram.iter().sum::<u32>(), 120);
    assert!(evaluation.label_accuracy.is_some_and(|a| (0.0..=1.0).contains(&a)));
}

#[test]
fn a_saved_run_comes_back_in_another_session() {
    let mut first = open();
    let load = Command::Load { recipe: tiny(DatasetKind::Drawn) };
    let step = || Command::Step { player: Players::Both };
    let events = send(&mut first, vec![load, step(), step(), Command::Save { id: 1 }]);
    let saved = |events: Vec<Event>| {
        events.into_iter().find_map(|e| match e {
            Event::Saved { step, checkpoint, .. } => Some((step, checkpoint)),
            _ => None,
        })
    };
    let (at, checkpoint) = saved(events).expect("saved");
    assert_eq!(at, 2);
    let mut second = open();
    let events = send(&mut second, vec![restore(checkpoint)]);
    assert_eq!(states(&events), [(State::Paused, 2)]);
    let [a, b] = [&mut first, &mut second].map(|session| {
        let (step, checkpoint) = saved(send(session, vec![step(), Command::Save { id: 1 }]))?;
        Some((step, tensors(&checkpoint, "")))
    });
    assert_eq!(a.as_ref().expect("saved").0, 3);
    assert!(a == b, "another run");
}

/// Never answers.
struct Deaf;

impl Replicas for Deaf {
    fn count(&self) -> usize {
        1
    }

    fn ask(&self, _replica: usize, _order: Order) -> Pending {
        Box::pin(async { Err("it is deaf".into()) })
    }
}

#[test]
fn workers_that_share_a_batch_are_counted_and_their_loss_is_told() {
    let workers = |events: &[Event]| {
        let count = |e: &Event| match e {
            Event::Loaded { workers, .. } => Some(*workers),
            _ => None,
        };
        events.iter().filter_map(count).collect::<Vec<_>>()
    };
    let mut session = open();
    let recipe = Recipe { batch: 32, ..*tiny(DatasetKind::Drawn) };
    session.set_replicas(Rc::new(Deaf));
    let events = send(&mut session, vec![Command::Load { recipe: Box::new(recipe.clone()) }]);
    assert_eq!(workers(&events), [2]);
    let events = send(&mut session, vec![Command::Step { player: Players::Both }]);
    assert_eq!((failures(&events), workers(&events)), (vec!["helper-lost"], vec![1]));
    assert_eq!(states(&events), [(State::Paused, 1)], "the step was taken all the same");
    // The next run does not try again, and small batches are not worth sharing.
    let events = send(&mut session, vec![Command::Load { recipe: Box::new(recipe) }]);
    assert_eq!(workers(&events), [1]);
    session.set_replicas(Rc::new(Deaf));
    let events = send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Drawn) }]);
    assert_eq!(workers(&events), [2, 1]);
}

#[test]
fn categories_of_a_run_s_own_can_be_asked_for_but_are_no_digits() {
    let mut recipe = tiny(DatasetKind::Drawn);
    recipe.conditional = false;
    recipe.codes = Codes { categorical: true, continuous: 2, weight: 1.0 };
    let mut session = open();
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let ask = |id, first: f32, category| {
        let latents = Some([first, 0.5, -0.5, 1.0].repeat(3));
        let request = SampleRequest {
            count: 3,
            seed: 1,
            latents,
            labels: Some(vec![category; 3]),
            ..SampleRequest::default()
        };
        Command::Sample { id, request }
    };
    let mut commands = vec![Command::Load { recipe }, Command::Step { player: Players::Both }];
    commands.extend([ask(1, 0.0, 4), ask(2, 0.0, 5), ask(3, 1.0, 4)]);
    commands.extend([
        Command::LoadClassifier { weights },
        Command::Evaluate { count: 20, seed: 3 },
        Command::Inspect { id: 1, pixels: ByteBuf::from(vec![0; PIXELS]), label: 4, source: None },
    ]);
    let mut events = send(&mut session, commands);
    events.extend(tick_until(&mut session, |s| !s.busy()));
    assert_eq!(failures(&events), [""; 0]);
    let mut sampled = Vec::new();
    let mut grids = 0;
    let mut accuracy = None;
    for event in events {
        match event {
            Event::Sampled { pictures, .. } => sampled.push(pictures),
            Event::Previewed { pictures, .. } => {
                grids += 1;
                assert!(pictures.labels.is_empty() && pictures.columns == 10);
            }
            Event::Evaluated(evaluation) => accuracy = Some(evaluation.label_accuracy),
            _ => {}
        }
    }
    assert!(grids > 0 && sampled.iter().all(|pictures| pictures.labels.is_empty()));
    assert_eq!(accuracy, Some(None));
    let [asked, other_category, other_code] = &sampled[..] else { panic!("{}", sampled.len()) };
    assert!(asked.pixels != other_category.pixels && asked.pixels != other_code.pixels);
}
