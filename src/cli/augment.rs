//! `ganvas augment`: whether generated digits help a classifier that has only a few real ones.

use super::chart::{self, Point, Series};
use super::digits::{Data, Half, mnist};
use super::driver::Driver;
use super::files::{self, Overwrite};
use super::output;
use super::settings::{self, Setting};
use anyhow::{Context, Result, bail, ensure};
use ganvas::data::{DatasetKind, Digits, idx};
use ganvas::device::{self, DeviceKind};
use ganvas::recipe::Recipe;
use ganvas::session::protocol::{Command, Event, SampleRequest};
use ganvas::train::augment::{Arm, Curve, Lesson, Material, Origin, Plan, Score, check, few};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Test digits that are read in one go.
const PIECE: usize = 250;

/// Ask whether generated digits help a classifier: classifiers learn from a few real digits, from samples and from
/// both, and read MNIST's test digits; prints a table and what it says
#[derive(clap::Args)]
pub struct Args {
    /// The folder of MNIST's four files; the environment variable GANVAS_MNIST_DIR otherwise
    #[arg(long, value_name = "DIR")]
    data: Option<Data>,
    /// A generator that has learnt already, from digits that the classifiers are not given; several take the tries in
    /// turn. Without it each try trains one on its own few digits and no others
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The recipe of the generators that are trained
    #[arg(long, value_name = "NAME", value_parser = settings::preset_names(), default_value_t = settings::default_preset(), conflicts_with = "checkpoint")]
    preset: String,
    /// Change one setting of that recipe; may be given several times (`ganvas train --help` lists them)
    #[arg(long, value_name = "PATH=VALUE", value_parser = settings::setting, conflicts_with = "checkpoint")]
    set: Vec<Setting>,
    /// Steps of each generator's training
    #[arg(long, value_name = "STEPS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=1_000_000), conflicts_with = "checkpoint")]
    gan_steps: u64,
    /// Real digits of each class
    #[arg(long, value_name = "N,N,..", value_delimiter = ',', default_values_t = [10, 20, 50, 100, 500], value_parser = clap::value_parser!(u32).range(1..=6000))]
    digits: Vec<u32>,
    /// Tries, each with other digits, first weights and samples
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    seeds: u32,
    /// Steps of each classifier's training, the same for all
    #[arg(long, default_value_t = Plan::default().steps as u32, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: u32,
    /// Samples that the classifiers of a try share, the ten digits in equal parts
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    samples: u32,
    /// The share of samples in a batch of both
    #[arg(long, default_value_t = Plan::default().share, value_parser = share)]
    share: f64,
    /// Write the accuracy of every classifier, and what they say, as JSON
    #[arg(long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Draw the curves, as SVG
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
    /// How many classifiers learn at a time, which changes nothing in the result; as many as there are processors when
    /// absent
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

/// Parses `--share`.
fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|share: &f64| (0.0..=1.0).contains(share));
    number.ok_or_else(|| "a share lies between 0 and 1".into())
}

