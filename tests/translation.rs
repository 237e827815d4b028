//! Games that make one picture of another: their gradients, their runs on any number of workers, and what a session
//! makes of the pictures that it is given.

use crate::common::differences::{
    Differences, SAMPLES, Seen as Parameters, compare, cpu, d_loss, far_from_kinks, length, number,
    numbers, rng, unsure,
};
use crate::common::driving::{complaints, equipped, losses, open, send, states, tick_until};
use crate::common::networks;
use crate::common::training::{classifier, source, tensors, train, trainer};
use burn::tensor::Tensor;
use ganvas::data::{Base, DatasetKind, Source, View};
use ganvas::gan::game::Direction;
use ganvas::gan::{Figure, GameKind};
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::nets::layers::{Concat, Mode};
use ganvas::nets::params::{rows, vector};
use ganvas::nets::{Architecture, GeneratorInput};
use ganvas::recipe::{Objective, Penalty, PenaltyKind, Recipe, presets};
use ganvas::rng::normals;
use ganvas::session::protocol::{
    Command, Event, Form, Given, Pictures, Players as Who, Role, SampleRequest, State,
};
use ganvas::shape::Shape;
use ganvas::train::step::{
    Batch, Players, Ports, Scene, Seen, discriminator_step, distance, feature_distance,
    generators_step,
};
use ganvas::train::{Inputs, Threads};
use pollster::block_on;
use serde_bytes::ByteBuf;
use std::rc::Rc;

/// Those of them that know what a source should become.
fn paired() -> impl Iterator<Item = (String, Recipe)> {
    games().into_iter().filter(|(_, recipe)| recipe.game.knows_truth())
}

/// The presets that translate, small and on drawn digits.
fn games() -> Vec<(String, Recipe)> {
    let presets = presets().into_iter().filter(|preset| preset.recipe.view.makes_sources());
    let games = presets.map(|preset| {
        let mut recipe = preset.recipe;
        recipe.dataset = DatasetKind::Drawn;
        (recipe.batch, recipe.generator.width, recipe.discriminator.width) = (32, 4, 4);
        (preset.name, recipe)
    });
    let games: Vec<_> = games.collect();
    assert!(games.len() >= 3);
    games
}

fn random(size: usize, salt: u64) -> Tensor<2> {
    rows(normals(&mut rng(salt), SAMPLES * size), size, &cpu()).tanh()
}

#[test]
fn the_distance_is_the_mean_difference_of_pictures_in_0_to_1() {
    let (a, b) = (random(6, 1), random(6, 2));
    let (value, by_a) = distance(a.clone(), b.clone());
    let said = [a.clone(), b].map(|x| numbers(x.flatten(0, 1)));
    let mean = said[0].iter().zip(&said[1]).map(|(a, b)| (a - b).abs() / 2.0).sum::<f64>() / 24.0;
    assert!((number(value) - mean).abs() < 1e-6);
    for (slope, (a, b)) in numbers(by_a.flatten(0, 1)).iter().zip(said[0].iter().zip(&said[1])) {
        assert!((slope - 0.5 * (a - b).signum() / 24.0).abs() < 1e-8);
    }
}

/// A generator's gradient is linear in what comes back to its pictures: here by numbers at random, so that all of it is
/// large enough to be seen.
#[test]
fn generators_that_translate_draw_by_their_weights() {
    let mut found = Parameters::default();
    for (name, recipe) in games() {
        let (g, spec) = (networks(&recipe).0, recipe.data().spec());
        let input = GeneratorInput::Picture(random(spec.source.expect("it translates").size(), 5));
        let start = far_from_kinks(&g.layout, 7);
        let view = g.layout.view(&vector(start.clone(), &cpu()));
        let (size, count) = (spec.target.size(), SAMPLES * spec.target.size());
        let scale = 1.0 / (count as f32).sqrt();
        let back: Vec<f32> =
            normals(&mut rng(15), count).into_iter().map(|value| value * scale).collect();
        let drawn = g.draw(&view, &input);
        let gradient = g.gradient(&view, &drawn, rows(back.clone(), size, &cpu()));
        let value = |weights: Tensor<1>| {
            let drawn = g.forward(&g.layout.view(&weights), &input, &mut Mode::Train);
            let drawn = numbers(drawn.flatten(0, 1));
            drawn.iter().zip(&back).map(|(y, &b)| y * f64::from(b)).sum::<f64>()
        };
        let mut differences = Differences::new(start, value);
        // Layer norms bend, and leave some units near their kinks.
        (differences.farthest, differences.slack) = (1e-2, 4.0);
        found.note(&name, compare(&g.layout, &differences, &numbers(gradient)));
    }
    found.some("translation");
}

