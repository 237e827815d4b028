//! Plain multilayer perceptrons, as in the first GAN (Goodfellow et al. 2014, arXiv 1406.2661).
//! Deviation from the paper: LeakyReLU in both players instead of ReLU and maxout, and no dropout.

use super::graph::Flow;
use crate::shape::Shape;

/// Vectors to pictures in [-1, 1].
pub fn generator<'g>(input: Flow<'g>, width: usize, picture: Shape) -> Flow<'g> {
    input
        .linear("hidden1", width)
        .leaky_relu()
        .linear("hidden2", width)
        .leaky_relu()
        .linear("picture", picture.size())
        .tanh()
        .as_maps(picture.side)
}

/// Pictures to features [n, width].
pub fn features<'g>(picture: Flow<'g>, width: usize) -> Flow<'g> {
    picture.linear("hidden1", width).leaky_relu().linear("hidden2", width).leaky_relu()
}
