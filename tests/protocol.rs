//! One fixture of each command and event, read by Rust here and by JS in tests/browser. Run with
//! `GANVAS_BLESS=1` to write them anew after a deliberate change.

use ganvas::data::points::Drawn;
use ganvas::gan::game::Side;
use ganvas::metrics::{Figures, Metric};
use ganvas::recipe::*;
use ganvas::session::protocol::*;
use ganvas::shape::Shape;
use ganvas::train::augment::{Arm, Curve, Origin, Score};
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;
use std::path::Path;
use strum::EnumCount;

/// Not the default, which may be tuned without changing the protocol.
fn recipe() -> Box<Recipe> {
    let player = |network, width| Player {
        network,
        width,
        optimiser: Optimiser {
            kind: OptimiserKind::AdamW,
            lr: 0.25,
            beta1: 0.5,
            beta2: 0.75,
            epsilon: 0.125,
            weight_decay: 0.375,
        },
        schedule: Schedule { kind: ScheduleKind::Cosine, steps: 9, end: 0.625, warm_up: 7 },
        clip: 1.5,
    };
    Box::new(Recipe {
        game: GameKind::Translation,
        view: View::Masked,
        adversarial: 0.875,
        distance: 1.125,
        feature_distance: 0.375,
        cycle: 0.625,
        dataset: DatasetKind::Mnist,
        drawing: Drawing::Line(Drawn::new(&[[-0.5], [0.5]]).expect("two stamps")),
        conditional: true,
        conditioning: Conditioning::Auxiliary,
        codes: Codes { categorical: false, continuous: 0, weight: 0.5 },
        latent: 4,
        batch: 8,
        d_steps: 2,
        objective: Objective::NonSaturating,
        label_smoothing: 0.125,
        penalty: Penalty { kind: PenaltyKind::R1R2, gamma: 0.5 },
        weight_clip: 0.25,
        spectral_norm: true,
        lecam: 0.75,
        instance_noise: InstanceNoise { deviation: 0.5, fade: 7 },
        augment: Augmentation::TranslationCutout,
        orthogonal: 0.0625,
        norm: Norm::Batch,
        generator: player(Architecture::Dcgan, 16),
        discriminator: player(Architecture::Mlp, 32),
        d_hidden: 6,
        burn_in: BurnIn { steps: 5, lr: 2.5, gamma: 3.5, beta2: 0.125, ema: 0.25 },
        ema: 0.5,
        seed: 3,
    })
}

fn account() -> Account {
    let adjusted = Recipe { d_steps: 2, ..*recipe() };
    let adjust = Move { step: 4, action: Action::Adjust(Box::new(adjusted)) };
    let single = Move { step: 5, action: Action::Single(Side::Generator) };
    Account { start: *recipe(), moves: vec![adjust, single] }
}

fn commands() -> Vec<Command> {
    let bytes = |n: u8| ByteBuf::from((0..n).collect::<Vec<u8>>());
    let request = SampleRequest {
        count: 2,
        seed: 9,
        latents: Some(vec![0.5, -0.25]),
        labels: Some(vec![3, 4]),
        truncation: Some(0.5),
        pictures: Some(Given { pixels: bytes(3), form: Form::Target, direction: Direction::Forth }),
        second: Some(Second { latents: vec![1.0, -1.0], from: 2 }),
        scored: true,
    };
    vec![
        Command::Load { recipe: recipe() },
        Command::AddData { images: bytes(3), labels: bytes(2), total: 60_000 },
        Command::Run,
        Command::Pause,
        Command::Replay { run: account().to_string(), until: 8 },
        Command::Step { player: Players::Discriminator },
        Command::Reset,
        Command::Adjust { recipe: recipe() },
        Command::Sample { id: 5, request },
        Command::Save { id: 6 },
        Command::Restore { id: 7, checkpoint: bytes(4), recipe: Some(recipe()) },
        Command::Export { id: 9 },
        Command::LoadRival { checkpoint: bytes(4) },
        Command::LoadClassifier { weights: bytes(4) },
        Command::Evaluate { count: 500, seed: 1 },
        Command::Inspect { id: 6, pixels: bytes(3), label: 4, source: Some(bytes(2)) },
        Command::Invert { id: 7, pixels: bytes(4), seed: 3 },
        Command::Directions { id: 8 },
        Command::Record { id: 9 },
        Command::AddHeldOut { images: bytes(3), labels: bytes(2) },
        Command::Measure { count: 2000, seed: 1 },
        Command::Augment { id: 9, tries: 3 },
        Command::JudgeByHand { id: 8, logits: bytes(8), steps: 4, afresh: true },
    ]
}

