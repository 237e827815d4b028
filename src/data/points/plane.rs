//! Distributions in a plane on which generative models are commonly tried, each with its usual proportions, scaled to
//! lie within about ±1.

use super::{around, bump, normal};
use rand::{Rng, RngExt};
use std::f32::consts::{PI, TAU};

/// A distribution in a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// 8 normal modes of deviation 0.02 on a circle of radius 2 (Metz et al. 2016, arXiv 1611.02163, appendix A),
    /// times 0.45: deviation 0.009, radius 0.9.
    Ring,
    /// 25 normal modes of deviation 0.05 at the crossings of 5 x 5 lines (Srivastava et al. 2017, VEEGAN,
    /// arXiv 1705.07761) that are 2 apart (as in the code of Gulrajani et al. 2017), times 0.225: deviation 0.01125,
    /// lines 0.45 apart.
    Grid,
    /// Two half circles of radius 1 that reach into each other, with normal noise of deviation 0.1 (scikit-learn's
    /// `make_moons`; the noise is that of FFJORD, Grathwohl et al. 2019, arXiv 1810.01367), moved to the middle and
    /// times 0.6.
    TwoMoons,
    /// A spiral of one and a half turns, evenly filled by angle, with normal noise of deviation 0.25 (scikit-learn's
    /// `make_swiss_roll` seen from its end; the noise is that of Gulrajani et al. 2017, arXiv 1704.00028). Its outer
    /// end lies at 4.5 π; divided by 15.
    Spiral,
    /// The 8 dark squares of a board of 4 x 4, evenly filled (as in FFJORD's code, where a square's side is 2), divided
    /// by 4: a side of 0.5, exactly within ±1.
    Checkerboard,
    /// 5 blades, twisted more the further out (Johnson et al. 2016, arXiv 1603.06277; numbers as in FFJORD's code:
    /// radial deviation 0.3 around 1, tangential 0.1, turned by exp(radius) / 4), times 0.5.
    Pinwheel,
}

const RING_RADIUS: f64 = 0.45 * 2.0;
const RING_DEVIATION: f32 = 0.45 * 0.02;
const GRID_SPACING: f32 = 0.225 * 2.0;
const GRID_DEVIATION: f32 = 0.225 * 0.05;
const MOONS_SCALE: f32 = 0.6;
const SPIRAL_SCALE: f32 = 1.0 / 15.0;
const PINWHEEL_SCALE: f32 = 0.5;

impl Plane {
    pub const ALL: [Self; 6] =
        [Self::Ring, Self::Grid, Self::TwoMoons, Self::Spiral, Self::Checkerboard, Self::Pinwheel];

    /// One point: x to the right, y up.
    pub fn sample(self, rng: &mut impl Rng) -> [f32; 2] {
        match self {
            Self::Ring => around(ring_mode(rng.random_range(0..8)), RING_DEVIATION, rng),
            Self::Grid => around(grid_mode(rng.random_range(0..25)), GRID_DEVIATION, rng),
            Self::TwoMoons => moons(rng),
            Self::Spiral => spiral(rng),
            Self::Checkerboard => checkerboard(rng),
            Self::Pinwheel => pinwheel(rng),
        }
    }

    /// The probability density at a point, per unit of area; None without a closed form.
    pub fn density(self, at: [f64; 2]) -> Option<f64> {
        if self == Self::Checkerboard {
            return Some(if is_dark(at) { 0.5 } else { 0.0 });
        }
        let deviation = f64::from(self.deviation()?);
        let modes = self.modes();
        let total: f64 = modes.iter().map(|mode| bump(at, mode.map(f64::from), deviation)).sum();
        Some(total / modes.len() as f64)
    }

    /// The middles of the modes of a mixture, all of equal weight; empty if it is none.
    pub fn modes(self) -> Vec<[f32; 2]> {
        match self {
            Self::Ring => (0..8).map(ring_mode).collect(),
            Self::Grid => (0..25).map(grid_mode).collect(),
            _ => Vec::new(),
        }
    }

    /// The standard deviation of each mode along each axis; None without modes.
    pub fn deviation(self) -> Option<f32> {
        match self {
            Self::Ring => Some(RING_DEVIATION),
            Self::Grid => Some(GRID_DEVIATION),
            _ => None,
        }
    }
}

/// Mode `k` of 8, counted anticlockwise from the right.
fn ring_mode(k: u8) -> [f32; 2] {
    // In f64, whose last digits, in which platforms differ, do not survive.
    let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / 8.0).sin_cos();
    [(RING_RADIUS * cos) as f32, (RING_RADIUS * sin) as f32]
}

/// Mode `k` of 25, row by row from the bottom left.
fn grid_mode(k: u8) -> [f32; 2] {
    [k % 5, k / 5].map(|place| GRID_SPACING * (f32::from(place) - 2.0))
}

/// scikit-learn's outer moon is a half circle around (0, 0), open to below; the inner one, open to above, is around
/// (1, 1/2).
fn moons(rng: &mut impl Rng) -> [f32; 2] {
    let (sin, cos) = (PI * rng.random::<f32>()).sin_cos();
    let moon = if rng.random() { [cos, sin] } else { [1.0 - cos, 0.5 - sin] };
    let [x, y] = around(moon, 0.1, rng);
    [MOONS_SCALE * (x - 0.5), MOONS_SCALE * (y - 0.25)]
}

/// The radius is the angle: from 1.5 π at the inner end to 4.5 π.
fn spiral(rng: &mut impl Rng) -> [f32; 2] {
    let angle = 1.5 * PI * (1.0 + 2.0 * rng.random::<f32>());
    let (sin, cos) = angle.sin_cos();
    around([angle * cos, angle * sin], 0.25, rng).map(|v| SPIRAL_SCALE * v)
}

