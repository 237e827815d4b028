//! A game: who plays, what each player sees, and the terms of their losses. The games themselves stand in
//! [`super::games`], one file each; `train/step.rs` plays any of them.

use super::Figure;
use serde::{Deserialize, Serialize};

/// Which way a game translates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Sources into targets: what a view has done is undone.
    #[default]
    Back,
    /// Targets into sources, as the view does: only in a game with a way back.
    Forth,
}

impl Direction {
    /// What is translated.
    pub fn from(self) -> Port {
        match self {
            Self::Back => Port::Source,
            Self::Forth => Port::Target,
        }
    }

    /// What it becomes.
    pub fn to(self) -> Port {
        self.other().from()
    }

    pub fn other(self) -> Self {
        match self {
            Self::Back => Self::Forth,
            Self::Forth => Self::Back,
        }
    }
}

/// How many frames of each film a judge of frames sees in a step, as far apart as they can be. MoCoGAN's sees one (Tulyakov
/// et al. 2018, section 3); four are as many more real and made digits to learn from (docs/lab/films.md).
pub const JUDGED_FRAMES: usize = 4;

/// What a discriminator judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    Targets,
    Sources,
    /// Single frames of films: [`JUDGED_FRAMES`] of each.
    Frames,
}

impl Judge {
    /// How many pictures it sees of each sample.
    pub fn pictures(self) -> usize {
        match self {
            Self::Targets | Self::Sources => 1,
            Self::Frames => JUDGED_FRAMES,
        }
    }

    /// What a checkpoint knows its network by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Targets => "discriminator",
            Self::Sources => "source-discriminator",
            Self::Frames => "frame-discriminator",
        }
    }

    /// What its step reports: its loss, and its mean logit on real pictures and on fakes.
    pub fn figures(self) -> [Figure; 3] {
        match self {
            Self::Targets => [Figure::DLoss, Figure::DReal, Figure::DFake],
            Self::Sources => [Figure::SourceDLoss, Figure::SourceDReal, Figure::SourceDFake],
            Self::Frames => [Figure::FrameDLoss, Figure::FrameDReal, Figure::FrameDFake],
        }
    }

    /// The generators' loss by it.
    pub fn opposed(self) -> Figure {
        match self {
            Self::Targets => Figure::GAdversarial,
            Self::Sources => Figure::GSourceAdversarial,
            Self::Frames => Figure::GFrameAdversarial,
        }
    }
}

/// A network of the generators' side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Artist {
    /// What a checkpoint knows it by.
    pub name: &'static str,
    /// What its pictures are to be like: the targets or the sources.
    pub makes: Port,
}

/// Pictures, or points, that a batch has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// The real ones.
    Target,
    /// What is to be translated into them.
    Source,
    /// What the generator of this play has made.
    Made(usize),
}

/// What a generator starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Latents, and labels if the run is conditional.
    Noise,
    Picture(Port),
}

/// A generator's part: whatever it makes is [`Port::Made`] with the number of its play.
#[derive(Clone, Copy, Debug)]
pub struct Play {
    pub generator: usize,
    pub from: Start,
}

/// A part of the losses.
#[derive(Clone, Copy, Debug)]
pub enum Term {
    /// The discriminator is to tell real from fake, and the generator to prevent it, as the objective says. `given` is
    /// what the discriminator sees beside either.
    Adversarial { discriminator: usize, real: Port, fake: Port, given: Option<Port>, weight: f64 },
    /// λ times the mean absolute difference, values of a picture lying in [0, 1].
    Distance { of: Port, to: Port, weight: f64 },
    /// The same between a picture and what has become of it there and back.
    Cycle { of: Port, to: Port, weight: f64 },
    /// λ times the mean absolute difference of the features that the classifier sees in them; `to` is held constant.
    Features { of: Port, to: Port, weight: f64 },
}

/// Which of the two sides a network plays on. The networks of a side learn alike, and from the same turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Generator,
    Discriminator,
}

/// Weights of the terms of a generator's loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// 0 leaves the discriminator out.
    pub adversarial: f64,
    pub distance: f64,
    pub features: f64,
    pub cycle: f64,
}