/// Along directions at random, and along itself; and what is held constant gives nothing back.
#[test]
fn the_feature_distance_is_that_of_the_last_convolutions_maps_and_has_its_slope() {
    let reader = classifier();
    let size = 28 * 28;
    let (a, b) = (random(size, 1), random(size, 2));
    let distance = |x: Tensor<2>| feature_distance(&reader, [x, b.clone()]);
    let (value, by_a) = distance(a.clone());
    let maps = |x: &Tensor<2>| numbers(reader.maps(x.clone()).output().flatten(0, 1));
    let (of_a, of_b) = (maps(&a), maps(&b));
    assert_eq!(of_a.len(), SAMPLES * 3 * 3 * 48);
    assert!(of_a.iter().any(|&v| v < -0.5), "it is before the activation");
    let mean = of_a.iter().zip(&of_b).map(|(a, b)| (a - b).abs()).sum::<f64>() / of_a.len() as f64;
    assert!((number(value) - mean).abs() < 1e-5 * mean, "{mean}");
    assert_eq!(number(feature_distance(&reader, [b.clone(), b.clone()]).0), 0.0);

    let start = numbers(a.flatten(0, 1)).into_iter().map(|v| v as f32).collect();
    let loss = |x: Tensor<1>| distance(x.reshape([SAMPLES, size])).0;
    let gradient = numbers(by_a.flatten(0, 1));
    let mut differences = Differences::of_loss(start, loss);
    differences.farthest = 1e-3;
    let norm = length(&gradient);
    let along = differences.hold(0..gradient.len(), &gradient, &gradient, (0.02, norm));
    assert_eq!(along, Ok(()));
    for salt in 0..4 {
        let other: Vec<f64> =
            normals(&mut rng(60 + salt), gradient.len()).into_iter().map(f64::from).collect();
        let along = differences.hold(0..gradient.len(), &gradient, &other, (0.02, norm));
        assert_eq!(along, Ok(()), "direction {salt}");
    }
    assert!(differences.blur(norm) < 0.15, "nothing to be seen");
}

/// All terms of the loss, through a judge of patches that sees the source, too; along the gradient.
#[test]
fn generators_that_translate_step_by_their_weights() {
    for (name, mut recipe) in paired() {
        // Where no paired loss bends.
        (recipe.objective, recipe.distance, recipe.adversarial) =
            (Objective::Wasserstein, 3.0, 2.0);
        recipe.feature_distance = 0.5;
        let reader = classifier();
        let (g, d) = networks(&recipe);
        let (game, spec) = (recipe.game(), recipe.data().spec());
        let from = spec.source.expect("it translates");
        let (input, target) = (random(from.size(), 5), random(spec.target.size(), 6));
        let given = || game.given(0).map(|_| Concat::new([from, spec.target], 1.0));
        let beside = |x: Tensor<2>| match given() {
            Some(concat) => concat.apply([input.clone(), x]),
            None => x,
        };
        let d_weights = d.layout.view(&vector(far_from_kinks(&d.layout, 8), &cpu()));
        let start = far_from_kinks(&g.layout, 7);
        let view = g.layout.view(&vector(start.clone(), &cpu()));
        let picture = GeneratorInput::Picture(input.clone());
        let drawn = g.draw(&view, &picture);
        let (real, fake) = (beside(target.clone()), beside(drawn.y.clone()));
        let batch = Batch { real, fake, points: None, labels: None, targets: None };
        let seen = Seen { batch, changes: None, given: None, beside: given(), frames: None };
        let ports =
            Ports { target: target.clone(), source: Some(input.clone()), made: vec![drawn] };
        let scene = Scene { ports, seen: vec![seen] };
        let classifier = Some(&*reader);
        let players = Players { game: &game, generators: &[g], discriminators: &[d], classifier };
        let weights = [&[view][..], std::slice::from_ref(&d_weights)];
        let step = generators_step(&recipe, players, weights, &scene);
        let (g, d) = (&players.generators[0], &players.discriminators[0]);
        let loss = |values: Tensor<1>| {
            let y = g.forward(&g.layout.view(&values), &picture, &mut Mode::Train);
            let judged = d.forward(&d_weights, beside(y.clone()), None);
            let adversarial = recipe.objective.g_loss(|| judged.clone(), judged.clone());
            let features = feature_distance(&reader, [y.clone(), target.clone()]).0;
            adversarial * recipe.adversarial
                + distance(y, target.clone()).0 * recipe.distance
                + features * recipe.feature_distance
        };
        // What is reported is the loss itself and its terms.
        let said = numbers(step.figures);
        assert!((said[0] - number(loss(vector(start.clone(), &cpu())))).abs() < 1e-5, "{name}");
        let sum = 2.0 * said[1] + 3.0 * said[2] + 0.5 * said[3];
        assert!((said[0] - sum).abs() < 1e-5, "{name}: {said:?}");
        let gradient = numbers(step.gradient);
        let mut differences = Differences::of_loss(start, loss);
        // A pixel that is as bright as it should be is a kink of the distance.
        differences.farthest = 3e-4;
        let norm = length(&gradient);
        let along = differences.hold(0..gradient.len(), &gradient, &gradient, (0.04, norm));
        assert_eq!(along, Ok(()), "{name}");
        assert!(differences.blur(norm) < 0.15, "{name}: nothing to be seen");
    }
}

