//! Models: what is left of a run in one, what becomes of it, those that lie ready on the site, and rivals of a run.

use crate::common::driving::{complaints, digits, equipped, open, send};
use crate::common::training::{preset, tensors, tiny, train, trainer};
use ganvas::data::DatasetKind;
use ganvas::device::cpu;
use ganvas::gan::game::Direction;
use ganvas::recipe::{Conditioning, Objective, Recipe, presets};
use ganvas::session::Session;
use ganvas::session::protocol::{
    Command, Event, Form, Given, Pictures, Players, SampleRequest, State,
};
use ganvas::train::Trainer;
use pollster::block_on;
use serde_bytes::ByteBuf;
use std::path::PathBuf;

/// Of numbers of half precision, relative.
const ROUNDING: f32 = 1.0 / 2048.0;

fn model(run: &Trainer) -> Vec<u8> {
    block_on(run.model()).expect("a model")
}

fn restored(bytes: &[u8]) -> Trainer {
    Trainer::restore(bytes, cpu()).expect("a model is restored as a checkpoint is")
}

/// The numbers of all tensors whose names begin with `prefix`, without what an optimiser has gathered.
fn numbers(checkpoint: &[u8], prefix: &str) -> Vec<f32> {
    let all = tensors(checkpoint, prefix).into_iter();
    let all = all.filter(|(name, _)| !name.contains(".optimiser."));
    let bytes: Vec<u8> = all.flat_map(|(_, bytes)| bytes).collect();
    bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

/// With all that a run keeps beside its weights.
fn rich() -> Recipe {
    let mut recipe = tiny();
    (recipe.conditional, recipe.d_steps, recipe.conditioning) = (true, 2, Conditioning::Projection);
    recipe.objective = Objective::Hinge;
    (recipe.spectral_norm, recipe.lecam, recipe.d_hidden) = (true, 0.3, 3);
    recipe.generator.optimiser.beta1 = 0.5;
    recipe
}

#[test]
fn a_model_holds_what_is_seen_of_a_run_and_goes_on_without_the_rest() {
    let points = Recipe { batch: 8, ..preset("plane") };
    for recipe in
        [rich(), points, Recipe { dataset: DatasetKind::Drawn, batch: 2, ..preset("blur") }]
    {
        let mut run = trainer(&recipe);
        train(&mut run, 4);
        let (whole, small) = (block_on(run.checkpoint()).expect("a checkpoint"), model(&run));
        assert!(3 * small.len() < whole.len(), "{} of {} bytes", small.len(), whole.len());
        for prefix in ["generator.", "discriminator.optimiser."] {
            assert_eq!(tensors(&small, prefix), [], "{prefix}");
        }

        let mut again = restored(&small);
        assert_eq!(again.recipe(), run.recipe());
        assert_eq!((again.step(), again.batches()), (run.step(), run.batches()));
        let now = block_on(again.checkpoint()).expect("a checkpoint");
        // What optimisers had gathered is not there any more, nor anything in its place.
        assert!(tensors(&now, "").iter().all(|(name, _)| !name.contains(".optimiser.")));
        let names = ["ema.", "ema.", "discriminator."].into_iter();
        for (was, is) in names.zip(["ema.", "generator.", "discriminator."]) {
            let (was, is) = (numbers(&whole, was), numbers(&now, is));
            assert!(was.len() == is.len() && !was.is_empty() || recipe.adversarial == 0.0);
            let near = |(a, b): (&f32, &f32)| (a - b).abs() <= ROUNDING * a.abs() + 1e-7;
            assert!(was.iter().zip(&is).all(near));
        }
        // Made again of what it became, it is the same.
        assert!(tensors(&model(&again), "") == tensors(&small, ""));
        train(&mut again, 2);
        assert_eq!(again.step(), run.step() + 2);
    }
}

#[test]
fn a_weight_too_large_for_a_model_is_said() {
    let mut run = trainer(&tiny());
    train(&mut run, 1);
    let mut bytes = block_on(run.checkpoint()).expect("a checkpoint");
    let name = bytes.windows(4).position(|word| word == b"ema.").expect("in the header");
    let header = String::from_utf8_lossy(&bytes[name..name + 300]).into_owned();
    let offset: usize = header
        .split("data_offsets\":[")
        .nth(1)
        .and_then(|rest| rest.split(',').next()?.parse().ok())
        .expect("an offset");
    let start = 8 + u64::from_le_bytes(*bytes.first_chunk().expect("a length")) as usize + offset;
    bytes[start..start + 4].copy_from_slice(&7e4f32.to_le_bytes());
    let said = block_on(restored(&bytes).model()).expect_err("it is infinite").to_string();
    assert!(said.contains("moving average") && said.contains("half precision"), "{said}");
}

#[test]
fn a_damaged_model_is_refused_as_a_checkpoint_is() {
    let mut run = trainer(&rich());
    train(&mut run, 1);
    let good = model(&run);
    let refusal = |bytes: &[u8]| match Trainer::restore(bytes, cpu()) {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    };
    for cut in [9, good.len() / 2, good.len() - 1] {
        assert!(refusal(&good[..cut]).contains("safetensors"), "cut at {cut}");
    }
    let replaced = |from: &str, to: &str| {
        let places = good.windows(from.len());
        let at = places.clone().position(|w| w == from.as_bytes()).expect("in the header");
        let mut bytes = good.clone();
        bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
        bytes
    };
    assert!(refusal(&replaced("F16", "I16")).contains("but should be F32 or F16"));
    assert!(refusal(&replaced("ema.", "emu.")).contains("is missing"));
    let mut infinite = good.clone();
    let end = infinite.len() - 2;
    infinite[end..].copy_from_slice(&[0, 0x7c]);
    assert!(refusal(&infinite).contains("not finite"));
}

/// The files of `www/models/`, by their names without the ending.
fn ready() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/models");
    let files = std::fs::read_dir(folder).expect("the folder").map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(path).expect("a file"))
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

