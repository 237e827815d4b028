//! The mathematics of the game, without state: objectives on logits, penalties on slopes.

mod objective;
pub mod penalty;

pub use objective::{Equilibrium, Objective};
pub use penalty::PenaltyKind;
