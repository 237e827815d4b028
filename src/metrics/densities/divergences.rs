//! How far a density lies from another: Kullback-Leibler, Jensen-Shannon and Wasserstein.

use super::{Density, Grid, check, sort};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// How far q, the generated density, lies from the true one, p.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Divergences {
    /// `KL(p ‖ q) = ∫ p ln(p / q)` in nats (Kullback & Leibler 1951): large where q misses something. None
    /// when it is infinite, because q is 0 on a cell where p is not. It is not capped: any cap would be
    /// the figure. A histogram has empty cells, so rely on the other two figures for samples.
    pub kl: Option<f64>,
    /// `KL(q ‖ p) = ∫ q ln(q / p)` in nats: large where q invents something. None when infinite, likewise.
    pub reverse_kl: Option<f64>,
    /// `½ KL(p ‖ m) + ½ KL(q ‖ m), m = (p + q) / 2` in nats (Lin 1991; as the value of the game Goodfellow
    /// et al. 2014, arXiv 1406.2661, eq. 6): from 0 to ln 2, which it is for densities that never meet.
    pub jensen_shannon: f64,
    /// `W1 = ∫ |P(x) - Q(x)| dx` of the distribution functions, in the units of x (Vallender 1974; as a
    /// GAN's objective Arjovsky et al. 2017, arXiv 1701.07875): exact for densities constant on cells.
    pub wasserstein: f64,
}

/// All divergences of `q` from `p`. They are those of the densities as constant on cells, and differ from
/// those of smooth ones by about the square of a cell's width.
///
/// # Errors
/// Densities on different grids.
pub fn divergences(p: &Density, q: &Density) -> Result<Divergences> {
    if p.grid != q.grid {
        return Err(Error::Evaluation("densities on different grids cannot be compared".into()));
    }
    let (width, p, q) = (p.grid.width(), &p.masses, &q.masses);
    Ok(Divergences {
        kl: kl(p, q),
        reverse_kl: kl(q, p),
        jensen_shannon: 0.5 * (to_middle(p, q) + to_middle(q, p)),
        wasserstein: width * wasserstein(p, q),
    })
}

/// `∫ |Fₙ(x) - F(x)| dx`, the Wasserstein distance W1 of samples, in any order, from the distribution
/// function `cdf`, without binning the samples. F is taken for linear between neighbours among samples and
/// `grid`'s edges; beyond the outermost of these it must be 0 and 1, or what is left there is not counted.
///
/// # Errors
/// No samples; one that is not a finite number.
pub fn wasserstein_to(samples: &[f64], cdf: impl Fn(f64) -> f64, grid: Grid) -> Result<f64> {
    check(samples)?;
    let mut samples = samples.to_vec();
    sort(&mut samples);
    let (mut passed, mut edge, mut distance) = (0, 0, 0.0);
    let first = samples[0].min(grid.edge(0));
    let (mut left, mut below) = (first, cdf(first));
    // Both lists are in order: the next place is the smaller of their next ones.
    loop {
        let share = passed as f64 / samples.len() as f64;
        let next_edge = (edge <= grid.cells).then(|| grid.edge(edge));
        let x = match (samples.get(passed), next_edge) {
            (Some(&sample), Some(at)) if at <= sample => {
                edge += 1;
                at
            }
            (Some(&sample), _) => {
                passed += 1;
                sample
            }
            (None, Some(at)) => {
                edge += 1;
                at
            }
            (None, None) => return Ok(distance),
        };
        let here = cdf(x);
        distance += (x - left) * mean_magnitude(below - share, here - share);
        (left, below) = (x, here);
    }
}

fn kl(p: &[f64], q: &[f64]) -> Option<f64> {
    // A cell without p adds nothing: p ln p goes to 0.
    let cells = p.iter().zip(q).filter(|&(&p, _)| p > 0.0);
    let terms = cells.map(|(&p, &q)| (q > 0.0).then(|| p * (p.ln() - q.ln())));
    // Rounding may leave a hair below zero. The divergence itself is never negative.
    terms.sum::<Option<f64>>().map(|kl| kl.max(0.0))
}

/// `KL(p ‖ (p + q) / 2)`
fn to_middle(p: &[f64], q: &[f64]) -> f64 {
    let cells = p.iter().zip(q).filter(|&(&p, _)| p > 0.0);
    let kl: f64 = cells.map(|(p, q)| p * (2.0 * p / (p + q)).ln()).sum();
    kl.max(0.0)
}

