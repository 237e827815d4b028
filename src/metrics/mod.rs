//! Quality figures.
