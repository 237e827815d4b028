//! Driving a session: commands in, events out.

use ganvas::data::{DatasetKind, Digits, drawn, idx};
use ganvas::device::DeviceKind;
use ganvas::recipe::{Recipe, default_recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, State};
use pollster::block_on;
use serde_bytes::ByteBuf;
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

pub fn send(session: &mut Session, commands: Vec<Command>) -> Vec<Event> {
    block_on(session.tick(commands, Duration::ZERO))
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
