//! What takes inputs, a valid input of each to begin with, and what is done with one.

use super::mutate::{self, one};
use crate::common::driving::{add_data, digits, open, send};
use crate::common::training::{train, trainer};
use ganvas::data::idx;
use ganvas::device;
use ganvas::metrics::classifier::{CLASSIFIER_WEIGHTS, Classifier};
use ganvas::recipe::{Architecture, OptimiserKind, Recipe, presets};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Players};
use ganvas::train::Trainer;
use ganvas::train::replica::{Order, Pending, Replica, Replicas, Task};
use pollster::block_on;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// IDX files of pictures or labels, gzipped or not.
    Idx,
    /// And models, which are read in the same way.
    Checkpoint,
    Classifier,
    /// A recipe as JSON: validated, and trained by if it is small.
    Recipe,
    /// Orders to a replica as JSON: `[{"task": .., "weights": how many}]`.
    Replica,
    /// Commands as JSON, for a session with a run.
    Session,
}

/// Ticks after the last command, so that what was asked for gets under way.
const TICKS: usize = 3;
/// Networks and batches beyond this are valid, but too slow to be tried by the thousand.
const SMALL: usize = 12;

impl Target {
    pub const ALL: [Self; 6] =
        [Self::Idx, Self::Checkpoint, Self::Classifier, Self::Recipe, Self::Replica, Self::Session];

    pub fn name(self) -> &'static str {
        match self {
            Self::Idx => "idx",
            Self::Checkpoint => "checkpoint",
            Self::Classifier => "classifier",
            Self::Recipe => "recipe",
            Self::Replica => "replica",
            Self::Session => "session",
        }
    }

    pub fn choose(rng: &mut ChaCha8Rng) -> Self {
        *one(rng, &Self::ALL)
    }

    /// A damaged input.
    pub fn input(self, rng: &mut ChaCha8Rng) -> Vec<u8> {
        match self {
            Self::Idx => {
                let file = one(rng, idx_files()).clone();
                mutate::bytes(rng, &file)
            }
            Self::Checkpoint => {
                let file = if rng.random_bool(0.3) { model() } else { checkpoint() };
                match rng.random_bool(0.5) {
                    true => mutate::bytes(rng, file),
                    false => with_header(rng, file),
                }
            }
            Self::Classifier => match rng.random_bool(0.5) {
                true => mutate::bytes(rng, CLASSIFIER_WEIGHTS),
                false => with_header(rng, CLASSIFIER_WEIGHTS),
            },
            Self::Recipe => {
                let recipe = json!(&shrunk(one(rng, &presets()).recipe.clone()));
                mutate::text(rng, &recipe)
            }
            Self::Replica => mutate::text(rng, orders()),
            Self::Session => {
                let commands = commands();
                let some = (0..rng.random_range(1..8)).map(|_| {
                    let command = one(rng, commands);
                    match rng.random_bool(0.6) {
                        true => mutate::value(rng, command),
                        false => command.clone(),
                    }
                });
                let list = Value::Array(some.collect());
                match rng.random_bool(0.1) {
                    true => mutate::text(rng, &list),
                    false => list.to_string().into_bytes(),
                }
            }
        }
    }

    /// Does with an input what is done with such; whatever it says is fine.
    pub fn try_out(self, input: &[u8]) {
        match self {
            Self::Idx => {
                let labels = idx::write_labels(&[1, 2, 3]);
                let _ = (idx::read_images(input), idx::read_labels(input));
                let _ = (idx::read_pictures(input), idx::read_pair(input, &labels));
            }
            Self::Checkpoint => {
                if let Ok(trainer) = Trainer::restore(input, device::cpu())
                    && is_small(trainer.recipe())
                {
                    let checkpoint = serde_bytes::ByteBuf::from(input.to_vec());
                    let restore = Command::Restore { id: 1, checkpoint, recipe: None };
                    let step = Command::Step { player: Players::Both };
                    drive(&mut open(), vec![restore, step, Command::Save { id: 2 }]);
                    let rival = serde_bytes::ByteBuf::from(input.to_vec());
                    let export = Command::Export { id: 3 };
                    let rival = Command::LoadRival { checkpoint: rival };
                    drive(&mut open(), vec![load(tiny()), rival, export]);
                }
            }
            Self::Classifier => {
                if let Ok(classifier) = Classifier::from_safetensors(input, &device::cpu()) {
                    let _ = block_on(classifier.classify(&digits(2).images));
                }
            }
            Self::Recipe => {
                let Ok(recipe) = serde_json::from_slice::<Recipe>(input) else { return };
                let problems = recipe.validate();
                let told = problems.iter().all(|p| !p.path.is_empty() && !p.reason.is_empty());
                assert!(told, "{problems:?}");
                if is_small(&recipe) {
                    let load = Command::Load { recipe: Box::new(recipe) };
                    drive(&mut open(), vec![load, Command::Step { player: Players::Both }]);
                }
            }
            Self::Replica => follow(input),
            Self::Session => {
                let Ok(list) = serde_json::from_slice::<Vec<Value>>(input) else { return };
                let mut session = open();
                let load = Command::Load { recipe: Box::new(tiny()) };
                drive(&mut session, vec![load]);
                for command in list {
                    let Ok(command) = serde_json::from_value::<Command>(command) else { continue };
                    if is_quick(&command) {
                        send(&mut session, vec![command]);
                    }
                }
                drive(&mut session, vec![]);
            }
        }
    }
}

