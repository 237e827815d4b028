//! The folder of a run: what its files are called, and who may write into it. It holds one run: a new one
//! is refused where another lies, and only the same run goes on there.

use super::files::{self, Overwrite};
use super::output;
use anyhow::{Context, Result, bail, ensure};
use ganvas::recipe::Recipe;
use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const RECIPE: &str = "recipe.json";
const CHECKPOINT: &str = "checkpoint.safetensors";
const LOSSES: &str = "losses.csv";
const METRICS: &str = "metrics.jsonl";
const CURVES: &str = "metrics.html";

pub struct RunFolder {
    path: PathBuf,
    /// Files of a run that were there before.
    found: Vec<PathBuf>,
    /// Held while this process trains, and let go by the system however it ends.
    lock: Option<File>,
}

impl RunFolder {
    /// Looks at a folder, which need not exist, and writes nothing.
    pub fn look(path: &Path) -> Result<Self> {
        let names = if path.is_dir() { files::names(path)? } else { Vec::new() };
        let found = names.iter().filter(|name| is_of_a_run(name)).map(|name| path.join(name));
        Ok(Self { path: path.into(), found: found.collect(), lock: None })
    }

    /// Begins a new run.
    ///
    /// # Errors
    /// Where another run lies, unless it may be written over, and where another process trains.
    pub fn begin(&mut self, recipe: &Recipe, overwrite: Overwrite) -> Result<()> {
        if !overwrite.force {
            self.check_free(recipe)?;
        }
        self.make_own()?;
        self.found.iter().try_for_each(|file| files::remove(file))?;
        self.write_recipe(recipe)
    }

    /// Makes the folder and keeps other processes out of it, where the system knows how.
    fn make_own(&mut self) -> Result<()> {
        files::create_folder(&self.path)?;
        if let Ok(folder) = File::open(&self.path) {
            let taken = matches!(folder.try_lock(), Err(TryLockError::WouldBlock));
            ensure!(
                !taken,
                "another ganvas trains into {}: end it first, or choose another folder",
                self.path.display()
            );
            self.lock = Some(folder);
        }
        Ok(())
    }

    /// Whether its path still leads to the folder that the run began in.
    pub fn is_own(&self) -> bool {
        match &self.lock {
            Some(folder) => is_same(folder.metadata(), std::fs::metadata(&self.path)),
            None => self.path.is_dir(),
        }
    }

    /// A name beside it that nothing has: `run-2`, `run-3`, ..
    pub fn free_name(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let numbered = |number: u32| self.path.with_file_name(format!("{name}-{number}"));
        (2..).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| numbered(1))
    }

    fn check_free(&self, recipe: &Recipe) -> Result<()> {
        // Its recipe alone is no run yet.
        let own = [self.path.join(RECIPE)];
        if self.found.is_empty() || self.found == own && self.check_same(recipe).is_ok() {
            return Ok(());
        }
        let checkpoint = self.checkpoint();
        let resume = match self.found.contains(&checkpoint) {
            true => format!("go on with it by `--resume {}`, ", checkpoint.display()),
            false => String::new(),
        };
        bail!(
            "{} holds a run already: {resume}choose another folder, or write over it with --force",
            self.path.display()
        );
    }

    /// Goes on with a run from one of its checkpoints, which has taken `step` steps. `step_of` says how far
    /// another one is.
    ///
    /// # Errors
    /// Where another run lies, or another process trains.
    pub fn resume(
        &mut self,
        recipe: &Recipe,
        from: &Path,
        step: u64,
        step_of: impl FnOnce(&Path) -> Result<u64>,
    ) -> Result<()> {
        self.make_own()?;
        if !self.found.is_empty() {
            self.check_same(recipe)?;
        }
        let last = self.checkpoint();
        if self.found.contains(&last) && last.canonicalize().ok() != from.canonicalize().ok() {
            let in_the_way = || format!("{} is in the way", last.display());
            let taken = step_of(&last).with_context(in_the_way)?;
            let kept = self.checkpoint_of(taken);
            if taken > step && !kept.exists() {
                files::rename(&last, &kept)?;
                output::news(format_args!(
                    "kept the checkpoint of step {taken} as {}",
                    kept.display()
                ));
            }
        }
        self.write_recipe(recipe)
    }

    fn check_same(&self, recipe: &Recipe) -> Result<()> {
        let path = self.path.join(RECIPE);
        let other = || format!("{} holds another run: choose another folder", self.path.display());
        ensure!(path.exists(), "{} (it has no {RECIPE})", other());
        let there = serde_json::from_slice::<Recipe>(&files::read(&path)?);
        let there = there.with_context(|| format!("{} (its {RECIPE} cannot be read)", other()))?;
        ensure!(there == *recipe, "{} (its {RECIPE} is not that of the checkpoint)", other());
        Ok(())
    }

    fn write_recipe(&self, recipe: &Recipe) -> Result<()> {
        files::replace(&self.path.join(RECIPE), &serde_json::to_vec_pretty(recipe)?)
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }

    pub fn checkpoint_of(&self, step: u64) -> PathBuf {
        self.path.join(format!("checkpoint-{step:06}.safetensors"))
    }

    pub fn grid(&self, step: u64) -> PathBuf {
        self.path.join(format!("grid-{step:06}.png"))
    }

    pub fn losses(&self) -> PathBuf {
        self.path.join(LOSSES)
    }

    pub fn metrics(&self) -> PathBuf {
        self.path.join(METRICS)
    }

    pub fn curves(&self) -> PathBuf {
        self.path.join(CURVES)
    }
}

#[cfg(unix)]
fn is_same(a: io::Result<Metadata>, b: io::Result<Metadata>) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |of: io::Result<Metadata>| of.ok().map(|of| (of.dev(), of.ino()));
    id(b).is_some_and(|b| id(a) == Some(b))
}

#[cfg(not(unix))]
fn is_same(_: io::Result<Metadata>, b: io::Result<Metadata>) -> bool {
    b.is_ok()
}

fn is_of_a_run(name: &str) -> bool {
    let numbered = |start, end| name.starts_with(start) && name.ends_with(end);
    [RECIPE, CHECKPOINT, LOSSES, METRICS, CURVES].contains(&name)
        || numbered("checkpoint-", ".safetensors")
        || numbered("grid-", ".png")
}
