//! Charts of a game that is played with points, where everything can be seen at once: both densities, the
//! discriminator everywhere, where each fake is pushed, and how the latent space is laid over the plane.

use super::live::Session;
use super::protocol::Event;
use crate::data::points::{PointSet, RANGE};
use crate::error::Result;
use crate::metrics::densities::{Density, Divergences, Grid, divergences, push_forward, quantile};
use crate::metrics::dirac::planar::{Complex, eigenvalues};
use crate::metrics::distribution::modes_of;
use crate::metrics::modes::ModeFigures;
use crate::rng::Stream;
use crate::train::{Answers, Asked, HandDrawn, Trainer, Trial};
use serde::{Deserialize, Serialize};
use web_time::Instant;

/// Fakes and real points on show.
pub const SHOWN: usize = 300;
/// Those of the fakes whose way is shown.
const PUSHED: usize = 100;
/// Cells of a line; cells of a plane along each axis.
const LINE_CELLS: usize = 120;
const PLANE_CELLS: usize = 48;
/// Latents between which a generator on a line is taken to be straight, within ± so many deviations.
const LATENTS: usize = 401;
const REACH: f64 = 4.0;
/// Cells of the latent lattice along each axis.
const LATTICE: usize = 24;
/// Places along each axis at which a Dirac-GAN's field is shown, and how far they reach.
const ARROWS: usize = 15;
const FIELD: f32 = 2.0;

/// What is to be seen at a step. Coordinates lie within `RANGE`, those of a plane row by row from the lower left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Chart {
    Line {
        /// The range of x; all lists by cell divide it evenly.
        range: [f64; 2],
        /// The density of the data, and of what is made: with one latent dimension the exact one, else a histogram.
        data: Vec<f32>,
        made: Vec<f32>,
        exact: bool,
        /// The discriminator's logit in the middle of each cell, and what theory says it would be at its best between
        /// these two densities; empty where the objective has no such.
        logits: Vec<f32>,
        optimum: Vec<f32>,
        /// Whether a logit is that of a probability.
        probability: bool,
        /// The logit at which the discriminator cannot tell; none where only differences count.
        threshold: Option<f64>,
        /// Latents (the first dimension), what becomes of each, and where the loss sends it.
        latents: Vec<f32>,
        fakes: Vec<f32>,
        pushes: Vec<f32>,
        divergences: Divergences,
    },
    Plane {
        range: [f64; 2],
        /// The discriminator's logits in the middles of `cells` x `cells`.
        cells: usize,
        logits: Vec<f32>,
        probability: bool,
        threshold: Option<f64>,
        /// What becomes of a lattice of (`lattice` + 1)² latents whose cells are equally likely: empty unless there are
        /// two latent dimensions.
        lattice: usize,
        warped: Vec<f32>,
        /// Points that are made of the same latents every time, and where the loss sends the first of them.
        fakes: Vec<f32>,
        pushes: Vec<f32>,
        /// Of a mixture, by these points.
        modes: Option<ModeFigures>,
    },
    Dirac {
        /// The ways at `arrows` x `arrows` places [θ, ψ] within ± `reach`, row by row, θ to the right and ψ up: empty
        /// where an objective looks at whole batches.
        reach: f32,
        arrows: usize,
        field: Vec<f32>,
        /// Where the run has been since the last chart, and is: θ and ψ in turn.
        path: Vec<f32>,
        /// Of the field's derivative at the origin.
        eigenvalues: Option<[Complex; 2]>,
    },
}

/// What a run keeps for its charts.
#[derive(Default)]
pub struct Charting {
    /// Where a Dirac-GAN was after each step since the last chart.
    pub path: Vec<f32>,
}

/// What the objective's best discriminator, and what it says, depends on.
fn reading(trainer: &Trainer) -> (bool, impl Fn(f64, f64) -> Option<f64>) {
    let objective = trainer.recipe().objective;
    (objective.classifies(), move |p, q| objective.optimum(p, q))
}

/// The cells along each axis of so many.
fn axis(dimensions: usize) -> Result<Grid> {
    let [low, high] = RANGE;
    Grid::new(low, high, if dimensions == 1 { LINE_CELLS } else { PLANE_CELLS })
}

