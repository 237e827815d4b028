//! What nobody means well: numbers that fit and make no sense, files that lie, questions that no run can answer.
//! Each is told in one sentence, and the run that was there goes on.

use crate::common::driving::*;
use crate::common::networks;
use ganvas::data::{CHUNK, DatasetKind};
use ganvas::device;
use ganvas::gan::game::Side;
use ganvas::recipe::{Architecture, Recipe};
use ganvas::session::Session;
use ganvas::session::protocol::*;
use ganvas::train::replica::{Order, Replica, Task};
use pollster::block_on;
use safetensors::SafeTensors;
use serde_bytes::ByteBuf;
use serde_json::{Value, json};

const BOTH: Command = Command::Step { player: Players::Both };

/// A session with a run that has taken a step.
fn running() -> Session {
    let mut session = open();
    send(&mut session, vec![Command::Load { recipe: tiny(DatasetKind::Drawn) }, BOTH]);
    session
}

fn saved(session: &mut Session) -> Vec<u8> {
    let events = send(session, vec![Command::Save { id: 1 }]);
    let checkpoint = events.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint.into_vec()),
        _ => None,
    });
    checkpoint.expect("saved")
}

fn restore(checkpoint: Vec<u8>) -> Command {
    Command::Restore { id: 1, checkpoint: ByteBuf::from(checkpoint), recipe: None }
}

fn messages(events: &[Event]) -> Vec<&str> {
    let message = |event: &'_ Event| match event {
        Event::Failed { message, .. } => Some(message.clone()),
        _ => None,
    };
    events.iter().filter_map(message).map(|message| &*message.leak()).collect()
}

/// The run is still there, and takes its next step.
fn goes_on(session: &mut Session, what: &str) {
    let step = session.step_count();
    let events = send(session, vec![BOTH]);
    assert_eq!(failures(&events), [""; 0], "{what}");
    assert_eq!(states(&events), [(State::Paused, step + 1)], "{what}");
}

/// A safetensors file with another header.
fn with_header(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let length = u64::from_le_bytes(*file.first_chunk().expect("a length")) as usize;
    let (header, tensors) = file[8..].split_at(length);
    let mut header: Value = serde_json::from_slice(header).expect("JSON");
    change(&mut header);
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), tensors].concat()
}

/// The same file with other numbers in the tensors whose name contains a word.
fn with_numbers(file: &[u8], name: &str, number: f32) -> Vec<u8> {
    let start = 8 + u64::from_le_bytes(*file.first_chunk().expect("a length")) as usize;
    let (_, metadata) = SafeTensors::read_metadata(file).expect("safetensors");
    let mut changed = file.to_vec();
    for (tensor, info) in metadata.tensors() {
        if tensor.contains(name) {
            let (from, to) = info.data_offsets;
            let numbers = number.to_le_bytes().repeat((to - from) / 4);
            changed[start + from..start + to].copy_from_slice(&numbers);
        }
    }
    changed
}

#[test]
fn counters_of_a_checkpoint_are_believed_or_refused_and_never_wrap() {
    let mut session = running();
    let checkpoint = saved(&mut session);
    let with = |key: &str, value: Value| {
        with_header(&checkpoint, |header| header["__metadata__"][key] = value)
    };
    let keys = ["step", "batches", "averaged", "generator_updates", "discriminator_updates"];
    for key in keys {
        // 2^64 / 64 - 1: times a batch of 64 it is just below what wraps.
        let absurd = [u64::MAX, 1 << 38, 1 << 53, i64::MAX as u64, 288_230_376_151_711_743];
        let absurd = absurd.map(|number| number.to_string());
        let nonsense = ["", "-1", "1.5", "1e3", "ten"].map(String::from);
        for value in absurd.into_iter().chain(nonsense) {
            let events = send(&mut session, vec![restore(with(key, json!(value)))]);
            assert_eq!(failures(&events), ["checkpoint-invalid"], "{key}: {value}");
            assert!(messages(&events)[0].contains(key), "{:?}", messages(&events));
        }
        goes_on(&mut session, key);
    }
    // The largest that are believed leave room to go on, and reach JavaScript as they are.
    let mut last = checkpoint.clone();
    for key in keys {
        last = with_header(&last, |header| {
            header["__metadata__"][key] = json!(((1_u64 << 38) - 1).to_string());
        });
    }
    let events = send(&mut session, vec![restore(last), BOTH, Command::Save { id: 2 }]);
    assert_eq!(failures(&events), [""; 0]);
    assert_eq!(session.step_count(), 1 << 38);
    let seen = events.iter().find_map(|event| match event {
        Event::Progressed { images_seen, .. } => Some(*images_seen),
        _ => None,
    });
    assert_eq!(seen, Some(4 << 38));
}

