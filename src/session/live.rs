//! Carries out commands, trains within a time budget and reports events.

use super::augmenting::AugmentJob;
use super::by_hand::ByHand;
use super::charts::Charting;
use super::evaluation::EvaluationJob;
use super::exploring::Exploring;
use super::gallery::Gallery;
use super::inverting::Inverting;
use super::judging::Inspection;
use super::measurement::{MeasurementJob, Reals};
use super::pace::Pace;
use super::pictures;
use super::point_measurement::PointMeasurement;
use super::protocol::{Command, Event, FigureEntry, Role, State, StepFigures};
use super::rehearsal::Rehearsal;
use super::replay::Replay;
use super::reports::Grid;
use super::samples::SampleJob;
use super::sources::Sources;
use super::watch::Watch;
use crate::data::{Base, Dataset, DatasetKind, Samples, idx};
use crate::device::{self, DeviceKind};
use crate::error::{Error, Result};
use crate::metrics::classifier::Classifier;
use crate::recipe::{Recipe, catalog};
use crate::train::Trainer;
use crate::train::replica::Replicas;
use burn::tensor::Device;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;
use web_time::Instant;

pub struct Session {
    pub(super) kind: DeviceKind,
    pub(super) device: Device,
    pub(super) state: State,
    pub(super) trainer: Option<Trainer>,
    pub(super) replicas: Option<Rc<dyn Replicas>>,
    pub(super) sources: Sources,
    /// The real samples that the page has been shown, and what a game translates into them.
    pub(super) shown: Samples,
    pub(super) classifier: Option<Rc<Classifier>>,
    /// At most one of each kind.
    pub(super) rivals: Vec<Rc<Trainer>>,
    pub(super) watch: Watch,
    pub(super) inspection: Option<Inspection>,
    pub(super) inverting: Option<Inverting>,
    pub(super) exploring: Option<Exploring>,
    pub(super) gallery: Option<Gallery>,
    pub(super) rehearsal: Option<Rehearsal>,
    /// Training waits for pictures, and has said so.
    pub(super) waiting: bool,
    /// In the order in which they were asked for.
    pub(super) samples: VecDeque<SampleJob>,
    pub(super) evaluation: Option<EvaluationJob>,
    pub(super) measurement: Option<MeasurementJob>,
    pub(super) point_measurement: Option<PointMeasurement>,
    pub(super) augmenting: Option<AugmentJob>,
    /// What samples are measured against, as far as it is known.
    pub(super) reals: Option<Reals>,
    pub(super) charting: Charting,
    pub(super) by_hand: Option<ByHand>,
    pub(super) replay: Option<Replay>,
    pub(super) pace: Pace,
    /// The step of the run whose fixed grid was drawn last.
    pub(super) previewed: Option<u64>,
    /// Read back, but not reported yet.
    pub(super) losses: Vec<StepFigures>,
    pub(super) events: Vec<Event>,
}

impl Session {
    /// # Errors
    /// When there is no such device, or this program was built without it.
    pub async fn open(kind: DeviceKind) -> Result<Self> {
        let device = device::open(kind).await?;
        let opened =
            Event::Opened { device: kind.name().into(), catalog: Box::new(catalog().clone()) };
        Ok(Self {
            kind,
            device,
            state: State::Loading,
            trainer: None,
            replicas: None,
            sources: Sources::new(),
            shown: Samples::default(),
            classifier: None,
            rivals: Vec::new(),
            watch: Watch::default(),
            inspection: None,
            inverting: None,
            exploring: None,
            gallery: None,
            samples: VecDeque::new(),
            evaluation: None,
            rehearsal: None,
            waiting: false,
            measurement: None,
            point_measurement: None,
            augmenting: None,
            reals: None,
            charting: Charting::default(),
            by_hand: None,
            replay: None,
            pace: Pace::new(),
            previewed: None,
            losses: Vec::new(),
            events: vec![opened],
        })
    }

    /// Divides the work of each step with these from the next one on. The run stays the same.
    pub fn set_replicas(&mut self, replicas: Rc<dyn Replicas>) {
        self.replicas = Some(replicas);
        self.pass_on_replicas();
        self.report_loaded();
    }

