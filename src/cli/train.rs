//! `ganvas train`: a run from its recipe to pictures and a checkpoint.

use super::digits::{Data, Half, mnist};
use super::driver::Driver;
use super::files::{self, Overwrite};
use super::measure::{self, Measurements};
use super::run_folder::RunFolder;
use super::settings::{self, Setting};
use super::train_log::Log;
use super::{grid, output, stop};
use anyhow::{Context, Result, bail, ensure};
use ganvas::data::{DatasetKind, idx};
use ganvas::device::DeviceKind;
use ganvas::recipe::Recipe;
use ganvas::session::protocol::{Command, Event, Pictures};
use serde_bytes::ByteBuf;
use std::path::{Path, PathBuf};

/// More than any run takes, and few enough to be counted everywhere.
const MOST_STEPS: u64 = 1_000_000_000;

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
    /// Go on from this checkpoint, with its recipe and data; into the folder that it lies in, or another
    #[arg(long, value_name = "FILE", conflicts_with_all = ["preset", "recipe", "set", "seed", "force"])]
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
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=MOST_STEPS))]
    steps: u64,
    /// Steps between two grids and checkpoints; a tenth of the run when absent
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..=MOST_STEPS))]
    every: Option<u64>,
    /// Keep the checkpoint of each grid, not only the last
    #[arg(long)]
    keep: bool,
    /// Steps between two measurements by every figure, each a line of metrics.jsonl and a point in the
    /// curves of metrics.html; never when absent
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u32).range(1..))]
    eval_every: Option<u32>,
    /// How many samples each of them takes; figures of one count can be compared
    #[arg(long, value_name = "SAMPLES", default_value_t = 2000, requires = "eval_every", value_parser = clap::value_parser!(u32).range(100..=10_000))]
    eval_count: u32,
    /// The folder to write into. A new run is refused where another lies, unless --force is given
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    overwrite: Overwrite,
    /// How many threads share a step on the CPU, which changes nothing in the result; as many as there
    /// are processors when absent
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Where to compute
    #[arg(long, value_parser = super::device(), default_value = DeviceKind::built_in().name())]
    device: DeviceKind,
}

pub fn run(args: Args) -> Result<()> {
    let mut folder = RunFolder::look(&args.out)?;
    let mut driver = Driver::open(args.device)?;
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    driver.use_threads(args.threads.map_or_else(processors, usize::from));
    let (recipe, mnist) = start(&args, &mut driver)?;
    let from = driver.step();
    ensure!(
        from < args.steps,
        "this run has already taken {from} steps; ask for more with --steps"
    );
    if args.eval_every.is_some() {
        measure::prepare(&mut driver, mnist.as_deref())?;
    }

    // What is written from here on belongs together.
    stop::hold();
    match &args.resume {
        Some(file) => {
            folder.resume(&recipe, file, from, |other| steps_taken(other, args.device))?
        }
        None => folder.begin(&recipe, args.overwrite)?,
    }
    let measurements = match args.eval_every {
        Some(every) => {
            Some(Measurements::open(&folder, recipe.seed, [args.eval_count, every], from)?)
        }
        None => None,
    };
    let good = args.resume.clone().map(|file| (file, from));
    let log = Log::open(&folder, &recipe.game().figures(), from, args.steps)?;
    let mut run = Run { args, folder, driver, measurements, log, good, preview: None };
    let trained = run.train();
    run.log.finish();
    if let Err(error) = trained {
        if !run.folder.is_own() {
            return run.rescue(&recipe);
        }
        match run.good {
            Some((file, step)) => {
                bail!("{error:#}; the last good checkpoint, of step {step}, is {}", file.display())
            }
            None => bail!("{error:#}; it had not come to its first checkpoint"),
        }
    }
    let said = output::result(format_args!("wrote {}", run.folder.checkpoint().display()));
    if run.driver.step() < run.args.steps {
        let (step, command) = (run.driver.step(), run.resume_command());
        output::notice(format_args!("stopped after step {step}; to go on: {command}"));
    }
    said.context("the run is saved, but that could not be said")
}

/// A run under way.
struct Run {
    args: Args,
    folder: RunFolder,
    driver: Driver,
    measurements: Option<Measurements>,
    log: Log,
    /// The last checkpoint that was written, or that the run came from, and its step.
    good: Option<(PathBuf, u64)>,
    /// The grid that was drawn last, and its step.
    preview: Option<(u64, Pictures)>,
}

impl Run {
    /// Trains to the end, or to the end of the step in which a signal comes. Leaves a checkpoint there.
    fn train(&mut self) -> Result<()> {
        let (steps, every) =
            (self.args.steps, self.args.every.unwrap_or(self.args.steps.div_ceil(10)));
        while self.driver.step() < steps && stop::asked().is_none() {
            let step = self.driver.step();
            let save_at = (step / every + 1).saturating_mul(every).min(steps);
            let measure_at = self.measurements.as_ref().map(|m| m.due(step).min(steps));
            self.go_on(save_at.min(measure_at.unwrap_or(save_at)))?;
            // Another run may have taken its place.
            ensure!(self.folder.is_own(), "{} is another folder now", self.args.out.display());
            let step = self.driver.step();
            if step >= save_at {
                self.save()?;
            }
            if let Some(measurements) =
                self.measurements.as_mut().filter(|_| measure_at == Some(step))
            {
                measurements.take(&mut self.driver)?;
            }
        }
        match &self.good {
            Some((_, step)) if *step == self.driver.step() => Ok(()),
            _ => self.save(),
        }
    }