#[test]
fn judges_of_patches_step_by_their_weights() {
    let mut found = Parameters::default();
    let kinds = [PenaltyKind::None, PenaltyKind::R1R2, PenaltyKind::WganGp];
    for (salt, &kind) in kinds.iter().enumerate() {
        for objective in [Objective::NonSaturating, Objective::Relativistic] {
            let (_, mut recipe) = games().swap_remove(0);
            (recipe.objective, recipe.penalty) = (objective, Penalty { kind, gamma: 3.0 });
            let d = networks(&recipe).1;
            let size = 2 * recipe.picture().size();
            let [real, fake] = [1, 2].map(|k| random(size, 10 * salt as u64 + k));
            let points = kind.points().map(|_| (real.clone() + fake.clone()) * 0.5);
            let start = unsure(&d, far_from_kinks(&d.layout, 9), &real, &None);
            let batch = Batch { real, fake, points, labels: None, targets: None };
            let view = d.layout.view(&vector(start.clone(), &cpu()));
            let gradient = discriminator_step(&recipe, &d, &view, &batch, None).gradient;
            let loss =
                |values: Tensor<1>| d_loss(&recipe, &d, &d.layout.view(&values), &batch, None);
            let differences = Differences::of_loss(start, loss);
            let compared = compare(&d.layout, &differences, &numbers(gradient));
            found.note(&format!("{objective:?}, {kind:?}"), compared);
        }
    }
    found.some("judges of patches");
}

/// A run of some steps: every figure and every weight.
fn run(recipe: &Recipe, helpers: usize) -> (String, Vec<(String, Vec<u8>)>) {
    let mut trainer = trainer(recipe);
    trainer.set_replicas((helpers > 0).then(|| Rc::new(Threads::start(helpers)) as Rc<_>));
    train(&mut trainer, 3);
    let figures = block_on(trainer.reports()).expect("finite");
    let checkpoint = block_on(trainer.checkpoint()).expect("a checkpoint");
    (format!("{figures:?}"), tensors(&checkpoint, ""))
}

#[test]
fn any_number_of_workers_translates_the_same_to_the_last_bit() {
    for (name, recipe) in games() {
        let weights = match recipe.game.knows_truth() {
            true => vec![(1.0, 0.1), (0.0, 0.1), (1.0, 0.0)],
            false => vec![(1.0, 0.0)],
        };
        for (adversarial, feature_distance) in weights {
            // What ties a batch together is left to one.
            let objective = Objective::Relativistic;
            let recipe =
                Recipe { adversarial, feature_distance, objective, batch: 64, ..recipe.clone() };
            let alone = run(&recipe, 0);
            for helpers in [1, 3] {
                let shared = run(&recipe, helpers);
                assert!(
                    shared == alone,
                    "{name} with {helpers}, {adversarial}, {feature_distance}"
                );
            }
        }
    }
}

