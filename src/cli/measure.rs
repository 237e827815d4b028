//! Measuring a run on its way: one line of JSON per measurement, and at the end a page with a curve of
//! each figure.

use super::digits::{Half, mnist};
use super::driver::Driver;
use super::{files, plot};
use anyhow::{Context, Result};
use ganvas::data::{HELD_OUT, idx};
use ganvas::metrics::Figures;
use ganvas::metrics::classifier::CLASSIFIER_WEIGHTS;
use ganvas::session::protocol::{Command, Event, Measurement};
use serde::Serialize;
use serde_bytes::ByteBuf;
use std::path::Path;

/// Seeds the samples: the same random numbers at each step, so that two lines differ by the training.
const SAMPLE_SEED: u64 = 1;

/// A line of `metrics.jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    step: u64,
    images_seen: u64,
    /// The run's.
    seed: u64,
    sample_seed: u64,
    count: usize,
    reference: usize,
    class_histogram: [u32; 10],
    #[serde(flatten)]
    figures: &'a Figures,
    floor: &'a Figures,
    millis: f64,
}

/// The measurements of a run.
pub struct Measurements {
    run_seed: u64,
    count: usize,
    lines: String,
    all: Vec<Measurement>,
}

impl Measurements {
    /// Hands the session what it measures with. `folder` is MNIST's, for a run on MNIST.
    pub fn begin(
        driver: &mut Driver,
        folder: Option<&Path>,
        run_seed: u64,
        count: usize,
    ) -> Result<Self> {
        let weights = ByteBuf::from(CLASSIFIER_WEIGHTS.to_vec());
        driver.tick(vec![Command::LoadClassifier { weights }])?;
        if let Some(folder) = folder {
            let held_out = mnist(folder, Half::Test)?.spread(HELD_OUT);
            let (images, labels) =
                (idx::write_images(&held_out.images), idx::write_labels(&held_out.labels));
            let (images, labels) = (ByteBuf::from(images), ByteBuf::from(labels));
            driver.tick(vec![Command::AddHeldOut { images, labels }])?;
        }
        Ok(Self { run_seed, count, lines: String::new(), all: Vec::new() })
    }

    /// Measures a paused run and writes all that is known so far into `out`.
    pub fn take(&mut self, driver: &mut Driver, out: &Path) -> Result<()> {
        let mut events =
            driver.tick(vec![Command::Measure { count: self.count, seed: SAMPLE_SEED }])?;
        while driver.busy() {
            events.extend(driver.tick(Vec::new())?);
        }
        let measured = events.into_iter().find_map(|event| match event {
            Event::Measured(measurement) => Some(measurement),
            _ => None,
        });
        let measured = measured.context("the session did not measure the run")?;
        let line = Line {
            step: measured.step,
            images_seen: measured.images_seen,
            seed: self.run_seed,
            sample_seed: measured.seed,
            count: measured.count,
            reference: measured.reference,
            class_histogram: measured.class_histogram,
            figures: &measured.figures,
            floor: &measured.floor,
            millis: measured.millis,
        };
        self.lines += &(serde_json::to_string(&line)? + "\n");
        self.all.push(measured);
        files::write(&out.join("metrics.jsonl"), self.lines.as_bytes())?;
        files::write(&out.join("metrics.html"), plot::html(&self.all).as_bytes())
    }
}
