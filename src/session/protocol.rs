//! The messages between a session and whoever drives it (page, command line, tests): commands in,
//! events out. Pure data; in the browser bytes travel as `Uint8Array`, in JSON as arrays of numbers.
//! `tests/protocol/*.json` hold one of each, read by Rust and by JS.

pub use super::charts::Chart;
use crate::data::DatasetKind;
pub use crate::error::Problem;
pub use crate::gan::Equilibrium;
pub use crate::gan::Figure;
pub use crate::gan::game::Direction;
use crate::gan::game::Side;
use crate::metrics::Figures;
pub use crate::metrics::collapse::{Collapse, Look};
pub use crate::nets::Mixing;
use crate::recipe::{Catalog, Recipe};
use crate::shape::Shape;
pub use crate::train::StepFigures;
use crate::train::augment::Curve;
pub use crate::train::{Account, Action, Move};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use strum::EnumCount;

/// What a session can do. Commands are carried out in order, at the next tick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, EnumCount)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case")]
// A browser's program reads it by `web::tagged`.
#[cfg_attr(not(target_arch = "wasm32"), serde(tag = "type"))]
pub enum Command {
    /// Sets up a fresh run of this recipe at step 0. Training does not start by itself.
    Load {
        recipe: Box<Recipe>,
    },
    /// Appends real pictures: IDX bytes, raw or gzipped. `total` is how many pictures the whole
    /// data set will hold, so that progress and the order of the pictures are known from the first.
    AddData {
        images: ByteBuf,
        labels: ByteBuf,
        total: usize,
    },
    /// Trains until paused.
    Run,
    Pause,
    /// One step of both players, or of one alone. Leaves the session paused.
    Step {
        player: Players,
    },
    /// As `step` of both players, recorded: answered by `recorded` with the same `id`.
    Record {
        id: u32,
    },
    /// Back to step 0 of the same recipe; the data stay.
    Reset,
    /// As `load`, of where the run started; training then does at each step what was done at it, and at step `until` it
    /// pauses, which `replayed` says. Any other change of the run by hand ends that: `replay-dropped`.
    Replay {
        /// The text of an [`Account`].
        run: String,
        until: u64,
    },
    /// Changes what may change while training (learning rates, D steps); refuses a recipe that
    /// differs in anything else.
    Adjust {
        recipe: Box<Recipe>,
    },
    /// Fresh pictures from the generator's moving average as it is now, drawn bit by bit and answered by `sampled`
    /// with the same `id`, or by `dropped` where none will come: it was refused or failed, which a `failed` says, or
    /// another run has taken this one's place.
    Sample {
        id: u32,
        request: SampleRequest,
    },
    /// Answered by `saved` with the same `id`, and before it by a `previewed` of the same step. Refused
    /// when anything in the run is not a finite number.
    Save {
        #[serde(default)]
        id: u32,
    },
    /// Replaces the run by that of a checkpoint made by `save`, answered by `restored` with the same
    /// `id`. Leaves the session paused. With a `recipe` the run goes on by that one, which may differ from
    /// the checkpoint's in what `Field::branches` allows.
    Restore {
        #[serde(default)]
        id: u32,
        checkpoint: ByteBuf,
        #[serde(default)]
        recipe: Option<Box<Recipe>>,
    },
    /// As `save`, but the run as a model: a checkpoint of half precision, without what only its optimisers know. No
    /// `previewed` comes before it.
    Export {
        id: u32,
    },
    /// Another run, as a checkpoint or a model, to compare with: where it translates what the run here translates,
    /// its generator is asked for the same pictures, for `compared` and for `sampled`. It stays, whatever is loaded,
    /// until another of its kind comes.
    LoadRival {
        checkpoint: ByteBuf,
    },
    /// The classifier's weights (safetensors), needed before `evaluate`, and before a run that compares features.
    LoadClassifier {
        weights: ByteBuf,
    },
    /// Asks what the discriminator would change in a picture of the run and which real one is nearest, answered by
    /// `inspected` if there is a discriminator and, as the search goes on, by `matched` with the same `id`; the latter
    /// needs the classifier.
    Inspect {
        id: u32,
        pixels: ByteBuf,
        label: u8,
        /// What it was translated from, in a game that translates.
        #[serde(default)]
        source: Option<ByteBuf>,
    },
    /// Looks for the latent whose drawing is nearest to a picture of the run's size, answered by an `inverted` with the
    /// same `id` for each look; another one before the last takes its place. Only in a run that draws single pictures
    /// from noise.
    Invert {
        id: u32,
        pixels: ByteBuf,
        /// Of the latents that it begins with.
        seed: u64,
    },
    /// Asks for the directions of the latent space along which drawings change most, answered by `directed` with the same
    /// `id`. Only in a run that draws pictures from noise.
    Directions {
        id: u32,
    },
    /// Scores `count` fresh samples, answered by `evaluated`.
    Evaluate {
        count: usize,
        seed: u64,
    },
    /// Real pictures that no run is trained on, as IDX bytes, raw or gzipped: what `measure` holds
    /// samples of a run on downloaded data against. Drawn ones need none.
    AddHeldOut {
        images: ByteBuf,
        labels: ByteBuf,
    },
    /// Measures `count` fresh samples (100 to 10,000) by every figure of the catalog, bit by bit while
    /// training goes on, answered by `measured`. Needs the classifier and held-out pictures.
    Measure {
        count: usize,
        seed: u64,
    },
    /// Asks whether this run's generator helps a classifier that has only a few real digits, in so many tries (up to 10),
    /// bit by bit while training goes on, answered by an `augmented` with the same `id` for each classifier; 0 gives up what is under way.
    /// Needs a run that draws grey digits by their labels, and held-out pictures.
    Augment {
        id: u32,
        tries: u32,
    },
    /// Lets a copy of the generator take so many steps (0 to 100) against a discriminator that somebody has drawn, by
    /// its logits as the run's chart lists them, answered by `tried` with the same `id`. Another one before the answer
    /// takes its place. The run has to rest and stays as it is; the copy goes on from where it was, until the run moves or
    /// one is asked for `afresh`. Only in a game with points, and not of two numbers.
    JudgeByHand {
        id: u32,
        /// The bytes of their numbers, as those of points.
        logits: ByteBuf,
        steps: u32,
        afresh: bool,
    },
}