#[test]
fn without_a_judge_only_the_generator_learns_and_says_so() {
    let (_, recipe) = games().swap_remove(0);
    let recipe = Recipe { adversarial: 0.0, ..recipe };
    let mut run = trainer(&recipe);
    let start = block_on(run.checkpoint()).expect("a checkpoint");
    train(&mut run, 2);
    assert_eq!(recipe.game().figures(), [Figure::GLoss]);
    let reports = block_on(run.reports()).expect("finite");
    assert!(reports.iter().all(|report| report.figures.len() == 1));
    let end = block_on(run.checkpoint()).expect("a checkpoint");
    assert_eq!(tensors(&start, "discriminator."), tensors(&end, "discriminator."));
    assert_ne!(tensors(&start, "generator."), tensors(&end, "generator."));
    let batch = Source::new(Base::Drawn).batch(recipe.data(), 1, 9, recipe.batch).expect("drawn");
    let refused = block_on(run.step_discriminator(batch)).expect_err("there is none");
    assert!(refused.to_string().contains("no discriminator"), "{refused}");

    // Nor is anything scored.
    let mut session = equipped();
    let pixels = ByteBuf::from(vec![0; 784]);
    let source = Some(ByteBuf::from(vec![0; recipe.data().spec().source.expect("one").size()]));
    let inspect = Command::Inspect { id: 3, pixels, label: 4, source };
    let load = Command::Load { recipe: Box::new(recipe) };
    let events = send(&mut session, vec![load, inspect]);
    assert_eq!(complaints(&events), [""; 0]);
    let scored = |e: &Event| matches!(e, Event::Judged { .. } | Event::Inspected { .. });
    assert!(!events.iter().any(scored));
    let events = tick_until(&mut session, |session| !session.busy());
    assert!(events.iter().any(|event| matches!(event, Event::Matched { id: 3, .. })));
}

/// With nothing else in the loss.
#[test]
fn features_alone_teach_a_generator() {
    let (_, recipe) = games().swap_remove(0);
    let (adversarial, distance) = (0.0, 0.0);
    let recipe = Recipe { adversarial, distance, feature_distance: 1.0, ..recipe };
    assert_eq!(recipe.game().figures(), [Figure::GLoss]);
    let mut run = trainer(&recipe);
    train(&mut run, 20);
    let losses = block_on(run.reports()).expect("finite");
    let mean = |of: &[ganvas::train::StepFigures]| {
        of.iter().filter_map(|step| step.figures[0]).sum::<f32>() / of.len() as f32
    };
    let (first, last) = (mean(&losses[..4]), mean(&losses[16..]));
    assert!(last < 0.9 * first, "{first} to {last}");
}

#[test]
fn without_the_classifier_nobody_compares_features() {
    let (_, recipe) = games().swap_remove(0);
    let recipe = Recipe { feature_distance: 0.1, ..recipe };
    let batch =
        || Source::new(Base::Drawn).batch(recipe.data(), 1, 0, recipe.batch).expect("drawn");
    let mut run = trainer(&recipe);
    run.set_classifier(None);
    assert!(run.lacks_classifier());
    for refused in [block_on(run.begin(batch())), block_on(run.step_generator(batch()))] {
        let said = refused.expect_err("it cannot go on").to_string();
        assert!(said.contains("the classifier"), "{said}");
    }
    assert_eq!((run.step(), run.batches()), (0, 0));

    // A session waits for it, sets off when it comes, and knows it from then on.
    let mut session = open();
    let load = || Command::Load { recipe: Box::new(recipe.clone()) };
    let state = |events: &[Event]| states(events).last().map(|&(state, _)| state);
    let events = send(&mut session, vec![load()]);
    assert_eq!(state(&events), Some(State::Loading));
    let says = |event: &Event| matches!(event, Event::Loaded { needs_classifier: true, .. });
    assert!(events.iter().any(says));
    for command in [Command::Run, Command::Step { player: Who::Both }] {
        let said = complaints(&send(&mut session, vec![command]));
        assert!(said.len() == 1 && said[0].contains("the classifier"), "{said:?}");
    }
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let events = send(&mut session, vec![Command::LoadClassifier { weights }]);
    assert_eq!(state(&events), Some(State::Ready));
    let step = Command::Step { player: Who::Both };
    let saved = send(&mut session, vec![step, Command::Save { id: 1 }]);
    let checkpoint = saved.into_iter().find_map(|event| match event {
        Event::Saved { checkpoint, .. } => Some(checkpoint),
        _ => None,
    });
    let checkpoint = checkpoint.expect("a checkpoint");
    assert_eq!(state(&send(&mut session, vec![load()])), Some(State::Ready));

    // So does one that a checkpoint is restored in.
    let restore = Command::Restore { id: 2, checkpoint, recipe: None };
    let mut session = open();
    assert_eq!(state(&send(&mut session, vec![restore])), Some(State::Loading));
    let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
    let events = send(&mut session, vec![Command::LoadClassifier { weights }]);
    assert_eq!(state(&events), Some(State::Paused));
}

