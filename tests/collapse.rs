//! The collapse alarm against the truth: healthy recipes must never set it off, collapsing ones must
//! within 200 steps of the onset. The truth is many drawings at short intervals; the alarm has few, now
//! and then. Every run is seeded. `GANVAS_BLESS=1` writes the tables of docs/collapse.md anew.

use crate::common::mnist::training_set;
use crate::common::training::{preset, train_to, trainer};
use ganvas::data::{DatasetKind, Source};
use ganvas::device;
use ganvas::metrics::classifier::Classifier;
use ganvas::metrics::collapse::{Alarm, Collapse, Look, Variety};
use ganvas::recipe::{Objective, Optimiser, Penalty, PenaltyKind, Recipe, ScheduleKind, presets};
use ganvas::rng::Stream;
use ganvas::session::{WATCHED_DRAWINGS, WATCHED_STEPS};
use ganvas::train::{Inputs, Trainer, in_rotation};
use pollster::block_on;
use std::path::Path;
use std::sync::Mutex;

/// Steps of a healthy run, and of one that collapses.
const STEPS: [u64; 2] = [600, 375];
/// Steps between two looks at the truth, and its drawings.
const TRUTH_STEPS: u64 = 25;
const TRUTH_DRAWINGS: usize = 250;
/// A collapse is true when so many looks in a row agree: 100 steps.
const LASTING: usize = 4;
/// After so many steps a judge that stops does.
const JUDGE_STOPS: u64 = 150;
/// Most false alarms among the healthy runs: one of two perceptrons is on the edge (docs/collapse.md).
const FALSE_ALARMS: usize = 1;
/// Until this step the alarm waits for a run that it has not seen varied; many drawings may see it earlier.
const YOUTH: u64 = 250;
/// Within so many steps of the onset the alarm must sound.
const IN_TIME: u64 = 200;
/// By this step the preset that is meant to set the alarm off must have done so.
const SHOWN: u64 = 250;

struct Case {
    name: String,
    fate: Fate,
    recipe: Recipe,
    /// From this step on only the generator learns.
    judge_stops: Option<u64>,
}

/// What a case is meant to do.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Thrive,
    Collapse,
    /// In another way than by collapsing, or by that too.
    Fail,
}

impl Fate {
    fn name(self) -> &'static str {
        match self {
            Self::Thrive => "thrive",
            Self::Collapse => "collapse",
            Self::Fail => "fail",
        }
    }

    /// Steps that show it.
    fn steps(self) -> u64 {
        if self == Self::Collapse { STEPS[1] } else { STEPS[0] }
    }
}