fn drive(session: &mut Session, commands: Vec<Command>) {
    send(session, commands);
    for _ in 0..TICKS {
        block_on(session.tick(vec![], Duration::ZERO));
    }
}

fn is_small(recipe: &Recipe) -> bool {
    let widths = [recipe.generator.width, recipe.discriminator.width, recipe.d_hidden];
    widths.iter().chain([&recipe.batch, &recipe.latent]).all(|&size| size <= SMALL)
}

/// Whether it is valid, but leads to large networks.
fn is_quick(command: &Command) -> bool {
    match command {
        Command::Load { recipe } | Command::Adjust { recipe } => is_small(recipe),
        _ => true,
    }
}

/// A recipe of the smallest networks there are.
fn tiny() -> Recipe {
    let mut recipe = shrunk(presets()[0].recipe.clone());
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.network = Architecture::Mlp;
        player.optimiser.kind = OptimiserKind::Sgd;
    }
    recipe
}

fn shrunk(mut recipe: Recipe) -> Recipe {
    recipe.dataset = ganvas::data::DatasetKind::Drawn;
    (recipe.batch, recipe.latent, recipe.d_hidden) = (2, 5, 0);
    (recipe.generator.width, recipe.discriminator.width) = (4, 4);
    recipe
}

fn idx_files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let digits = digits(3);
        let plain = [
            idx::write_images(&digits.images),
            idx::write_labels(&digits.labels),
            idx::write_pictures(&digits.images.repeat(3), 28, idx::Stack::Colours),
            idx::write_pictures(&digits.images.repeat(8), 28, idx::Stack::Films(8)),
        ];
        let gzip = |bytes: &Vec<u8>| {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut encoder, bytes).expect("memory can be written");
            encoder.finish().expect("memory can be written")
        };
        plain.iter().map(gzip).chain(plain.clone()).collect()
    })
}

fn load(recipe: Recipe) -> Command {
    Command::Load { recipe: Box::new(recipe) }
}

/// Of a tiny run after a step.
fn checkpoint() -> &'static [u8] {
    static CHECKPOINT: OnceLock<Vec<u8>> = OnceLock::new();
    CHECKPOINT.get_or_init(|| after_a_step(Command::Save { id: 1 }))
}

/// The same as a model.
fn model() -> &'static [u8] {
    static MODEL: OnceLock<Vec<u8>> = OnceLock::new();
    MODEL.get_or_init(|| after_a_step(Command::Export { id: 1 }))
}

fn after_a_step(kept: Command) -> Vec<u8> {
    let step = Command::Step { player: Players::Both };
    let events = send(&mut open(), vec![load(tiny()), step, kept]);
    let saved = events.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint.into_vec()),
        _ => None,
    });
    saved.expect("a run of two tiny networks can be saved")
}

