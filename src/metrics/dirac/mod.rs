//! The Dirac-GAN, the smallest game in which plain GAN training fails to converge (Mescheder, Geiger &
//! Nowozin 2018, arXiv 1801.04406, section 2 and appendix): the generator is a point θ, the discriminator
//! a slope ψ with D(x) = ψ x, and all real data lie at 0. Generator and discriminator play for
//! `L(θ, ψ) = f(ψθ) + f(0)`, which the former makes small and the latter large; the equilibrium is θ = ψ = 0.
//!
//! The signs are the paper's: D is high on fakes. Where it is high on real data, ψ has the opposite sign.

pub mod planar;

use planar::{Matrix, Vector, apply, power, product};

/// What is played for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// `f(t) = -ln(1 + exp(-t))` for both (Goodfellow et al. 2014, arXiv 1406.2661, eq. 1).
    Minimax,
    /// The same for the discriminator, while the generator makes `f(-ψθ)` large (the same, section 3).
    /// The eigenvalues are those of [`Self::Minimax`], but what they leave out pulls inward: θ² + ψ² changes
    /// by -2 u tanh(u/2) in unit time, u = θψ. Small steps approach the equilibrium slower than
    /// any exponential, and simultaneous ones only to a distance of about √(2h).
    NonSaturating,
    /// `f(t) = t` for both (Arjovsky et al. 2017, arXiv 1701.07875).
    Wasserstein,
}

/// What the discriminator pays for its slope, which is ψ everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Penalty {
    None,
    /// `γ/2 ψ²`: R1 and R2, which are one here (eq. 9 and 10). Both at once are twice that.
    ZeroCentred {
        gamma: f64,
    },
    /// `γ/2 (|ψ| - target)²`: that of WGAN-GP (Gulrajani et al. 2017, arXiv 1704.00028, eq. 3, whose λ
    /// is γ/2, and whose target is 1), with which there is no rest at the equilibrium.
    Centred {
        gamma: f64,
        target: f64,
    },
}

/// Who moves first in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Both at once, from the same point.
    Simultaneous,
    /// In turn: the second one sees where the first one has gone.
    GeneratorFirst,
    DiscriminatorFirst,
}

/// A game; its points are [θ, ψ].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dirac {
    pub objective: Objective,
    pub penalty: Penalty,
    /// Instance noise: the deviation σ of normal noise on all that the discriminator sees, at least 0
    /// (Sønderby et al. 2017, arXiv 1610.04490; here section 3 of the paper).
    pub noise: f64,
}

impl Dirac {
    /// The gradient vector field v, the way in which each player moves: θ down its loss, ψ up its gain.
    /// Instance noise enters by its exact expectation (no noise is drawn), right to rounding where
    /// |ψ| σ is at most 4.
    pub fn field(&self, [theta, psi]: Vector) -> Vector {
        let at = psi * theta;
        let mean = |g: &dyn Fn(f64) -> f64| expectation(at, psi * self.noise, g);
        let towards = match self.objective {
            Objective::NonSaturating => mean(&|t| self.slope(-t)),
            _ => mean(&|t| self.slope(t)),
        };
        // E ε g(ψε) = σ²ψ E g′(ψε), for fakes and for real data (Stein's lemma).
        let bend = |t| self.bend(t);
        let bends = mean(&bend) + expectation(0.0, psi * self.noise, &bend);
        let noise = psi * self.noise.powi(2) * bends;
        let gain = theta * mean(&|t| self.slope(t)) + noise;
        [-psi * towards, gain - self.charge(psi)]
    }

    /// v′ at the equilibrium, `[[0, -f′(0)], [f′(0), 2 σ² f″(0) - γ]]`; none with a centred penalty, whose
    /// charge jumps there. Its eigenvalues tell what small steps lead to: without noise and penalty
    /// they are ±i f′(0), with R1 `-γ/2 ± √(γ²/4 - f′(0)²)`, and with noise
    /// `σ² f″(0) ± √(σ⁴ f″(0)² - f′(0)²)` (sections 2 and 3).
    pub fn jacobian(&self) -> Option<Matrix> {
        let gamma = match self.penalty {
            Penalty::None => 0.0,
            Penalty::ZeroCentred { gamma } => gamma,
            Penalty::Centred { .. } => return None,
        };
        let slope = self.slope(0.0);
        Some([[0.0, -slope], [slope, 2.0 * self.noise.powi(2) * self.bend(0.0) - gamma]])
    }