fn cases() -> Vec<Case> {
    let case = |name: &str, fate, base: &str, change: &dyn Fn(&mut Recipe)| {
        let mut recipe = preset(base);
        change(&mut recipe);
        Case { name: name.into(), fate, recipe, judge_stops: None }
    };
    // A generator that nobody contradicts any more draws whatever its judge liked best.
    let stopped = |name: &str, base: &str| {
        let alone = case(name, Fate::Collapse, base, &|_| {});
        Case { judge_stops: Some(JUDGE_STOPS), ..alone }
    };
    let rates = |r: &mut Recipe, g: f64, d: f64| {
        (r.generator.optimiser.lr, r.discriminator.optimiser.lr) = (g, d);
    };
    let penalised = Penalty { kind: PenaltyKind::R1R2, gamma: 1.0 };
    vec![
        case("the default", Fate::Thrive, "quick", &|_| {}),
        case("the default, seed 2", Fate::Thrive, "quick", &|r| r.seed = 2),
        case("the default on drawn digits", Fate::Thrive, "quick", &|r| {
            r.dataset = DatasetKind::Drawn
        }),
        case("DCGAN", Fate::Thrive, "dcgan", &|_| {}),
        case("DCGAN with labels", Fate::Thrive, "dcgan", &|r| {
            (r.conditional, r.codes.categorical) = (true, false);
        }),
        case("two perceptrons", Fate::Thrive, "vanilla", &|_| {}),
        case("two perceptrons, relativistic and penalised", Fate::Thrive, "vanilla", &|r| {
            (r.objective, r.penalty) = (Objective::Relativistic, penalised);
            // With the preset's own numbers and places it draws few classes at step 275 (docs/collapse.md).
            (r.latent, r.codes.categorical) = (16, false);
        }),
        case(
            "textbook minimax: perceptrons, Adam 2e-4 (.5, .999)",
            Fate::Collapse,
            "vanilla",
            &|r| {
                (r.objective, r.penalty.kind) = (Objective::Minimax, PenaltyKind::None);
                for player in [&mut r.generator, &mut r.discriminator] {
                    let adam = player.optimiser;
                    player.optimiser = Optimiser { lr: 2e-4, beta1: 0.5, beta2: 0.999, ..adam };
                }
            },
        ),
        case("huge learning rates, DCGAN", Fate::Collapse, "quick", &|r| {
            rates(r, 0.08, 0.08);
            r.generator.schedule.kind = ScheduleKind::Constant;
            r.discriminator.schedule.kind = ScheduleKind::Constant;
        }),
        case("huge learning rates, perceptrons", Fate::Collapse, "vanilla", &|r| {
            r.penalty.kind = PenaltyKind::None;
            rates(r, 0.01, 0.01);
        }),
        case(
            "a judge far too strong: five fast steps to one, minimax",
            Fate::Collapse,
            "vanilla",
            &|r| {
                (r.objective, r.d_steps, r.latent) = (Objective::Minimax, 5, 64);
                r.penalty.kind = PenaltyKind::None;
                rates(r, 5e-4, 5e-3);
            },
        ),
        case("labels, but a judge that hardly learns", Fate::Collapse, "quick", &|r| {
            r.discriminator.optimiser.lr = 1e-4;
        }),
        case("`mode-collapse`", Fate::Collapse, "mode-collapse", &|_| {}),
        case("`checkerboard`", Fate::Fail, "checkerboard", &|_| {}),
        case("no labels, no penalty, a judge that hardly learns", Fate::Collapse, "quick", &|r| {
            r.conditional = false;
            r.penalty.kind = PenaltyKind::None;
            r.discriminator.optimiser.lr = 1e-4;
        }),
        stopped("DCGAN, its judge learns no more from step 150 on", "dcgan"),
        stopped("two perceptrons, their judge learns no more from step 150 on", "vanilla"),
    ]
}

/// Runs that had no part in finding the thresholds, chosen before any of them was looked at: every preset that the
/// cases above do not have, the others with other seeds, and what collapses with another seed or another judge that
/// stops.
fn held_out() -> Vec<Case> {
    const SEED: u64 = 11;
    let seeded = |name: &str, seed: u64, fate| {
        let recipe = Recipe { seed, ..preset(name) };
        Case { name: format!("{name}, seed {seed}"), fate, recipe, judge_stops: None }
    };
    let fails =
        ["minimax-vanishing", "wgan-unconstrained", "judge-too-strong", "checkerboard", "r1-alone"];
    let fate = |name: &str| match name {
        "mode-collapse" => Fate::Collapse,
        name if fails.contains(&name) => Fate::Fail,
        _ => Fate::Thrive,
    };
    let mut all = presets();
    all.retain(|preset| !preset.recipe.dataset.has_points());
    let mut all: Vec<_> = all.iter().map(|p| seeded(&p.name, SEED, fate(&p.name))).collect();
    for seed in [12, 13] {
        all.extend(
            ["quick", "dcgan", "vanilla", "mode-collapse"].map(|n| seeded(n, seed, fate(n))),
        );
    }
    all.extend(["hinge", "lsgan", "cgan", "stylegan2"].map(|name| Case {
        judge_stops: Some(JUDGE_STOPS),
        name: format!("{name}, seed {SEED}, its judge learns no more from step {JUDGE_STOPS} on"),
        ..seeded(name, SEED, Fate::Collapse)
    }));
    // Presets, in quotes, are there already.
    let again = cases()
        .into_iter()
        .filter(|case| case.fate == Fate::Collapse && !case.name.starts_with('`'));
    all.extend(again.map(|mut case| {
        case.recipe.seed = SEED;
        case.name += &format!("; seed {SEED}");
        case
    }));
    all
}