pub fn run(args: Args) -> Result<()> {
    let Data::Mnist(folder) = Data::or_environment(args.data.clone())? else {
        bail!("the classifiers are tested on MNIST: give its folder as --data");
    };
    let outputs: Vec<&Path> =
        [&args.out, &args.plot].into_iter().flatten().map(PathBuf::as_path).collect();
    files::check(&outputs, args.overwrite)?;
    let (train, test) = (mnist(&folder, Half::Train)?, mnist(&folder, Half::Test)?);
    let generators = Generators::of(&args)?;
    let mut counts: Vec<usize> = args.digits.iter().map(|&count| count as usize).collect();
    counts.sort_unstable();
    counts.dedup();
    // Before any work is done.
    few(&train, counts.last().copied().unwrap_or_default(), 1)?;

    let experiment = Experiment {
        plan: Plan { steps: args.steps as usize, share: args.share, ..Plan::default() },
        test: &test,
        device: args.device,
        threads: match args.device {
            DeviceKind::Cpu => args.threads(),
            DeviceKind::Gpu => 1,
        },
        bar: ProgressBar::new(u64::from(args.seeds) * counts.len() as u64)
            .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len}, {eta} left, {msg}")?),
    };
    let mut curve = Curve { origin: Origin::SameDigits, tested: test.len(), scores: Vec::new() };
    for seed in 1..=u64::from(args.seeds) {
        let mut known: Option<Digits> = None;
        for &digits in &counts {
            experiment.bar.set_message(format!("{digits} digits a class, try {seed}"));
            let real = few(&train, digits, seed)?;
            let samples = match (&generators, &mut known) {
                (Generators::Trained(_), Some(known)) => known.clone(),
                _ => {
                    let (samples, origin) = generators.samples(&args, seed, &real, train.len())?;
                    curve.origin = origin;
                    known.insert(samples).clone()
                }
            };
            let material = Material { real, samples };
            curve.scores.extend(experiment.scores(&material, digits, seed)?);
            experiment.bar.inc(1);
        }
    }
    experiment.bar.finish_and_clear();

    let (table, conclusion) = (table(&curve), curve.conclusion());
    let mut written = Vec::new();
    if let Some(path) = &args.out {
        let report = Report {
            plan: experiment.plan,
            samples: args.samples,
            curve: &curve,
            conclusion: &conclusion,
        };
        written
            .push((path.as_path(), (serde_json::to_string_pretty(&report)? + "\n").into_bytes()));
    }
    if let Some(path) = &args.plot {
        written.push((path.as_path(), plot(&curve).into_bytes()));
    }
    files::write_new(&written, args.overwrite)?;
    output::result(format_args!("{}\n{table}\n{conclusion}", generators.caption(&args)))
}

impl Args {
    fn threads(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or_else(processors, usize::from)
    }
}

/// Where samples come from.
enum Generators {
    /// One for each try and number of digits, trained on just these.
    SameDigits(Box<Recipe>),
    /// Those of checkpoints.
    Trained(Vec<PathBuf>),
}

impl Generators {
    fn of(args: &Args) -> Result<Self> {
        if !args.checkpoint.is_empty() {
            return Ok(Self::Trained(args.checkpoint.clone()));
        }
        let recipe = settings::apply(&settings::preset(&args.preset)?, &args.set)?;
        ensure!(
            recipe.dataset == DatasetKind::Mnist,
            "the generators are trained on digits of MNIST: choose a recipe for it"
        );
        check(&recipe)?;
        Ok(Self::SameDigits(Box::new(recipe)))
    }

    /// What the generator of this try draws, and what it has learnt from; MNIST has `all` digits to learn from.
    fn samples(
        &self,
        args: &Args,
        seed: u64,
        real: &Digits,
        all: usize,
    ) -> Result<(Digits, Origin)> {
        let mut driver = Driver::open(args.device)?;
        driver.use_threads(args.threads());
        let origin = match self {
            Self::SameDigits(recipe) => {
                let recipe = Box::new(Recipe { seed, ..(**recipe).clone() });
                let (images, labels) =
                    (idx::write_images(&real.images), idx::write_labels(&real.labels));
                let (images, labels) = (ByteBuf::from(images), ByteBuf::from(labels));
                let data = Command::AddData { images, labels, total: real.len() };
                driver.tick(vec![Command::Load { recipe }, data, Command::Run])?;
                while driver.step() < args.gan_steps {
                    driver.tick(Vec::new())?;
                }
                driver.tick(vec![Command::Pause])?;
                Origin::SameDigits
            }
            Self::Trained(checkpoints) => {
                let path = &checkpoints[(seed - 1) as usize % checkpoints.len()];
                driver.restore(path)?;
                let recipe = driver.recipe().context("the checkpoint holds no run")?;
                check(&recipe).with_context(|| format!("{} cannot be used", path.display()))?;
                // Each turn of a player takes a batch.
                let seen = driver.step() * (recipe.batch * (recipe.d_steps + 1)) as u64;
                let all = if recipe.dataset == DatasetKind::Mnist { all } else { 0 };
                Origin::others(seen, all)
            }
        };
        let request =
            SampleRequest { count: args.samples as usize, seed, ..SampleRequest::default() };
        let mut events = driver.tick(vec![Command::Sample { id: 0, request }])?;
        while driver.busy() {
            events.extend(driver.tick(Vec::new())?);
        }
        let sampled = events.into_iter().find_map(|event| match event {
            Event::Sampled { pictures, .. } => Some(pictures),
            _ => None,
        });
        let pictures = sampled.context("the session did not answer")?;
        let (images, labels) = (pictures.pixels.into_vec(), pictures.labels.into_vec());
        Ok((Digits { images, labels }, origin))
    }

