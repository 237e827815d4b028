//! `ganvas train`: a run from its recipe to pictures and a checkpoint.

use super::digits::{Data, Half, mnist};
use super::driver::Driver;
use super::measure::Measurements;
use super::settings::{self, Setting};
use super::{files, grid};
use anyhow::{Context, Result, bail, ensure};
use ganvas::data::{DatasetKind, idx};
use ganvas::device::DeviceKind;
use ganvas::recipe::Recipe;
use ganvas::session::protocol::{CollapseReport, Command, Event, LossPoint};
use indicatif::{ProgressBar, ProgressStyle};
use serde_bytes::ByteBuf;
use std::fmt::Write as _;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

/// Loss lines per run.
const LINES: u64 = 20;

/// Train a GAN: writes grids of its pictures, its losses and a checkpoint into a folder
#[derive(clap::Args)]
#[command(after_long_help = settings::help())]
pub struct Args {
    /// The recipe to start from
    #[arg(long, value_name = "NAME", value_parser = settings::preset_names(), default_value_t = settings::default_preset())]
    preset: String,
    /// A recipe as JSON, such as an earlier run's recipe.json
    #[arg(long, value_name = "FILE.json", conflicts_with = "preset")]
    recipe: Option<PathBuf>,
    /// Go on from this checkpoint, with its recipe and data
    #[arg(long, value_name = "FILE", conflicts_with_all = ["preset", "recipe", "set", "seed"])]
    resume: Option<PathBuf>,
    /// Change one setting of the recipe; may be given several times (--help lists them)
    #[arg(long, value_name = "PATH=VALUE", value_parser = settings::setting)]
    set: Vec<Setting>,
    /// Every random number follows from it; the recipe's own when absent
    #[arg(long)]
    seed: Option<u64>,
    /// The folder of MNIST's files, or `drawn` for drawn digits; the environment variable
    /// GANVAS_MNIST_DIR otherwise
    #[arg(long, value_name = "DIR|drawn")]
    data: Option<Data>,
    /// Train up to this step
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    steps: u64,
    /// Steps between two grids and checkpoints; a tenth of the run when absent
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..))]
    every: Option<u64>,
    /// Keep the checkpoint of each grid, not only the last
    #[arg(long)]
    keep: bool,
    /// Steps between two measurements by every figure, each a line of metrics.jsonl and a point in the
    /// curves of metrics.html; never when absent
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..))]
    eval_every: Option<u64>,
    /// How many samples each of them takes; figures of one count can be compared
    #[arg(long, value_name = "SAMPLES", default_value_t = 2000, requires = "eval_every", value_parser = clap::value_parser!(u32).range(100..=10_000))]
    eval_count: u32,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many threads share a step on the CPU, which changes nothing in the result; as many as there
    /// are processors when absent
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

pub fn run(args: Args) -> Result<()> {
    let mut driver = Driver::open(args.device)?;
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    driver.share(args.threads.map_or_else(processors, usize::from));
    let (recipe, folder) = start(&args, &mut driver)?;
    ensure!(
        args.eval_every.is_none() || recipe.dataset.channels() == 1,
        "--eval-every reads grey digits: score stacked ones at the end, with `ganvas eval`"
    );
    ensure!(
        driver.step() < args.steps,
        "this run has already taken {} steps; ask for more with --steps",
        driver.step()
    );
    files::create_folder(&args.out)?;
    files::write(&args.out.join("recipe.json"), &serde_json::to_vec_pretty(&recipe)?)?;

    let mut measurements = match args.eval_every {
        Some(_) => {
            let count = args.eval_count as usize;
            Some(Measurements::begin(&mut driver, folder.as_deref(), recipe.seed, count)?)
        }
        None => None,
    };
    let mut log = Log::new(driver.step(), args.steps)?;
    let mut good = args.resume.clone().map(|file| (file, driver.step()));
    let trained = train(&args, &mut driver, &mut measurements, &mut log, &mut good);
    log.bar.finish_and_clear();
    if let Err(error) = trained {
        match good {
            Some((file, step)) => {
                bail!("{error:#}; the last good checkpoint, of step {step}, is {}", file.display())
            }
            None => bail!("{error:#}; it had not come to its first checkpoint"),
        }
    }
    writeln!(stdout().lock(), "wrote {}", args.out.join(CHECKPOINT).display())?;
    Ok(())
}