impl Command {
    /// Whether the run is another afterwards, or stands elsewhere.
    pub fn moves_run(&self) -> bool {
        use Command::{Adjust, Load, Record, Replay, Reset, Restore, Run, Step};
        matches!(
            self,
            Load { .. }
                | Replay { .. }
                | Reset
                | Restore { .. }
                | Run
                | Step { .. }
                | Record { .. }
                | Adjust { .. }
        )
    }

    /// Whether it hands the session files, which are answered by `supplied`.
    pub fn supplies(&self) -> bool {
        use Command::{AddData, AddHeldOut, LoadClassifier, LoadRival};
        matches!(
            self,
            AddData { .. } | AddHeldOut { .. } | LoadClassifier { .. } | LoadRival { .. }
        )
    }
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Players {
    Both,
    Discriminator,
    Generator,
}

/// Which pictures to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleRequest {
    /// ψ in (0, 1], however small: less variety for clearer drawings. 1, or absent, for none; latents that are
    /// given are taken as they are, but for styles.
    #[serde(default)]
    pub truncation: Option<f64>,
    pub count: usize,
    /// Seeds the latents, unless `latents` are given.
    pub seed: u64,
    /// `count` x `recipe.latent` numbers, row by row.
    #[serde(default)]
    pub latents: Option<Vec<f32>>,
    /// `count` classes 0 to 9; in rotation 0, 1, .. 9, 0, .. when absent. Ignored by an
    /// unconditional run.
    #[serde(default)]
    pub labels: Option<Vec<u8>>,
    /// `count` pictures for a run that translates, which needs them.
    #[serde(default)]
    pub pictures: Option<Given>,
    /// Beside `latents`, in a run whose `loaded` names a `mixing`.
    #[serde(default)]
    pub second: Option<Second>,
    /// Whether the discriminator is to score them, where there is one and they are drawn from noise.
    #[serde(default)]
    pub scored: bool,
}

/// Latents that decide what [`Mixing`] says in place of the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Second {
    /// `count` x `recipe.latent` numbers, row by row.
    pub latents: Vec<f32>,
    /// Of styles, the first layer that is theirs, from 0 for all to the number of layers for none.
    #[serde(default)]
    pub from: usize,
}

/// Pictures to be translated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// One after another; 0 is black.
    pub pixels: ByteBuf,
    pub form: Form,
    /// Forth only in a game with a way back, and then only pictures as those of the data set.
    #[serde(default)]
    pub direction: Direction,
}

/// What given pictures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As those of the data set: the run's view is still to be applied, with random numbers of the request's seed.
    Target,
    /// As that view makes them.
    Source,
}

/// Where a run stands. The page's root element carries it as `data-state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// No recipe, or not yet enough data for a first batch, or not the classifier where training needs it.
    Loading,
    Ready,
    Training,
    Paused,
    Failed,
}

