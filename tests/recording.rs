//! A step that is recorded: it is the step that the run would have taken, and what is told of it is what the engine
//! computed.

use crate::common::driving::{contents, failures, losses, open, send, tick_until, tiny};
use crate::common::training::preset;
use ganvas::data::DatasetKind;
use ganvas::gan::{Objective, PenaltyKind};
use ganvas::recipe::{OptimiserKind, Recipe};
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event, Players, SampleRequest, State};
use safetensors::tensor::SafeTensors;
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// Tensors by name, with their shapes.
type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

fn tensors(file: &[u8]) -> Tensors {
    let file = SafeTensors::deserialize(file).expect("safetensors");
    let of = |(name, view): (String, safetensors::tensor::TensorView)| {
        let (values, _) = view.data().as_chunks();
        (name, (view.shape().to_vec(), values.iter().map(|&b| f32::from_le_bytes(b)).collect()))
    };
    file.tensors().into_iter().map(of).collect()
}

fn loaded(recipe: Recipe) -> Session {
    let mut session = open();
    let events = send(&mut session, vec![Command::Load { recipe: Box::new(recipe) }]);
    assert_eq!(failures(&events), Vec::<&str>::new());
    tick_until(&mut session, |session| !session.busy());
    session
}

fn recorded(session: &mut Session) -> (Vec<u8>, Vec<Event>) {
    let events = send(session, vec![Command::Record { id: 7 }]);
    assert_eq!(failures(&events), Vec::<&str>::new());
    let file = events.iter().find_map(|event| match event {
        Event::Recorded { id: 7, file, .. } => Some(file.to_vec()),
        _ => None,
    });
    (file.expect("a recording"), events)
}

fn checkpoint(session: &mut Session) -> Vec<u8> {
    let events = send(session, vec![Command::Save { id: 1 }]);
    let saved = events.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint.into_vec()),
        _ => None,
    });
    saved.expect("a checkpoint")
}

/// Of a parameter's values in two checkpoints.
fn distance(a: &Tensors, b: &Tensors, name: &str) -> f64 {
    let squares = a[name].1.iter().zip(&b[name].1).map(|(a, b)| f64::from(a - b).powi(2));
    squares.sum::<f64>().sqrt()
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64
}

#[track_caller]
fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs())), "{a} and {b}");
}

/// Whose batch is told of whole, so that means can be compared.
fn small() -> Recipe {
    let mut recipe = *tiny(DatasetKind::Drawn);
    (recipe.batch, recipe.objective) = (8, Objective::NonSaturating);
    recipe.penalty.kind = PenaltyKind::None;
    recipe.label_smoothing = 0.0;
    recipe
}

#[test]
fn recording_a_step_changes_nothing_of_the_run() {
    for name in ["quick", "dcgan", "sketch", "zebra", "plane", "moco"] {
        let mut recipe = preset(name);
        if !recipe.dataset.has_points() {
            recipe.dataset = DatasetKind::Drawn;
            recipe.batch = 4;
        }
        let (mut plain, mut watched) = (loaded(recipe.clone()), loaded(recipe));
        for _ in 0..2 {
            let events = send(&mut plain, vec![Command::Step { player: Players::Both }]);
            let (file, heard) = recorded(&mut watched);
            assert!(file.len() < 4_000_000, "{name}: {} bytes", file.len());
            assert_eq!(losses(events), losses(heard), "{name}");
        }
        let [plain, watched] = [&mut plain, &mut watched].map(|run| contents(&checkpoint(run)));
        assert!(plain == watched, "{name} is another run");
    }
}

#[test]
fn a_run_is_paused_to_be_recorded_and_goes_on_as_it_would_have() {
    let mut session = loaded(small());
    send(&mut session, vec![Command::Run]);
    tick_until(&mut session, |session| session.step_count() >= 3);
    let before = session.step_count();
    let (_, events) = recorded(&mut session);
    let step = events.iter().find_map(|event| match event {
        Event::Recorded { step, .. } => Some(*step),
        _ => None,
    });
    assert_eq!(step, Some(session.step_count()));
    assert!(session.step_count() - before <= 2, "a step that was under way, and the recorded one");
    let at_rest = |event: &Event| matches!(event, Event::StateChanged { state: State::Paused, .. });
    assert!(events.iter().any(at_rest));
}

