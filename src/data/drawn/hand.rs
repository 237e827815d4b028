//! A hand: what differs between two people, and between two tries of one, as bends of the skeleton.
//! Knows nothing of pixels.

use super::pen::Pen;
use super::skeleton::{Point, Style};
use super::{spread, unit};
use rand::Rng;

/// Knots of the elastic field in each direction.
const KNOTS: usize = 4;

/// One hand, ready to write one digit.
pub struct Hand {
    /// Horizontal and vertical stretch.
    stretch: Point,
    /// How far the top leans to the right, per unit of height.
    slant: f32,
    /// Tangent of half the angle of the whole digit.
    half_turn: f32,
    /// How much wider the digit is at its foot than at its head, as a share.
    flare: f32,
    /// How far its waist sits below the middle.
    waist: f32,
    /// x += bend.0 · y², y += bend.1 · x²: bowed stems and bars.
    bend: Point,
    /// Shaking of each point of the skeleton.
    tremor: f32,
    /// Smooth random displacements over the digit.
    elastic: [[Point; KNOTS]; KNOTS],
    pub pen: Pen,
}

impl Hand {
    pub fn new(rng: &mut impl Rng) -> Self {
        let mut elastic = [[(0.0, 0.0); KNOTS]; KNOTS];
        let strength = 0.025 + 0.045 * unit(rng);
        for knot in elastic.iter_mut().flatten() {
            *knot = (strength * spread(rng), strength * spread(rng));
        }
        Self {
            stretch: (1.16 + 0.20 * spread(rng), 1.0),
            slant: 0.13 + 0.21 * spread(rng),
            half_turn: 0.04 * spread(rng),
            flare: 0.20 * spread(rng),
            waist: 0.06 * spread(rng),
            bend: (0.10 * spread(rng), 0.10 * spread(rng)),
            tremor: 0.008 + 0.018 * unit(rng),
            elastic,
            pen: Pen::new(rng),
        }
    }

    /// The points of `style` as this hand sets them.
    pub fn place(&self, style: &Style, rng: &mut impl Rng) -> Vec<Vec<Point>> {
        let mut placed: Vec<(Point, Point)> = Vec::new();
        let mut place = |point: Point| match placed.iter().find(|(at, _)| *at == point) {
            Some(&(_, there)) => there,
            None => {
                let shaken =
                    (point.0 + self.tremor * spread(rng), point.1 + self.tremor * spread(rng));
                let there = self.transform(shaken);
                placed.push((point, there));
                there
            }
        };
        style.strokes.iter().map(|stroke| stroke.iter().map(|&p| place(p)).collect()).collect()
    }

    fn transform(&self, point: Point) -> Point {
        let (dx, dy) = self.displacement(point);
        // From here on the origin is the middle of the digit.
        let (x, y) = (point.0 + dx - 0.3, point.1 + dy - 0.5);
        let y = y + self.waist * (1.0 - 4.0 * y * y);
        let x = x * (1.0 + self.flare * y);
        let (x, y) = (x + self.bend.0 * (y * y - 0.1), y + self.bend.1 * (x * x - 0.1));
        let (x, y) = (x * self.stretch.0, y * self.stretch.1);
        let x = x - self.slant * y;
        // cos and sin of an angle from the tangent of its half, without the platform's library.
        let t = self.half_turn;
        let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        (x * cos - y * sin, x * sin + y * cos)
    }

    /// The elastic field at a point, smoothly between its knots.
    fn displacement(&self, (x, y): Point) -> Point {
        let cell = |v: f32| {
            let v = v.clamp(0.0, 1.0) * (KNOTS - 1) as f32;
            let i = (v as usize).min(KNOTS - 2);
            let t = v - i as f32;
            (i, t * t * (3.0 - 2.0 * t))
        };
        let ((i, u), (j, v)) = (cell(x / 0.7), cell(y));
        let mix = |a: Point, b: Point, t: f32| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        let row = |j: usize| mix(self.elastic[j][i], self.elastic[j][i + 1], u);
        mix(row(j), row(j + 1), v)
    }
}
