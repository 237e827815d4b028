//! What several test files share.

pub mod differences;
pub mod driving;
pub mod mnist;
pub mod pairs;
pub mod training;

use ganvas::nets::{Discriminator, Generator};
use ganvas::recipe::Recipe;
use ganvas::session::protocol::StepFigures;
use ganvas::train::Trainer;

/// The first network of each side.
pub fn networks(recipe: &Recipe) -> (Generator, Discriminator) {
    let (mut generators, mut discriminators) = recipe.build_networks().expect("networks");
    (generators.swap_remove(0), discriminators.swap_remove(0))
}

/// What a step of the classic game reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossPoint {
    pub step: u64,
    pub d_loss: Option<f32>,
    pub d_real: Option<f32>,
    pub d_fake: Option<f32>,
    pub g_loss: Option<f32>,
}

impl From<StepFigures> for LossPoint {
    fn from(StepFigures { step, figures }: StepFigures) -> Self {
        let [d_loss, d_real, d_fake, g_loss] = figures.try_into().expect("four figures");
        Self { step, d_loss, d_real, d_fake, g_loss }
    }
}

/// The reports of a trainer of the classic game.
pub fn reports(trainer: &mut Trainer) -> Vec<LossPoint> {
    let reports = pollster::block_on(trainer.reports()).expect("finite");
    reports.into_iter().map(LossPoint::from).collect()
}

/// As many numbers, and each within `apart`; the most that any is. What is no number is not close to any.
pub fn close(what: &str, got: &[f32], want: &[f32], apart: f32) -> f32 {
    assert_eq!(got.len(), want.len(), "{what}: so many numbers");
    let mut most = 0.0f32;
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let difference = (got - want).abs();
        assert!(difference < apart, "{what}, number {i}: {got}, not {want}");
        most = most.max(difference);
    }
    most
}
