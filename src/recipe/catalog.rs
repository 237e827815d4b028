//! What exists and how it may be set: every option with its label, range, one sentence and paper. The
//! page's form and the command line's help are made from this; option names appear nowhere in JS.

mod player;

use super::{Conditioning, OptimiserKind, Preset, ScheduleKind, presets};
use crate::data::DatasetKind;
use crate::gan::{Augmentation, Objective, PenaltyKind};
use crate::metrics::{Metric, MetricEntry};
use crate::nets::Norm;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    pub presets: Vec<Preset>,
    /// In the order in which a form shows them.
    pub fields: Vec<Field>,
    /// What pictures are measured by, in the order in which a table shows it.
    pub metrics: Vec<MetricEntry>,
}

/// One settable value of a [`super::Recipe`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where it stands in the recipe's JSON, such as `generator.optimiser.lr`.
    pub path: String,
    /// The part of the form it belongs to.
    pub group: String,
    pub label: String,
    pub help: String,
    pub control: Control,
    /// Whether it may be changed while training (`adjust`) without starting anew.
    pub live: bool,
    /// Whether it may also change where a run goes on from a checkpoint (`restore`), between two steps:
    /// whatever is decided anew in each step. What gives the networks their shape, or the random streams
    /// their course, is not.
    pub branches: bool,
    /// Whether a first-time visitor sees it without opening the advanced settings.
    pub basic: bool,
    /// What leaves it without effect: a form hides it then.
    pub unless: Option<Condition>,
}

/// That another field's value is one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub path: String,
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Control {
    Choice {
        options: Vec<Choice>,
    },
    Toggle,
    Integer {
        min: u64,
        max: u64,
    },
    /// `log`: a slider should move in equal ratios.
    Number {
        min: f64,
        max: f64,
        log: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The JSON value that goes into the recipe.
    pub value: Value,
    pub label: String,
    pub help: String,
    pub paper: Option<Paper>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Authors and year.
    pub citation: String,
    pub url: String,
}

impl Paper {
    pub fn new(citation: &str, url: &str) -> Self {
        Self { citation: citation.into(), url: url.into() }
    }
}

/// A variant that can stand in a choice of the catalog.
pub trait Described: Sized + Copy + Serialize + 'static {
    const ALL: &'static [Self];
    fn label(self) -> &'static str;
    /// One sentence for a curious person.
    fn help(self) -> &'static str;
    fn paper(self) -> Option<Paper> {
        None
    }
}

fn choice<T: Described>() -> Control {
    let options = T::ALL
        .iter()
        .map(|&v| Choice {
            value: json!(v),
            label: v.label().into(),
            help: v.help().into(),
            paper: v.paper(),
        })
        .collect();
    Control::Choice { options }
}

/// Fixed while training, but free where a run goes on from a checkpoint; so is all of an optimiser, a
/// schedule and the burn-in.
const BRANCHES: [&str; 12] = [
    "codes.weight",
    "objective",
    "label_smoothing",
    "penalty.kind",
    "penalty.gamma",
    "weight_clip",
    "lecam",
    "instance_noise.deviation",
    "instance_noise.fade",
    "augment",
    "orthogonal",
    "ema",
];

fn branches(path: &str) -> bool {
    let anew = [".optimiser.", ".schedule.", "burn_in."];
    BRANCHES.contains(&path) || anew.iter().any(|part| path.contains(part))
}

/// The variants that `uses` does not hold for, as values of the field at `path`.
fn without<T: Described>(path: String, uses: impl Fn(T) -> bool) -> Option<Condition> {
    let values = T::ALL.iter().filter(|&&v| !uses(v)).map(|v| json!(v)).collect();
    Some(Condition { path, values })
}

/// What leaves a field without effect, as the variants themselves say.
fn unless(path: &str) -> Option<Condition> {
    use OptimiserKind as Kind;
    let labelled =
        |on: bool| Some(Condition { path: "conditional".into(), values: vec![json!(on)] });
    if path == "conditioning" {
        return labelled(false);
    }
    let (parent, field) = path.rsplit_once('.')?;
    let by = format!("{parent}.kind");
    match (parent.rsplit('.').next()?, field) {
        ("optimiser", "beta1") => without(by, Kind::has_momentum),
        ("optimiser", "beta2" | "epsilon") => without(by, Kind::is_adaptive),
        ("optimiser", "weight_decay") => without(by, Kind::decays_weights),
        ("schedule", "steps") => without(by, ScheduleKind::has_steps),
        ("schedule", "end") => without(by, ScheduleKind::has_end),
        ("instance_noise", "fade") => {
            Some(Condition { path: format!("{parent}.deviation"), values: vec![json!(0.0)] })
        }
        ("penalty", "gamma") => without(by, |kind: PenaltyKind| kind != PenaltyKind::None),
        ("codes", _) => labelled(true),
        ("burn_in", field) if field != "steps" => {
            Some(Condition { path: format!("{parent}.steps"), values: vec![json!(0)] })
        }
        _ => None,
    }
}

