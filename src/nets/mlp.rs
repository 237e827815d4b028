//! Plain multilayer perceptrons, as in the first GAN (Goodfellow et al. 2014, arXiv 1406.2661).
//! Deviation from the paper: LeakyReLU in both players instead of ReLU and maxout, and no dropout.

use super::layers::Builder;
use crate::data::PIXELS;

/// [n, inputs] to pictures [n, PIXELS] in [-1, 1].
pub fn generator(inputs: usize, width: usize) -> Builder {
    Builder::vectors(inputs)
        .linear("hidden1", width)
        .leaky_relu()
        .linear("hidden2", width)
        .leaky_relu()
        .linear("picture", PIXELS)
        .tanh()
}

/// Pictures [n, PIXELS] to features [n, width].
pub fn features(width: usize) -> Builder {
    Builder::vectors(PIXELS)
        .linear("hidden1", width)
        .leaky_relu()
        .linear("hidden2", width)
        .leaky_relu()
}