#[test]
fn a_checkpoint_that_lies_is_refused_in_one_sentence() {
    let mut session = running();
    let checkpoint = saved(&mut session);
    let header = |change: fn(&mut Value)| with_header(&checkpoint, change);
    let recipe = |change: fn(&mut Value)| {
        with_header(&checkpoint, |header| {
            let text = header["__metadata__"]["recipe"].as_str().expect("a recipe");
            let mut recipe: Value = serde_json::from_str(text).expect("JSON");
            change(&mut recipe);
            header["__metadata__"]["recipe"] = json!(recipe.to_string());
        })
    };
    let length = |length: u64| [&length.to_le_bytes(), &checkpoint[8..]].concat();
    const NAME: &str = "generator.up2.bias";
    for (what, file) in [
        ("nothing", Vec::new()),
        ("half a length", checkpoint[..5].to_vec()),
        ("cut short", checkpoint[..checkpoint.len() - 1].to_vec()),
        ("cut in its header", checkpoint[..200].to_vec()),
        ("longer than it says", [&checkpoint[..], &[0]].concat()),
        ("a header of two gigabytes", length(2 << 30)),
        ("a header of no size at all", length(u64::MAX)),
        ("an empty header", length(0)),
        ("a recipe that cannot run", recipe(|recipe| recipe["batch"] = json!(0))),
        ("a recipe that is far too large", recipe(|recipe| recipe["latent"] = json!(u64::MAX))),
        ("a recipe of other networks", recipe(|recipe| recipe["generator"]["width"] = json!(8))),
        ("a recipe that is none", recipe(|recipe| *recipe = json!([]))),
        ("no recipe", header(|header| header["__metadata__"]["recipe"] = json!(""))),
        ("another format", header(|header| header["__metadata__"]["format"] = json!("x"))),
        ("no metadata", header(|header| header["__metadata__"] = Value::Null)),
        ("a tensor of another type", header(|header| header[NAME]["dtype"] = json!("I32"))),
        ("a tensor of another shape", header(|header| header[NAME]["shape"] = json!([1, 1]))),
        (
            "a tensor of absurd shape",
            header(|header| header[NAME]["shape"] = json!([u64::MAX, u64::MAX])),
        ),
        (
            "a tensor that lies elsewhere",
            header(|header| header[NAME]["data_offsets"] = json!([u64::MAX - 4, u64::MAX])),
        ),
        (
            "two tensors in one place",
            header(|header| header[NAME] = header["generator.project.bias"].clone()),
        ),
        ("a tensor missing", {
            header(|header| {
                let tensor = header.as_object_mut().expect("fields").remove(NAME);
                header["another"] = tensor.expect("it was there");
            })
        }),
        ("a number that is none", with_numbers(&checkpoint, NAME, f32::NAN)),
        ("a number without end", with_numbers(&checkpoint, "square", f32::INFINITY)),
        ("weights that are too large together", with_numbers(&checkpoint, "ema.", 3e38)),
    ] {
        let events = send(&mut session, vec![restore(file)]);
        assert_eq!(failures(&events), ["checkpoint-invalid"], "{what}: {:?}", messages(&events));
        assert_eq!(states(&events), [], "{what}");
        goes_on(&mut session, what);
    }
    // A field twice, which only text can hold.
    let more = br#","__metadata__":{}}"#;
    let length = u64::from_le_bytes(*checkpoint.first_chunk().expect("a length"));
    let (header, tensors) = checkpoint[8..].split_at(length as usize);
    let end = header.iter().rposition(|&byte| byte == b'}').expect("the header's end");
    let longer = ((end + more.len()) as u64).to_le_bytes();
    let twice = [&longer[..], &header[..end], more, tensors].concat();
    let events = send(&mut session, vec![restore(twice)]);
    assert_eq!(failures(&events), ["checkpoint-invalid"]);
}

#[test]
fn a_question_that_overflows_is_refused_and_the_run_goes_on() {
    let mut session = running();
    let ask = |number: f32| {
        let latents = Some(vec![number; 4]);
        let request = SampleRequest { count: 1, seed: 1, latents, ..SampleRequest::default() };
        Command::Sample { id: 1, request }
    };
    let events = send(&mut session, vec![ask(3e38)]);
    assert_eq!(failures(&events), ["no-answer"]);
    assert!(messages(&events)[0].contains("smaller latents"), "{:?}", messages(&events));
    assert_eq!(states(&events), []);
    assert_eq!(failures(&send(&mut session, vec![ask(f32::NAN)])), ["bad-command"]);
    goes_on(&mut session, "latents");
    // A judge so steep that it has no score left: asking it says nothing new of the run.
    let steep = with_numbers(&saved(&mut session), "discriminator.down2.weight", 3e38);
    let inspect =
        Command::Inspect { id: 2, pixels: ByteBuf::from(vec![255; 784]), label: 1, source: None };
    let events = send(&mut session, vec![restore(steep), inspect]);
    assert_eq!(failures(&events), ["no-answer"]);
    assert_eq!(states(&events), [(State::Paused, 2)]);
}