/// Everything a shell needs to offer.
pub fn catalog() -> Catalog {
    let mut fields = Vec::new();
    let mut add = |path: &str, group: &str, label: &str, help: &str, control, live, basic| {
        fields.push(Field {
            path: path.into(),
            group: group.into(),
            label: label.into(),
            help: help.into(),
            control,
            live,
            branches: live || branches(path),
            basic,
            unless: unless(path),
        })
    };

    add(
        "dataset",
        "Run",
        "Data",
        "The real pictures that the judge compares with.",
        choice::<DatasetKind>(),
        false,
        true,
    );
    add(
        "seed",
        "Run",
        "Seed",
        "Every random number follows from it: the same seed gives the same run.",
        Control::Integer { min: 0, max: 999_999 },
        false,
        true,
    );
    add(
        "batch",
        "Run",
        "Batch",
        "Pictures per step: more make a steadier but slower step.",
        Control::Integer { min: 2, max: 512 },
        false,
        true,
    );
    add(
        "conditional",
        "Run",
        "Tell both players the digit",
        "A conditional GAN draws the digit it is asked for, and learns much faster.",
        Control::Toggle,
        false,
        false,
    );
    add(
        "conditioning",
        "Run",
        "How the judge hears of the digit",
        "The artist gets it beside its random numbers; the judge may be told in several ways, or asked.",
        choice::<Conditioning>(),
        false,
        false,
    );
    add(
        "codes.categorical",
        "Run",
        "A code with ten values",
        "The artist is given one of ten categories and the judge has to read it off the drawing (InfoGAN, Chen et al. 2016): kinds of drawings are found without labels.",
        Control::Toggle,
        false,
        false,
    );
    add(
        "codes.continuous",
        "Run",
        "Codes that are numbers",
        "So many of the artist's random numbers have to show in the drawing, so that the judge can read them off it.",
        Control::Integer { min: 0, max: 4 },
        false,
        false,
    );
    add(
        "codes.weight",
        "Run",
        "Weight of the codes λ",
        "How much both players mind a code that was misread. 0: nobody reads it, and a code with ten values only gives the artist ten places to start from, or none where it is told the digit.",
        Control::Number { min: 0.0, max: 10.0, log: false },
        false,
        false,
    );
    add(
        "latent",
        "Run",
        "Latent size",
        "How many random numbers the generator starts from.",
        Control::Integer { min: 1, max: 512 },
        false,
        false,
    );
    add(
        "d_steps",
        "Run",
        "Discriminator steps per generator step",
        "More steps give the judge a head start.",
        Control::Integer { min: 1, max: 8 },
        true,
        false,
    );
    add(
        "objective",
        "Run",
        "Objective",
        "What each player tries to make small.",
        choice::<Objective>(),
        false,
        false,
    );
    add(
        "penalty.kind",
        "Run",
        "Penalty",
        "Keeps the discriminator's slope small, so that its advice stays useful.",
        choice::<PenaltyKind>(),
        false,
        false,
    );
    add(
        "penalty.gamma",
        "Run",
        "Penalty weight γ",
        "R1 and R2: γ/2 times the mean squared slope. WGAN-GP and DRAGAN: γ times the mean square of what it differs from 1.",
        Control::Number { min: 0.001, max: 100.0, log: true },
        false,
        false,
    );
    add(
        "weight_clip",
        "Run",
        "Weight clipping",
        "The judge's weights are kept between minus this and this, so that its score cannot grow; 0 leaves them alone.",
        Control::Number { min: 0.0, max: 1.0, log: false },
        false,
        false,
    );
    add(
        "spectral_norm",
        "Run",
        "Spectral normalisation",
        "No layer of the judge may make a difference larger than it was: each weight matrix is divided by its largest singular value (Miyato et al. 2018).",
        Control::Toggle,
        false,
        false,
    );
    add(
        "lecam",
        "Run",
        "LeCam regulariser λ",
        "The judge's scores of real pictures are drawn to what it lately gave fakes, and the other way round (Tseng et al. 2021); 0 for none.",
        Control::Number { min: 0.0, max: 10.0, log: false },
        false,
        false,
    );
    add(
        "label_smoothing",
        "Run",
        "Label smoothing",
        "How much the judge is made to doubt that real pictures are real, so that it is never too sure.",
        Control::Number { min: 0.0, max: 0.4, log: false },
        false,
        false,
    );
    add(
        "instance_noise.deviation",
        "Run",
        "Instance noise",
        "Noise on every picture that the judge sees, real or fake, so that they are harder to tell apart.",
        Control::Number { min: 0.0, max: 1.0, log: false },
        false,
        false,
    );
    add(
        "instance_noise.fade",
        "Run",
        "Noise fades over",
        "After so many batches the instance noise is gone; 0 keeps it.",
        Control::Integer { min: 0, max: 100_000 },
        false,
        false,
    );
    add(
        "augment",
        "Run",
        "Augmentation",
        "What becomes of every picture, real or fake, before the judge sees it, so that it learns none by heart.",
        choice::<Augmentation>(),
        false,
        false,
    );
    add(
        "orthogonal",
        "Run",
        "Orthogonal regularisation β",
        "The columns of each of the generator's weight matrices are to point in different directions (Brock et al. 2018, who take 0.0001); 0 for none.",
        Control::Number { min: 0.0, max: 0.1, log: false },
        false,
        false,
    );
    add(
        "norm",
        "Run",
        "Normalisation",
        "What keeps a convolutional generator's activations in range.",
        choice::<Norm>(),
        false,
        false,
    );
    add(
        "ema",
        "Run",
        "Averaging of the generator",
        "Pictures are drawn by a moving average of the generator's weights: this is its largest decay, 0 turns it off.",
        Control::Number { min: 0.0, max: 0.9999, log: false },
        false,
        false,
    );
    player::burn_in(&mut add);
    player::generator(&mut add);
    player::discriminator(&mut add);
    let metrics = Metric::ALL.iter().map(|metric| metric.entry()).collect();
    Catalog { presets: presets(), fields, metrics }
}
