//! Plain multilayer perceptrons, as in the first GAN (Goodfellow et al. 2014, arXiv 1406.2661).
//! Deviation from the paper: LeakyReLU instead of maxout, for pictures also instead of ReLU, and no dropout.

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

/// Vectors to points. ReLU, as in the paper: to leave a gap between two spots a generator has to be steep in one place
/// and flat beside it, for which two layers take twice as long as three (docs/lab/points.md).
pub fn point_generator<'g>(input: Flow<'g>, width: usize, point: Shape) -> Flow<'g> {
    input
        .keeping_linear("hidden1", width)
        .relu()
        .keeping_linear("hidden2", width)
        .relu()
        .keeping_linear("hidden3", width)
        .relu()
        .linear("point", point.size())
}

/// Points to features [n, width].
pub fn point_features<'g>(point: Flow<'g>, width: usize) -> Flow<'g> {
    point
        .keeping_linear("hidden1", width)
        .leaky_relu()
        .keeping_linear("hidden2", width)
        .leaky_relu()
}