/// In widths of a cell.
fn wasserstein(p: &[f64], q: &[f64]) -> f64 {
    let (mut ahead, mut distance) = (0.0, 0.0);
    for (p, q) in p.iter().zip(q) {
        let next = ahead + (p - q);
        distance += mean_magnitude(ahead, next);
        ahead = next;
    }
    distance
}

/// The mean of |x| while x runs from `a` to `b` evenly.
fn mean_magnitude(a: f64, b: f64) -> f64 {
    if a * b >= 0.0 { 0.5 * (a + b).abs() } else { 0.5 * (a * a + b * b) / (b - a).abs() }
}

#[cfg(test)]
mod tests {
    use super::super::normal;
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::{LN_2, PI};

    fn grid(low: f64, high: f64, cells: usize) -> Grid {
        Grid::new(low, high, cells).unwrap()
    }

    fn bell(mean: f64, deviation: f64) -> impl Fn(f64) -> f64 {
        move |x| normal::density((x - mean) / deviation) / deviation
    }

    fn step(from: f64, to: f64) -> impl Fn(f64) -> f64 {
        move |x| if (from..to).contains(&x) { 1.0 } else { 0.0 }
    }

    /// KL and W1 of normals, with mean and deviation of each.
    #[test]
    fn normals_agree_with_their_closed_forms() {
        let grid = grid(-15.0, 15.0, 3000);
        for (m, s, n, t) in [(0.0, 1.0, 1.5, 1.0), (0.5, 0.8, -1.0, 1.3), (0.0, 1.0, 0.0, 1.7)] {
            let [p, q] = [(m, s), (n, t)].map(|(m, s)| Density::of(grid, bell(m, s)).unwrap());
            let got = divergences(&p, &q).unwrap();
            let kl = |m: f64, s: f64, n: f64, t: f64| {
                (t / s).ln() + (s * s + (m - n).powi(2)) / (2.0 * t * t) - 0.5
            };
            assert!((got.kl.unwrap() - kl(m, s, n, t)).abs() < 1e-3, "{got:?}");
            assert!((got.reverse_kl.unwrap() - kl(n, t, m, s)).abs() < 1e-3, "{got:?}");
            // The mean of |a + b z| over z, both as functions of the same quantile.
            let (a, b) = (m - n, (s - t).abs());
            let inside =
                if b > 0.0 { normal::probability(-(a / b).abs(), (a / b).abs()) } else { 1.0 };
            let bend = if b > 0.0 { 2.0 * b * normal::density(a / b) } else { 0.0 };
            let w1 = a.abs() * inside + bend;
            assert!((got.wasserstein - w1).abs() < 1e-3, "{got:?}, not {w1}");
            let samples: Vec<f64> =
                (0..2000).map(|i| n + t * quantile((i as f64 + 0.5) / 2e3)).collect();
            let cdf = |x: f64| normal::probability(f64::NEG_INFINITY, (x - m) / s);
            let direct = wasserstein_to(&samples, cdf, grid).unwrap();
            assert!((direct - w1).abs() < 2e-3, "{direct}, not {w1}");
        }
    }

    /// The standard normal's, by bisection.
    fn quantile(share: f64) -> f64 {
        let (mut low, mut high) = (-9.0, 9.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let below = normal::probability(f64::NEG_INFINITY, middle) < share;
            if below { low = middle } else { high = middle }
        }
        low
    }

    #[test]
    fn intervals_agree_with_their_closed_forms() {
        let grid = grid(0.0, 8.0, 80);
        let between = |p, q| divergences(&p, &q).unwrap();
        let [unit, other, double] = [(0.0, 1.0), (5.0, 6.0), (0.0, 2.0)]
            .map(|(a, b)| Density::of(grid, step(a, b)).unwrap());
        let same = Divergences {
            kl: Some(0.0),
            reverse_kl: Some(0.0),
            jensen_shannon: 0.0,
            wasserstein: 0.0,
        };
        assert_eq!(between(unit.clone(), unit.clone()), same);
        let apart = between(unit.clone(), other);
        assert_eq!((apart.kl, apart.reverse_kl), (None, None));
        assert!((apart.jensen_shannon - LN_2).abs() < 1e-12, "{apart:?}");
        assert!((apart.wasserstein - 5.0).abs() < 1e-12, "{apart:?}");
        // Half of it is where the other is not: ln 2 one way, infinite the other.
        let wider = between(unit, double);
        assert!(
            (wider.kl.unwrap() - LN_2).abs() < 1e-12 && wider.reverse_kl.is_none(),
            "{wider:?}"
        );
        // ½ ln(4/3) + ½ (½ ln(2/3) + ½ ln 2), the middle being ¾ and ¼.
        let want = 0.75 * (4.0f64 / 3.0).ln();
        assert!((wider.jensen_shannon - want).abs() < 1e-12, "{wider:?}");
        assert!((wider.wasserstein - 0.5).abs() < 1e-12, "{wider:?}");
    }