    /// Trains up to a step, or until a signal comes, and pauses.
    fn go_on(&mut self, until: u64) -> Result<()> {
        if self.driver.step() >= until {
            return Ok(());
        }
        self.tell(vec![Command::Run])?;
        while self.driver.step() < until && stop::asked().is_none() {
            self.tell(Vec::new())?;
            self.log.position(self.driver.step());
        }
        if stop::asked().is_some() {
            self.log.notice("stopping after this step; another signal ends it at once");
        }
        self.tell(vec![Command::Pause]).map(drop)
    }

    /// Writes the grid and the checkpoint of a paused run, once the step that it is in is done.
    fn save(&mut self) -> Result<()> {
        for event in self.tell(vec![Command::Save { id: 0 }])? {
            let Event::Saved { step, checkpoint, .. } = event else { continue };
            if let Some((_, pictures)) = self.preview.as_ref().filter(|(at, _)| *at == step) {
                let Pictures { pixels, shape, frames, columns, .. } = pictures;
                let png = grid::png(pixels, *shape, *frames, *columns)?;
                files::replace(&self.folder.grid(step), &png)?;
            }
            let last = self.folder.checkpoint();
            files::replace(&last, &checkpoint)?;
            if self.args.keep {
                files::replace(&self.folder.checkpoint_of(step), &checkpoint)?;
            }
            self.good = Some((last, step));
        }
        Ok(())
    }

    /// Saves a run whose folder is gone, beside where that was.
    fn rescue(mut self, recipe: &Recipe) -> Result<()> {
        let gone = std::mem::replace(&mut self.args.out, self.folder.free_name());
        self.folder = RunFolder::look(&self.args.out)?;
        self.folder.begin(recipe, Overwrite { force: false })?;
        self.save()?;
        bail!(
            "{} was moved, removed or replaced while this run trained: the run is saved in {} at step {}; to go on: {}",
            gone.display(),
            self.args.out.display(),
            self.driver.step(),
            self.resume_command()
        )
    }

    /// One tick, whose events go to the log.
    fn tell(&mut self, commands: Vec<Command>) -> Result<Vec<Event>> {
        let events = self.driver.tick(commands)?;
        self.log.note(&events)?;
        for event in &events {
            if let Event::Previewed { step, pictures } = event {
                self.preview = Some((*step, pictures.clone()));
            }
        }
        Ok(events)
    }

    /// What to type to go on with it.
    fn resume_command(&self) -> String {
        let args = &self.args;
        let program = std::env::args().next().unwrap_or_else(|| "ganvas".into());
        let mut words = vec![program, "train".into()];
        let mut flag = |name: &str, value: Option<String>| {
            match value {
                // Which would read as a flag of its own.
                Some(value) if value.starts_with('-') => words.push(format!("--{name}={value}")),
                value => {
                    words.extend(value.into_iter().flat_map(|value| [format!("--{name}"), value]))
                }
            }
        };
        flag("resume", Some(self.folder.checkpoint().display().to_string()));
        flag("data", args.data.as_ref().map(Data::to_string));
        flag("steps", Some(args.steps.to_string()));
        flag("every", args.every.map(|every| every.to_string()));
        flag("eval-every", args.eval_every.map(|every| every.to_string()));
        flag("eval-count", args.eval_every.map(|_| args.eval_count.to_string()));
        flag("threads", args.threads.map(|threads| threads.to_string()));
        flag(
            "device",
            Some(args.device.name().into()).filter(|_| args.device != DeviceKind::built_in()),
        );
        flag("out", Some(args.out.display().to_string()));
        if args.keep {
            words.push("--keep".into());
        }
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    match word.is_empty() || !word.chars().all(is_plain) {
        true => format!("'{}'", word.replace('\'', r"'\''")),
        false => word.into(),
    }
}

/// How many steps a run had taken when this checkpoint was written.
fn steps_taken(checkpoint: &Path, device: DeviceKind) -> Result<u64> {
    let mut driver = Driver::open(device)?;
    driver.restore(checkpoint)?;
    Ok(driver.step())
}

/// Sets up the run and hands it its data; returns its recipe and MNIST's folder if it learns from that.
fn start(args: &Args, driver: &mut Driver) -> Result<(Recipe, Option<PathBuf>)> {
    let (events, data) = match &args.resume {
        Some(path) => (driver.restore(path)?, args.data.clone()),
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
    if recipe.compares_features() {
        driver.load_classifier()?;
    }
    let folder = match (recipe.dataset, data) {
        (kind, _) if kind.has_points() => None,
        (DatasetKind::Drawn, None | Some(Data::Drawn)) => None,
        (DatasetKind::Drawn, Some(Data::Mnist(_))) => {
            bail!("this run was trained on drawn digits: go on with `--data drawn`")
        }
        (_, data) => match Data::or_environment(data)? {
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
    if recipe.dataset.has_points() {
        return Ok((recipe, Data::Drawn)); // the program draws them
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

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_words_as_they_are() {
        assert_eq!(quoted("runs/a-1.idx"), "runs/a-1.idx");
        assert_eq!(quoted("my runs"), "'my runs'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$HOME"), "'$HOME'");
        assert_eq!(quoted(""), "''");
    }
}
