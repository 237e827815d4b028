//! Driving a session: commands in, events out.

use ganvas::data::{DatasetKind, Digits, drawn, idx};
use ganvas::device::DeviceKind;
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::recipe::{Recipe, default_recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, State, StepFigures};
use pollster::block_on;
use safetensors::tensor::SafeTensors;
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use std::time::Duration;

pub fn tiny(dataset: DatasetKind) -> Box<Recipe> {
    let mut recipe = default_recipe();
    recipe.dataset = dataset;
    recipe.latent = 4;
    recipe.batch = 4;
    recipe.generator.width = 4;
    recipe.discriminator.width = 4;
    Box::new(recipe)
}

pub fn open() -> Session {
    block_on(Session::open(DeviceKind::Cpu)).expect("the CPU is always there")
}

/// With the classifier, which some presets need.
pub fn equipped() -> Session {
    let mut session = open();
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    send(&mut session, vec![Command::LoadClassifier { weights }]);
    session
}

pub fn send(session: &mut Session, commands: Vec<Command>) -> Vec<Event> {
    block_on(session.tick(commands, Duration::ZERO))
}

/// Ticks until it is so, and what happened meanwhile.
pub fn tick_until(session: &mut Session, so: impl Fn(&Session) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..100_000 {
        if so(session) {
            return events;
        }
        events.extend(send(session, vec![]));
    }
    panic!("it never came to that: {:?}", failures(&events));
}

pub fn states(events: &[Event]) -> Vec<(State, u64)> {
    let state = |e: &Event| match e {
        Event::StateChanged { state, step } => Some((*state, *step)),
        _ => None,
    };
    events.iter().filter_map(state).collect()
}

pub fn failures(events: &[Event]) -> Vec<&str> {
    let code = |e: &'_ Event| match e {
        Event::Failed { code, .. } => Some(code.clone()),
        _ => None,
    };
    events.iter().filter_map(code).map(|c| &*c.leak()).collect()
}

/// The same with what was said.
pub fn complaints(events: &[Event]) -> Vec<String> {
    let said = |e: &Event| match e {
        Event::Failed { code, message, .. } => Some(format!("{code}: {message}")),
        _ => None,
    };
    events.iter().filter_map(said).collect()
}

/// Every step's losses that were reported, in order.
pub fn losses(events: Vec<Event>) -> Vec<StepFigures> {
    let losses = events.into_iter().filter_map(|e| match e {
        Event::Progressed { losses, .. } => Some(losses),
        _ => None,
    });
    losses.flatten().collect()
}

pub fn digits(count: usize) -> Digits {
    let mut digits = Digits::default();
    for i in 0..count {
        let mut rng = ganvas::rng::stream(5, ganvas::rng::Stream::Drawn, i as u64);
        let (label, pixels) = drawn::digit(&mut rng);
        digits.labels.push(label);
        digits.images.extend_from_slice(&pixels);
    }
    digits
}

pub fn add_data(part: &Digits, total: usize) -> Command {
    Command::AddData {
        images: ByteBuf::from(idx::write_images(&part.images)),
        labels: ByteBuf::from(idx::write_labels(&part.labels)),
        total,
    }
}

/// A checkpoint's tensors and header; the order of the header's entries means nothing.
pub fn contents(checkpoint: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let file = SafeTensors::deserialize(checkpoint).expect("safetensors");
    let (_, metadata) = SafeTensors::read_metadata(checkpoint).expect("safetensors");
    let header = metadata.metadata().clone().expect("a header").into_iter();
    let header = header.map(|(name, text)| (format!("header {name}"), text.into_bytes()));
    file.iter().map(|(name, t)| (name.to_string(), t.data().to_vec())).chain(header).collect()
}