#[derive(Clone, Debug, Default)]
pub struct Game {
    pub generators: Vec<Artist>,
    pub discriminators: Vec<Judge>,
    pub plays: Vec<Play>,
    /// Those of weight 0 are left out.
    pub terms: Vec<Term>,
}

impl Game {
    pub fn generator(&mut self, name: &'static str, makes: Port) -> usize {
        self.generators.push(Artist { name, makes });
        self.generators.len() - 1
    }

    pub fn discriminator(&mut self, judge: Judge) -> usize {
        self.discriminators.push(judge);
        self.discriminators.len() - 1
    }

    /// What a generator makes.
    pub fn play(&mut self, generator: usize, from: Start) -> Port {
        self.plays.push(Play { generator, from });
        Port::Made(self.plays.len() - 1)
    }

    pub fn adversarial(
        &mut self,
        discriminator: usize,
        [real, fake]: [Port; 2],
        given: Option<Port>,
        weight: f64,
    ) {
        if weight > 0.0 {
            self.terms.push(Term::Adversarial { discriminator, real, fake, given, weight });
        }
    }

    pub fn distance(&mut self, of: Port, to: Port, weight: f64) {
        if weight > 0.0 {
            self.terms.push(Term::Distance { of, to, weight });
        }
    }

    pub fn cycle(&mut self, of: Port, to: Port, weight: f64) {
        if weight > 0.0 {
            self.terms.push(Term::Cycle { of, to, weight });
        }
    }

    pub fn features(&mut self, of: Port, to: Port, weight: f64) {
        if weight > 0.0 {
            self.terms.push(Term::Features { of, to, weight });
        }
    }

    /// Whether these pictures are targets or sources, or like them.
    pub fn kind(&self, port: Port) -> Port {
        match port {
            Port::Made(play) => self.generators[self.plays[play].generator].makes,
            own => own,
        }
    }

    /// What this generator starts from.
    pub fn start(&self, generator: usize) -> Start {
        let play = self.plays.iter().find(|play| play.generator == generator);
        play.map_or(Start::Noise, |play| play.from)
    }

    /// What this discriminator sees beside the pictures that it judges.
    pub fn given(&self, judge: usize) -> Option<Port> {
        self.terms.iter().find_map(|term| match *term {
            Term::Adversarial { discriminator, given, .. } if discriminator == judge => given,
            _ => None,
        })
    }

    /// The generator that translates that way, if one does.
    pub fn translator(&self, direction: Direction) -> Option<usize> {
        let starts = |generator: &usize| self.start(*generator) == Start::Picture(direction.from());
        (0..self.generators.len()).find(starts)
    }

    /// Whether what has been translated is translated back, and held to what it was.
    pub fn has_way_back(&self) -> bool {
        self.translator(Direction::Forth).is_some()
    }

    /// Whether discriminators learn at all.
    pub fn is_adversarial(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Adversarial { .. }))
    }

    /// Whether a step needs the classifier.
    pub fn compares_features(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Features { .. }))
    }

    /// What a step reports: first the discriminators' figures, then the generators'.
    pub fn figures(&self) -> Vec<Figure> {
        let judges = self.judges().map(|judge| self.discriminators[judge].figures());
        let mut figures: Vec<Figure> = judges.flatten().collect();
        figures.push(Figure::GLoss);
        if self.terms.len() > 1 {
            figures.extend(self.terms.iter().map(|term| match *term {
                Term::Adversarial { discriminator, .. } => {
                    self.discriminators[discriminator].opposed()
                }
                Term::Distance { .. } => Figure::Distance,
                Term::Features { .. } => Figure::Features,
                Term::Cycle { to: Port::Source, .. } => Figure::SourceCycle,
                Term::Cycle { .. } => Figure::Cycle,
            }));
        }
        figures
    }

    /// The discriminator of each adversarial term, in their order.
    pub fn judges(&self) -> impl Iterator<Item = usize> {
        self.terms.iter().filter_map(|term| match *term {
            Term::Adversarial { discriminator, .. } => Some(discriminator),
            _ => None,
        })
    }
}
