//! One run driven by messages: the only entry for page, command line and tests. Knows no browser and
//! no terminal.

mod augmenting;
mod by_hand;
mod charts;
mod draws;
mod evaluation;
mod exploring;
mod gallery;
mod inverting;
mod judging;
mod live;
mod measurement;
mod pace;
mod pictures;
mod point_measurement;
pub mod protocol;
mod rehearsal;
mod replay;
mod reports;
mod rivals;
mod round_trip;
mod samples;
mod snapshots;
mod sources;
mod training;
mod watch;

pub use live::Session;
pub use pace::budget;
pub use watch::{WATCHED_DRAWINGS, WATCHED_STEPS};
