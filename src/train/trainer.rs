//! A run: the networks of both sides, their optimisers and the moving average. How they learn from a batch stands in `round.rs`.
//! Nothing is read back from the device except on request, or to tell replicas.

use super::account::{Account, Action};
use super::learner::Learner;
use super::nets::Nets;
use super::recording::Recorder;
use super::replica::Replicas;
use super::reports::PendingReport;
use super::round::Round;
use crate::error::{Error, Result};
use crate::gan::PenaltyKind;
use crate::metrics::classifier::Classifier;
use crate::nets::params::{Layout, vector};
use crate::nets::spectral::SpectralNorm;
use crate::nets::{Architecture, Discriminator, Generator, Measured};
use crate::plan;
use crate::recipe::Recipe;
use crate::rng::{Stream, stream};
use burn::tensor::{Device, Tensor};
use std::rc::Rc;

/// A run at one of its steps, or between two.
pub struct Trainer {
    pub(super) nets: Nets,
    pub(super) g: Learner,
    pub(super) d: Learner,
    pub(super) ema: Tensor<1>,
    /// Average logits of earlier steps on real pictures and on fakes, where the LeCam regulariser wants
    /// them; [2].
    pub(super) anchors: Option<Tensor<1>>,
    /// Steps taken, by both players or by one alone.
    pub(super) step: u64,
    /// Steps of the generator that the moving average has followed.
    pub(super) averaged: u64,
    /// Batches of real pictures used.
    pub(super) batches: u64,
    /// Discriminator steps taken in the current round.
    pub(super) d_steps_done: usize,
    pub(super) round: Option<Round>,
    /// Of the next whole step, if it is asked for.
    pub(super) recorder: Option<Recorder>,
    pub(super) pending: Vec<PendingReport>,
    /// What is measured of the moving average before it draws, until the weights change.
    pub(super) measured: Option<Measured>,
    pub(super) replicas: Option<Rc<dyn Replicas>>,
    /// Whether the replicas have the discriminator's current weights.
    pub(super) replicas_know_d: bool,
    /// Whether they have the classifier.
    pub(super) replicas_know_classifier: bool,
    /// Why there are no replicas any more.
    pub(super) replica_failure: Option<String>,
    /// How it came to where it stands, if that is known.
    pub(super) account: Option<Account>,
}

impl Trainer {
    /// Fresh networks at step 0.
    ///
    /// # Errors
    /// When the recipe cannot run.
    pub fn new(recipe: Recipe, device: Device) -> Result<Self> {
        let problems = recipe.validate();
        if !problems.is_empty() {
            return Err(Error::Recipe(problems));
        }
        let nets = Nets::new(recipe, device)?;
        let start = |layout: &Layout, of| {
            let values = layout.initial(&mut stream(nets.recipe.seed, of, 0));
            vector(values, &nets.device)
        };
        let g = start(&nets.g.whole, Stream::GeneratorInit);
        let d = start(&nets.d.whole, Stream::DiscriminatorInit);
        let account = Some(Account::new(nets.recipe.clone()));
        Ok(Self { account, ..Self::with(nets, g, d) })
    }

    /// These weights at step 0.
    ///
    /// # Shapes
    /// g, d: [parameters of the generators], [of the discriminators]
    pub(super) fn with(nets: Nets, g: Tensor<1>, d: Tensor<1>) -> Self {
        let spectral = nets.recipe.spectral_norm.then(|| {
            let mut rng = stream(nets.recipe.seed, Stream::PowerIteration, 0);
            SpectralNorm::new(&nets.d.whole, &d, &mut rng)
        });
        let d = Learner::new(nets.d.clone(), d, spectral);
        let g = Learner::new(nets.g.clone(), g, None);
        let none = || vector(vec![0.0; 2], &nets.device);
        Self {
            ema: g.weights().clone(),
            anchors: (nets.recipe.lecam > 0.0).then(none),
            nets,
            g,
            d,
            step: 0,
            averaged: 0,
            batches: 0,
            d_steps_done: 0,
            round: None,
            recorder: None,
            pending: Vec::new(),
            measured: None,
            replicas: None,
            replicas_know_d: false,
            replicas_know_classifier: false,
            replica_failure: None,
            account: None,
        }
    }

    /// Divides batches with these from the next one on, or with nobody. The numbers stay the same to the
    /// last bit (see [`plan`]).
    pub fn set_replicas(&mut self, replicas: Option<Rc<dyn Replicas>>) {
        self.replicas = replicas;
        (self.replicas_know_d, self.replicas_know_classifier) = (false, false);
    }

