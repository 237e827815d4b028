//! Adam on a flat parameter vector (Kingma & Ba 2014, arXiv 1412.6980, algorithm 1).

use crate::nets::ops::{self, AdamRates};
use crate::recipe::Adam;
use burn::tensor::Tensor;

/// Running moments of one network's gradient.
#[derive(Clone, Debug)]
pub struct AdamState {
    /// Mean of the gradient, [parameters]; absent while β₁ is 0, where it is the gradient itself.
    pub mean: Option<Tensor<1>>,
    /// Mean of the squared gradient, [parameters].
    pub square: Tensor<1>,
    /// Updates taken.
    pub steps: u64,
}

impl AdamState {
    pub fn new(parameters: &Tensor<1>) -> Self {
        Self { mean: None, square: parameters.zeros_like(), steps: 0 }
    }

    /// The parameters after one update.
    ///
    /// # Shapes
    /// parameters, gradient: [parameters]
    pub fn update(&mut self, adam: &Adam, parameters: Tensor<1>, gradient: Tensor<1>) -> Tensor<1> {
        self.steps += 1;
        let t = self.steps as f64;
        // Without momentum m is the gradient itself, and is not kept.
        if adam.beta1 == 0.0 {
            self.mean = None;
        } else if self.mean.is_none() {
            self.mean = Some(gradient.zeros_like());
        }
        let rates = AdamRates {
            beta1: adam.beta1 as f32,
            beta2: adam.beta2 as f32,
            // m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
            rate: (adam.lr / (1.0 - adam.beta1.powf(t))) as f32,
            square_scale: (1.0 - adam.beta2.powf(t)).sqrt().recip() as f32,
            epsilon: adam.epsilon as f32,
        };
        // Given away, so that the numbers are changed where they lie; anything takes the place meanwhile.
        let square = std::mem::replace(&mut self.square, gradient.clone());
        // θ ← θ − lr · m̂ / (√v̂ + ε)
        let [parameters, square] = ops::adam(parameters, &mut self.mean, square, gradient, rates);
        self.square = square;
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nets::params::vector;

    /// Algorithm 1 by hand on scalars, in f64.
    fn by_hand(adam: &Adam, gradients: &[f64]) -> f64 {
        let (mut theta, mut m, mut v) = (1.0, 0.0, 0.0);
        for (i, g) in gradients.iter().enumerate() {
            let t = (i + 1) as i32;
            m = adam.beta1 * m + (1.0 - adam.beta1) * g;
            v = adam.beta2 * v + (1.0 - adam.beta2) * g * g;
            let m_hat = m / (1.0 - adam.beta1.powi(t));
            let v_hat = v / (1.0 - adam.beta2.powi(t));
            theta -= adam.lr * m_hat / (v_hat.sqrt() + adam.epsilon);
        }
        theta
    }

    #[test]
    fn follows_the_algorithm_with_and_without_momentum() {
        let gradients = [0.5, -0.1, 0.2, 1e-4, -3.0];
        for beta1 in [0.0, 0.5, 0.9] {
            let adam = Adam { lr: 1e-2, beta1, beta2: 0.99, epsilon: 1e-8 };
            let mut theta = vector(vec![1.0], &device::cpu());
            let mut state = AdamState::new(&theta);
            for g in gradients {
                theta = state.update(&adam, theta, vector(vec![g as f32], &device::cpu()));
            }
            let got = theta.into_data().try_to_vec::<f32>().unwrap()[0] as f64;
            let want = by_hand(&adam, &gradients);
            // One percent of a single update.
            assert!((got - want).abs() < 1e-4, "β₁ {beta1}: {got} against {want}");
        }
    }
}
