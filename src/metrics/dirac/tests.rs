//! Against the paper's eigenvalues, differences, plain quadrature and one another.

use super::planar::{Complex, eigenvalues};
use super::*;
use Order::{DiscriminatorFirst, GeneratorFirst, Simultaneous};
use proptest::prelude::*;

const OBJECTIVES: [Objective; 3] =
    [Objective::Minimax, Objective::NonSaturating, Objective::Wasserstein];
const ORDERS: [Order; 3] = [Simultaneous, GeneratorFirst, DiscriminatorFirst];

fn plain(objective: Objective) -> Dirac {
    Dirac { objective, penalty: Penalty::None, noise: 0.0 }
}

fn with_r1(objective: Objective, gamma: f64) -> Dirac {
    Dirac { penalty: Penalty::ZeroCentred { gamma }, ..plain(objective) }
}

fn with_noise(objective: Objective, noise: f64) -> Dirac {
    Dirac { noise, ..plain(objective) }
}

fn length(point: Vector) -> f64 {
    point[0].hypot(point[1])
}

/// All points of so many steps, the start among them.
fn trajectory(game: Dirac, order: Order, rate: f64, start: Vector, steps: usize) -> Vec<Vector> {
    let next = |point: &Vector| Some(game.step(order, rate, *point));
    std::iter::successors(Some(start), next).take(steps + 1).collect()
}

/// `half ± √spread`
fn pair(half: f64, spread: f64) -> [Complex; 2] {
    let root = spread.abs().sqrt();
    [root, -root].map(|root| {
        let (re, im) = if spread < 0.0 { (half, root) } else { (half + root, 0.0) };
        Complex { re, im }
    })
}

fn near(got: [Complex; 2], want: [Complex; 2]) -> bool {
    let pairs = got.iter().zip(want);
    pairs.map(|(got, want)| (got.re - want.re).hypot(got.im - want.im)).all(|error| error < 1e-12)
}

/// With f′(0) and f″(0) of each objective.
#[test]
fn the_fields_eigenvalues_are_the_papers() {
    for (objective, f1, f2) in [
        (Objective::Minimax, 0.5, -0.25),
        (Objective::NonSaturating, 0.5, -0.25),
        (Objective::Wasserstein, 1.0, 0.0f64),
    ] {
        let of = |game: Dirac| eigenvalues(game.jacobian().unwrap());
        let up_and_down = [f1, -f1].map(|im| Complex { re: 0.0, im });
        assert!(near(of(plain(objective)), up_and_down), "{objective:?}");
        for gamma in [0.3f64, 1.0, 3.0] {
            let want = pair(-gamma / 2.0, gamma.powi(2) / 4.0 - f1 * f1);
            assert!(near(of(with_r1(objective, gamma)), want), "{objective:?} {gamma}");
        }
        for noise in [0.5f64, 1.0, 2.0] {
            let want = pair(noise.powi(2) * f2, noise.powi(4) * f2.powi(2) - f1 * f1);
            assert!(near(of(with_noise(objective, noise)), want), "{objective:?} {noise}");
        }
    }
}

#[test]
fn a_steps_eigenvalues_are_the_papers() {
    for (objective, f1) in [(Objective::NonSaturating, 0.5), (Objective::Wasserstein, 1.0)] {
        for rate in [0.1, 0.7, 1.9, 4.5] {
            let of = |order| eigenvalues(plain(objective).step_jacobian(order, rate).unwrap());
            let turn: f64 = rate * f1;
            assert!(near(of(Simultaneous), pair(1.0, -turn * turn)));
            let half = 1.0 - turn * turn / 2.0;
            for order in [GeneratorFirst, DiscriminatorFirst] {
                let got = of(order);
                assert!(near(got, pair(half, half * half - 1.0)), "{objective:?} {rate}: {got:?}");
                let largest = got.map(Complex::magnitude).into_iter().fold(0.0, f64::max);
                assert!(if turn < 2.0 { (largest - 1.0).abs() < 1e-12 } else { largest > 1.0 });
            }
        }
    }
}

