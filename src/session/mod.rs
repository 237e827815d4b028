//! One run driven by messages.
pub mod protocol;
