//! The standard normal distribution: its density and the probability of an interval.

use std::f64::consts::PI;

/// From here on the tail's continued fraction is the more exact of the two.
const FAR: f64 = 4.0;

/// `φ(x) = exp(-x²/2) / √(2π)`
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// `P(low < z < high)`, from 0 to 1. Either end may be infinite; `low` must not exceed `high`. Far from
/// the middle, too, nearly all digits are right.
pub fn probability(low: f64, high: f64) -> f64 {
    if low >= 0.0 {
        tail(low) - tail(high)
    } else if high <= 0.0 {
        tail(-high) - tail(-low)
    } else {
        1.0 - tail(-low) - tail(high)
    }
}

/// The x with `P(z < x) = p`, for p within (0, 1), to 1e-9: by halving.
pub fn quantile(p: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    while high - low > 1e-9 {
        let middle = 0.5 * (low + high);
        match probability(f64::NEG_INFINITY, middle) < p {
            true => low = middle,
            false => high = middle,
        }
    }
    0.5 * (low + high)
}

/// `P(z > x)` for x of at least 0.
fn tail(x: f64) -> f64 {
    if x < FAR { 0.5 - density(x) * series(x) } else { density(x) / fraction(x) }
}

/// `x + x³/3 + x⁵/(3·5) + ..`, which times φ(x) is P(0 < z < x) (Marsaglia 2004, Evaluating the normal
/// distribution, section 3).
fn series(x: f64) -> f64 {
    let (mut sum, mut term, mut odd) = (x, x, 1.0);
    while term > 1e-17 * sum {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    sum
}

/// `x + 1/(x + 2/(x + 3/(x + ..)))`, by which φ(x) is divided to give P(z > x) (Laplace's continued
/// fraction; Abramowitz & Stegun 1964, 26.2.14).
fn fraction(x: f64) -> f64 {
    (1..100).rev().fold(x, |rest, n| x + f64::from(n) / rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By scipy.stats.norm.sf.
    #[test]
    fn tails_have_their_known_values() {
        let known = [
            (0.0, 0.5),
            (0.5, 0.3085375387259869),
            (1.0, 0.15865525393145707),
            (3.0, 0.0013498980316300933),
            (3.999, 3.180534005420198e-05),
            (4.001, 3.153767893352071e-05),
            (6.0, 9.865876450376946e-10),
            (10.0, 7.61985302416047e-24),
            (30.0, 4.906713927147908e-198),
        ];
        for (x, want) in known {
            let got = probability(x, f64::INFINITY);
            assert!((got - want).abs() < 1e-11 * want, "{x}: {got:e}, not {want:e}");
            assert_eq!(probability(f64::NEG_INFINITY, -x), got);
        }
    }

    #[test]
    fn quantiles_are_where_they_should_be() {
        for (p, x) in [(0.5, 0.0), (0.975, 1.959_963_985), (0.001, -3.090_232_306)] {
            assert!((quantile(p) - x).abs() < 1e-8, "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn intervals_add_up() {
        let all = f64::NEG_INFINITY..f64::INFINITY;
        assert_eq!(probability(all.start, all.end), 1.0);
        let edges = [all.start, -5.0, -0.3, 0.0, 0.2, 4.5, all.end];
        let sum: f64 = edges.windows(2).map(|ends| probability(ends[0], ends[1])).sum();
        assert!((sum - 1.0).abs() < 1e-15, "{sum}");
        assert_eq!(probability(7.0, 7.0), 0.0);
        // About φ(x) times a short way.
        assert!((probability(8.0, 8.0 + 1e-6) / (density(8.0) * 1e-6) - 1.0).abs() < 1e-5);
    }
}
