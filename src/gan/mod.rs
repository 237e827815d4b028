//! The mathematics of the game, without state: objectives on logits, penalties on slopes, and
//! what else holds a player back.

pub mod augmentation;
mod figure;
pub mod game;
mod games;
pub mod lecam;
mod objective;
pub mod orthogonal;
pub mod penalty;

pub use augmentation::Augmentation;
pub use figure::Figure;
pub use games::GameKind;
pub use objective::{Equilibrium, Objective};
pub use penalty::PenaltyKind;