#[test]
fn jacobians_are_those_of_field_and_step() {
    let derivative = |f: &dyn Fn(Vector) -> Vector| -> Matrix {
        let by = 1e-5;
        let along = [[by, 0.0], [0.0, by]].map(|v| (f(v), f(v.map(|x| -x))));
        [0, 1].map(|row| along.map(|(up, down)| (up[row] - down[row]) / (2.0 * by)))
    };
    let close = |a: Matrix, b: Matrix| {
        let mut pairs = a.as_flattened().iter().zip(b.as_flattened());
        pairs.all(|(a, b)| (a - b).abs() < 1e-8)
    };
    for objective in OBJECTIVES {
        for (gamma, noise) in [(0.0, 0.0), (0.8, 0.0), (0.0, 1.3), (0.4, 0.7)] {
            let game = Dirac { noise, ..with_r1(objective, gamma) };
            let got = derivative(&|point| game.field(point));
            assert!(close(got, game.jacobian().unwrap()), "{game:?}: {got:?}");
            for order in ORDERS {
                let got = derivative(&|point| game.step(order, 0.3, point));
                assert!(close(got, game.step_jacobian(order, 0.3).unwrap()), "{game:?}, {order:?}");
            }
        }
    }
    let centred = Dirac {
        penalty: Penalty::Centred { gamma: 1.0, target: 0.3 },
        ..plain(Objective::Wasserstein)
    };
    // On the fence, where the penalty has no derivative.
    assert_eq!(centred.field([0.4, 0.0]), [0.0, 0.4]);
    assert_eq!((centred.jacobian(), centred.step_jacobian(Simultaneous, 0.1)), (None, None));
    assert_eq!(centred.after(Simultaneous, 0.1, [1.0, 0.0], 1), None);
}

/// The field is the gradient of L, noise and penalty included, each written down as it is defined.
#[test]
fn the_field_is_the_gradient_of_the_objective() {
    let f = |objective, t: f64| match objective {
        Objective::Wasserstein => t,
        _ => -(-t).exp().ln_1p(),
    };
    for objective in OBJECTIVES {
        for (noise, gamma, target) in
            [(0.0, 0.0, 0.0), (0.9, 0.0, 0.0), (0.0, 0.6, 0.3), (1.4, 0.5, 1.0)]
        {
            let penalty = Penalty::Centred { gamma, target };
            let game = Dirac { objective, penalty, noise };
            let mean = |sign: f64, at: f64, psi: f64| {
                let cells = (-4000..4000).map(|i| (f64::from(i) + 0.5) / 400.0);
                let terms = cells
                    .map(|z| (-0.5 * z * z).exp() * f(objective, sign * psi * (at + noise * z)));
                terms.sum::<f64>() / 400.0 / std::f64::consts::TAU.sqrt()
            };
            let gain = |[theta, psi]: Vector| {
                mean(1.0, theta, psi) + mean(-1.0, 0.0, psi)
                    - gamma / 2.0 * (psi.abs() - target).powi(2)
            };
            let loss = |[theta, psi]: Vector| match objective {
                Objective::NonSaturating => -mean(-1.0, theta, psi),
                _ => mean(1.0, theta, psi),
            };
            for [theta, psi] in [[0.7, -1.2], [-1.5, 0.4], [2.0, 2.0]] {
                let by = 1e-5;
                let theta_way = (loss([theta - by, psi]) - loss([theta + by, psi])) / (2.0 * by);
                let psi_way = (gain([theta, psi + by]) - gain([theta, psi - by])) / (2.0 * by);
                let got = game.field([theta, psi]);
                let far = (got[0] - theta_way).hypot(got[1] - psi_way);
                assert!(
                    far < 1e-8,
                    "{game:?} at {theta}, {psi}: {got:?}, not {theta_way}, {psi_way}"
                );
            }
        }
    }
}

#[test]
fn unregularised_simultaneous_steps_always_lead_outward() {
    for objective in [Objective::Minimax, Objective::Wasserstein] {
        let points = trajectory(plain(objective), Simultaneous, 0.2, [0.9, -0.3], 300);
        assert!(points.windows(2).all(|pair| length(pair[1]) > length(pair[0])), "{objective:?}");
        assert!(length(points[300]) > 1.5 * length(points[0]), "{objective:?}");
    }
}

