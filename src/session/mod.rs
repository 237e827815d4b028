//! One run driven by messages: the only entry for page, command line and tests. Knows no browser and
//! no terminal.

mod evaluation;
mod live;
mod measurement;
mod pace;
mod pictures;
pub mod protocol;
mod reports;

pub use live::Session;
