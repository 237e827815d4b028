//! A step that somebody wants to look at slowly: what both sides saw, made, scored and changed in it. The step is one of
//! the run's own; recording keeps what it would have thrown away, and looks once more where it kept nothing.

use super::learner::Learner;
use super::step::{self, Scene, Seen};
use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::gan::game::{Game, Port, Side, Term};
use crate::nets::network::{Input, Stage};
use crate::nets::ops;
use crate::nets::params::{Layout, Weights};
use crate::nets::stored::{self, Precision};
use crate::nets::{Discriminator, Drawn, Generator};
use crate::recipe::Recipe;
use burn::tensor::Tensor;
use safetensors::tensor::{Dtype, TensorView, serialize};
use std::collections::HashMap;

const FORMAT: &str = "ganvas-step-1";

/// How many of the batch's samples are told of, the first ones. Points are small.
const PICTURES: usize = 8;
const POINTS: usize = 32;
/// Channels of a layer's maps, and values of a vector, that are told.
const CHANNELS: usize = 8;
const UNITS: usize = 64;

/// Weights at one moment.
struct Moment {
    flat: Tensor<1>, // [parameters]
    view: Vec<Weights>,
}

impl Moment {
    fn of(learner: &Learner) -> Self {
        Self { flat: learner.weights().clone(), view: learner.view().to_vec() }
    }
}

/// What a side learned in a step.
struct Lesson {
    before: Moment,
    after: Moment,
    /// By the weights that the networks are used with, [parameters].
    gradient: Tensor<1>,
    /// Means over the batch.
    figures: Tensor<1>,
    /// Those of the LeCam regulariser that it learned by, where the recipe has them; [2].
    anchors: Option<Tensor<1>>,
}

/// A step being recorded. Of several of the discriminator the last one counts, which shares its batch with the generator.
#[derive(Default)]
pub(super) struct Recorder {
    d: Option<Lesson>,
    g: Option<Lesson>,
    scene: Option<Scene>,
}

/// A side that is about to learn, if that is recorded.
pub(super) struct Before {
    moment: Moment,
    gradient: Tensor<1>,
    anchors: Option<Tensor<1>>,
}

impl Trainer {
    /// Has the next whole step recorded, for [`Trainer::recorded`]. The step is the same, to the last bit.
    pub fn record(&mut self) {
        self.recorder = Some(Recorder::default());
    }

    /// # Shapes
    /// gradient: [parameters of the side]
    pub(super) fn before(&self, side: Side, gradient: &Tensor<1>) -> Option<Before> {
        self.recorder.is_some().then(|| Before {
            moment: Moment::of(self.learner(side)),
            gradient: gradient.clone(),
            anchors: self.anchors.clone(),
        })
    }

    fn learner(&self, side: Side) -> &Learner {
        match side {
            Side::Generator => &self.g,
            Side::Discriminator => &self.d,
        }
    }

    /// A side has learned.
    pub(super) fn after(&mut self, side: Side, before: Option<Before>, figures: &Tensor<1>) {
        let Some(Before { moment: before, gradient, anchors }) = before else { return };
        let after = Moment::of(self.learner(side));
        let lesson = Some(Lesson { before, after, gradient, figures: figures.clone(), anchors });
        let Some(recorder) = &mut self.recorder else { return };
        match side {
            Side::Generator => recorder.g = lesson,
            Side::Discriminator => recorder.d = lesson,
        }
    }