/// Trains to the end. `good` is the last checkpoint that was written, or that the run came from.
fn train(
    args: &Args,
    driver: &mut Driver,
    measurements: &mut Option<Measurements>,
    log: &mut Log,
    good: &mut Option<(PathBuf, u64)>,
) -> Result<()> {
    let every = args.every.unwrap_or(args.steps.div_ceil(10));
    while driver.step() < args.steps {
        let next = |every: u64| ((driver.step() / every + 1) * every).min(args.steps);
        let (save_at, measure_at) = (next(every), args.eval_every.map(next));
        let pause_at = save_at.min(measure_at.unwrap_or(save_at));
        log.note(driver.tick(vec![Command::Run])?)?;
        while driver.step() < pause_at {
            log.note(driver.tick(Vec::new())?)?;
            log.bar.set_position(driver.step());
        }
        let mut events = driver.tick(vec![Command::Pause])?;
        if pause_at == save_at {
            events.extend(driver.tick(vec![Command::Save { id: 0 }])?);
            save(args, &events)?;
            *good = Some((args.out.join(CHECKPOINT), driver.step()));
        }
        log.note(events)?;
        files::write(&args.out.join("losses.csv"), log.csv.as_bytes())?;
        if let Some(measurements) = measurements
            && measure_at == Some(pause_at)
        {
            measurements.take(driver, &args.out)?;
        }
    }
    Ok(())
}

const CHECKPOINT: &str = "checkpoint.safetensors";

/// Sets up the run and hands it its data; returns its recipe and MNIST's folder if it learns from that.
fn start(args: &Args, driver: &mut Driver) -> Result<(Recipe, Option<PathBuf>)> {
    let (events, data) = match &args.resume {
        Some(path) => {
            let checkpoint = ByteBuf::from(files::read(path)?);
            let events = driver
                .tick(vec![Command::Restore { id: 0, checkpoint, recipe: None }])
                .with_context(|| format!("{} was refused", path.display()))?;
            (events, args.data.clone())
        }
        None => {
            let (recipe, data) = recipe(args)?;
            (driver.tick(vec![Command::Load { recipe: Box::new(recipe) }])?, Some(data))
        }
    };
    let loaded = events.into_iter().find_map(|event| match event {
        Event::Loaded { recipe, .. } => Some(*recipe),
        _ => None,
    });
    let recipe = loaded.context("the session did not load the run")?;
    let folder = match (recipe.dataset, data) {
        (DatasetKind::Drawn, None | Some(Data::Drawn)) => None,
        (DatasetKind::Drawn, Some(Data::Mnist(_))) => {
            bail!("this run was trained on drawn digits: go on with `--data drawn`")
        }
        (DatasetKind::Mnist | DatasetKind::StackedMnist, data) => match Data::or_environment(data)?
        {
            Data::Mnist(folder) => {
                feed(driver, &folder)?;
                Some(folder)
            }
            Data::Drawn => bail!("this run was trained on MNIST: give its folder as --data"),
        },
    };
    Ok((recipe, folder))
}

/// What the flags ask for. Where they name data, these win over the recipe's.
fn recipe(args: &Args) -> Result<(Recipe, Data)> {
    let mut recipe = match &args.recipe {
        Some(path) => serde_json::from_slice(&files::read(path)?)
            .with_context(|| format!("{} is not a recipe", path.display()))?,
        None => settings::preset(&args.preset)?,
    };
    recipe = settings::apply(&recipe, &args.set)?;
    if let Some(seed) = args.seed {
        recipe.seed = seed;
    }
    let data = match (&args.data, recipe.dataset) {
        (None, DatasetKind::Drawn) => Data::Drawn,
        (data, _) => Data::or_environment(data.clone())?,
    };
    recipe.dataset = match (&data, recipe.dataset) {
        (Data::Mnist(_), DatasetKind::StackedMnist) => DatasetKind::StackedMnist,
        (Data::Mnist(_), _) => DatasetKind::Mnist,
        (Data::Drawn, DatasetKind::StackedMnist) => {
            bail!("stacked digits are made of MNIST: give its folder as --data")
        }
        (Data::Drawn, _) => DatasetKind::Drawn,
    };
    Ok((recipe, data))
}

