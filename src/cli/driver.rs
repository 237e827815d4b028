//! A session under a program that waits: each tick runs to its end, and a failure is an error.

use super::files;
use anyhow::{Context, Result, bail};
use ganvas::device::DeviceKind;
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::recipe::Recipe;
use ganvas::session::Session;
use ganvas::session::protocol::{Command, Event};
use ganvas::train::Threads;
use serde_bytes::ByteBuf;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

pub struct Driver {
    session: Session,
}

impl Driver {
    pub fn open(device: DeviceKind) -> Result<Self> {
        Ok(Self { session: pollster::block_on(Session::open(device))? })
    }

    /// Divides each step among so many threads, this one included; a GPU shares with nobody.
    pub fn use_threads(&mut self, threads: usize) {
        self.session.set_replicas(Rc::new(Threads::start(threads.saturating_sub(1))));
    }

    /// Hands the session the project's classifier, to measure a run with or to compare features.
    pub fn load_classifier(&mut self) -> Result<()> {
        let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
        self.tick(vec![Command::LoadClassifier { weights }]).map(drop)
    }

    /// Carries out `commands`, and one player's turn if the session is training.
    pub fn tick(&mut self, commands: Vec<Command>) -> Result<Vec<Event>> {
        let events = pollster::block_on(self.session.tick(commands, Duration::ZERO));
        for event in &events {
            if let Event::Failed { message, .. } = event {
                bail!("{message}");
            }
        }
        Ok(events)
    }

    /// Takes up the run of a checkpoint.
    pub fn restore(&mut self, path: &Path) -> Result<Vec<Event>> {
        let checkpoint = ByteBuf::from(files::read(path)?);
        self.tick(vec![Command::Restore { id: 0, checkpoint, recipe: None }])
            .with_context(|| format!("{} was refused", path.display()))
    }

    /// Whether another tick would do something without a command.
    pub fn busy(&self) -> bool {
        self.session.busy()
    }

    pub fn recipe(&self) -> Option<Recipe> {
        self.session.recipe().cloned()
    }

    /// Steps that the loaded run has taken.
    pub fn step(&self) -> u64 {
        self.session.step_count()
    }
}