    /// What the step was played with.
    pub(super) fn keep_scene(&mut self, scene: impl FnOnce() -> Option<Scene>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.scene = scene();
        }
    }

    /// The step that [`Trainer::record`] was called before, as a safetensors file; none if no whole step has been taken
    /// since. docs/slow.md lists its tensors.
    ///
    /// # Errors
    /// The device's own.
    pub async fn recorded(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(Recorder { d, g: Some(g), scene: Some(scene) }) = self.recorder.take() else {
            return Ok(None);
        };
        let nets = &self.nets;
        let recipe = nets.recipe.at(self.step);
        let game = recipe.game();
        let judged = Judged::first(&game, &scene).zip(d.as_ref());
        let play = judged.as_ref().map_or(0, |(judged, _)| judged.play);
        let generator = game.plays[play].generator;

        let of = scene.ports.target.dims()[0];
        let most = if recipe.dataset.has_points() { POINTS } else { PICTURES };
        let mut told = Told { samples: of.min(most), of, tensors: Vec::new() };
        told.add("real", scene.ports.get(game.kind(Port::Made(play))));
        let drawn = &scene.ports.made[play];
        let again = told.artist(&nets.generators[generator], drawn, &g.after.view[generator]);
        if let Some((judged, d)) = &judged {
            told.judge(&recipe, &nets.discriminators[judged.judge], judged, d, again);
        }
        let d_weights = d.as_ref().map_or(&[][..], |d| &d.after.view);
        let terms = step::generators_terms(&recipe, nets.players(&game), d_weights, &scene);
        if let Some(by_made) = terms.by_made(play) {
            told.add("fake.gradient", by_made * of as f64);
        }

        let mut header = HashMap::from([
            ("format".to_string(), FORMAT.to_string()),
            ("step".to_string(), self.step.to_string()),
        ]);
        let mut sides = vec![("generator", &nets.g.whole, &g)];
        header.insert("generator.network".into(), game.generators[generator].name.into());
        told.add_vector("generator.figures", ops::narrow(&g.figures, 0, 1));
        if let Some((judged, d)) = judged {
            sides.push(("discriminator", &nets.d.whole, d));
            let network = game.discriminators[judged.judge].name();
            header.insert("discriminator.network".into(), network.into());
            told.add_vector("discriminator.figures", ops::narrow(&d.figures, 3 * judged.nth, 3));
        }
        let flat = |(_, _, lesson): &(_, _, &Lesson)| {
            [&lesson.before.flat, &lesson.gradient, &lesson.after.flat].map(Clone::clone)
        };
        let vectors = read_all(sides.iter().flat_map(flat).collect()).await?;
        let mut values = told.read().await?;
        for ((side, layout, _), vectors) in sides.iter().zip(vectors.chunks_exact(3)) {
            let names: Vec<&str> =
                layout.entries().iter().map(|entry| entry.name.as_str()).collect();
            header.insert(format!("{side}.parameters"), names.join("\n"));
            let lengths = lengths(layout, vectors);
            values.push((format!("{side}.lengths"), vec![names.len(), 3], lengths));
        }
        written(values, header).map(Some)
    }
}

/// A safetensors file of these, each in its shape.
fn written(
    values: Vec<(String, Vec<usize>, Vec<f32>)>,
    header: HashMap<String, String>,
) -> Result<Vec<u8>> {
    let refused = |reason: String| Error::Checkpoint(reason);
    let bytes: Vec<Vec<u8>> =
        values.iter().map(|(.., values)| stored::to_bytes(values, Precision::Single)).collect();
    let mut views = Vec::new();
    for ((name, shape, _), bytes) in values.into_iter().zip(&bytes) {
        let view = TensorView::new(Dtype::F32, shape, bytes).map_err(|e| refused(e.to_string()))?;
        views.push((name, view));
    }
    serialize(views, Some(header)).map_err(|e| refused(e.to_string()))
}

/// The judge that is told of: the first one of whole samples.
struct Judged<'a> {
    judge: usize,
    /// Of the adversarial terms.
    nth: usize,
    /// What made the fakes that it judges.
    play: usize,
    seen: &'a Seen,
}

impl<'a> Judged<'a> {
    fn first(game: &Game, scene: &'a Scene) -> Option<Self> {
        let adversarial = game.terms.iter().filter_map(|term| match *term {
            Term::Adversarial { discriminator, fake: Port::Made(play), .. } => {
                Some((discriminator, play))
            }
            _ => None,
        });
        let all = adversarial.zip(&scene.seen).enumerate();
        let mut all = all.map(|(nth, ((judge, play), seen))| Self { judge, nth, play, seen });
        all.find(|judged| judged.seen.frames.is_none())
    }
}

/// The Euclidean lengths of each parameter, of its gradient and of its change: [parameters, 3]
fn lengths(layout: &Layout, vectors: &[Vec<f32>]) -> Vec<f32> {
    let [before, gradient, after] = vectors else { return Vec::new() };
    let mut lengths = Vec::new();
    for entry in layout.entries() {
        let mut squares = [0.0f64; 3];
        for i in entry.range() {
            let change = f64::from(after[i]) - f64::from(before[i]);
            let of = [f64::from(before[i]), f64::from(gradient[i]), change];
            (0..3).for_each(|k| squares[k] += of[k] * of[k]);
        }
        lengths.extend(squares.map(|square| square.sqrt() as f32));
    }
    lengths
}