fn feed(driver: &mut Driver, folder: &Path) -> Result<()> {
    let digits = mnist(folder, Half::Train)?;
    let command = Command::AddData {
        images: ByteBuf::from(idx::write_images(&digits.images)),
        labels: ByteBuf::from(idx::write_labels(&digits.labels)),
        total: digits.len(),
    };
    driver.tick(vec![command])?;
    Ok(())
}

/// Writes the grid and the checkpoint of a paused run.
fn save(args: &Args, events: &[Event]) -> Result<()> {
    for event in events {
        match event {
            Event::Previewed { step, pictures } => {
                let path = args.out.join(format!("grid-{step:06}.png"));
                grid::write(&path, &pictures.pixels, pictures.channels(), pictures.columns)?;
            }
            Event::Saved { step, checkpoint, .. } => {
                files::replace(&args.out.join(CHECKPOINT), checkpoint)?;
                if args.keep {
                    let name = format!("checkpoint-{step:06}.safetensors");
                    files::write(&args.out.join(name), checkpoint)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The progress bar, and the losses as lines and as a table.
struct Log {
    bar: ProgressBar,
    csv: String,
    lines_every: u64,
    /// Losses since the last line.
    since: Vec<LossPoint>,
    /// Whether the collapse alarm sounds.
    collapsed: bool,
}

impl Log {
    fn new(from: u64, to: u64) -> Result<Self> {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left")?;
        let bar = ProgressBar::new(to).with_style(style).with_position(from);
        bar.reset_eta();
        Ok(Self {
            bar,
            csv: "step,d_loss,g_loss,d_real,d_fake\n".into(),
            lines_every: (to - from).div_ceil(LINES),
            since: Vec::new(),
            collapsed: false,
        })
    }

    fn note(&mut self, events: Vec<Event>) -> Result<()> {
        for event in events {
            let (losses, step_millis, images_per_second) = match event {
                Event::Progressed { losses, step_millis, images_per_second, .. } => {
                    (losses, step_millis, images_per_second)
                }
                Event::Watched { look, collapse } => {
                    self.warn(look.step, collapse)?;
                    continue;
                }
                _ => continue,
            };
            for point in losses {
                let LossPoint { step, d_loss, g_loss, d_real, d_fake } = point;
                let cells = [d_loss, g_loss, d_real, d_fake]
                    .map(|v| v.map_or(String::new(), |v| v.to_string()));
                // Writing to a string cannot fail.
                let _ = writeln!(self.csv, "{step},{}", cells.join(","));
                self.since.push(point);
                if step.is_multiple_of(self.lines_every) {
                    self.line(step_millis, images_per_second)?;
                }
            }
        }
        Ok(())
    }

    /// One line when the alarm of a run that is measured goes on.
    fn warn(&mut self, step: u64, collapse: Option<CollapseReport>) -> Result<()> {
        if let (Some(report), false) = (&collapse, self.collapsed) {
            let remedy = report.remedies.first().map_or("", String::as_str);
            let line = format!("step {step:>6}  mode collapse: {} Try: {remedy}", report.saw);
            self.bar.suspend(|| writeln!(stdout().lock(), "{line}"))?;
        }
        self.collapsed = collapse.is_some();
        Ok(())
    }

    /// One line: means since the last one.
    fn line(&mut self, step_millis: f64, images_per_second: f64) -> Result<()> {
        let Some(last) = self.since.last() else { return Ok(()) };
        let mean = |of: fn(&LossPoint) -> Option<f32>| {
            let values: Vec<f32> = self.since.iter().filter_map(of).collect();
            values.iter().sum::<f32>() / values.len().max(1) as f32
        };
        let line = format!(
            "step {:>6}  d_loss {:>8.4}  g_loss {:>8.4}  d_real {:>8.3}  d_fake {:>8.3}  {:>7.1} ms/step  {:>6.0} images/s",
            last.step,
            mean(|p| p.d_loss),
            mean(|p| p.g_loss),
            mean(|p| p.d_real),
            mean(|p| p.d_fake),
            step_millis,
            images_per_second,
        );
        self.since.clear();
        self.bar.suspend(|| writeln!(stdout().lock(), "{line}"))?;
        Ok(())
    }
}
