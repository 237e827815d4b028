//! What several test files share.

pub mod differences;
pub mod driving;
pub mod training;