/// A discriminator of points with so many coordinates, by its logits as a chart lists them. None unless there is one
/// for each cell, a finite number.
pub(super) fn hand_drawn(dimensions: usize, logits: Vec<f32>) -> Result<Option<HandDrawn>> {
    let axis = axis(dimensions)?;
    let sound = logits.len() == axis.cells().pow(dimensions as u32)
        && logits.iter().all(|logit| logit.is_finite());
    Ok(sound.then(|| HandDrawn::new(axis, dimensions, logits)))
}

async fn ask(
    trainer: &Trainer,
    trial: Option<&Trial>,
    asked: Asked<'_>,
) -> Result<Option<Answers>> {
    match trial {
        Some(trial) => trial.ask(trainer, asked).await,
        None => trainer.ask(asked).await,
    }
}

impl Chart {
    /// Of a trial, if there is one, instead of the run that it is of.
    ///
    /// # Errors
    /// The device's own. None where something is not a finite number.
    pub(super) async fn of(
        trainer: &Trainer,
        trial: Option<&Trial>,
        set: &PointSet,
        real: &[f32],
        path: &mut Vec<f32>,
    ) -> Result<Option<Self>> {
        match (set, set.dimensions()) {
            (PointSet::Origin, _) if trainer.is_dirac() => Self::dirac(trainer, path).await,
            (_, 1) => Self::line(trainer, trial, set, real).await,
            _ => Self::plane(trainer, trial, set, real).await,
        }
    }

    async fn line(
        trainer: &Trainer,
        trial: Option<&Trial>,
        set: &PointSet,
        real: &[f32],
    ) -> Result<Option<Self>> {
        let recipe = trainer.recipe();
        let grid = axis(1)?;
        let exact = recipe.latent == 1;
        let fixed = trainer.latents(Stream::Preview, recipe.seed, SHOWN);
        let spread: Vec<f64> =
            (0..LATENTS).map(|i| REACH * (2.0 * i as f64 / (LATENTS - 1) as f64 - 1.0)).collect();
        let mut latents = fixed.clone();
        match exact {
            true => latents.extend(spread.iter().map(|&z| z as f32)),
            false => latents.extend(trainer.latents(Stream::Samples, recipe.seed, 1000)),
        }
        let points: Vec<f32> = (0..LINE_CELLS).map(|i| grid.middle(i) as f32).collect();
        let asked =
            Asked { latents: &latents, points: &points, real: &real[..PUSHED.min(real.len())] };
        let Some(answers) = ask(trainer, trial, asked).await? else { return Ok(None) };
        let beyond: Vec<f64> = answers.made[SHOWN..].iter().map(|&x| f64::from(x)).collect();
        let made = match exact {
            true => push_forward(grid, &spread, &beyond)?,
            false => Density::histogram(grid, &beyond)?,
        };
        let data = match set {
            PointSet::Origin => Density::histogram(grid, &[0.0])?,
            set => Density::of(grid, |x| set.density(&[x]).unwrap_or_default())?,
        };
        let (probability, best) = reading(trainer);
        let optimum: Option<Vec<f32>> = data
            .values()
            .zip(made.values())
            .map(|(p, q)| best(p, q).map(|logit| logit as f32))
            .collect();
        let list = |density: &Density| density.values().map(|value| value as f32).collect();
        Ok(Some(Self::Line {
            range: RANGE,
            data: list(&data),
            made: list(&made),
            exact,
            logits: answers.logits,
            optimum: optimum.unwrap_or_default(),
            probability,
            threshold: recipe.objective.threshold(),
            latents: fixed.iter().step_by(recipe.latent).take(PUSHED).copied().collect(),
            fakes: answers.made[..PUSHED].to_vec(),
            pushes: answers.pushes,
            divergences: divergences(&data, &made)?,
        }))
    }