#[test]
fn every_score_and_every_cost_is_the_engines() {
    for objective in [Objective::NonSaturating, Objective::Relativistic, Objective::Wasserstein] {
        let mut session = loaded(Recipe { objective, ..small() });
        let (file, events) = recorded(&mut session);
        let told = tensors(&file);
        let figures = &losses(events)[0].figures;
        let figure = |i: usize| f64::from(figures[i].expect("it was computed"));
        let value = |name: &str| &told[name].1;
        assert_eq!(value("real.logit").len(), 8);
        // What the discriminator reports are means over what it said of this very batch.
        near(mean(value("real.logit")), figure(1), 1e-5);
        near(mean(value("fake.logit")), figure(2), 1e-5);
        near(mean(value("discriminator.cost")), figure(0), 1e-5);
        near(mean(value("generator.cost")), figure(3), 1e-5);
        assert_eq!(
            value("discriminator.figures")[..],
            figures[..3].iter().flatten().copied().collect::<Vec<_>>()
        );
        assert_eq!(value("generator.figures")[..], [figures[3].expect("a loss")]);
        // The costs' slopes, by their definitions.
        for k in 0..8 {
            let (real, fake) = (value("real.logit")[k], value("fake.logit")[k]);
            let [by_real, by_fake] = match objective {
                Objective::NonSaturating => {
                    [-1.0 / (1.0 + real.exp()), 1.0 / (1.0 + (-fake).exp())]
                }
                Objective::Wasserstein => [-1.0, 1.0],
                _ => [-1.0 / (1.0 + (real - fake).exp()), 1.0 / (1.0 + (real - fake).exp())],
            };
            near(value("real.slope")[k].into(), by_real.into(), 1e-5);
            near(value("fake.slope")[k].into(), by_fake.into(), 1e-5);
        }
    }
}

#[test]
fn what_a_step_changed_is_what_two_checkpoints_differ_by() {
    const RATE: f64 = 0.05;
    let mut recipe = small();
    for player in [&mut recipe.generator, &mut recipe.discriminator] {
        player.optimiser.kind = OptimiserKind::Sgd;
        player.optimiser.lr = RATE;
        player.optimiser.beta1 = 0.0;
        player.clip = 0.0;
    }
    let mut session = loaded(recipe);
    send(&mut session, vec![Command::Step { player: Players::Both }]);
    let before = tensors(&checkpoint(&mut session));
    let (file, _) = recorded(&mut session);
    let after = tensors(&checkpoint(&mut session));
    let told = tensors(&file);
    let (_, header) = SafeTensors::read_metadata(&file).expect("a header");
    let header = header.metadata().clone().expect("metadata");
    assert_eq!(header["step"], "2");
    for side in ["generator", "discriminator"] {
        let names: Vec<&str> = header[&format!("{side}.parameters")].lines().collect();
        let (shape, lengths) = &told[&format!("{side}.lengths")];
        assert_eq!(shape[..], [names.len(), 3]);
        assert!(names.len() > 2);
        for (name, lengths) in names.iter().zip(lengths.chunks_exact(3)) {
            let full = format!("{side}.{name}");
            let moved = distance(&before, &after, &full);
            let weight = before[&full].1.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>().sqrt();
            near(lengths[0].into(), weight, 1e-6);
            near(lengths[2].into(), moved, 1e-6);
            // Plain descent goes down the slope by the learning rate.
            near(RATE * f64::from(lengths[1]), moved, 1e-5);
        }
    }
}

#[test]
fn the_slopes_by_the_pixels_are_those_of_finite_differences() {
    let mut session = loaded(small());
    let (file, _) = recorded(&mut session);
    let told = tensors(&file);
    let [fake, gradient] = ["fake", "fake.gradient"].map(|name| &told[name].1);
    let size = 28 * 28;
    // By the judge's answer to brightened pixels: along its own slope a step must change the cost as it says. The judge
    // that the step left behind is asked by way of `inspect`, in whose slope the cost's is hidden: for −log σ(s) it is
    // −σ(−s) times that of the score.
    for k in [0, 5] {
        let picture = &fake[k * size..(k + 1) * size];
        let own = &gradient[k * size..(k + 1) * size];
        let pixels: Vec<u8> = picture.iter().map(|&v| ((v + 1.0) * 127.5).round() as u8).collect();
        let label = told["label"].1[k * 10..(k + 1) * 10].iter().position(|&v| v == 1.0);
        let label = label.expect("one-hot") as u8;
        let command =
            Command::Inspect { id: 1, pixels: ByteBuf::from(pixels), label, source: None };
        let events = send(&mut session, vec![command]);
        let found = events.into_iter().find_map(|event| match event {
            Event::Inspected { logit, saliency, .. } => Some((logit, saliency)),
            _ => None,
        });
        let (logit, saliency) = found.expect("an answer");
        near(logit.into(), told["fake.logit.after"].1[k].into(), 2e-2);
        let factor = -1.0 / (1.0 + told["fake.logit.after"].1[k].exp());
        // Bytes round the picture, so kinks may be passed: on the whole they agree.
        let dot =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let expected: Vec<f32> = saliency.iter().map(|&s| s * factor).collect();
        let agreement = dot(&expected, own) / (dot(&expected, &expected) * dot(own, own)).sqrt();
        assert!(agreement > 0.98, "{agreement}");
        near(dot(own, own).sqrt(), dot(&expected, &expected).sqrt(), 0.05);
    }
}