/// A safetensors file with damage in its header's JSON, and in the recipe there.
fn with_header(rng: &mut ChaCha8Rng, file: &[u8]) -> Vec<u8> {
    let length = u64::from_le_bytes(*file.first_chunk().expect("a length")) as usize;
    let (header, tensors) = file[8..].split_at(length);
    let mut header: Value = serde_json::from_slice(header).expect("the header is JSON");
    let metadata = &mut header["__metadata__"];
    let recipe = metadata["recipe"].as_str().map(serde_json::from_str::<Value>);
    if let Some(Ok(recipe)) = recipe
        && rng.random_bool(0.4)
    {
        metadata["recipe"] = json!(mutate::value(rng, &recipe).to_string());
    } else if rng.random_bool(0.5) {
        // All values here are texts, numbers too.
        let names: Vec<String> =
            metadata.as_object().into_iter().flat_map(|m| m.keys().cloned()).collect();
        let number = mutate::value(rng, &json!(1));
        metadata[one(rng, &names)] = json!(number.to_string());
    } else {
        header = mutate::value(rng, &header);
    }
    let header = header.to_string();
    let length = match rng.random_bool(0.05) {
        true => *one(rng, &[0, 1, 2 << 30, u64::MAX]),
        false => header.len() as u64,
    };
    [&length.to_le_bytes(), header.as_bytes(), tensors].concat()
}

fn fixture(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a fixture is a list")
}

/// Those of the protocol's fixtures, and some that a tiny session understands to the end.
fn commands() -> &'static [Value] {
    static COMMANDS: OnceLock<Vec<Value>> = OnceLock::new();
    COMMANDS.get_or_init(|| {
        let mut commands = fixture(include_str!("../protocol/commands.json"));
        let three = digits(3);
        let classifier = serde_bytes::ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
        let real = [
            Command::Load { recipe: Box::new(tiny()) },
            Command::Load {
                recipe: Box::new(Recipe {
                    dataset: ganvas::data::DatasetKind::Mnist,
                    ..shrunk(presets()[0].recipe.clone())
                }),
            },
            Command::Adjust { recipe: Box::new(tiny()) },
            add_data(&three, 6),
            add_data(&three, 6),
            Command::Restore {
                id: 1,
                checkpoint: serde_bytes::ByteBuf::from(checkpoint().to_vec()),
                recipe: None,
            },
            Command::Step { player: Players::Both },
            Command::Inspect {
                id: 3,
                pixels: serde_bytes::ByteBuf::from(three.images[..784].to_vec()),
                label: 1,
                source: None,
            },
        ];
        let sample = json!({ "type": "sample", "id": 4, "request": { "count": 3, "seed": 1, "truncation": 0.5 } });
        let given = json!({ "type": "sample", "id": 4, "request": { "count": 1, "seed": 1, "latents": [0.5, 1, 2, -1, 0], "labels": [3] } });
        let measure = json!({ "type": "measure", "count": 100, "seed": 1 });
        let load_classifier = json!(Command::LoadClassifier { weights: classifier });
        commands.extend(real.iter().map(|command| json!(command)));
        commands.extend([sample, given, measure, load_classifier]);
        commands
    })
}

/// Listens in on what a trainer asks of a replica.
struct Recorder {
    replica: RefCell<Replica>,
    orders: RefCell<Vec<Value>>,
}

impl Replicas for Recorder {
    fn count(&self) -> usize {
        1
    }

    fn ask(&self, _replica: usize, order: Order) -> Pending {
        let weights = order.weights.len();
        self.orders.borrow_mut().push(json!({ "task": order.task, "weights": weights }));
        let answer = block_on(self.replica.borrow_mut().answer(order));
        Box::pin(async move { answer.map_err(|error| error.to_string()) })
    }
}

/// What a helper is asked in two steps: a task, and how many weights come with it.
fn orders() -> &'static Value {
    static ORDERS: OnceLock<Value> = OnceLock::new();
    ORDERS.get_or_init(|| {
        let recorder = Rc::new(Recorder {
            replica: RefCell::new(Replica::new(device::cpu())),
            orders: RefCell::default(),
        });
        let mut trainer = trainer(&Recipe { batch: 32, ..tiny() });
        trainer.set_replicas(Some(recorder.clone()));
        train(&mut trainer, 2);
        recorder.orders.take().into()
    })
}

/// Has a replica answer orders.
fn follow(input: &[u8]) {
    #[derive(serde::Deserialize)]
    struct Asked {
        task: Task,
        weights: usize,
    }
    let Ok(list) = serde_json::from_slice::<Vec<Value>>(input) else { return };
    let mut replica = Replica::new(device::cpu());
    for asked in list {
        let Ok(Asked { task, weights }) = serde_json::from_value(asked) else { continue };
        if let Task::Begin { recipe, .. } = &task
            && !is_small(recipe)
        {
            continue;
        }
        let weights = vec![0.01; weights.min(1 << 20)];
        let _ = block_on(replica.answer(Order { task, weights }));
    }
}