#[test]
fn many_samples_are_drawn_bit_by_bit_and_a_new_run_ends_it() {
    let mut session = running();
    let ask = |id, count, truncation| {
        let request = SampleRequest { count, seed: 1, truncation, ..SampleRequest::default() };
        Command::Sample { id, request }
    };
    let sampled = |events: &[Event]| {
        let one = |event: &Event| match event {
            Event::Sampled { id, pictures, .. } => Some((*id, pictures.clone())),
            _ => None,
        };
        events.iter().filter_map(one).collect::<Vec<_>>()
    };
    let events = send(&mut session, vec![ask(1, 100_000, None)]);
    assert_eq!(sampled(&events), [], "it takes more than a turn");
    assert!(session.busy());
    // Commands are heard meanwhile, and what was asked for before a step is of before it.
    let few = sampled(&send(&mut session, vec![Command::Reset, ask(2, 130, None)]));
    assert_eq!(few, [], "the many are given up");
    let mut events = send(&mut session, vec![BOTH, ask(3, 1, None)]);
    while session.busy() {
        events.extend(send(&mut session, vec![]));
    }
    let drawn = sampled(&events);
    assert_eq!(drawn.iter().map(|(id, p)| (*id, p.count)).collect::<Vec<_>>(), [(2, 130), (3, 1)]);
    let fresh = send(&mut session, vec![Command::Reset, ask(4, 50, None)]);
    assert_eq!(sampled(&fresh)[0].1.pixels[..], drawn[0].1.pixels[..50 * 784]);
    // However small a truncation is, it ends.
    for truncation in [0.3, 1e-9, 1e-46, f64::MIN_POSITIVE] {
        let events = send(&mut session, vec![ask(5, 10, Some(truncation))]);
        assert_eq!(sampled(&events).len(), 1, "{truncation}");
    }
}

#[test]
fn a_step_that_waits_for_data_says_so_whoever_wants_it_finished() {
    let mut session = open();
    // The first chunk has arrived, which holds seven of the eight batches that the judge's steps take.
    let recipe = Recipe { d_steps: 8, batch: 501, ..*tiny(DatasetKind::Mnist) };
    let load = Command::Load { recipe: Box::new(recipe) };
    let digits = digits(CHUNK);
    send(&mut session, vec![load, add_data(&digits, 2 * CHUNK)]);
    let waits = "the next real pictures have not arrived yet";
    for command in [BOTH, Command::Save { id: 1 }, BOTH] {
        let what = format!("{command:?}");
        let events = send(&mut session, vec![command]);
        let said = messages(&events);
        assert!(said.len() == 1 && said[0].starts_with(waits), "{what}: {said:?}");
    }
    let events = send(&mut session, vec![add_data(&digits, 2 * CHUNK), Command::Save { id: 2 }]);
    assert_eq!((failures(&events), session.step_count()), (vec![], 1));
}

#[test]
fn a_helper_is_told_nothing_that_breaks_it() {
    let recipe = tiny(DatasetKind::Drawn);
    let mut replica = Replica::new(device::cpu());
    let part = digits(2);
    let ask = |recipe: &Recipe, index, first, labels: &[u8], batch| Task::Begin {
        side: Side::Discriminator,
        recipe: Box::new(recipe.clone()),
        step: u64::MAX - 1,
        index,
        anchors: None,
        batch,
        first,
        target: ByteBuf::from(part.images.clone()),
        source: None,
        labels: ByteBuf::from(labels.to_vec()),
        classifier: 0,
    };
    let mut refuses = |task: Task, weights: usize| {
        let order = Order { task, weights: vec![0.01; weights] };
        block_on(replica.answer(order)).is_err()
    };
    let other = Recipe { batch: 0, ..*recipe.clone() };
    assert!(refuses(ask(&other, 0, 0, &[1, 2], 0), 1 << 20), "a recipe that cannot run");
    for (index, first, labels, batch) in [
        (u64::MAX, 0, &[1, 2][..], 4),
        (0, usize::MAX, &[1, 2], 4),
        (0, 3, &[1, 2], 4),
        (0, 0, &[1, 10], 4),
        (0, 0, &[1, 2, 3], 4),
        (0, 0, &[], 4),
        (0, 0, &[1, 2], usize::MAX),
    ] {
        for weights in [0, 1, 5000, 1 << 20] {
            assert!(
                refuses(ask(&recipe, index, first, labels, batch), weights),
                "{first} {labels:?}"
            );
        }
    }
    assert!(refuses(Task::Generators, 0), "nothing was asked before");
    for (numbers, weights) in [(9, 1 << 20), (1 << 20, 5000), (usize::MAX, 1 << 20)] {
        let mut task = ask(&recipe, 0, 0, &[1, 2], 4);
        if let Task::Begin { classifier, .. } = &mut task {
            *classifier = numbers;
        }
        assert!(refuses(task, weights), "{numbers} weights of a classifier");
    }
    // One discriminator's weights are no other's.
    let g = networks(&recipe).0.layout.len();
    let d = networks(&recipe).1.layout.len();
    let mut mlp = *recipe.clone();
    mlp.discriminator.network = Architecture::Mlp;
    assert!(!refuses(ask(&recipe, 0, 0, &[1, 2], 4), g + d));
    assert!(refuses(ask(&mlp, 0, 0, &[1, 2], 4), g), "it knows another judge's weights");
}