#[test]
fn what_cannot_translate_is_refused_at_the_field_to_change() {
    let refused = |change: &dyn Fn(&mut Recipe)| {
        let (_, mut recipe) = games().swap_remove(0);
        change(&mut recipe);
        recipe.validate().into_iter().map(|problem| problem.path).collect::<Vec<_>>()
    };
    assert_eq!(refused(&|_| {}), [""; 0]);
    assert_eq!(refused(&|r| r.generator.network = Architecture::Dcgan), ["generator.network"]);
    assert_eq!(refused(&|r| r.generator.network = Architecture::Patch), ["generator.network"]);
    assert_eq!(refused(&|r| r.generator.network = Architecture::Enlarger), ["generator.network"]);
    let unet = |r: &mut Recipe| r.discriminator.network = Architecture::Unet;
    assert_eq!(refused(&unet), ["discriminator.network"]);
    assert_eq!(refused(&|r| r.conditional = true), ["conditional", "conditional"]);
    assert_eq!(refused(&|r| r.d_hidden = 8), ["d_hidden"]);
    let nothing =
        |r: &mut Recipe| (r.adversarial, r.distance, r.feature_distance) = (0.0, 0.0, 0.0);
    assert_eq!(refused(&nothing), ["distance"]);
    // The judge would see the source beside a picture of another size.
    assert_eq!(refused(&|r| r.view = View::Shrunk), ["generator.network", "view"]);
    assert_eq!(refused(&|r| r.view = View::Plain), ["view"]);
    assert_eq!(refused(&|r| r.view = View::Moving), ["view"]);
    assert_eq!(refused(&|r| r.view = View::Hand), ["view"]);
    assert_eq!(refused(&|r| r.cycle = 1.0), ["cycle"]);
    // Both ways, nobody knows the truth.
    let both_ways = |change: &dyn Fn(&mut Recipe)| {
        refused(&|r| {
            (r.game, r.distance, r.cycle) = (GameKind::Cycle, 0.0, 1.0);
            change(r);
        })
    };
    assert_eq!(both_ways(&|_| {}), [""; 0]);
    assert_eq!(both_ways(&|r| r.view = View::Hand), [""; 0]);
    assert_eq!(both_ways(&|r| r.cycle = 0.0), [""; 0]);
    assert_eq!(both_ways(&|r| r.distance = 1.0), ["distance"]);
    assert_eq!(both_ways(&|r| r.feature_distance = 1.0), ["feature_distance"]);
    assert_eq!(both_ways(&|r| r.adversarial = 0.0), ["adversarial"]);
    assert_eq!(both_ways(&|r| r.view = View::Shrunk), ["view"]);
}

fn translated(events: Vec<Event>) -> Vec<(Pictures, Pictures)> {
    let of = |event| match event {
        Event::Sampled { pictures, sources, .. } => Some((pictures, sources.expect("sources"))),
        _ => None,
    };
    events.into_iter().filter_map(of).collect()
}