/// From near and from far: on average over a turn u²/2 = θ²ψ²/2 is r⁴/16, and a step adds
/// h² r²/4 - 2h · r⁴/16 to r², which is nothing at √(2h).
#[test]
fn non_saturating_steps_end_on_a_circle_or_approach_slowly() {
    let game = plain(Objective::NonSaturating);
    for start in [[0.1, 0.0], [2.0, 0.0]] {
        let points = trajectory(game, Simultaneous, 0.1, start, 10_000);
        let mean = points[8000..].iter().copied().map(length).sum::<f64>() / 2001.0;
        assert!((mean - 0.2f64.sqrt()).abs() < 0.01, "{mean}");
    }
    // In turns nothing drives it out, and r² falls like 8/ht.
    let end = length(trajectory(game, GeneratorFirst, 0.1, [1.0, 1.0], 30_000)[30_000]);
    assert!((end * end * 3000.0 / 8.0 - 1.0).abs() < 0.1, "{end}");
}

#[test]
fn zero_centred_penalties_and_noise_converge_and_others_do_not() {
    for objective in OBJECTIVES {
        for order in ORDERS {
            let end = |game| length(trajectory(game, order, 0.1, [1.0, 1.0], 3000)[3000]);
            assert!(end(with_r1(objective, 0.5)) < 1e-9, "{objective:?} {order:?}");
            let noisy = end(with_noise(objective, 1.0));
            // A linear discriminator's noise averages out of a linear f.
            assert_eq!(
                noisy < 1e-9,
                objective != Objective::Wasserstein,
                "{objective:?} {order:?}: {noisy}"
            );
            let plainly = end(plain(objective));
            assert!(plainly > if objective == Objective::NonSaturating { 0.1 } else { 0.5 });
        }
    }
    let penalty = Penalty::Centred { gamma: 1.0, target: 0.3 };
    let game = Dirac { penalty, ..plain(Objective::Wasserstein) };
    let points = trajectory(game, GeneratorFirst, 0.1, [1.0, 1.0], 3000);
    assert!(points[2000..].iter().any(|&point| length(point) > 0.01));
}

#[test]
fn wasserstein_circles_as_it_must() {
    let (game, rate, start) = (plain(Objective::Wasserstein), 0.3, [1.0, -0.4]);
    for (n, point) in trajectory(game, Simultaneous, rate, start, 50).into_iter().enumerate() {
        let turn = n as f64 * f64::atan(rate);
        let growth = (1.0 + rate * rate).powf(n as f64 / 2.0);
        let want =
            apply([[turn.cos(), -turn.sin()], [turn.sin(), turn.cos()]], start).map(|x| growth * x);
        assert!((point[0] - want[0]).hypot(point[1] - want[1]) < 1e-9 * growth, "{n}");
    }
    for (order, sign) in [(GeneratorFirst, -1.0), (DiscriminatorFirst, 1.0)] {
        let ellipse = |[theta, psi]: Vector| theta * theta + sign * rate * theta * psi + psi * psi;
        for point in trajectory(game, order, rate, start, 5000) {
            assert!((ellipse(point) - ellipse(start)).abs() < 1e-9, "{order:?}: {point:?}");
        }
    }
}

proptest! {
    #[test]
    fn closed_forms_are_where_steps_lead(
        start in prop::array::uniform2(-2.0..2.0f64),
        rate in 0.001..1.0f64,
        gamma in prop::option::of(0.0..3.0f64),
        order in prop::sample::select(ORDERS.to_vec()),
    ) {
        let game = with_r1(Objective::Wasserstein, gamma.unwrap_or(0.0));
        for (n, point) in trajectory(game, order, rate, start, 200).into_iter().enumerate() {
            let want = game.after(order, rate, start, n as u32).unwrap();
            let size = length(want).max(1.0);
            prop_assert!((point[0] - want[0]).hypot(point[1] - want[1]) < 1e-9 * size, "{n}: {point:?}, not {want:?}");
        }
        let minimax = plain(Objective::Minimax).after(order, rate, start, 1);
        prop_assert!(minimax.is_none());
    }
}