/// What a session reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, EnumCount)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Event {
    /// The first event of a session: what can be asked of it.
    Opened {
        device: String,
        catalog: Box<Catalog>,
    },
    StateChanged {
        state: State,
        step: u64,
    },
    /// A fresh run was set up, or something about it has changed (also by `restore`, `adjust` and when
    /// helping workers come or go); `recipe` is what is running now.
    Loaded {
        recipe: Box<Recipe>,
        g_parameters: usize,
        d_parameters: usize,
        /// How many workers share a batch.
        workers: usize,
        /// Where the objective would come to rest.
        equilibrium: Equilibrium,
        /// What each step reports, in the order of `losses` in `progressed`.
        figures: Vec<FigureEntry>,
        /// The pictures that are made, and those that are translated into them, if any are.
        target: Shape,
        source: Option<Shape>,
        /// What a second latent can decide, if anything.
        mixing: Option<Mixing>,
        /// Whether it translates both ways.
        both_ways: bool,
        /// Whether training needs the classifier.
        needs_classifier: bool,
    },
    /// Real pictures at hand; `sample` shows the first ones that the run will meet.
    DataAdded {
        dataset: DatasetKind,
        loaded: usize,
        total: usize,
        sample: Pictures,
        /// What the run is to translate into these.
        sources: Option<Pictures>,
    },
    /// Training went on: every step since the last `progressed`, oldest first.
    Progressed {
        step: u64,
        images_seen: u64,
        /// Mean over the steps reported here, milliseconds, without drawing previews.
        step_millis: f64,
        images_per_second: f64,
        losses: Vec<StepFigures>,
    },
    /// The fixed grid, drawn by the moving average of the generator.
    Previewed {
        step: u64,
        pictures: Pictures,
    },
    /// In a game with a way back, of the first pictures on show: the generators' way with real sources, whose targets
    /// `previewed` has, and with real targets.
    RoundTripped {
        step: u64,
        /// The sources that come of `previewed`'s targets.
        source_again: Pictures,
        /// The sources that come of the real targets, and what those become in turn.
        forth: Pictures,
        target_again: Pictures,
    },
    /// What is to be seen of a game with points: more often than previews while it trains.
    Charted {
        step: u64,
        chart: Chart,
    },
    /// What a copy of the generator makes of points after so many steps against a discriminator drawn by hand. No chart
    /// where its numbers are no longer finite: it is given up then.
    Tried {
        id: u32,
        taken: u64,
        chart: Option<Chart>,
    },
    /// The discriminator's logits of the drawings that were just previewed and of the real digits on
    /// show, in their order; never in a run without a discriminator or in the Dirac-GAN.
    Judged {
        step: u64,
        fakes: Vec<f32>,
        reals: Vec<f32>,
        /// How often a real digit scores higher than a drawing, of all pairs: 0.5 when the
        /// discriminator cannot tell, 1 when it always can.
        told_apart: f64,
    },
    /// A look at how varied the drawings are; `collapse` while the alarm sounds.
    Watched {
        look: Look,
        collapse: Option<CollapseReport>,
    },
    Sampled {
        id: u32,
        pictures: Pictures,
        /// What they were translated from.
        sources: Option<Pictures>,
        /// What the run's rival makes of the same, if it has one.
        compared: Option<Pictures>,
        /// The discriminator's logits, if they were asked for.
        scores: Option<Vec<f32>>,
    },
    /// What the run's rival, trained for so many steps, makes of the pictures on show; said again when others are shown.
    Compared {
        step: u64,
        pictures: Pictures,
    },
    /// No answer will come to that `sample`.
    Dropped {
        id: u32,
    },
    /// `saliency`: the slope of the logit by each pixel; above 0 a brighter one would look more real.
    Inspected {
        id: u32,
        logit: f32,
        saliency: Vec<f32>,
    },
    Matched {
        id: u32,
        neighbour: Neighbour,
    },
    /// The nearest drawing after `taken` of so many looks; the last one is the answer.
    Inverted {
        id: u32,
        taken: u32,
        of: u32,
        latent: Vec<f32>,
        label: u8,
        /// Root mean square of the difference of pixels, 0 for none to 1 for black against white.
        distance: f64,
        picture: Pictures,
    },
    /// Unit vectors of the latent space, at most four, the one that changes drawings most first; `shares`: of the
    /// change, what each accounts for.
    Directed {
        id: u32,
        vectors: Vec<Vec<f32>>,
        shares: Vec<f64>,
    },
    /// The step that was just taken, as a safetensors file whose tensors docs/slow.md lists.
    Recorded {
        id: u32,
        step: u64,
        file: ByteBuf,
    },
    Saved {
        id: u32,
        step: u64,
        /// What it took to gather the run, milliseconds, without the rest of a step that was under way.
        millis: f64,
        checkpoint: ByteBuf,
        /// How it came to that step, as the text of an [`Account`], if that is known: of a model or a run that began as one it is not, nor of one that
        /// was changed more than a hundred times.
        run: Option<String>,
    },
    /// A replay has come to its last step and rests there; its `previewed` has gone before.
    Replayed {
        step: u64,
    },
    /// The run is no longer that of a replay.
    ReplayDropped,
    /// The run is that of a checkpoint now; its `loaded` has gone before, state and preview follow.
    Restored {
        id: u32,
        step: u64,
    },
    Evaluated(Evaluation),
    Measured(Measurement),
    Augmented(AugmentReport),
    /// The answer to each `add-data`, `add-held-out`, `load-classifier` and `load-rival`, in their order: whether it was taken. A
    /// `failed` that says why not goes before.
    Supplied {
        accepted: bool,
    },
    /// Training needs real pictures that have not arrived: `first` to `last` of the data set, counted from 1. It
    /// goes on by itself when they are added.
    Waiting {
        first: usize,
        last: usize,
    },
    /// Something was refused or went wrong. The session goes on, except when a `state-changed` to
    /// `failed` follows.
    Failed {
        code: String,
        /// One sentence, in which fields of a recipe go by their paths.
        message: String,
        /// The fields that are to blame, where a recipe or a change of it was refused; else empty.
        problems: Vec<Problem>,
    },
}

