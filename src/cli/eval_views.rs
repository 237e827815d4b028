//! `ganvas eval` of films and of pictures in colour, beside what the same view makes of real digits.

use super::digits::{Half, mnist};
use anyhow::{Result, bail};
use ganvas::data::points::Drawing;
use ganvas::data::{Base, Dataset, DatasetKind, Samples, Source, Spec, View};
use ganvas::metrics::appraisal::Appraisal;
use ganvas::metrics::classifier::{Classifier, FEATURES};
use ganvas::metrics::cloud::Cloud;
use ganvas::metrics::frechet::{Moments, frechet_distance};
use ganvas::metrics::motion::Motion;
use ganvas::metrics::points::Points;
use ganvas::metrics::reading::read;
use ganvas::metrics::{Figures, Metric, REFERENCE};
use serde::Serialize;
use std::path::Path;

/// Seeds what a view does to the real ones by chance.
const SEED: u64 = 1;
/// Real ones that samples are held against do not meet those of the floor: with drawn digits another seed.
const HELD_OUT_SEED: u64 = 2;

/// What is printed.
#[derive(Serialize)]
struct Evaluation {
    count: usize,
    #[serde(flatten)]
    figures: Figures,
    /// The same of as many real ones of the training.
    floor: Option<Figures>,
}

/// Targets of one kind, as far as they are read.
struct Read {
    appraisal: Appraisal,
    motion: Motion,
    /// Of the frames of each film, one after another.
    features: Vec<f32>,
}

impl Read {
    async fn of(
        classifier: &Classifier,
        spec: Spec,
        targets: &[u8],
        labels: Option<&[u8]>,
    ) -> Result<(Self, Vec<f32>)> {
        let readings = read(classifier, spec, targets, 0).await?;
        let mut appraisal = Appraisal::default();
        appraisal.add(&readings, labels);
        let mut motion = Motion::default();
        motion.add(spec, targets);
        let of_stills = readings.iter().flat_map(|reading| reading.features).collect();
        let mut of_frames = Vec::new();
        for k in 0..spec.film.map_or(0, |film| film.frames) {
            let frames = spec.film.map(|film| film.frame(targets, k)).unwrap_or_default();
            of_frames.push(classifier.classify(&frames).await?);
        }
        let films = of_frames.first().map_or(0, Vec::len);
        let features =
            (0..films).flat_map(|film| of_frames.iter().map(move |of| of[film].features));
        let features = features.flatten().collect();
        Ok((Self { appraisal, motion, features }, of_stills))
    }

    fn film_moments(&self, spec: Spec) -> Result<Option<Moments>> {
        let Some(film) = spec.film else { return Ok(None) };
        let points = Points::new(self.features.clone(), film.frames * FEATURES)?;
        Ok(Some(Moments::of(&points)?))
    }
}

/// Scores what a run of that view has made, with their labels if there are any.
pub async fn score(
    classifier: &Classifier,
    view: View,
    pixels: &[u8],
    labels: Option<&[u8]>,
    folder: Option<&Path>,
) -> Result<String> {
    let kind = if view == View::Written { DatasetKind::Drawn } else { DatasetKind::Mnist };
    let dataset = Dataset { kind, view, drawing: Drawing::None, paired: true };
    let spec = dataset.spec();
    if !pixels.len().is_multiple_of(spec.target.size()) {
        bail!("the file does not hold {} with {}", view_name(view), spec.target);
    }
    let count = pixels.len() / spec.target.size();
    let (mut own, _) = Read::of(classifier, spec, pixels, labels).await?;
    let mut figures = Figures::new();
    let mut floor = None;
    if let Some((held_out, seen)) = real(dataset, folder, count)? {
        let (reference, features) =
            Read::of(classifier, spec, held_out.target.bytes(), None).await?;
        let mut cloud = Cloud::new(features, FEATURES)?;
        while cloud.advance() {}
        let (mut real, _) =
            Read::of(classifier, spec, seen.target.bytes(), Some(&seen.labels)).await?;
        let moments = reference.film_moments(spec)?;
        for (of, into) in [(&mut own, &mut figures), (&mut real, floor.insert(Figures::new()))] {
            while of.appraisal.advance(&cloud)? {}
            into.extend(of.appraisal.figures(Some(&cloud))?);
            into.extend(of.motion.of(&reference.motion).map(|share| (Metric::Motion, share)));
            if let Some((a, b)) = of.film_moments(spec)?.zip(moments.as_ref()) {
                into.insert(Metric::FilmDistance, frechet_distance(&a, b)?);
            }
        }
    } else {
        figures.extend(own.appraisal.figures(None)?);
    }
    Ok(serde_json::to_string_pretty(&Evaluation { count, figures, floor })?)
}

fn view_name(view: View) -> &'static str {
    use ganvas::recipe::Described;
    view.words().label
}

/// Real ones to hold them against, and as many of the training; none without MNIST where it is needed.
fn real(
    dataset: Dataset,
    folder: Option<&Path>,
    count: usize,
) -> Result<Option<(Samples, Samples)>> {
    let of = |digits, seed, count| -> Result<Samples> {
        let mut source = Source::new(dataset.kind.base());
        if let Some(digits) = digits {
            let digits: ganvas::data::Digits = digits;
            let total = digits.len();
            source.add(digits, total)?;
        }
        Ok(source.batch(dataset, seed, 0, count).unwrap_or_default())
    };
    Ok(match (dataset.kind.base(), folder) {
        (Base::Drawn, _) => Some((of(None, HELD_OUT_SEED, REFERENCE)?, of(None, SEED, count)?)),
        (_, Some(folder)) => {
            let (test, train) = (mnist(folder, Half::Test)?, mnist(folder, Half::Train)?);
            let reference = test.len().min(REFERENCE);
            Some((of(Some(test), HELD_OUT_SEED, reference)?, of(Some(train), SEED, count)?))
        }
        (_, None) => None,
    })
}