    /// Gives the trainer what it works with.
    pub(super) fn pass_on(&mut self) {
        self.pass_on_replicas();
        self.pass_on_classifier();
    }

    fn pass_on_classifier(&mut self) {
        if let Some(trainer) = &mut self.trainer {
            trainer.set_classifier(self.classifier.clone());
        }
    }

    /// Gives the trainer the session's replicas.
    fn pass_on_replicas(&mut self) {
        if let Some(trainer) = &mut self.trainer {
            trainer.set_replicas(self.replicas.clone());
        }
    }

    pub(super) fn report_loaded(&mut self) {
        if let Some(trainer) = &self.trainer {
            let spec = trainer.recipe().data().spec();
            let figures = trainer.recipe().game().figures().into_iter();
            self.events.push(Event::Loaded {
                recipe: Box::new(trainer.recipe().clone()),
                g_parameters: trainer.g_parameters(),
                d_parameters: trainer.d_parameters(),
                workers: trainer.workers(),
                equilibrium: trainer.recipe().equilibrium(),
                figures: figures.map(FigureEntry::from).collect(),
                target: spec.target,
                source: spec.source,
                mixing: trainer.recipe().generator.network.mixing(),
                both_ways: trainer.recipe().game().has_way_back(),
                needs_classifier: trainer.recipe().compares_features(),
            });
        }
    }

    /// Carries out `commands` in order, then trains for about `budget` if the session is training:
    /// at least one turn, and no further turn is begun after the budget or once samples have been drawn, for which
    /// somebody waits. Returns what happened since the last tick. Whatever goes wrong is an event.
    pub async fn tick(&mut self, commands: Vec<Command>, budget: Duration) -> Vec<Event> {
        let deadline = Instant::now() + budget;
        for command in commands {
            let (supplies, moves) = (command.supplies(), command.moves_run());
            let done = self.obey(command).await;
            if self.state != State::Training {
                self.pace.stop();
            }
            let accepted = done.is_ok();
            if accepted && moves {
                self.by_hand = None;
            }
            if let Err(error) = done {
                self.report_error(error);
            }
            if supplies {
                self.events.push(Event::Supplied { accepted });
            }
        }
        loop {
            match self.work().await {
                Ok(true) if Instant::now() < deadline && !self.has_sampled() => {}
                Ok(_) => break,
                Err(error) => {
                    self.report_error(error);
                    break;
                }
            }
        }
        std::mem::take(&mut self.events)
    }

    /// What the loaded run is.
    pub fn recipe(&self) -> Option<&Recipe> {
        self.trainer.as_ref().map(Trainer::recipe)
    }

    /// Steps that the loaded run has taken.
    pub fn step_count(&self) -> u64 {
        self.trainer.as_ref().map_or(0, Trainer::step)
    }

    /// Whether another tick would do something without a command.
    pub fn busy(&self) -> bool {
        self.state == State::Training
            || !self.samples.is_empty()
            || self.evaluation.is_some()
            || self.rehearsal.is_some()
            || self.inspection.is_some()
            || self.inverting.is_some()
            || self.exploring.is_some()
            || self.measurement.is_some()
            || self.point_measurement.is_some()
            || self.augmenting.is_some()
            || self.by_hand.as_ref().is_some_and(ByHand::owes)
    }