/// A column, then one of its two dark squares.
fn checkerboard(rng: &mut impl Rng) -> [f32; 2] {
    let column: u8 = rng.random_range(0..4);
    let row = 2 * rng.random_range(0..2u8) + column % 2;
    [column, row].map(|square| (f32::from(square) + rng.random::<f32>()) / 2.0 - 1.0)
}

/// The square at the bottom left is dark.
fn is_dark(at: [f64; 2]) -> bool {
    let [column, row] = at.map(|v| (2.0 * (v + 1.0)).floor());
    let on_board = [column, row].iter().all(|square| (0.0..4.0).contains(square));
    on_board && (column + row) % 2.0 == 0.0
}

/// A point of the blade that lies to the right, turned into its place.
fn pinwheel(rng: &mut impl Rng) -> [f32; 2] {
    let blade = f32::from(rng.random_range(0..5u8));
    let (x, y) = (1.0 + 0.3 * normal(rng), 0.1 * normal(rng));
    let (sin, cos) = (TAU * blade / 5.0 + 0.25 * x.exp()).sin_cos();
    // FFJORD turns clockwise.
    [x * cos + y * sin, y * cos - x * sin].map(|v| PINWHEEL_SCALE * v)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Stream, stream};

    const COUNT: usize = 20_000;

    fn points(plane: Plane) -> Vec<[f64; 2]> {
        let mut rng = stream(1, Stream::Samples, 0);
        (0..COUNT).map(|_| plane.sample(&mut rng).map(f64::from)).collect()
    }

    /// Mean and standard deviation.
    fn moments(numbers: &[f64]) -> [f64; 2] {
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        [mean, (numbers.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt()]
    }

    fn assert_close(got: [f64; 2], want: [f64; 2], within: f64) {
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < within), "{got:?}, not {want:?}");
    }

    #[test]
    fn modes_keep_the_papers_proportions() {
        // Between neighbours, in deviations: 2 · 2 sin(π/8) / 0.02 and 2 / 0.05.
        for (plane, count, apart) in [(Plane::Ring, 8, 76.537), (Plane::Grid, 25, 40.0)] {
            let modes = plane.modes();
            assert_eq!(modes.len(), count);
            let distance = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
            let nearest = modes[1..].iter().map(|&m| distance(modes[0], m)).fold(9.0, f32::min);
            assert!((nearest / plane.deviation().unwrap() - apart).abs() < 0.01, "{plane:?}");
            let [x, y] = modes.iter().fold([0.0; 2], |[x, y], m| [x + m[0], y + m[1]]);
            assert!(x.hypot(y) < 1e-5, "{plane:?} is not in the middle");
            let farthest = modes.iter().flatten().fold(0.0f32, |far, v| far.max(v.abs()));
            assert!((farthest - 0.9).abs() < 1e-6, "{plane:?} reaches to {farthest}");
        }
    }

    #[test]
    fn moons_are_two_half_circles() {
        let moons = points(Plane::TwoMoons);
        // Turned by half a turn, each is the other.
        for sign in [1.0, -1.0] {
            let mut off = Vec::new();
            for [x, y] in moons.iter().map(|point| point.map(|v| sign * v / 0.6)) {
                let (across, up) = (x + 0.5, y + 0.25);
                // The quarter of the half circle that is farthest from its end and from the other moon.
                let angle = up.atan2(across).to_degrees();
                if (120.0..165.0).contains(&angle) && across.hypot(up) > 0.5 {
                    off.push(across.hypot(up) - 1.0);
                }
            }
            let share = off.len() as f64 / COUNT as f64;
            assert!((share - 0.125).abs() < 0.008, "a quarter of half the points, not {share}");
            // Noise along a circle's tangent leads outwards, by σ² / 2.
            assert_close(moments(&off), [0.005, 0.1], 0.007);
        }
    }

    #[test]
    fn the_spiral_is_one_and_a_half_turns() {
        let (mut angles, mut off) = (Vec::new(), Vec::new());
        for [x, y] in points(Plane::Spiral) {
            let radius = 15.0 * x.hypot(y);
            let turn = std::f64::consts::TAU;
            let angle = y.atan2(x);
            let winding = angle + turn * ((radius - angle) / turn).round();
            angles.push(winding);
            off.push(radius - winding);
        }
        let pi = std::f64::consts::PI;
        assert_close(moments(&angles), [3.0 * pi, 3.0 * pi / 12f64.sqrt()], 0.05);
        assert_close(moments(&off), [0.0, 0.25], 0.01);
    }

    #[test]
    fn the_pinwheel_is_five_blades() {
        let mut counts = [0; 5];
        let (mut along, mut across) = (Vec::new(), Vec::new());
        for [x, y] in points(Plane::Pinwheel).into_iter().map(|[x, y]| [2.0 * x, 2.0 * y]) {
            let radius = x.hypot(y);
            // The twist is that of the radial part; the radius is nearly that.
            let turns = (-y).atan2(x) - 0.25 * radius.exp();
            let fifths = 5.0 * turns / std::f64::consts::TAU;
            counts[fifths.round().rem_euclid(5.0) as usize] += 1;
            along.push(radius);
            across.push(radius * (fifths - fifths.round()) * std::f64::consts::TAU / 5.0);
        }
        assert!(counts.iter().all(|n| (3800..4200).contains(n)), "{counts:?}");
        assert_close(moments(&along), [1.005, 0.3], 0.01);
        assert_close(moments(&across), [0.0, 0.1], 0.015);
    }
}