#[test]
fn the_models_on_the_site_are_those_of_the_catalog_small_and_of_its_recipes() {
    let named = presets().into_iter().flat_map(|preset| {
        let (own, rival) = (preset.outlook.trained, preset.outlook.rival);
        let own = own.then(|| (preset.name.clone(), preset.recipe.clone()));
        let without = Recipe { adversarial: 0.0, ..preset.recipe };
        own.into_iter().chain(rival.then(|| (format!("{}-rival", preset.name), without)))
    });
    let mut named: Vec<(String, Recipe)> = named.collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let ready = ready();
    let names = |list: &mut dyn Iterator<Item = &String>| list.cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&mut ready.iter().map(|(name, _)| name)),
        names(&mut named.iter().map(|(name, _)| name))
    );
    for ((name, bytes), (_, recipe)) in ready.iter().zip(named) {
        let points = recipe.dataset.has_points();
        assert!(
            bytes.len() <= if points { 10_000 } else { 650_000 },
            "{name}: {} bytes",
            bytes.len()
        );
        let run = restored(bytes);
        assert_eq!(
            *run.recipe(),
            Recipe { seed: run.recipe().seed, ..recipe },
            "{name}: train it anew by `cargo xtask models`"
        );
        assert!(run.step() > 0, "{name}");
        // It can be shown, and gone on with.
        let mut session = equipped();
        let restore =
            Command::Restore { id: 1, checkpoint: ByteBuf::from(bytes.clone()), recipe: None };
        let events = send(&mut session, vec![restore, Command::Step { player: Players::Both }]);
        if points {
            assert_eq!(complaints(&events), [""; 0], "{name}");
            assert_eq!(session.step_count(), run.step() + 1);
        }
        assert!(events.iter().any(|event| matches!(event, Event::Previewed { .. })), "{name}");
    }
}

fn load(recipe: &Recipe) -> Command {
    Command::Load { recipe: Box::new(recipe.clone()) }
}

fn rival(bytes: &[u8]) -> Command {
    Command::LoadRival { checkpoint: ByteBuf::from(bytes.to_vec()) }
}

/// A translating preset, small, of drawn digits.
fn small(name: &str) -> Recipe {
    let mut recipe = Recipe { dataset: DatasetKind::Drawn, batch: 2, ..preset(name) };
    (recipe.generator.width, recipe.discriminator.width) = (4, 4);
    recipe
}

