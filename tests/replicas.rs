//! Synchronous data parallelism: whoever computes which part of a batch, the run is the same to the last
//! bit, also when replicas are lost on the way.

use crate::common::training::{source, tensors, train, train_and, trainer};
use ganvas::data::DatasetKind;
use ganvas::recipe::{
    Architecture, Augmentation, Described, InstanceNoise, Norm, Objective, OptimiserKind, Penalty,
    PenaltyKind, Recipe, ScheduleKind, default_recipe, presets,
};
use ganvas::train::replica::{Order, Pending, Replicas, Task};
use ganvas::train::{Threads, Trainer};
use pollster::block_on;
use std::cell::Cell;
use std::rc::Rc;

const STEPS: u64 = 5;

fn recipe() -> Recipe {
    let mut recipe = default_recipe();
    recipe.dataset = DatasetKind::Drawn;
    recipe.batch = 64;
    (recipe.generator.width, recipe.discriminator.width) = (8, 8);
    recipe
}

/// A run of some steps: every loss and every weight.
fn run(recipe: &Recipe, replicas: Option<Rc<dyn Replicas>>) -> (String, Vec<(String, Vec<u8>)>) {
    run_and(recipe, replicas, |_, _| {})
}

/// The same, with something done before each turn, counted from 0.
fn run_and(
    recipe: &Recipe,
    replicas: Option<Rc<dyn Replicas>>,
    before: impl FnMut(&mut Trainer, usize),
) -> (String, Vec<(String, Vec<u8>)>) {
    let mut trainer = trainer(recipe);
    trainer.set_replicas(replicas);
    train_and(&mut trainer, &mut source(recipe.dataset), STEPS, before);
    let reports = block_on(trainer.reports()).expect("finite");
    // The order of a checkpoint's header differs between equal runs; its numbers do not.
    let checkpoint = block_on(trainer.checkpoint()).expect("a checkpoint");
    (format!("{reports:?}"), tensors(&checkpoint, ""))
}

/// Threads that count what they are asked, and of which one stops answering.
struct Watched {
    threads: Threads,
    asked: Cell<usize>,
    /// How often they were sent the classifier.
    told: Cell<usize>,
    /// From this question on there are no answers.
    deaf_from: Cell<usize>,
}

impl Watched {
    fn new(count: usize, deaf_from: usize) -> Rc<Self> {
        Rc::new(Self {
            threads: Threads::start(count),
            asked: Cell::new(0),
            told: Cell::new(0),
            deaf_from: Cell::new(deaf_from),
        })
    }
}

impl Replicas for Watched {
    fn count(&self) -> usize {
        self.threads.count()
    }

    fn ask(&self, replica: usize, order: Order) -> Pending {
        self.asked.set(self.asked.get() + 1);
        if matches!(&order.task, Task::Begin { classifier: 1.., .. }) {
            self.told.set(self.told.get() + 1);
        }
        if self.asked.get() > self.deaf_from.get() {
            return Box::pin(async { Err("it is deaf".into()) });
        }
        self.threads.ask(replica, order)
    }
}

#[test]
fn any_number_of_workers_gives_the_same_run_to_the_last_bit() {
    let mut recipe = recipe();
    for network in Architecture::ALL.iter().filter(|network| network.draws()) {
        recipe.generator.network = *network;
        recipe.discriminator.network = *network;
        let alone = run(&recipe, None);
        for (replicas, helpers) in [(1, 1), (2, 1), (3, 3), (5, 3)] {
            let watched = Watched::new(replicas, usize::MAX);
            let shared = run(&recipe, Some(watched.clone()));
            assert!(shared == alone, "{network:?} with {replicas} replicas is another run");
            // Both players' orders in each step, to as many as there are equal shares; nobody is asked where
            // a generator's batch norm couples the samples.
            let helpers = if *network == Architecture::BigGan { 0 } else { helpers };
            assert_eq!(watched.asked.get(), 2 * STEPS as usize * helpers, "{replicas} replicas");
        }
    }
}

#[test]
fn so_it_does_for_odd_batches_several_discriminator_steps_and_no_penalty() {
    let mut recipe = recipe();
    recipe.batch = 37;
    recipe.d_steps = 2;
    recipe.conditional = false;
    recipe.objective = Objective::NonSaturating;
    recipe.penalty = Penalty { kind: PenaltyKind::None, gamma: 1.0 };
    let alone = run(&recipe, None);
    assert!(run(&recipe, Some(Rc::new(Threads::start(1)))) == alone, "it is another run");
}

#[test]
fn so_it_does_with_every_optimiser_and_what_changes_by_itself() {
    for (&kind, &schedule) in OptimiserKind::ALL.iter().zip(ScheduleKind::ALL.iter().cycle()) {
        let mut recipe = recipe();
        for player in [&mut recipe.generator, &mut recipe.discriminator] {
            (player.optimiser.kind, player.optimiser.beta1) = (kind, 0.5);
            (player.schedule.kind, player.schedule.steps) = (schedule, 4);
            player.schedule.warm_up = 3;
            player.clip = 0.5;
        }
        recipe.burn_in.steps = 4; // so that γ, which replicas need, is another in each step
        let alone = run(&recipe, None);
        assert!(run(&recipe, Some(Rc::new(Threads::start(1)))) == alone, "{kind:?}: another run");
    }
}

