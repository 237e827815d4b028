//! The mathematics of the game, without state: objectives on logits, penalties on slopes, and
//! what else holds a player back.

pub mod augmentation;
pub mod lecam;
mod objective;
pub mod orthogonal;
pub mod penalty;

pub use augmentation::Augmentation;
pub use objective::{Equilibrium, Objective};
pub use penalty::PenaltyKind;