/// What became of a case.
struct Outcome {
    /// When it had truly collapsed, if it did.
    onset: Option<u64>,
    /// When the alarm sounded first, and why.
    alarm: Option<(u64, Collapse)>,
    /// What the truth says in the end.
    end: Option<Collapse>,
}

impl Outcome {
    /// Whether the alarm said what is true, and in time.
    fn is_right(&self) -> bool {
        match (self.onset, self.alarm) {
            (None, None) => true,
            (Some(onset), Some((step, _))) => step <= onset.max(YOUTH) + IN_TIME,
            _ => false,
        }
    }

    fn row(&self, case: &Case) -> String {
        let number = |step: Option<u64>| step.map_or("never".to_owned(), |step| step.to_string());
        let word = |kind: Option<Collapse>| kind.map_or(String::new(), |kind| format!("{kind:?}"));
        let meant = case.fate.name();
        let sounded = number(self.alarm.map(|(step, _)| step));
        let said = word(self.alarm.map(|(_, kind)| kind));
        let (onset, end) = (number(self.onset), word(self.end));
        format!("| {} | {meant} | {onset} | {sounded} | {said} | {end} |", case.name)
    }
}

struct Reader {
    classifier: Classifier,
}

impl Reader {
    fn variety(&self, pixels: &[u8], labels: &[u8], recipe: &Recipe) -> Variety {
        let readings = block_on(self.classifier.classify(pixels)).expect("readings");
        Variety::of(&readings, recipe.conditional.then_some(labels))
    }

    fn look(&self, trainer: &Trainer, real: &Variety, seed: u64, count: usize) -> Look {
        let labels = in_rotation(count);
        let latents = trainer.latents(Stream::Watch, seed, count);
        let inputs = Inputs::Noise { latents: &latents, labels: &labels };
        let drawn = block_on(trainer.draw_now(inputs)).expect("drawings");
        Look::new(trainer.step(), &self.variety(&drawn, &labels, trainer.recipe()), real)
    }
}

fn run(case: &Case, mnist: &Source) -> Outcome {
    let recipe = &case.recipe;
    let mut source = match recipe.dataset {
        DatasetKind::Mnist | DatasetKind::StackedMnist => mnist.clone(),
        other => Source::new(other.base()),
    };
    let classifier = Classifier::built_in(&device::cpu()).expect("the classifier");
    let reader = Reader { classifier };
    let reals = source.digits(recipe.seed, 0, 300).expect("real digits");
    let real = reader.variety(&reals.images, &reals.labels, recipe);
    let mut trainer = trainer(recipe);
    let mut alarm = Alarm::default();
    // The truth hears no young run either.
    let (mut truth, mut onset, mut first) = (Alarm::default(), None, None);
    let mut agreeing: Vec<u64> = Vec::new();
    let mut end = None;
    for step in (1..=case.fate.steps() / TRUTH_STEPS).map(|look| look * TRUTH_STEPS) {
        train_to(&mut trainer, &mut source, case.judge_stops.unwrap_or(step).min(step));
        while trainer.step() < step {
            let digits = source.batch(recipe.data(), recipe.seed, trainer.batches(), recipe.batch);
            block_on(trainer.step_generator(digits.expect("real digits"))).expect("a step");
        }
        let look = reader.look(&trainer, &real, step << 8, TRUTH_DRAWINGS);
        end = truth.hear(&look);
        match end {
            Some(_) => agreeing.push(step),
            None => agreeing.clear(),
        }
        if agreeing.len() >= LASTING {
            onset = onset.or(agreeing.first().copied());
        }
        if step.is_multiple_of(WATCHED_STEPS) {
            let look = reader.look(&trainer, &real, recipe.seed ^ step, WATCHED_DRAWINGS);
            let sounding = alarm.hear(&look);
            first = first.or(sounding.map(|kind| (step, kind)));
            // Not kept for long, or a long run would gather them.
            block_on(trainer.reports()).ok();
        }
    }
    Outcome { onset, alarm: first, end }
}