/// What a recording will hold.
struct Told {
    /// So many samples of a batch of so many.
    samples: usize,
    of: usize,
    /// By name, each in its shape.
    tensors: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl Told {
    /// What it was given, and drew, and draws with its new weights; the last, [n, picture size].
    fn artist(&mut self, network: &Generator, drawn: &Drawn, after: &Weights) -> Tensor<2> {
        for (name, input) in
            [("latent", Input::Latent), ("label", Input::Labels), ("source", Input::Source)]
        {
            if let Some(fed) = network.fed_with(drawn, input) {
                self.add(name, fed);
            }
        }
        let again = network.redraw(after, drawn);
        self.add("fake", drawn.y.clone());
        self.add("fake.again", again.clone());
        self.add_stages("generator", network.stages(drawn));
        again
    }

    /// Its scores before and after it has learned, what they cost both sides, and the slopes by them.
    fn judge(
        &mut self,
        recipe: &Recipe,
        network: &Discriminator,
        Judged { judge, seen, .. }: &Judged,
        d: &Lesson,
        again: Tensor<2>,
    ) {
        let (before, after) = (&d.before.view[*judge], &d.after.view[*judge]);
        let (labels, anchors) = (seen.batch.labels.as_ref(), d.anchors.as_ref());
        let both = [&seen.batch.real, &seen.batch.fake];
        let traces = both.map(|x| network.trace(before, x.clone(), labels));
        let then = [traces[0].logits.clone(), traces[1].logits.clone()];
        let now = both.map(|x| network.forward(after, x.clone(), labels));
        let slopes = step::objective(recipe, anchors, then.clone()).1;
        let real = || now[0].clone();
        let (_, slope) = step::loss_by_logits(recipe.objective, &real, now[1].clone());
        // Of a loss that is a mean over pairs, each pair's own.
        if !recipe.objective.couples_batch() {
            let row = |x: &Tensor<2>, k| x.clone().narrow(0, k, 1);
            let of = |k| {
                let (value, _) =
                    step::objective(recipe, anchors, [row(&then[0], k), row(&then[1], k)]);
                let real = || row(&now[0], k);
                (value, step::loss_by_logits(recipe.objective, &real, row(&now[1], k)).0)
            };
            let (by_d, by_g): (Vec<_>, Vec<_>) = (0..self.samples).map(of).unzip();
            self.add_vector("discriminator.cost", ops::concat(by_d));
            self.add_vector("generator.cost", ops::concat(by_g));
        }
        let n = self.of as f64;
        for (i, name) in ["real", "fake"].into_iter().enumerate() {
            self.add(&format!("{name}.seen"), both[i].clone());
            self.add(&format!("{name}.logit"), then[i].clone());
            self.add(&format!("{name}.logit.after"), now[i].clone());
            // As by the loss of this sample alone.
            self.add(&format!("{name}.slope"), slopes[i].clone() * n);
            self.add_stages(&format!("discriminator.{name}"), network.stages(&traces[i]));
        }
        self.add("fake.slope.generator", slope * n);
        self.add("fake.again.logit", network.forward(after, seen.of_others(again), labels));
    }

    fn add_vector(&mut self, name: &str, x: Tensor<1>) {
        self.tensors.push((name.into(), x.dims().into(), x));
    }

    /// # Shapes
    /// x: [rows of all samples, values]
    fn add(&mut self, name: &str, x: Tensor<2>) {
        let [rows, columns] = x.dims();
        let kept = rows / self.of * self.samples;
        let kept_rows = x.narrow(0, 0, kept).flatten(0, 1);
        self.tensors.push((name.into(), vec![kept, columns], kept_rows));
    }

    /// Each as `side.part.NUMBER.CHANNELS.NAME`, with its first channels.
    fn add_stages(&mut self, side: &str, stages: Vec<Stage>) {
        for (i, Stage { name, shape, values }) in stages.into_iter().enumerate() {
            let (pixels, channels) = (shape.pixels(), shape.channels);
            let some = channels.min(if shape.side == 1 { UNITS } else { CHANNELS });
            let kept = values.dims()[0] / self.of * self.samples;
            let rows = values.narrow(0, 0, kept).reshape([kept * pixels, channels]);
            let maps = rows.narrow(1, 0, some).flatten(0, 1);
            let name = format!("{side}.part.{i}.{channels}.{name}");
            self.tensors.push((name, vec![kept, shape.side, shape.side, some], maps));
        }
    }

    /// # Errors
    /// The device's own.
    async fn read(self) -> Result<Vec<(String, Vec<usize>, Vec<f32>)>> {
        let (names, tensors): (Vec<_>, Vec<_>) =
            self.tensors.into_iter().map(|(name, shape, x)| ((name, shape), x)).unzip();
        let values = read_all(tensors).await?.into_iter();
        Ok(names.into_iter().zip(values).map(|((name, shape), x)| (name, shape, x)).collect())
    }
}
