//! Linear maps of the plane: eigenvalues and powers in closed form.

use serde::{Deserialize, Serialize};

pub type Vector = [f64; 2];

/// By rows.
pub type Matrix = [[f64; 2]; 2];

/// Real and imaginary part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Complex {
    /// Its absolute value.
    pub fn magnitude(self) -> f64 {
        self.re.hypot(self.im)
    }
}

/// `m v`
pub fn apply(m: Matrix, v: Vector) -> Vector {
    m.map(|row| row[0] * v[0] + row[1] * v[1])
}

/// `a b`: first `b`, then `a`.
pub fn product(a: Matrix, b: Matrix) -> Matrix {
    a.map(|row| [0, 1].map(|k| row[0] * b[0][k] + row[1] * b[1][k]))
}

/// `t/2 ± √(t²/4 - d)` for the trace t and the determinant d; the one with + first.
pub fn eigenvalues(m: Matrix) -> [Complex; 2] {
    let (half, spread) = (0.5 * (m[0][0] + m[1][1]), spread(m));
    let root = spread.abs().sqrt();
    [root, -root].map(|root| {
        if spread < 0.0 {
            Complex { re: half, im: root }
        } else {
            Complex { re: half + root, im: 0.0 }
        }
    })
}

/// `t²/4 - d`, as a sum in which nothing cancels where both eigenvalues are close to 1.
fn spread(m: Matrix) -> f64 {
    (0.5 * (m[0][0] - m[1][1])).powi(2) + m[0][1] * m[1][0]
}

/// mⁿ in closed form, without multiplying n times: `uₙ m - d uₙ₋₁ 1` with `uₙ = (λⁿ - μⁿ) / (λ - μ)` for the
/// eigenvalues λ and μ and their product d, the determinant (Cayley & Hamilton).
pub fn power(m: Matrix, n: u32) -> Matrix {
    let Some(before) = n.checked_sub(1) else { return [[1.0, 0.0], [0.0, 1.0]] };
    let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    let eigenvalues = eigenvalues(m);
    let (u, rest) = (quotient(eigenvalues, n), determinant * quotient(eigenvalues, before));
    [[u * m[0][0] - rest, u * m[0][1]], [u * m[1][0], u * m[1][1] - rest]]
}

/// `(λⁿ - μⁿ) / (λ - μ)`, also for eigenvalues that are equal or nearly so.
fn quotient([a, b]: [Complex; 2], n: u32) -> f64 {
    if n == 0 {
        return 0.0;
    }
    let count = f64::from(n);
    if a.im != 0.0 {
        // A turn by an angle, and growth.
        let (length, angle) = (a.magnitude(), a.im.atan2(a.re));
        return length.powf(count - 1.0) * (count * angle).sin() / angle.sin();
    }
    let (large, small) = if a.re.abs() >= b.re.abs() { (a.re, b.re) } else { (b.re, a.re) };
    if large == 0.0 {
        return if n == 1 { 1.0 } else { 0.0 };
    }
    let ratio = small / large;
    let sum = if ratio > 0.5 {
        // 1 + r + .. + rⁿ⁻¹ without the difference of two numbers that are nearly equal.
        let log = ((small - large) / large).ln_1p();
        if log == 0.0 { count } else { (count * log).exp_m1() / log.exp_m1() }
    } else {
        (1.0 - signed_power(ratio, n)) / (1.0 - ratio)
    };
    signed_power(large, n - 1) * sum
}

/// xⁿ, by one logarithm.
fn signed_power(x: f64, n: u32) -> f64 {
    let size = x.abs().powf(f64::from(n));
    if x < 0.0 && n % 2 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn eigenvalues_have_their_known_values() {
        let [up, down] = eigenvalues([[0.0, -3.0], [3.0, 0.0]]);
        assert_eq!((up, down), (Complex { re: 0.0, im: 3.0 }, Complex { re: 0.0, im: -3.0 }));
        assert_eq!(up.magnitude(), 3.0);
        let [large, small] = eigenvalues([[2.0, 1.0], [1.0, 2.0]]);
        assert_eq!((large, small), (Complex { re: 3.0, im: 0.0 }, Complex { re: 1.0, im: 0.0 }));
    }

    fn near(got: Matrix, want: Matrix) -> bool {
        let size = want.as_flattened().iter().fold(1.0, |size: f64, v| size.max(v.abs()));
        let pairs = got.as_flattened().iter().zip(want.as_flattened());
        pairs.map(|(got, want)| (got - want).abs()).all(|error| error <= 1e-9 * size)
    }

    fn multiplied(m: Matrix, n: u32) -> Matrix {
        (0..n).fold([[1.0, 0.0], [0.0, 1.0]], |power, _| product(m, power))
    }

    /// A turn, equal eigenvalues (with one eigenvector and with two), nearly equal ones, signs, none.
    #[test]
    fn special_maps_are_raised_to_powers() {
        let maps = [
            [[1.0, -0.3], [0.3, 1.0]],
            [[0.9, 1.0], [0.0, 0.9]],
            [[1.1, 0.0], [0.0, 1.1]],
            [[1.0, 1.0], [1e-13, 1.0]],
            [[1.0, -1.0], [1e-13, 1.0]],
            [[-0.8, 0.3], [0.2, 0.9]],
            [[-0.7, 0.1], [0.1, -0.9]],
            [[0.0, 0.0], [1.0, -0.9]],
            [[0.0, 1.0], [0.0, 0.0]],
            [[0.0, 1.0], [1.0, 0.0]],
            [[0.0; 2]; 2],
        ];
        for m in maps {
            for n in [0, 1, 2, 3, 10, 57] {
                let (got, want) = (power(m, n), multiplied(m, n));
                assert!(near(got, want), "{m:?} to {n}: {got:?}, not {want:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn powers_are_those_by_multiplication(
            m in prop::array::uniform2(prop::array::uniform2(-1.5..1.5f64)),
            n in 0..80u32,
        ) {
            prop_assert!(near(power(m, n), multiplied(m, n)));
        }
    }
}