    /// The point after a step of gradient descent with learning rate `rate` for both players.
    pub fn step(&self, order: Order, rate: f64, [theta, psi]: Vector) -> Vector {
        let moved_theta = |psi| theta + rate * self.field([theta, psi])[0];
        let moved_psi = |theta| psi + rate * self.field([theta, psi])[1];
        match order {
            Order::Simultaneous => [moved_theta(psi), moved_psi(theta)],
            Order::GeneratorFirst => {
                let theta = moved_theta(psi);
                [theta, moved_psi(theta)]
            }
            Order::DiscriminatorFirst => {
                let psi = moved_psi(theta);
                [moved_theta(psi), psi]
            }
        }
    }

    /// The derivative of [`Self::step`] at the equilibrium, where there is one: steps that begin near it
    /// lead there if both eigenvalues are smaller than 1, and away if one is larger. Without noise and
    /// penalty they are `1 ± i h f′(0)` for simultaneous steps, always larger, and for alternating ones, in
    /// either order, `1 - α²/2 ± √((1 - α²/2)² - 1)` with α = h f′(0), of size 1 up to α = 2 (section 2).
    pub fn step_jacobian(&self, order: Order, rate: f64) -> Option<Matrix> {
        let [[a, b], [c, d]] = self.jacobian()?.map(|row| row.map(|v| rate * v));
        let generator = [[1.0 + a, b], [0.0, 1.0]];
        let discriminator = [[1.0, 0.0], [c, 1.0 + d]];
        Some(match order {
            Order::Simultaneous => [[1.0 + a, b], [c, 1.0 + d]],
            Order::GeneratorFirst => product(discriminator, generator),
            Order::DiscriminatorFirst => product(generator, discriminator),
        })
    }

    /// The point after `steps` steps from `start` in closed form, for games in which a step is linear: with
    /// the Wasserstein objective, unless the penalty is centred. Simultaneous steps without penalty turn
    /// by atan h each and grow by √(1 + h²); alternating ones keep on the ellipse θ² ∓ hθψ + ψ² (- if
    /// the generator moves first).
    pub fn after(&self, order: Order, rate: f64, start: Vector, steps: u32) -> Option<Vector> {
        let linear = self.objective == Objective::Wasserstein;
        let step = self.step_jacobian(order, rate).filter(|_| linear)?;
        Some(apply(power(step, steps), start))
    }

    /// f′
    fn slope(&self, t: f64) -> f64 {
        match self.objective {
            Objective::Wasserstein => 1.0,
            _ => 1.0 / (1.0 + t.exp()),
        }
    }

    /// f″
    fn bend(&self, t: f64) -> f64 {
        match self.objective {
            Objective::Wasserstein => 0.0,
            _ => -self.slope(t) * self.slope(-t),
        }
    }

    /// The penalty's derivative; at ψ = 0, where a centred one has none, 0.
    fn charge(&self, psi: f64) -> f64 {
        match self.penalty {
            Penalty::None => 0.0,
            Penalty::ZeroCentred { gamma } => gamma * psi,
            Penalty::Centred { .. } if psi == 0.0 => 0.0,
            Penalty::Centred { gamma, target } => gamma * (psi.abs() - target) * psi.signum(),
        }
    }
}

/// `E g(t + s z)` for a standard normal z, by the trapezoidal rule, which converges exponentially here.
fn expectation(t: f64, scale: f64, g: &dyn Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 0.125;
    if scale == 0.0 {
        return g(t);
    }
    let nodes = (-72..=72).map(|i| STEP * f64::from(i));
    let terms = nodes.map(|z| (-0.5 * z * z).exp() * g(t + scale * z));
    terms.sum::<f64>() * STEP / std::f64::consts::TAU.sqrt()
}

#[cfg(test)]
mod tests;
