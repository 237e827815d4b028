//! A game: who plays, what each player sees, and the terms of their losses. The games themselves stand in
//! [`super::games`], one file each; `train/step.rs` plays any of them.

use super::Figure;
use serde::{Deserialize, Serialize};

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
}

#[derive(Clone, Debug, Default)]
pub struct Game {
    /// Names of the networks, which a checkpoint knows them by.
    pub generators: Vec<&'static str>,
    pub discriminators: Vec<&'static str>,
    pub plays: Vec<Play>,
    /// Those of weight 0 are left out.
    pub terms: Vec<Term>,
}

impl Game {
    pub fn generator(&mut self, name: &'static str) -> usize {
        self.generators.push(name);
        self.generators.len() - 1
    }

    pub fn discriminator(&mut self, name: &'static str) -> usize {
        self.discriminators.push(name);
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

    pub fn features(&mut self, of: Port, to: Port, weight: f64) {
        if weight > 0.0 {
            self.terms.push(Term::Features { of, to, weight });
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
        let of_discriminators = self.terms.iter().filter_map(|term| match *term {
            Term::Adversarial { .. } => Some([Figure::DLoss, Figure::DReal, Figure::DFake]),
            Term::Distance { .. } | Term::Features { .. } => None,
        });
        let mut figures: Vec<Figure> = of_discriminators.flatten().collect();
        figures.push(Figure::GLoss);
        if self.terms.len() > 1 {
            figures.extend(self.terms.iter().map(|term| match *term {
                Term::Adversarial { .. } => Figure::GAdversarial,
                Term::Distance { .. } => Figure::Distance,
                Term::Features { .. } => Figure::Features,
            }));
        }
        figures
    }
}
