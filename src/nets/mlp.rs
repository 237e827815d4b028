//! Plain multilayer perceptrons, as in the first GAN (Goodfellow et al. 2014, arXiv 1406.2661).
//! Deviation from the paper: LeakyReLU in both players instead of ReLU and maxout, and no dropout.

use super::layers::Builder;
use super::layers::conv::Maps;

/// [n, inputs] to pictures in [-1, 1].
pub fn generator(inputs: usize, width: usize, picture: Maps) -> Builder {
    Builder::vectors(inputs)
        .linear("hidden1", width)
        .leaky_relu()
        .linear("hidden2", width)
        .leaky_relu()
        .linear("picture", picture.size())
        .tanh()
}

/// Pictures to features [n, width].
pub fn features(width: usize, picture: Maps) -> Builder {
    Builder::vectors(picture.size())
        .linear("hidden1", width)
        .leaky_relu()
        .linear("hidden2", width)
        .leaky_relu()
}
