//! One run driven by messages: the only entry for page, command line and tests. Knows no browser and
//! no terminal.

mod evaluation;
mod live;
mod pace;
mod pictures;
pub mod protocol;
mod reports;
mod snapshots;

pub use live::Session;