/// A figure that steps report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureEntry {
    pub name: Figure,
    pub label: String,
    pub side: Side,
    /// Whether it is a logit; otherwise it is a loss.
    pub logit: bool,
}

impl From<Figure> for FigureEntry {
    fn from(name: Figure) -> Self {
        let (label, side, logit) = (name.label().into(), name.side(), name.is_logit());
        Self { name, label, side, logit }
    }
}

/// What pictures are in a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Real ones: what the generator's are to be like.
    Target,
    /// What it translates.
    Source,
    /// What it made.
    Output,
}

/// Square pictures, one after another, row by row and channels last; 0 is black. Grey ones have one channel, stacked
/// digits three, red, green and blue. `labels` is empty when there are none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pictures {
    pub role: Role,
    pub shape: Shape,
    /// Of films, whose frames are the channels; 1 of pictures.
    pub frames: usize,
    pub count: usize,
    pub columns: usize,
    pub pixels: ByteBuf,
    pub labels: ByteBuf,
}

/// Why the alarm sounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollapseReport {
    pub kind: Collapse,
    /// What was seen, in one sentence.
    pub saw: String,
    /// What to try, likeliest first.
    pub remedies: Vec<String>,
}

/// The real digit whose features are nearest to those of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    pub pixels: ByteBuf,
    pub label: u8,
    /// Euclidean, in the classifier's 64 features.
    pub distance: f64,
    /// How far this real digit is from its own nearest real neighbour; none while it has none.
    pub usual: Option<f64>,
    /// Real digits looked at so far.
    pub searched: usize,
}

/// What the project's classifier says of fresh samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub step: u64,
    pub count: usize,
    pub seed: u64,
    /// Share of samples read as the class that was asked for; none for an unconditional run.
    pub label_accuracy: Option<f64>,
    /// How many samples were read as each digit.
    pub class_histogram: [u32; 10],
    /// KL(generated ‖ uniform over the ten digits), in nats.
    pub class_kl: f64,
}

/// What all figures say of fresh samples, and of real pictures in their place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Where the run stood when the measurement began.
    pub step: u64,
    pub images_seen: u64,
    /// Samples, and as many real pictures of the training.
    pub count: usize,
    pub seed: u64,
    /// Held-out real pictures that both were compared with.
    pub reference: usize,
    /// How many samples were read as each digit.
    pub class_histogram: [u32; 10],
    /// Each figure by its name in the catalog; those that the run cannot have are absent.
    pub figures: Figures,
    /// The same of real pictures of the training: what perfect samples would read.
    pub floor: Figures,
    /// The same of what a game translates, as it is or enlarged by cubic pieces: what costs no training. Empty
    /// otherwise.
    pub baseline: Figures,
    /// Computing time that it took, real pictures included where they had to be read first.
    pub millis: f64,
}

/// How classifiers with and without samples of the generator read held-out digits, so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AugmentReport {
    pub id: u32,
    /// Where the run stood when it was asked.
    pub step: u64,
    /// Scores that there will be.
    pub of: usize,
    pub curve: Curve,
    /// What they say, in sentences; empty before two can be compared.
    pub conclusion: String,
}