    pub(super) async fn obey(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Load { recipe } => self.load(*recipe).await,
            Command::AddData { images, labels, total } => {
                self.add_data(&images, &labels, total).await
            }
            Command::Run => self.run(),
            Command::Pause => self.pause().await,
            Command::Step { player } => {
                self.drop_replay();
                self.step(player).await
            }
            Command::Record { id } => {
                self.drop_replay();
                self.record(id).await
            }
            Command::Reset => {
                let recipe = self.trainer()?.recipe().clone();
                self.load(recipe).await
            }
            Command::Replay { run, until } => self.replay(&run, until).await,
            Command::Adjust { recipe } => {
                self.adjust(*recipe).await?;
                self.drop_replay();
                Ok(())
            }
            Command::Sample { id, request } => self.sample(id, request),
            Command::Inspect { id, pixels, label, source } => {
                self.inspect(id, &pixels, label, source.as_ref().map(|s| s.as_slice())).await
            }
            Command::Invert { id, pixels, seed } => self.invert(id, pixels.into_vec(), seed),
            Command::Directions { id } => self.directions(id),
            Command::Save { id } => self.save(id).await,
            Command::Export { id } => self.export(id).await,
            Command::LoadRival { checkpoint } => self.load_rival(&checkpoint).await,
            Command::Restore { id, checkpoint, recipe } => {
                self.restore(id, &checkpoint, recipe.map(|recipe| *recipe)).await
            }
            Command::LoadClassifier { weights } => {
                let classifier = Classifier::from_safetensors(&weights, &self.device)?;
                self.classifier = Some(Rc::new(classifier));
                self.pass_on_classifier();
                self.leave_loading();
                Ok(())
            }
            Command::Evaluate { count, seed } => self.evaluate(count, seed),
            Command::AddHeldOut { images, labels } => {
                self.sources.of(DatasetKind::Mnist).hold_out(idx::read_pair(&images, &labels)?)?;
                self.reals = None;
                Ok(())
            }
            Command::Measure { count, seed } => self.measure(count, seed),
            Command::Augment { id, tries } => self.augment(id, tries),
            Command::JudgeByHand { id, logits, steps, afresh } => {
                self.judge_by_hand(id, logits.into_vec(), steps, afresh)
            }
        }
    }

    pub(super) fn trainer(&mut self) -> Result<&mut Trainer> {
        self.trainer.as_mut().ok_or(Error::NotReady("no recipe is loaded yet"))
    }

    pub(super) async fn load(&mut self, recipe: Recipe) -> Result<()> {
        let mut trainer = Trainer::new(recipe, self.device.clone())?;
        let shown = self.samples_to_show(&trainer);
        let grid = Grid::of(&mut trainer, &shown).await?;
        self.adopt(trainer);
        self.present(grid).await
    }

    /// Real samples in the shape of the fixed grid, as far as they have arrived.
    pub(super) fn samples_to_show(&mut self, trainer: &Trainer) -> Samples {
        let (dataset, seed) = (trainer.recipe().data(), trainer.recipe().seed);
        let source = self.sources.of(dataset.kind);
        let first = source.batch(dataset.in_pairs(), seed, 0, pictures::REALS_LOOKED_AT);
        pictures::in_columns(first, dataset)
    }

    /// Makes this run the session's own.
    pub(super) fn adopt(&mut self, trainer: Trainer) {
        self.trainer = Some(trainer);
        self.pass_on();
        self.report_loaded();
        self.drop_replay();
        (self.inspection, self.inverting, self.exploring) = (None, None, None);
        self.watch = Watch::default();
        self.rehearsal = None;
        self.waiting = false;
        (self.evaluation, self.measurement, self.point_measurement) = (None, None, None);
        self.augmenting = None;
        self.drop_samples();
        self.losses.clear();
        self.pace = Pace::new();
        self.charting = Charting::default();
        self.shown = Samples::default();
        self.previewed = None;
    }

    /// Says where a run that was just adopted stands, and shows its grid.
    pub(super) async fn present(&mut self, grid: Grid) -> Result<()> {
        let recipe = self.trainer()?.recipe().clone();
        let dataset = recipe.dataset;
        self.rehearsal = Rehearsal::of(&recipe, self.kind, &self.device)?;
        self.shown = pictures::in_columns(None, recipe.data());
        if dataset.base().is_endless() || self.sources.of(dataset).loaded() > 0 {
            self.show_data(recipe.data());
        }
        let state = if self.can_start() { self.at_rest() } else { State::Loading };
        self.enter(state);
        self.show(grid).await?;
        self.compare().await
    }

    /// Where a run stands that is not under way.
    fn at_rest(&self) -> State {
        if self.step_count() == 0 { State::Ready } else { State::Paused }
    }

    /// Whether all that the loaded run starts from has arrived.
    fn can_start(&mut self) -> bool {
        self.first_batch().is_some()
            && self.trainer.as_ref().is_some_and(|trainer| !trainer.lacks_classifier())
    }

    /// After something has arrived.
    fn leave_loading(&mut self) {
        if self.state == State::Loading && self.can_start() {
            self.enter(self.at_rest());
        }
    }

    /// The first batch that the loaded run meets, once it has arrived.
    pub(super) fn first_batch(&mut self) -> Option<Samples> {
        let recipe = self.trainer.as_ref()?.recipe();
        let (dataset, seed, batch) = (recipe.data(), recipe.seed, recipe.batch);
        self.sources.of(dataset.kind).batch(dataset, seed, 0, batch)
    }

    async fn add_data(&mut self, images: &[u8], labels: &[u8], total: usize) -> Result<()> {
        self.sources.of(DatasetKind::Mnist).add(idx::read_pair(images, labels)?, total)?;
        let made_of_it = |trainer: &&Trainer| trainer.recipe().dataset.base() == Base::Mnist;
        let run = self.trainer.as_ref().filter(made_of_it);
        let run = run.map(|trainer| trainer.recipe().data());
        let blank = !self.shows_enough();
        self.show_data(run.unwrap_or(DatasetKind::Mnist.plain()));
        self.waiting = false; // or for others
        if run.is_none() {
            return Ok(());
        }
        self.leave_loading();
        // Translated were blank pictures.
        if blank && self.shown.source.is_some() && self.shows_enough() {
            self.preview().await?;
            self.compare().await?;
        }
        Ok(())
    }

    /// Whether there are real pictures in the grid.
    pub(super) fn shows_enough(&self) -> bool {
        let target = &self.shown.target;
        !target.reals().is_empty() || target.bytes().iter().any(|&byte| byte > 0)
    }

    /// Reports the data set's progress, with real pictures in the shape of the fixed grid.
    fn show_data(&mut self, dataset: Dataset) {
        let seed = self.trainer.as_ref().map_or(0, |t| t.recipe().seed);
        let spec = dataset.spec();
        let source = self.sources.of(dataset.kind);
        let first = source.batch(dataset.in_pairs(), seed, 0, pictures::REALS_LOOKED_AT);
        let (loaded, total) = (source.loaded(), source.total());
        let shown = pictures::in_columns(first, dataset);
        // Digits may arrive that the run here does not learn from.
        if self.trainer.as_ref().is_none_or(|trainer| trainer.recipe().data() == dataset) {
            self.shown = shown.clone();
        }
        let Samples { target, source, labels } = shown;
        let of = |role, pixels, shape, film| {
            pictures::pictures(role, pixels, shape, film, &labels, true)
        };
        let sample = of(Role::Target, target.into_bytes(), spec.target, spec.film);
        let sources = source.zip(spec.source);
        let sources = sources.map(|(pixels, shape)| of(Role::Source, pixels, shape, None));
        let dataset = dataset.kind;
        self.events.push(Event::DataAdded { dataset, loaded, total, sample, sources });
    }

    /// A turn of a rehearsal, before training makes it needless.
    pub(super) async fn rehearse(&mut self) -> Result<bool> {
        let Some(mut rehearsal) = self.rehearsal.take() else { return Ok(false) };
        if !rehearsal.advance().await? {
            self.rehearsal = Some(rehearsal);
        }
        Ok(true)
    }

    pub(super) fn enter(&mut self, state: State) {
        self.state = state;
        let step = self.trainer.as_ref().map_or(0, Trainer::step);
        self.events.push(Event::StateChanged { state, step });
    }

    /// Reports an error; those that end a run also stop it.
    pub(super) fn report_error(&mut self, error: Error) {
        let (code, message) = (error.code().to_string(), error.to_string());
        let problems = error.problems().to_vec();
        self.events.push(Event::Failed { code, message, problems });
        if matches!(error, Error::NonFinite { .. } | Error::Device { .. }) {
            self.enter(State::Failed);
        }
    }
}

pub(super) const FAILED: Error =
    Error::NotReady("this run has failed; reset it or restore a checkpoint");
