//! A step that somebody wants to look at slowly: what both sides saw, made, scored and changed in it. The step is one of
//! the run's own; recording keeps what it would have thrown away, and looks once more where it kept nothing.

use super::learner::Learner;
use super::side::SideLayout;
use super::step::{self, Scene};
use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::gan::game::{Port, Side, Term};
use crate::nets::network::{Input, Stage};
use crate::nets::ops;
use crate::nets::params::{Layout, Weights};
use crate::nets::stored::{self, Precision};
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
        let (game, objective) = (recipe.game(), recipe.objective);
        let n = scene.ports.target.dims()[0];
        let most = if recipe.dataset.has_points() { POINTS } else { PICTURES };
        let mut told = Told { samples: n.min(most), of: n, tensors: Vec::new() };

        // One judge of whole samples, and the artist that it judges.
        let adversarial = game.terms.iter().filter_map(|term| match *term {
            Term::Adversarial { discriminator, fake: Port::Made(play), .. } => {
                Some((discriminator, play))
            }
            _ => None,
        });
        let mut judged = adversarial.zip(&scene.seen).enumerate();
        let judged = judged.find(|(_, (_, seen))| seen.frames.is_none());
        let play = judged.map_or(0, |(_, ((_, play), _))| play);
        let generator = game.plays[play].generator;
        let artist = &nets.generators[generator];
        let drawn = &scene.ports.made[play];
        for (name, input) in
            [("latent", Input::Latent), ("label", Input::Labels), ("source", Input::Source)]
        {
            artist.fed_with(drawn, input).into_iter().for_each(|fed| told.add(name, fed));
        }
        let again = artist.redraw(&g.after.view[generator], drawn);
        told.add("real", scene.ports.get(game.kind(Port::Made(play))));
        told.add("fake", drawn.y.clone());
        told.add("fake.again", again.clone());
        told.add_stages("generator", artist.stages(drawn));

        if let (Some((_, ((judge, _), seen))), Some(d)) = (judged, &d) {
            let network = &nets.discriminators[judge];
            let labels = seen.batch.labels.as_ref();
            let both = [&seen.batch.real, &seen.batch.fake];
            let before = both.map(|x| network.trace(&d.before.view[judge], x.clone(), labels));
            let after = both.map(|x| network.forward(&d.after.view[judge], x.clone(), labels));
            let at_last =
                network.forward(&d.after.view[judge], seen.of_others(again.clone()), labels);
            let anchors = d.anchors.as_ref();
            let logits = [before[0].logits.clone(), before[1].logits.clone()];
            let slopes = step::objective(&recipe, anchors, logits.clone()).1;
            let real = || after[0].clone();
            let (_, slope) = step::loss_by_logits(objective, &real, after[1].clone());
            // Of a loss that is a mean over pairs, each pair's own.
            if !objective.couples_batch() {
                let row = |x: &Tensor<2>, k| x.clone().narrow(0, k, 1);
                let of = |k| {
                    let pair = [row(&logits[0], k), row(&logits[1], k)];
                    let real = || row(&after[0], k);
                    let by_g = step::loss_by_logits(objective, &real, row(&after[1], k));
                    [step::objective(&recipe, anchors, pair).0, by_g.0]
                };
                let (by_d, by_g): (Vec<_>, Vec<_>) =
                    (0..told.samples).map(of).map(<_>::into).unzip();
                told.tensors.push((
                    "discriminator.cost".into(),
                    vec![by_d.len()],
                    ops::concat(by_d),
                ));
                told.tensors.push(("generator.cost".into(), vec![by_g.len()], ops::concat(by_g)));
            }
            for (i, name) in ["real", "fake"].into_iter().enumerate() {
                told.add(&format!("{name}.seen"), both[i].clone());
                told.add(&format!("{name}.logit"), logits[i].clone());
                told.add(&format!("{name}.logit.after"), after[i].clone());
                // As by the loss of this sample alone.
                told.add(&format!("{name}.slope"), slopes[i].clone() * n as f64);
                told.add_stages(&format!("discriminator.{name}"), network.stages(&before[i]));
            }
            told.add("fake.slope.generator", slope * n as f64);
            told.add("fake.again.logit", at_last);
        }
        let d_weights = d.as_ref().map_or(&[][..], |d| &d.after.view);
        let terms = step::generators_terms(&recipe, nets.players(&game), d_weights, &scene);
        terms.by_made(play).into_iter().for_each(|by| told.add("fake.gradient", by * n as f64));

        let mut header = HashMap::from([
            ("format".to_string(), FORMAT.to_string()),
            ("step".to_string(), self.step.to_string()),
        ]);
        let mut of_sides: Vec<(&str, &SideLayout)> = Vec::new();
        let g_figures = ops::narrow(&g.figures, 0, 1);
        let mut sides =
            vec![("generator", &nets.g, game.generators[generator].name, &g, g_figures)];
        if let (Some((nth, ((judge, _), _))), Some(d)) = (judged, &d) {
            let figures = ops::narrow(&d.figures, 3 * nth, 3);
            let network = game.discriminators[judge].name();
            sides.push(("discriminator", &nets.d, network, d, figures));
        }
        for (name, layout, network, lesson, figures) in sides {
            let names: Vec<&str> =
                layout.whole.entries().iter().map(|entry| entry.name.as_str()).collect();
            header.insert(format!("{name}.network"), network.to_string());
            header.insert(format!("{name}.parameters"), names.join("\n"));
            of_sides.push((name, layout));
            told.tensors.push((format!("{name}.figures"), figures.dims().into(), figures));
            let vectors = [&lesson.before.flat, &lesson.gradient, &lesson.after.flat];
            let flat = |vector: &Tensor<1>| (String::new(), Vec::new(), vector.clone());
            told.tensors.extend(vectors.map(flat));
        }

        let (mut names, tensors): (Vec<_>, Vec<_>) =
            told.tensors.into_iter().map(|(name, shape, tensor)| ((name, shape), tensor)).unzip();
        let mut values = read_all(tensors).await?;
        // The vectors of all weights are told by the lengths of their parts.
        let mut of_sides = of_sides.into_iter();
        while let Some(at) = names.iter().position(|(name, _)| name.is_empty()) {
            let Some((name, layout)) = of_sides.next() else { break };
            names.drain(at + 1..at + 3);
            let vectors: Vec<Vec<f32>> = values.drain(at..at + 3).collect();
            let lengths = lengths(&layout.whole, &vectors);
            names[at] = (format!("{name}.lengths"), vec![lengths.len() / 3, 3]);
            values.insert(at, lengths);
        }
        let refused = |reason: String| Error::Checkpoint(reason);
        let bytes: Vec<Vec<u8>> =
            values.iter().map(|values| stored::to_bytes(values, Precision::Single)).collect();
        let mut views = Vec::new();
        for ((name, shape), bytes) in names.into_iter().zip(&bytes) {
            let view =
                TensorView::new(Dtype::F32, shape, bytes).map_err(|e| refused(e.to_string()))?;
            views.push((name, view));
        }
        serialize(views, Some(header)).map(Some).map_err(|e| refused(e.to_string()))
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
}