    /// What the table is of.
    fn caption(&self, args: &Args) -> String {
        let whose = match self {
            Self::SameDigits(_) => format!(
                "drawings by artists trained on the same digits for {} steps (augmentation)",
                args.gan_steps
            ),
            Self::Trained(checkpoints) => {
                let names: Vec<String> =
                    checkpoints.iter().map(|path| path.display().to_string()).collect();
                format!(
                    "drawings by artists that have learnt from others ({}; transfer)",
                    names.join(", ")
                )
            }
        };
        format!(
            "Test digits read correctly, in percent (median, lowest to highest of {} tries), by classifiers of {} \
             steps; {whose}",
            args.seeds, args.steps
        )
    }
}

/// What all classifiers have in common.
struct Experiment<'a> {
    plan: Plan,
    test: &'a Digits,
    device: DeviceKind,
    threads: usize,
    bar: ProgressBar,
}

impl Experiment<'_> {
    /// The score of each arm in its order; several learn at a time.
    fn scores(&self, material: &Material, digits: usize, seed: u64) -> Result<Vec<Score>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let device = pollster::block_on(device::open(self.device))?;
            let mut scores = Vec::new();
            while let Some(&arm) = Arm::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut lesson = Lesson::new(arm, self.plan, material, seed, &device)?;
                let accuracy = loop {
                    let advanced = lesson.advance(material, self.test, PIECE);
                    if let Some(accuracy) = pollster::block_on(advanced)? {
                        break accuracy;
                    }
                };
                scores.push(Score { digits, seed, arm, accuracy });
            }
            anyhow::Ok(scores)
        };
        let mut scores = Vec::new();
        std::thread::scope(|scope| {
            let threads = self.threads.min(Arm::ALL.len());
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            for worker in workers {
                match worker.join() {
                    Ok(done) => scores.extend(done?),
                    Err(_) => bail!("a thread has ended before its work was done"),
                }
            }
            Ok(())
        })?;
        scores.sort_by_key(|score| score.arm);
        Ok(scores)
    }
}

/// What is written as JSON.
#[derive(Serialize)]
struct Report<'a> {
    plan: Plan,
    samples: u32,
    #[serde(flatten)]
    curve: &'a Curve,
    conclusion: &'a str,
}

/// A row for each number of digits, a column for each arm.
fn table(curve: &Curve) -> String {
    let mut table = format!("{:>14}", "digits a class");
    // Writing to a string cannot fail.
    for arm in Arm::ALL {
        let _ = write!(table, "  {:>19}", arm.label());
    }
    for digits in curve.digits() {
        let _ = write!(table, "\n{digits:>14}");
        for arm in Arm::ALL {
            let cell = curve.accuracy(digits, arm).map_or(String::new(), |of| {
                let [median, low, high] = [of.median, of.low, of.high].map(|share| 100.0 * share);
                format!("{median:.1} ({low:.1} to {high:.1})")
            });
            let _ = write!(table, "  {cell:>19}");
        }
    }
    table
}

fn plot(curve: &Curve) -> String {
    let series: Vec<Series> = Arm::ALL
        .into_iter()
        .map(|arm| {
            let points = curve.digits().into_iter().filter_map(|digits| {
                let of = curve.accuracy(digits, arm)?;
                Some(Point { x: digits as f64, low: of.low, median: of.median, high: of.high })
            });
            Series { label: arm.label(), points: points.collect() }
        })
        .collect();
    chart::svg(&series, "real digits a class", "test digits read correctly")
}