    async fn plane(
        trainer: &Trainer,
        trial: Option<&Trial>,
        set: &PointSet,
        real: &[f32],
    ) -> Result<Option<Self>> {
        let recipe = trainer.recipe();
        let grid = axis(2)?;
        let middle = |i: usize| grid.middle(i) as f32;
        let points: Vec<f32> = (0..PLANE_CELLS)
            .flat_map(|row| (0..PLANE_CELLS).flat_map(move |column| [middle(column), middle(row)]))
            .collect();
        let mut latents = trainer.latents(Stream::Preview, recipe.seed, SHOWN);
        let lattice = if recipe.latent == 2 { LATTICE } else { 0 };
        if lattice > 0 {
            let edges = quantiles(lattice);
            latents.extend(edges.iter().flat_map(|&y| edges.iter().flat_map(move |&x| [x, y])));
        }
        let asked = Asked {
            latents: &latents,
            points: &points,
            real: &real[..(2 * PUSHED).min(real.len())],
        };
        let Some(mut answers) = ask(trainer, trial, asked).await? else { return Ok(None) };
        let warped = answers.made.split_off(2 * SHOWN);
        let modes = modes_of(set).map(|mut modes| -> Result<_> {
            modes.add(&answers.made)?;
            Ok(modes.figures())
        });
        Ok(Some(Self::Plane {
            range: RANGE,
            cells: PLANE_CELLS,
            logits: answers.logits,
            probability: reading(trainer).0,
            threshold: recipe.objective.threshold(),
            lattice,
            warped,
            fakes: answers.made,
            pushes: answers.pushes,
            modes: modes.transpose()?.flatten(),
        }))
    }

    async fn dirac(trainer: &Trainer, path: &mut Vec<f32>) -> Result<Option<Self>> {
        let place = |i: usize| FIELD * (2.0 * i as f32 / (ARROWS - 1) as f32 - 1.0);
        let mut at: Vec<[f32; 2]> = (0..ARROWS)
            .flat_map(|row| (0..ARROWS).map(move |column| [place(column), place(row)]))
            .collect();
        // Beside the origin, for the derivative there.
        const BESIDE: f32 = 1e-2;
        at.extend([[BESIDE, 0.0], [-BESIDE, 0.0], [0.0, BESIDE], [0.0, -BESIDE]]);
        let field = trainer.dirac_field(&at).await?;
        let derivative = field.as_ref().map(|field| {
            let [right, left, up, down] = [0, 1, 2, 3].map(|i| field[ARROWS * ARROWS + i]);
            let slope = |a: f32, b: f32| f64::from((a - b) / (2.0 * BESIDE));
            [0, 1].map(|of| [slope(right[of], left[of]), slope(up[of], down[of])])
        });
        if path.is_empty() {
            path.extend(trainer.dirac_point().await?);
        }
        let field = field.unwrap_or_default();
        Ok(Some(Self::Dirac {
            reach: FIELD,
            arrows: ARROWS,
            field: field.iter().take(ARROWS * ARROWS).flatten().copied().collect(),
            path: std::mem::take(path),
            // Of one that jumps there nothing can be said.
            eigenvalues: derivative
                .filter(|_| !trainer.recipe().penalty.kind.wants_unit_slope())
                .map(eigenvalues),
        }))
    }
}

/// The edges of so many intervals of equal probability under a normal distribution; the outermost, which lie at
/// infinity, as those of half an interval.
fn quantiles(count: usize) -> Vec<f32> {
    let shares = (0..=count).map(|i| (i as f64).clamp(0.5, count as f64 - 0.5) / count as f64);
    shares.map(|share| quantile(share) as f32).collect()
}

impl Session {
    /// Draws the chart of a game with points; there is none of pictures.
    pub(super) async fn chart(&mut self) -> Result<()> {
        let Some(trainer) = &self.trainer else { return Ok(()) };
        let Some(set) = trainer.recipe().data().points() else { return Ok(()) };
        let start = Instant::now();
        let real = self.shown.target.reals();
        if real.is_empty() {
            return Ok(()); // the first points come in a moment
        }
        let chart = Chart::of(trainer, None, &set, real, &mut self.charting.path).await?;
        let step = trainer.step();
        if let Some(chart) = chart {
            self.events.push(Event::Charted { step, chart });
        }
        self.pace.charted(start.elapsed());
        Ok(())
    }

    /// Notes where a Dirac-GAN has come to.
    pub(super) async fn follow(&mut self) -> Result<()> {
        if let Some(trainer) = self.trainer.as_ref().filter(|trainer| trainer.is_dirac()) {
            let point = trainer.dirac_point().await?;
            self.charting.path.extend(point);
        }
        Ok(())
    }
}