#[test]
fn a_session_translates_what_it_is_given_and_shows_it() {
    for (name, recipe) in games() {
        let spec = recipe.data().spec();
        let from = spec.source.expect("it translates");
        let mut session = equipped();
        let events = send(&mut session, vec![Command::Load { recipe: Box::new(recipe.clone()) }]);
        assert_eq!(complaints(&events), [""; 0], "{name}");
        let shown = events.iter().find_map(|event| match event {
            Event::DataAdded { sample, sources, .. } => Some((sample, sources.as_ref()?)),
            _ => None,
        });
        let (truth, sources) = shown.expect("real pictures with their sources");
        assert_eq!((truth.count, truth.shape), (sources.count, spec.target));
        assert_eq!((truth.role, sources.role), (Role::Target, Role::Source));
        assert_eq!((sources.shape, sources.pixels.len()), (from, 100 * from.size()));

        send(&mut session, vec![Command::Run]);
        let mut events = tick_until(&mut session, |s| s.step_count() >= 2);
        events.extend(send(&mut session, vec![Command::Pause]));
        let figures = recipe.game().figures().len();
        assert!(losses(events).iter().all(|loss| loss.figures.len() == figures), "{name}");

        let ask = |pixels: Vec<u8>, form| Command::Sample {
            id: 4,
            request: SampleRequest {
                count: 3,
                seed: 8,
                pictures: Some(Given {
                    pixels: ByteBuf::from(pixels),
                    form,
                    direction: Direction::Back,
                }),
                ..SampleRequest::default()
            },
        };
        let digits = truth.pixels[..3 * spec.target.size()].to_vec();
        if !recipe.view.has_truth() {
            let said = complaints(&send(&mut session, vec![ask(digits, Form::Target)]));
            assert!(said.len() == 1 && said[0].contains("in its hand"), "{name}: {said:?}");
            continue;
        }
        let of_digits = translated(send(&mut session, vec![ask(digits.clone(), Form::Target)]));
        let [(pictures, made)] = of_digits.as_slice() else { panic!("{name}: one answer") };
        assert_eq!((pictures.shape, made.shape), (spec.target, from));
        assert_eq!((pictures.role, made.role), (Role::Output, Role::Source));
        // The same sources, as they are, become the same pictures.
        let given = ask(made.pixels.to_vec(), Form::Source);
        let again = translated(send(&mut session, vec![given]));
        assert_eq!(again[0].0.pixels, pictures.pixels, "{name}");
        // And so does a trainer's own drawing.
        for (command, words) in [
            (ask(vec![0; 5], Form::Source), "bytes"),
            (ask(digits[1..].to_vec(), Form::Target), "bytes"),
        ] {
            let said = complaints(&send(&mut session, vec![command]));
            assert!(said.len() == 1 && said[0].contains(words), "{name}: {said:?}");
        }
        let inspect = |source: Option<usize>| Command::Inspect {
            id: 1,
            pixels: ByteBuf::from(pictures.pixels[..spec.target.size()].to_vec()),
            label: 3,
            source: source.map(|size| ByteBuf::from(vec![0; size])),
        };
        let events = send(&mut session, vec![inspect(Some(from.size()))]);
        let scored = events.iter().any(|event| matches!(event, Event::Inspected { .. }));
        assert_eq!(scored, recipe.game().is_adversarial(), "{name}");
        let said = complaints(&send(&mut session, vec![inspect(None)]));
        assert!(said.len() == 1 && said[0].contains("translates"), "{said:?}");
    }
}

#[test]
fn a_session_that_draws_from_noise_takes_no_pictures_and_one_that_translates_wants_some() {
    let request =
        |pictures| SampleRequest { count: 1, seed: 1, pictures, ..SampleRequest::default() };
    let mut classic = open();
    let load = Command::Load { recipe: Box::new(crate::common::training::tiny()) };
    let (pixels, form) = (ByteBuf::from(vec![0; 784]), Form::Target);
    let given = Given { pixels, form, direction: Direction::Back };
    let sample = Command::Sample { id: 1, request: request(Some(given)) };
    let said = complaints(&send(&mut classic, vec![load, sample]));
    assert!(said.len() == 1 && said[0].contains("takes no pictures"), "{said:?}");
    let mut session = open();
    let load = Command::Load { recipe: Box::new(games().swap_remove(0).1) };
    let sample = Command::Sample { id: 1, request: request(None) };
    let said = complaints(&send(&mut session, vec![load, sample]));
    assert!(said.len() == 1 && said[0].contains("give it some"), "{said:?}");
}

