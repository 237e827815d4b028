//! ganvas: small GANs that train in a browser.
//!
//! Dependencies run downwards only: `web` and the command line drive a [`session`], which runs a
//! [`train`]er on [`nets`] with the mathematics of [`gan`], as a [`recipe`] says, on pictures from
//! [`data`], judged by [`metrics`]. See ARCHITECTURE.md.

pub mod data;
pub mod describe;
pub mod device;
pub mod error;
pub mod gan;
pub mod gradient;
pub mod metrics;
pub mod nets;
mod plan;
pub mod recipe;
pub mod rng;
pub mod session;
pub mod shape;
pub mod train;
#[cfg(target_arch = "wasm32")]
mod web;

pub use error::{Error, Result};
