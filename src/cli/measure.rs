//! Measuring a run on its way: one line of JSON per measurement, and at the end a page with a curve of
//! each figure.

use super::digits::{Half, mnist};
use super::driver::Driver;
use super::journal::{Format, Journal};
use super::run_folder::RunFolder;
use super::{files, plot, stop};
use anyhow::{Context, Result};
use ganvas::data::{HELD_OUT, idx};
use ganvas::metrics::{Figures, Metric};
use ganvas::session::protocol::{Command, Event, Measurement};
use serde::{Deserialize, Deserializer, Serialize};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Seeds the samples: the same random numbers at each step, so that two lines differ by the training.
const SAMPLE_SEED: u64 = 1;

/// A line of `metrics.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    pub step: u64,
    pub images_seen: u64,
    /// The run's.
    pub seed: u64,
    pub sample_seed: u64,
    pub count: usize,
    pub reference: usize,
    pub class_histogram: [u32; 10],
    #[serde(flatten, deserialize_with = "figures")]
    pub figures: Figures,
    #[serde(deserialize_with = "figures")]
    pub floor: Figures,
    pub millis: f64,
}

impl Line {
    fn of(measurement: Measurement, run_seed: u64) -> Self {
        Self {
            step: measurement.step,
            images_seen: measurement.images_seen,
            seed: run_seed,
            sample_seed: measurement.seed,
            count: measurement.count,
            reference: measurement.reference,
            class_histogram: measurement.class_histogram,
            figures: measurement.figures,
            floor: measurement.floor,
            millis: measurement.millis,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// JSON has no word for a figure that is not finite and writes `null`.
fn figures<'de, D: Deserializer<'de>>(from: D) -> Result<Figures, D::Error> {
    let figures = BTreeMap::<Metric, Option<f64>>::deserialize(from)?;
    Ok(figures.into_iter().filter_map(|(metric, value)| Some((metric, value?))).collect())
}

const FORMAT: Format = Format { header: "", step: &|text| Line::parse(text).map(|line| line.step) };

/// Hands the session what it measures with. `folder` is MNIST's, for a run on MNIST.
pub fn prepare(driver: &mut Driver, folder: Option<&Path>) -> Result<()> {
    driver.load_classifier()?;
    if let Some(folder) = folder {
        let held_out = mnist(folder, Half::Test)?.spread(HELD_OUT);
        let (images, labels) =
            (idx::write_images(&held_out.images), idx::write_labels(&held_out.labels));
        let (images, labels) = (ByteBuf::from(images), ByteBuf::from(labels));
        driver.tick(vec![Command::AddHeldOut { images, labels }])?;
    }
    Ok(())
}

/// The measurements of a run.
pub struct Measurements {
    run_seed: u64,
    /// Samples that each takes.
    count: usize,
    /// Steps between two.
    every: u64,
    journal: Journal,
    curves: PathBuf,
    lines: Vec<Line>,
}

impl Measurements {
    /// Goes on with those in the folder of a run that has taken so many steps.
    pub fn open(
        folder: &RunFolder,
        run_seed: u64,
        [count, every]: [u32; 2],
        step: u64,
    ) -> Result<Self> {
        let (journal, lines) = Journal::resume(folder.metrics(), &FORMAT, step)?;
        let lines = lines.iter().filter_map(|line| Line::parse(line)).collect();
        let (count, every) = (count as usize, u64::from(every));
        Ok(Self { run_seed, count, every, journal, curves: folder.curves(), lines })
    }

    /// The next step to measure at, which is the present one where that was missed.
    pub fn due(&self, step: u64) -> u64 {
        let missed = self.lines.last().is_none_or(|last| last.step < step);
        match step > 0 && step.is_multiple_of(self.every) && missed {
            true => step,
            false => (step / self.every + 1).saturating_mul(self.every),
        }
    }

    /// Measures a paused run and writes down what came of it: nothing, where a signal came first.
    pub fn take(&mut self, driver: &mut Driver) -> Result<()> {
        let mut events =
            driver.tick(vec![Command::Measure { count: self.count, seed: SAMPLE_SEED }])?;
        while driver.busy() {
            if stop::asked().is_some() {
                return Ok(());
            }
            events.extend(driver.tick(Vec::new())?);
        }
        let measured = events.into_iter().find_map(|event| match event {
            Event::Measured(measurement) => Some(measurement),
            _ => None,
        });
        let measured = measured.context("the session did not measure the run")?;
        let line = Line::of(measured, self.run_seed);
        self.journal.add(&(serde_json::to_string(&line)? + "\n"))?;
        self.lines.push(line);
        files::replace(&self.curves, plot::html(&self.lines).as_bytes())
    }
}