fn events() -> Vec<Event> {
    let pictures = || Pictures {
        role: Role::Target,
        shape: Shape { side: 1, channels: 3 },
        frames: 3,
        count: 1,
        columns: 10,
        pixels: ByteBuf::from(vec![0, 128, 255]),
        labels: ByteBuf::from(vec![7]),
    };
    let loss = StepFigures { step: 8, figures: vec![Some(0.5), Some(1.25), Some(-0.75), None] };
    let evaluation = Evaluation {
        step: 8,
        count: 4,
        seed: 1,
        label_accuracy: Some(0.75),
        class_histogram: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        class_kl: 0.5,
    };
    let look = Look { step: 8, classes: 2.5, overall: 0.25, within: 0.125 };
    let collapse = CollapseReport {
        kind: Collapse::FewClasses,
        saw: "a sentence".into(),
        remedies: vec!["another".into()],
    };
    let neighbour = Neighbour {
        pixels: ByteBuf::from(vec![0, 255]),
        label: 7,
        distance: 1.5,
        usual: Some(2.5),
        searched: 4000,
    };
    let measurement = Measurement {
        step: 8,
        images_seen: 512,
        count: 4,
        seed: 1,
        reference: 2000,
        class_histogram: [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        figures: Figures::from([(Metric::FrechetDistance, 12.5), (Metric::DLogitGap, 0.25)]),
        floor: Figures::from([(Metric::FrechetDistance, 2.5)]),
        baseline: Figures::from([(Metric::LabelAccuracy, 0.5)]),
        millis: 750.5,
    };
    let catalog = Catalog { presets: Vec::new(), fields: Vec::new(), metrics: Vec::new() };
    vec![
        Event::Opened { device: "cpu".into(), catalog: Box::new(catalog) },
        Event::StateChanged { state: State::Training, step: 8 },
        Event::Loaded {
            recipe: recipe(),
            g_parameters: 10,
            d_parameters: 20,
            workers: 2,
            equilibrium: Equilibrium { d_loss: Some(1.5), g_loss: Some(0.75), logit: None },
            figures: [Figure::DLoss, Figure::DReal, Figure::DFake, Figure::GLoss]
                .map(FigureEntry::from)
                .to_vec(),
            target: Shape { side: 28, channels: 1 },
            source: Some(Shape { side: 7, channels: 1 }),
            mixing: Some(Mixing::Styles { sides: vec![7, 14] }),
            both_ways: true,
            needs_classifier: true,
        },
        Event::DataAdded {
            dataset: DatasetKind::Mnist,
            loaded: 4000,
            total: 60_000,
            sample: pictures(),
            sources: Some(pictures()),
        },
        Event::Progressed {
            step: 8,
            images_seen: 512,
            step_millis: 12.5,
            images_per_second: 5120.0,
            losses: vec![loss],
        },
        Event::Previewed { step: 8, pictures: pictures() },
        Event::RoundTripped {
            step: 8,
            source_again: pictures(),
            forth: pictures(),
            target_again: pictures(),
        },
        Event::Charted {
            step: 8,
            chart: Chart::Dirac {
                reach: 2.0,
                arrows: 1,
                field: vec![0.5, -0.5],
                path: vec![1.0, 0.25],
                eigenvalues: None,
            },
        },
        Event::Tried { id: 8, taken: 4, chart: None },
        Event::Judged { step: 8, fakes: vec![-0.5, 0.25], reals: vec![1.5], told_apart: 1.0 },
        Event::Watched { look, collapse: Some(collapse) },
        Event::Sampled {
            id: 5,
            pictures: pictures(),
            sources: Some(pictures()),
            compared: Some(pictures()),
            scores: Some(vec![0.5, -1.5]),
        },
        Event::Compared { step: 8, pictures: pictures() },
        Event::Dropped { id: 5 },
        Event::Inverted {
            id: 7,
            taken: 3,
            of: 20,
            latent: vec![0.5, -1.25],
            label: 4,
            distance: 0.125,
            picture: pictures(),
        },
        Event::Directed {
            id: 8,
            vectors: vec![vec![0.5, -0.5], vec![1.0, 0.0]],
            shares: vec![0.75, 0.25],
        },
        Event::Inspected { id: 6, logit: 0.5, saliency: vec![0.25, -0.125] },
        Event::Matched { id: 6, neighbour },
        Event::Recorded { id: 9, step: 41, file: ByteBuf::from(vec![4, 5]) },
        Event::Saved {
            id: 6,
            step: 8,
            millis: 2.5,
            checkpoint: ByteBuf::from(vec![1, 2, 3]),
            run: Some(account().to_string()),
        },
        Event::Replayed { step: 8 },
        Event::ReplayDropped,
        Event::Restored { id: 7, step: 8 },
        Event::Evaluated(evaluation),
        Event::Measured(measurement),
        Event::Augmented(AugmentReport {
            id: 9,
            step: 8,
            of: 24,
            curve: Curve {
                origin: Origin::Others(512),
                tested: 2000,
                scores: vec![Score { digits: 10, seed: 1, arm: Arm::BothMoved, accuracy: 0.75 }],
            },
            conclusion: "a sentence".into(),
        }),
        Event::Supplied { accepted: true },
        Event::Waiting { first: 56_001, last: 60_000 },
        Event::Failed {
            code: "recipe-invalid".into(),
            message: "a sentence".into(),
            problems: vec![Problem { path: "batch".into(), reason: "must be more".into() }],
        },
    ]
}

/// The fixtures hold each message once, and each reads back as what was written.
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + EnumCount>(
    name: &str,
    messages: &[T],
) {
    let path = Path::new("tests/protocol").join(name);
    let written = serde_json::to_value(messages).expect("messages are JSON");
    if std::env::var_os("GANVAS_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&written).expect("JSON") + "\n";
        std::fs::write(&path, text).expect("the fixture can be written");
    }
    let text = std::fs::read_to_string(&path).expect("the fixture is there");
    let fixture: serde_json::Value = serde_json::from_str(&text).expect("the fixture is JSON");
    assert_eq!(fixture, written, "{name} no longer says what the protocol says");
    let read: Vec<T> = serde_json::from_value(fixture).expect("the fixture is in the protocol");
    assert_eq!(read, messages);
    let types = |v: &serde_json::Value| v["type"].as_str().map(str::to_string);
    let mut seen: Vec<_> = written.as_array().expect("a list").iter().filter_map(types).collect();
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all, "one of each");
    assert_eq!(
        all,
        T::COUNT,
        "a variant has no fixture: add one above, and run with GANVAS_BLESS=1"
    );
}

#[test]
fn commands_stay_as_they_are_on_the_wire() {
    check("commands.json", &commands());
}

#[test]
fn events_stay_as_they_are_on_the_wire() {
    check("events.json", &events());
}