#[test]
fn the_same_noise_gives_the_drawings_that_are_told_before_and_after() {
    // The moving average is switched off, so that samples are drawn by the very weights that the step left.
    let mut session = loaded(Recipe { ema: 0.0, ..small() });
    let (file, _) = recorded(&mut session);
    let told = tensors(&file);
    let labels: Vec<u8> = told["label"]
        .1
        .chunks_exact(10)
        .map(|row| row.iter().position(|&v| v == 1.0).expect("one-hot") as u8)
        .collect();
    let latents = told["latent"].1.clone();
    let request = SampleRequest {
        count: labels.len(),
        latents: Some(latents),
        labels: Some(labels),
        ..SampleRequest::default()
    };
    let mut events = send(&mut session, vec![Command::Sample { id: 9, request }]);
    events.extend(tick_until(&mut session, |session| !session.busy()));
    let pictures = events.into_iter().find_map(|event| match event {
        Event::Sampled { pictures, .. } => Some(pictures.pixels.into_vec()),
        _ => None,
    });
    let again = &told["fake.again"].1;
    for (&byte, &value) in pictures.expect("pictures").iter().zip(again) {
        assert!((f32::from(byte) - (value + 1.0) * 127.5).abs() <= 1.0, "{byte} and {value}");
    }
    assert_ne!(again, &told["fake"].1);
    // What the last part of either network made is what came out.
    let parts = |prefix: &str| told.keys().filter(|name| name.starts_with(prefix)).count();
    assert!(parts("generator.part.") >= 3 && parts("discriminator.fake.part.") >= 2);
    let last = told.iter().rfind(|(name, _)| name.starts_with("generator.part.")).expect("parts");
    assert_eq!(last.1.1, told["fake"].1, "{}", last.0);
}

#[test]
fn a_game_without_a_judge_tells_of_the_artist_alone_and_points_of_more() {
    let mut recipe = preset("blur");
    (recipe.dataset, recipe.batch) = (DatasetKind::Drawn, 4);
    let (file, _) = recorded(&mut loaded(recipe));
    let told = tensors(&file);
    assert!(told.contains_key("source") && told.contains_key("fake.gradient"));
    assert!(!told.keys().any(|name| name.starts_with("discriminator") || name.ends_with("logit")));

    let (file, _) = recorded(&mut loaded(preset("plane")));
    let told = tensors(&file);
    for name in ["real", "fake", "fake.again", "fake.gradient"] {
        assert_eq!(told[name].0, [32, 2], "{name}");
    }
}

/// For docs/slow.md.
#[test]
#[ignore = "a figure, which takes a minute: run it alone"]
fn what_a_recording_costs() {
    let median = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    for name in
        ["quick", "dcgan", "r3gan", "stylegan2", "biggan", "sketch", "zebra", "moco", "plane"]
    {
        let mut recipe = preset(name);
        if !recipe.dataset.has_points() {
            recipe.dataset = DatasetKind::Drawn;
        }
        let mut session = loaded(recipe);
        let mut millis = [Vec::new(), Vec::new()];
        let mut bytes = 0;
        for _ in 0..9 {
            let begun = std::time::Instant::now();
            send(&mut session, vec![Command::Step { player: Players::Both }]);
            millis[0].push(begun.elapsed().as_secs_f64() * 1e3);
            let begun = std::time::Instant::now();
            bytes = recorded(&mut session).0.len();
            millis[1].push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let [plain, watched] = millis.map(median);
        println!(
            "{name}: {plain:.0} ms a step, {watched:.0} recorded: {:.2} times; {bytes} bytes",
            watched / plain
        );
    }
}
