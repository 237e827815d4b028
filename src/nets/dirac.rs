//! The players of the Dirac-GAN (Mescheder et al. 2018, arXiv 1801.04406, section 2): a generator that is a point θ
//! whatever its latent, and a discriminator that is a slope ψ, D(x) = ψx.

use super::graph::Flow;
use crate::shape::Shape;

/// To the point.
pub fn generator<'g>(input: Flow<'g>, point: Shape) -> Flow<'g> {
    input.constant("point", point)
}

/// The point itself: the logit, which has no bias here, is its product with the slope.
pub fn features<'g>(point: Flow<'g>) -> Flow<'g> {
    point
}
