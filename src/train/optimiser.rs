//! From a gradient to new weights, on flat vectors. What each optimiser does is written at
//! [`OptimiserKind`].

use crate::nets::ops::{self, AdamRates};
use crate::recipe::{Optimiser, OptimiserKind};
use burn::tensor::Tensor;

/// What an optimiser has gathered of one network's gradients.
#[derive(Clone, Debug, Default)]
pub struct OptimiserState {
    /// Adam's mean of the gradient or SGD's sum, [parameters]; absent while β₁ is 0, where it is the
    /// gradient itself.
    pub momentum: Option<Tensor<1>>,
    /// Mean of the squared gradient, [parameters]; absent for SGD.
    pub square: Option<Tensor<1>>,
    /// Updates that these come from; nothing has been gathered at 0.
    pub updates: u64,
}

impl OptimiserState {
    /// The parameters after one update.
    ///
    /// # Shapes
    /// parameters, gradient: [parameters]
    pub fn update(
        &mut self,
        optimiser: &Optimiser,
        parameters: Tensor<1>,
        gradient: Tensor<1>,
    ) -> Tensor<1> {
        let Optimiser { kind, lr, beta1, beta2, epsilon, weight_decay } = *optimiser;
        self.updates += 1;
        if !optimiser.keeps_momentum() {
            self.momentum = None;
        } else if self.momentum.is_none() {
            self.momentum = Some(gradient.zeros_like());
        }
        let t = self.updates as f64;
        let [mean_correction, square_correction] = match kind {
            OptimiserKind::Sgd => {
                // m ← β₁ m + g
                let step = match self.momentum.take() {
                    Some(m) => self.momentum.insert(m * beta1 as f32 + gradient).clone(),
                    None => gradient,
                };
                // θ ← θ − lr · m
                return parameters - step * lr as f32;
            }
            OptimiserKind::RmsProp => [1.0; 2],
            // m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
            OptimiserKind::Adam | OptimiserKind::AdamW => {
                [beta1, beta2].map(|beta| 1.0 - beta.powf(t))
            }
        };
        let decay = if kind.decays_weights() { lr * weight_decay } else { 0.0 };
        let rates = AdamRates {
            beta1: beta1 as f32,
            beta2: beta2 as f32,
            rate: (lr / mean_correction) as f32,
            square_scale: square_correction.sqrt().recip() as f32,
            epsilon: epsilon as f32,
            keep: (1.0 - decay) as f32,
        };
        // Given away, so that the numbers are changed where they lie.
        let square = self.square.take().unwrap_or_else(|| gradient.zeros_like());
        // θ ← (1 − lr · λ) θ − lr · m̂ / (√v̂ + ε)
        let [parameters, square] =
            ops::adam(parameters, &mut self.momentum, square, gradient, rates);
        self.square = Some(square);
        parameters
    }
}

/// g · min(1, clip / ‖g‖) (Pascanu et al. 2013, arXiv 1211.5063, algorithm 1); g itself where `clip` is 0.
///
/// # Shapes
/// gradient: [parameters]
pub fn clipped(gradient: Tensor<1>, clip: f64) -> Tensor<1> {
    if clip == 0.0 {
        return gradient;
    }
    let square = ops::square_sum(gradient.clone().unsqueeze(), 1.0); // [1]
    let scale = (square.sqrt().recip() * clip as f32).clamp_max(1.0);
    gradient * scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nets::params::vector;
    use crate::recipe::Described;

    const GRADIENTS: [f64; 5] = [0.5, -0.1, 0.2, 1e-4, -3.0];

    fn numbers(t: Tensor<1>) -> Vec<f64> {
        let values = t.into_data().try_into_vec::<f32>().expect("f32");
        values.into_iter().map(f64::from).collect()
    }

    /// The papers' algorithms by hand on a scalar that begins at 1, in f64.
    fn by_hand(o: &Optimiser) -> Vec<f64> {
        let (mut theta, mut m, mut v) = (1.0, 0.0, 0.0);
        let mut t = 0;
        let mut step = |g: f64| {
            t += 1;
            match o.kind {
                OptimiserKind::Adam | OptimiserKind::AdamW => {
                    m = o.beta1 * m + (1.0 - o.beta1) * g;
                    v = o.beta2 * v + (1.0 - o.beta2) * g * g;
                    let m_hat = m / (1.0 - o.beta1.powi(t));
                    let v_hat = v / (1.0 - o.beta2.powi(t));
                    let before = theta;
                    theta -= o.lr * m_hat / (v_hat.sqrt() + o.epsilon);
                    if o.kind == OptimiserKind::AdamW {
                        theta -= o.lr * o.weight_decay * before;
                    }
                }
                OptimiserKind::RmsProp => {
                    v = o.beta2 * v + (1.0 - o.beta2) * g * g;
                    theta -= o.lr * g / (v.sqrt() + o.epsilon);
                }
                OptimiserKind::Sgd => {
                    m = o.beta1 * m + g;
                    theta -= o.lr * m;
                }
            }
            theta
        };
        GRADIENTS.iter().map(|&g| step(g)).collect()
    }

    #[test]
    fn each_follows_its_algorithm_with_and_without_momentum() {
        for &kind in OptimiserKind::ALL {
            for beta1 in [0.0, 0.5, 0.9] {
                // So much decay that it is as large as the rest of an update.
                let optimiser = Optimiser {
                    kind,
                    lr: 1e-2,
                    beta1,
                    beta2: 0.99,
                    epsilon: 1e-3,
                    weight_decay: 1.0,
                };
                let mut theta = vector(vec![1.0], &device::cpu());
                let mut state = OptimiserState::default();
                let mut before = 1.0;
                for (g, want) in GRADIENTS.into_iter().zip(by_hand(&optimiser)) {
                    theta = state.update(&optimiser, theta, vector(vec![g as f32], &device::cpu()));
                    let got = numbers(theta.clone())[0];
                    // One percent of this update, but for the rounding of a number near 1.
                    let bound = 0.01 * (want - before).abs() + 3e-7;
                    assert!((got - want).abs() < bound, "{kind:?}, β₁ {beta1}: {got}, not {want}");
                    before = want;
                }
                assert_eq!(state.updates, 5);
                assert_eq!(state.square.is_some(), kind.is_adaptive(), "{kind:?}");
                assert_eq!(state.momentum.is_some(), optimiser.keeps_momentum(), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_gradient_is_clipped_by_its_norm() {
        for (gradient, clip, want) in [
            ([3.0, -4.0], 0.0, [3.0, -4.0]),
            ([3.0, -4.0], 1.0, [0.6, -0.8]),
            ([3.0, -4.0], 5.5, [3.0, -4.0]),
            ([3e-8, 4e-8], 1e-8, [0.6e-8, 0.8e-8]),
            ([0.0, 0.0], 1.0, [0.0, 0.0]),
        ] {
            let got = numbers(clipped(vector(gradient.to_vec(), &device::cpu()), clip));
            for (got, want) in got.iter().zip(want.map(f64::from)) {
                let near = (got - want).abs() <= 1e-6 * want.abs();
                assert!(near, "{gradient:?} clipped at {clip}: {got}, not {want}");
            }
        }
    }
}