/// A run that was saved goes on as the one that never stopped.
#[test]
fn a_restored_game_goes_on_to_the_same_bits() {
    for (name, recipe) in games() {
        let mut whole = trainer(&recipe);
        train(&mut whole, 2);
        let kept = block_on(whole.checkpoint()).expect("a checkpoint");
        train(&mut whole, 2);
        let mut again = ganvas::train::Trainer::restore(&kept, cpu()).expect("its own checkpoint");
        again.set_classifier(Some(classifier()));
        let mut pictures = source(recipe.dataset);
        crate::common::training::train_to(&mut again, &mut pictures, 4);
        let ends = [&whole, &again]
            .map(|run| tensors(&block_on(run.checkpoint()).expect("a checkpoint"), ""));
        assert!(ends[0] == ends[1], "{name}");
        let shape: Shape = recipe.data().spec().source.expect("it translates");
        let sources = vec![90; 2 * shape.size()];
        let drawn = [&mut whole, &mut again].map(|run| {
            let inputs = Inputs::Pictures { pixels: &sources, direction: Direction::Back };
            block_on(run.sample(inputs)).expect("pictures")
        });
        assert_eq!(drawn[0], drawn[1], "{name}");
    }
}

/// What a game with a way back shows, and what it makes of digits either way.
#[test]
fn a_game_both_ways_translates_forth_and_back() {
    let both = |(_, recipe): &(String, Recipe)| recipe.game == GameKind::Cycle;
    let games: Vec<_> = games().into_iter().filter(both).collect();
    assert!(games.len() >= 3);
    for (name, recipe) in games {
        let mut session = equipped();
        let events = send(&mut session, vec![Command::Load { recipe: Box::new(recipe.clone()) }]);
        let trip = events.iter().find_map(|event| match event {
            Event::RoundTripped { source_again, forth, target_again, .. } => {
                Some([source_again.clone(), forth.clone(), target_again.clone()])
            }
            _ => None,
        });
        let [_, forth, target_again] = trip.unwrap_or_else(|| panic!("{name}: no round trip"));
        let truth = events.iter().find_map(|event| match event {
            Event::DataAdded { sample, .. } => Some(sample.clone()),
            _ => None,
        });
        let truth = truth.expect("digits");
        let ask = |pixels: &[u8], form, direction| Command::Sample {
            id: 4,
            request: SampleRequest {
                count: forth.count,
                seed: 8,
                pictures: Some(Given { pixels: ByteBuf::from(pixels.to_vec()), form, direction }),
                ..SampleRequest::default()
            },
        };
        let digits = &truth.pixels[..forth.count * 784];
        let there = ask(digits, Form::Target, Direction::Forth);
        let there = translated(send(&mut session, vec![there])).swap_remove(0);
        assert_eq!((&there.0.pixels, &there.1.pixels[..]), (&forth.pixels, digits), "{name}");
        let back = ask(&forth.pixels, Form::Source, Direction::Back);
        let back = translated(send(&mut session, vec![back])).swap_remove(0).0;
        assert_eq!(back.pixels, target_again.pixels, "{name}");
        let wrong = ask(digits, Form::Source, Direction::Forth);
        let said = complaints(&send(&mut session, vec![wrong]));
        assert!(said.len() == 1 && said[0].contains("translated forth"), "{name}: {said:?}");
    }
    // Others have no way forth.
    let mut session = equipped();
    let (_, one_way) = paired().next().expect("a game");
    let pixels = ByteBuf::from(vec![0; 784]);
    let given = Given { pixels, form: Form::Target, direction: Direction::Forth };
    let request =
        SampleRequest { count: 1, seed: 8, pictures: Some(given), ..SampleRequest::default() };
    let sample = Command::Sample { id: 1, request };
    let said =
        complaints(&send(&mut session, vec![Command::Load { recipe: Box::new(one_way) }, sample]));
    assert!(said.len() == 1 && said[0].contains("one way"), "{said:?}");
}