    /// The classifier, for a game that compares features. It comes with the program, so no checkpoint holds it.
    pub fn set_classifier(&mut self, classifier: Option<Rc<Classifier>>) {
        self.nets.classifier = classifier;
        self.replicas_know_classifier = false;
    }

    /// Whether the run cannot go on without a classifier.
    pub fn lacks_classifier(&self) -> bool {
        self.nets.lacks_classifier()
    }

    /// How many workers share a batch.
    pub fn workers(&self) -> usize {
        let others = self.replicas.as_ref().map_or(0, |replicas| replicas.count());
        match self.divisible() {
            true => plan::shards(self.nets.recipe.batch, others + 1),
            false => 1,
        }
    }

    /// Why the replicas were given up, once.
    pub fn take_replica_failure(&mut self) -> Option<String> {
        self.replica_failure.take()
    }

    pub fn recipe(&self) -> &Recipe {
        &self.nets.recipe
    }

    /// The recipe as it stands at the step that comes next or is under way.
    pub(super) fn recipe_now(&self) -> Recipe {
        self.nets.recipe.at(self.step + 1)
    }

    pub fn step(&self) -> u64 {
        self.step
    }

    /// Whether this is the game of a point and a slope.
    pub fn is_dirac(&self) -> bool {
        let Recipe { generator, discriminator, .. } = self.recipe();
        [generator, discriminator].iter().all(|player| player.network == Architecture::Dirac)
    }

    pub fn images_seen(&self) -> u64 {
        self.batches * self.nets.recipe.batch as u64
    }

    pub fn g_parameters(&self) -> usize {
        self.nets.g.whole.parameters()
    }

    pub fn d_parameters(&self) -> usize {
        self.nets.d.whole.parameters()
    }

    /// Multiply-adds of a step's products: what an implementation without waste has to do.
    pub fn multiply_adds(&self) -> u64 {
        let Nets { recipe, generators, discriminators, .. } = &self.nets;
        let sum = |of: &mut dyn Iterator<Item = [u64; 2]>| {
            of.fold([0, 0], |[a, b], [c, d]| [a + c, b + d])
        };
        let [g_first, g] = sum(&mut generators.iter().map(Generator::multiply_adds));
        let [d_first, d] = sum(&mut discriminators.iter().map(Discriminator::multiply_adds));
        // Forward, backward and the gradient; with a penalty the backward pass goes on to the pictures, and the
        // tangent is one more forward pass; the same for a penalty's own points.
        let plain = 3 * d - d_first;
        let d_pair = match recipe.penalty.kind {
            PenaltyKind::None => 2 * plain,
            kind if kind.points().is_some() => 2 * plain + 4 * d,
            _ => 2 * 4 * d,
        };
        // With a penalty, the auxiliary loss takes a backward pass of its own.
        let own = match (recipe.auxiliary_outputs(), recipe.penalty.kind) {
            (None, _) | (_, PenaltyKind::None) => 0,
            (Some(outputs), _) => (1 + u64::from(outputs.reals)) * (2 * d - d_first),
        };
        let judged = if recipe.objective.is_relativistic() { 2 * d } else { d };
        let d_step = g + d_pair + own;
        // The maps of what is made and of the truth, and back.
        let read = match recipe.compares_features() {
            true => 3 * self.nets.classifier.as_ref().map_or(0, |reader| reader.multiply_adds()),
            false => 0,
        };
        let g_step = judged + d + 2 * g - g_first + read;
        recipe.batch as u64 * (recipe.d_steps as u64 * d_step + g_step)
    }

    /// Takes over what may change while training. The caller has checked that nothing else differs.
    pub(crate) fn adjust(&mut self, recipe: Recipe) {
        self.nets.recipe = recipe;
        let adjusted = Action::Adjust(Box::new(self.nets.recipe.clone()));
        // What happens within a step cannot be told.
        self.account = self.account.take().filter(|_| self.between_steps());
        self.note(adjusted);
    }

    /// How the run came to where it stands: by what was done by hand, and else by itself. None if that is not known
    /// any more, because it began as a model, was changed within a step or too often.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Tells of what is done at this step.
    pub(super) fn note(&mut self, action: Action) {
        self.account = self.account.take().and_then(|account| account.and(self.step, action));
    }

    /// The number of the next batch of real pictures, counted from 0.
    pub fn batches(&self) -> u64 {
        self.batches
    }
}