#[test]
fn so_it_does_for_penalties_at_points_of_their_own_and_for_noise() {
    for (kind, fade) in [(PenaltyKind::WganGp, 0), (PenaltyKind::Dragan, 5)] {
        let mut recipe = recipe();
        recipe.objective = Objective::Wasserstein;
        recipe.penalty = Penalty { kind, gamma: 10.0 };
        recipe.instance_noise = InstanceNoise { deviation: 0.2, fade };
        let alone = run(&recipe, None);
        assert!(run(&recipe, Some(Watched::new(3, usize::MAX))) == alone, "{kind:?}");
        let quiet = Recipe { instance_noise: InstanceNoise { deviation: 0.0, fade }, ..recipe };
        assert!(run(&quiet, None) != alone, "the noise changes nothing");
    }
}

#[test]
fn so_it_does_with_all_that_holds_the_players_back() {
    let mut recipe = recipe();
    recipe.objective = Objective::Hinge;
    recipe.penalty.kind = PenaltyKind::R1;
    recipe.d_steps = 2;
    (recipe.spectral_norm, recipe.lecam, recipe.orthogonal) = (true, 0.3, 1e-3);
    recipe.augment = Augmentation::TranslationCutout;
    let alone = run(&recipe, None);
    assert!(run(&recipe, Some(Watched::new(3, usize::MAX))) == alone, "it is another run");
    // Lost in the middle of a step, too.
    assert!(run(&recipe, Some(Watched::new(1, 7))) == alone, "lost, it is another run");
}

#[test]
fn what_ties_a_batch_together_is_left_to_one_worker() {
    for (objective, norm) in
        [(Objective::RelativisticAverage, Norm::Layer), (Objective::NonSaturating, Norm::Batch)]
    {
        let recipe = Recipe { objective, norm, ..recipe() };
        let watched = Watched::new(3, usize::MAX);
        assert!(run(&recipe, Some(watched.clone())) == run(&recipe, None), "{objective:?}");
        assert_eq!(watched.asked.get(), 0, "{objective:?}, {norm:?}");
    }
}

/// Who reads features is sent with the first task, and to those that come later.
#[test]
fn replicas_are_told_once_whose_features_are_compared() {
    let preset = presets().into_iter().find(|preset| preset.name == "sketch").expect("a preset");
    let mut recipe = Recipe { dataset: DatasetKind::Drawn, feature_distance: 0.1, ..preset.recipe };
    (recipe.generator.width, recipe.discriminator.width) = (4, 4);
    let alone = run(&recipe, None);
    let [before, after] = [1, 1].map(|count| Watched::new(count, usize::MAX));
    let shared = run_and(&recipe, Some(before.clone()), |trainer, _| {
        if trainer.step() == 3 && trainer.between_steps() {
            trainer.set_replicas(Some(after.clone()));
        }
    });
    assert!(shared == alone, "it is another run");
    assert_eq!((before.told.get(), after.told.get()), (1, 1));
    assert!(before.asked.get() == 6 && after.asked.get() == 4, "both have helped");
}

#[test]
fn a_run_that_loses_its_replicas_goes_on_as_if_it_had_never_had_any() {
    let recipe = recipe();
    let alone = run(&recipe, None);
    // In the discriminator's turn, in the generator's, and from the very first.
    for deaf_from in [0, 4, 5, 7] {
        let watched = Watched::new(1, deaf_from);
        let shared = run(&recipe, Some(watched.clone()));
        assert!(shared == alone, "deaf from question {deaf_from} on, it is another run");
        assert_eq!(watched.asked.get(), deaf_from + 1, "it is asked nothing more");
    }
}

#[test]
fn replicas_that_come_in_the_middle_of_a_batch_help_from_the_next_one_on() {
    let recipe = recipe();
    let alone = run(&recipe, None);
    // At each turn of the second step; those before answer no more from then on, or go on answering.
    for (at, lost) in (7..16).flat_map(|at| [(at, true), (at, false)]) {
        let before = Watched::new(1, usize::MAX);
        let after = Watched::new(1, usize::MAX);
        let shared = run_and(&recipe, Some(before.clone()), |trainer, turn| {
            if turn == at {
                before.deaf_from.set(if lost { 0 } else { usize::MAX });
                trainer.set_replicas(Some(after.clone()));
            }
            assert_eq!(
                trainer.take_replica_failure(),
                None,
                "turn {turn}, others at {at}: they are not lost"
            );
        });
        assert!(shared == alone, "others from turn {at} on, lost: {lost}: it is another run");
        let asked = before.asked.get() + after.asked.get();
        assert!(after.asked.get() > 0 && asked >= 2 * STEPS as usize - 1, "{asked} questions");
    }
}

#[test]
fn the_loss_is_reported_once() {
    let mut trainer = trainer(&recipe());
    trainer.set_replicas(Some(Watched::new(1, 0)));
    train(&mut trainer, 1);
    assert_eq!(trainer.take_replica_failure().as_deref(), Some("it is deaf"));
    assert_eq!(trainer.take_replica_failure(), None);
}
