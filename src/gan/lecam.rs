//! The LeCam regulariser (Tseng et al. 2021, arXiv 2104.03310): λ (E‖D(x) − α_F‖² + E‖D(G(z)) − α_R‖²),
//! with α_R and α_F the moving averages of the discriminator's scores of real pictures and of fakes.
//!
//! Intuition: what the judge says of real pictures is drawn to what it has lately said of fakes, and the other
//! way round, so that it cannot become surer from step to step by learning few pictures by heart.

use crate::nets::ops::{self, narrow, square_sum};
use burn::tensor::Tensor;

/// What a step leaves of the averages.
const DECAY: f64 = 0.99;

/// # Shapes
/// real, fake: recorded logits, [n, 1]; anchors: α_R and α_F, not recorded, [2]; to [1]
pub fn value(real: Tensor<2>, fake: Tensor<2>, anchors: &Tensor<1>, weight: f64) -> Tensor<1> {
    let [n, _] = real.dims();
    let far = |logits: Tensor<2>, anchor: usize| {
        let anchor: Tensor<2> = narrow(anchors, anchor, 1).unsqueeze();
        square_sum(logits - anchor.autodiff(), weight / n as f64)
    };
    far(real, 1) + far(fake, 0)
}

/// The averages after a step with these means of real pictures' logits and of fakes'.
///
/// # Shapes
/// anchors, means: [2]
pub fn follow(anchors: Tensor<1>, means: Tensor<1>) -> Tensor<1> {
    ops::blend(anchors, means, DECAY)
}