fn compared(events: &[Event]) -> Vec<(u64, &Pictures)> {
    let said = events.iter().filter_map(|event| match event {
        Event::Compared { step, pictures } => Some((*step, pictures)),
        _ => None,
    });
    said.collect()
}

/// What a session makes of some whole digits, and its rival of the same.
fn translated(session: &mut Session) -> (Pictures, Option<Pictures>) {
    let given = Given {
        pixels: ByteBuf::from(digits(3).images),
        form: Form::Target,
        direction: Direction::Back,
    };
    let request =
        SampleRequest { count: 3, seed: 7, pictures: Some(given), ..SampleRequest::default() };
    let mut events = send(session, vec![Command::Sample { id: 4, request }]);
    while session.busy() {
        events.extend(send(session, vec![]));
    }
    let found = events.into_iter().find_map(|event| match event {
        Event::Sampled { pictures, compared, .. } => Some((pictures, compared)),
        _ => None,
    });
    found.expect("an answer")
}

#[test]
fn a_rival_answers_for_the_same_pictures_whatever_run_it_stands_beside() {
    let own = Recipe { adversarial: 0.0, feature_distance: 0.0, seed: 9, ..small("super") };
    let mut other = trainer(&own);
    train(&mut other, 2);
    let bytes = model(&other);
    // By itself.
    let mut alone = equipped();
    let restore =
        Command::Restore { id: 1, checkpoint: ByteBuf::from(bytes.clone()), recipe: None };
    send(&mut alone, vec![restore]);
    let (want, none) = translated(&mut alone);
    assert!(none.is_none(), "it has no rival itself");

    let mut session = equipped();
    let run = small("super");
    let events = send(&mut session, vec![load(&run), rival(&bytes)]);
    assert_eq!(complaints(&events), [""; 0]);
    assert!(events.iter().any(|event| matches!(event, Event::Supplied { accepted: true })));
    let said = compared(&events);
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].0, said[0].1.count), (2, 100));
    let grid = said[0].1.clone();
    let (made, against) = translated(&mut session);
    let against = against.expect("its rival's");
    assert_eq!(against.pixels, want.pixels);
    assert!(made.pixels != want.pixels && made.shape == against.shape);
    // It is the same whatever the run does, and is said again with a run of its kind only.
    send(&mut session, vec![Command::Step { player: Players::Both }]);
    assert_eq!(translated(&mut session).1.expect("still there").pixels, want.pixels);
    let events = send(&mut session, vec![load(&run)]);
    assert_eq!(compared(&events).first().map(|(_, pictures)| &pictures.pixels), Some(&grid.pixels));
    let events = send(&mut session, vec![load(&small("denoise"))]);
    assert!(compared(&events).is_empty() && translated(&mut session).1.is_none());
    assert!(compared(&send(&mut session, vec![load(&tiny())])).is_empty());
    // One that comes before the run waits for it.
    let mut early = equipped();
    assert!(compared(&send(&mut early, vec![rival(&bytes)])).is_empty());
    assert_eq!(compared(&send(&mut early, vec![load(&run)])).len(), 1);
}

#[test]
fn what_cannot_be_a_rival_is_refused_and_the_run_goes_on() {
    let mut session = open();
    send(&mut session, vec![load(&small("denoise"))]);
    let draws = model(&trainer(&tiny()));
    for (bytes, why) in [
        (&b"junk"[..], "safetensors"),
        (&draws[..], "draws from noise"),
        (&draws[..50], "safetensors"),
    ] {
        let events = send(&mut session, vec![rival(bytes)]);
        let said = complaints(&events);
        assert!(
            said.len() == 1 && said[0].starts_with("rival-invalid") && said[0].contains(why),
            "{said:?}"
        );
        assert!(events.iter().any(|event| matches!(event, Event::Supplied { accepted: false })));
    }
    let events = send(&mut session, vec![Command::Step { player: Players::Both }]);
    let state =
        |event: &Event| matches!(event, Event::StateChanged { state: State::Paused, step: 1 });
    assert!(events.iter().any(state), "{events:?}");
    assert!(translated(&mut session).1.is_none());
}