/// What became of each; each processor takes the next one.
fn run_all(cases: &[Case]) -> Vec<Outcome> {
    let mnist = training_set();
    let (waiting, outcomes) = (Mutex::new(0..cases.len()), Mutex::new(Vec::new()));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("no case panics here").next();
                    let Some(at) = next else { break };
                    let outcome = run(&cases[at], &mnist);
                    println!("{}", outcome.row(&cases[at]));
                    outcomes.lock().expect("no case panics here").push((at, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("every case ended");
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Writes a table of docs/collapse.md anew, if that is wanted. It has a first column of its own.
fn bless(first: &str, rows: &[String]) {
    if std::env::var_os("GANVAS_BLESS").is_none() {
        return;
    }
    let path = Path::new("docs/collapse.md");
    let page = std::fs::read_to_string(path).expect("docs/collapse.md");
    let start = page.find(&format!("| {first} |")).expect("its table");
    let after = page[start..].find("\n\n").map_or(page.len(), |end| start + end + 1);
    let mut table = format!(
        "| {first} | meant to | collapsed at | alarm at | it said | in the end |\n\
         |---|---|---:|---:|---|---|\n"
    );
    rows.iter().for_each(|row| table += &format!("{row}\n"));
    std::fs::write(path, format!("{}{table}{}", &page[..start], &page[after..])).expect("written");
}

#[test]
fn healthy_runs_are_left_alone_and_collapsing_ones_are_noticed_in_time() {
    let cases = cases();
    let outcomes = run_all(&cases);
    let rows: Vec<String> =
        cases.iter().zip(&outcomes).map(|(c, outcome)| outcome.row(c)).collect();
    bless("recipe", &rows);
    let wrong = |is_wrong: &dyn Fn(&Case, &Outcome) -> bool| -> Vec<&str> {
        let all = cases.iter().zip(&outcomes).zip(&rows);
        all.filter(|((c, o), _)| is_wrong(c, o)).map(|(_, row)| row.as_str()).collect()
    };
    // A run's last bits, and with them its course, hang on the kind of processor.
    let meant_otherwise = wrong(&|c, o| o.onset.is_some() != (c.fate == Fate::Collapse));
    assert!(meant_otherwise.is_empty(), "{}", meant_otherwise.join("\n"));
    // A visitor who waits for it sees it within ten seconds, even on a slow machine.
    let late = |o: &Outcome| o.alarm.is_none_or(|(step, _)| step > SHOWN);
    let late = wrong(&|c, o| c.name == "`mode-collapse`" && late(o));
    assert!(late.is_empty(), "{}", late.join("\n"));
    let missed = wrong(&|_, o| o.onset.is_some() && !o.is_right());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let false_alarms = wrong(&|_, o| o.onset.is_none() && !o.is_right());
    assert!(false_alarms.len() <= FALSE_ALARMS, "{}", false_alarms.join("\n"));
}

/// Says how the alarm does where nothing was fitted to it. Nothing is asserted: what it gets wrong stands in
/// docs/collapse.md, and if thresholds are ever moved by it, it is held out no more.
#[test]
#[ignore = "a quarter of an hour; its table stands in docs/collapse.md"]
fn held_out_runs_are_written_down() {
    let cases = held_out();
    let outcomes = run_all(&cases);
    let rows: Vec<String> =
        cases.iter().zip(&outcomes).map(|(c, outcome)| outcome.row(c)).collect();
    bless("held-out recipe", &rows);
    let wrong: Vec<&str> = rows
        .iter()
        .zip(&outcomes)
        .filter(|(_, o)| !o.is_right())
        .map(|(r, _)| r.as_str())
        .collect();
    println!("{} of {} wrong\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
