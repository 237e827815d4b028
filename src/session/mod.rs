//! One run driven by messages: the only entry for page, command line and tests. Knows no browser and
//! no terminal.

mod evaluation;
mod pace;
pub mod protocol;
mod session;

pub use session::Session;