    #[test]
    fn functions_that_cross_within_a_cell_are_integrated_exactly() {
        let density = |masses: [f64; 4]| Density::new(grid(0.0, 4.0, 4), masses.to_vec()).unwrap();
        // P - Q runs from 0 to ¼, by -½ to -¼, by ¼ to 0: |..| is 1/8, 1/16 + 1/16, and 1/8.
        let (p, q) = (density([0.5, 0.0, 0.5, 0.0]), density([0.25, 0.5, 0.25, 0.0]));
        assert_eq!(divergences(&p, &q).unwrap().wasserstein, 0.375);
    }

    /// Against the uniform distribution on [0, 1].
    #[test]
    fn samples_agree_with_their_closed_forms() {
        let uniform = |x: f64| x.clamp(0.0, 1.0);
        let to = |samples: &[f64]| wasserstein_to(samples, uniform, grid(0.0, 1.0, 7)).unwrap();
        assert!((to(&[0.5]) - 0.25).abs() < 1e-12);
        assert!((to(&[0.9, 0.1, 0.5, 0.3, 0.7]) - 0.05).abs() < 1e-12, "{}", to(&[0.1]));
        // Beyond the grid.
        assert!((to(&[3.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!((to(&[-2.0]) - 2.5).abs() < 1e-12);
        // A density that is not linear: E|x - 0| of the half circle's.
        let half =
            |x: f64| 0.5 + (x * (1.0 - x * x).max(0.0).sqrt() + x.clamp(-1.0, 1.0).asin()) / PI;
        let got =
            wasserstein_to(&[0.0], |x| half(x.clamp(-1.0, 1.0)), grid(-1.0, 1.0, 500)).unwrap();
        assert!((got - 4.0 / (3.0 * PI)).abs() < 1e-4, "{got}");
    }

    #[test]
    fn bad_input_is_refused() {
        let density = |cells| Density::of(grid(0.0, 1.0, cells), |_| 1.0).unwrap();
        assert!(divergences(&density(3), &density(4)).is_err());
        assert!(wasserstein_to(&[], |x| x, grid(0.0, 1.0, 2)).is_err());
        assert!(wasserstein_to(&[f64::INFINITY], |x| x, grid(0.0, 1.0, 2)).is_err());
    }

    proptest! {
        #[test]
        fn every_divergence_keeps_within_its_bounds(
            p in prop::collection::vec(0.0..1.0f64, 12),
            q in prop::collection::vec(0.0..1.0f64, 12),
        ) {
            let of = |values: &[f64]| Density::new(grid(-3.0, 3.0, 12), values.to_vec()).unwrap();
            let (p, q) = (of(&p), of(&q));
            let (there, back) = (divergences(&p, &q).unwrap(), divergences(&q, &p).unwrap());
            prop_assert_eq!((there.kl, there.reverse_kl), (back.reverse_kl, back.kl));
            prop_assert!((0.0..=LN_2).contains(&there.jensen_shannon));
            prop_assert!((there.jensen_shannon - back.jensen_shannon).abs() < 1e-15);
            prop_assert!((0.0..=6.0).contains(&there.wasserstein));
            prop_assert!((there.wasserstein - back.wasserstein).abs() < 1e-12);
            // Pinsker's inequality, of JS with the total variation to the middle.
            let variation = p.masses().iter().zip(q.masses()).map(|(p, q)| (p - q).abs()).sum::<f64>();
            prop_assert!(there.kl.is_none_or(|kl| kl >= 0.5 * variation * variation - 1e-12));
            prop_assert!(there.jensen_shannon >= 0.125 * variation * variation - 1e-12);
        }
    }
}
