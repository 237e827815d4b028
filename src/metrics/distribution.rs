//! How well points are distributed as the data are, which is known: modes, and distances between distributions.

use super::densities::{Density, Grid, divergences, sort, wasserstein_to};
use super::list::{Figures, Metric};
use super::modes::Modes;
use crate::Result;
use crate::data::points::{PointSet, RANGE};

/// Cells of the histogram of points on a line: of 2,500 points each has 50 on average.
const CELLS: usize = 50;
/// Cells by which a distribution function is added up.
const FINE: usize = 2000;
/// Directions in which a plane is looked at.
const DIRECTIONS: usize = 16;

/// The modes of a mixture; none where a distribution has no such.
pub fn modes_of(set: &PointSet) -> Option<Modes> {
    let PointSet::Plane(plane) = set else { return None };
    let centres = plane.modes().into_iter().flatten().map(f64::from).collect();
    Modes::new(centres, 2, f64::from(plane.deviation()?)).ok()
}

/// All figures of points, one after another; `real` are others of the data.
///
/// # Errors
/// No points; a number that is not finite.
pub fn figures(set: &PointSet, points: &[f32], real: &[f32]) -> Result<Figures> {
    let mut figures = Figures::new();
    if set.dimensions() == 1 {
        let points: Vec<f64> = points.iter().map(|&x| f64::from(x)).collect();
        let [low, high] = RANGE;
        if *set == PointSet::Origin {
            let far = Grid::new(low, high, FINE)?;
            let step = |x: f64| if x < 0.0 { 0.0 } else { 1.0 };
            figures.insert(Metric::Wasserstein, wasserstein_to(&points, step, far)?);
            return Ok(figures);
        }
        let grid = Grid::new(low, high, CELLS)?;
        let density = |x: f64| set.density(&[x]).unwrap_or_default();
        let data = coarse(&Density::of(Grid::new(low, high, FINE)?, density)?, grid)?;
        let apart = divergences(&data, &Density::histogram(grid, &points)?)?;
        figures.insert(Metric::JensenShannon, apart.jensen_shannon);
        figures.extend(apart.kl.map(|kl| (Metric::KlDivergence, kl)));
        figures.extend(apart.reverse_kl.map(|kl| (Metric::ReverseKl, kl)));
        let fine = Density::of(Grid::new(low, high, FINE)?, density)?;
        let mut below = vec![0.0];
        below.extend(fine.masses().iter().scan(0.0, |sum, mass| {
            *sum += mass;
            Some(*sum)
        }));
        let at = |x: f64| {
            let place = ((x - low) / fine.grid().width()).clamp(0.0, FINE as f64);
            let cell = (place as usize).min(FINE - 1);
            below[cell] + (place - cell as f64) * (below[cell + 1] - below[cell])
        };
        figures.insert(Metric::Wasserstein, wasserstein_to(&points, at, fine.grid())?);
        return Ok(figures);
    }
    if let Some(mut modes) = modes_of(set) {
        modes.add(points)?;
        if let Some(of) = modes.figures() {
            figures.insert(Metric::ModesFound, of.found as f64);
            figures.insert(Metric::HighQuality, of.close);
            figures.insert(Metric::ModeKl, of.reverse_kl);
        }
    }
    figures.insert(Metric::SlicedWasserstein, sliced_wasserstein(points, real));
    Ok(figures)
}

/// The same probability in larger cells.
fn coarse(fine: &Density, grid: Grid) -> Result<Density> {
    let mut masses = vec![0.0; grid.cells()];
    for (i, mass) in fine.masses().iter().enumerate() {
        masses[grid.cell_of(fine.grid().middle(i))] += mass;
    }
    Density::new(grid, masses)
}

/// The mean over directions θ of `W1 = ∫ |P(x) - Q(x)| dx` of two sets of points in a plane, as they look from there
/// (Bonneel et al. 2015, Journal of Mathematical Imaging and Vision 51, section 3). Of the larger set as many count as
/// the smaller has. 0 without points.
///
/// # Shapes
/// a, b: [points, 2]
pub fn sliced_wasserstein(a: &[f32], b: &[f32]) -> f64 {
    let count = a.len().min(b.len()) / 2;
    if count == 0 {
        return 0.0;
    }
    let apart = (0..DIRECTIONS).map(|k| {
        let (sin, cos) = (std::f64::consts::PI * k as f64 / DIRECTIONS as f64).sin_cos();
        let seen = |points: &[f32]| {
            let (points, _) = points.as_chunks::<2>();
            let along = |&[x, y]: &[f32; 2]| f64::from(x) * cos + f64::from(y) * sin;
            let mut seen: Vec<f64> = points.iter().take(count).map(along).collect();
            sort(&mut seen);
            seen
        };
        let (a, b) = (seen(a), seen(b));
        a.iter().zip(&b).map(|(a, b)| (a - b).abs()).sum::<f64>() / count as f64
    });
    apart.sum::<f64>() / DIRECTIONS as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::points::{Line, Plane};
    use crate::rng::{Stream, stream};

    fn sampled(set: &PointSet, step: u64) -> Vec<f32> {
        set.sample(20_000, &mut stream(1, Stream::Points, step))
    }

    #[test]
    fn points_of_the_data_score_as_the_floor_should() {
        for line in Line::ALL {
            let set = PointSet::Line(line);
            let figures = figures(&set, &sampled(&set, 0), &[]).unwrap();
            // About (cells - 1) / 8n.
            assert!(figures[&Metric::JensenShannon] < 1e-3, "{line:?} {figures:?}");
            assert!(figures[&Metric::Wasserstein] < 0.01, "{line:?} {figures:?}");
        }
        for plane in [Plane::Ring, Plane::Grid] {
            let set = PointSet::Plane(plane);
            let figures = figures(&set, &sampled(&set, 0), &sampled(&set, 1)).unwrap();
            assert_eq!(figures[&Metric::ModesFound], plane.modes().len() as f64);
            assert!((figures[&Metric::HighQuality] - 0.9889).abs() < 0.003, "{figures:?}");
            assert!(figures[&Metric::SlicedWasserstein] < 0.02, "{figures:?}");
        }
    }

    #[test]
    fn distances_are_those_of_moved_points() {
        let set = PointSet::Line(Line::Uniform);
        let moved: Vec<f32> = sampled(&set, 0).iter().map(|x| x + 0.1).collect();
        let far = figures(&set, &moved, &[]).unwrap()[&Metric::Wasserstein];
        assert!((far - 0.1).abs() < 0.01, "{far}");
        // Of a uniform density on 1.6 moved by .1, a sixteenth has left and a sixteenth is new: ln 2 / 16.
        let apart = figures(&set, &moved, &[]).unwrap()[&Metric::JensenShannon];
        assert!((apart - 2f64.ln() / 16.0).abs() < 3e-3, "{apart}");
        let origin = figures(&PointSet::Origin, &[0.5, -0.3], &[]).unwrap()[&Metric::Wasserstein];
        assert!((origin - 0.4).abs() < 2e-3, "{origin}");
        // In the plane by d, seen from all sides: d · 2/π.
        let points = sampled(&PointSet::Plane(Plane::TwoMoons), 0);
        let moved: Vec<f32> = points.iter().map(|x| x + 0.1).collect();
        let far = sliced_wasserstein(&points, &moved);
        assert!((far - 0.02f64.sqrt() * std::f64::consts::FRAC_2_PI).abs() < 2e-3, "{far}");
        assert_eq!(sliced_wasserstein(&points, &[]), 0.0);
    }
}
