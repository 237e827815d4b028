//! A pen: lays ink along lines and lays the picture out as MNIST does, fitted into a box of 20 x 20
//! pixels and centred by mass in 28 x 28. Knows nothing of digits.

use super::skeleton::Point;
use super::{spread, unit};
use crate::data::{PIXELS, SIDE};
use rand::Rng;

/// MNIST fits every digit into a box of this many pixels.
const BOX: f32 = 20.0;
/// Shortest side of the box that a line is scaled by: a dot must not fill the picture.
const SMALLEST: f32 = 0.2;

/// What the pen is like. Lengths in pixels of the finished picture.
pub struct Pen {
    /// Half the width of its line.
    radius: f32,
    /// How much thinner the line is at its end than at its start (negative: thicker), as a share.
    taper: f32,
    /// Width of the grey rim between ink and paper.
    softness: f32,
    /// How far the rim frays inwards.
    grain: f32,
}

impl Pen {
    pub fn new(rng: &mut impl Rng) -> Self {
        Self {
            radius: (1.42 + 0.37 * spread(rng)).clamp(0.75, 2.3),
            taper: 0.12 * spread(rng),
            softness: 1.0 + 0.5 * unit(rng),
            grain: 0.5 * unit(rng),
        }
    }
}

/// The picture of these lines: PIXELS bytes, 0 is black paper, 255 white ink.
pub fn ink(lines: &[Vec<Point>], pen: &Pen, rng: &mut impl Rng) -> [u8; PIXELS] {
    let inked = traced(lines, &Fit::new(lines, pen), pen, f32::MAX).map(|d| {
        let fray = if d.abs() < 1.0 { pen.grain * unit(rng) } else { 0.0 };
        grey(d + fray, pen.softness)
    });
    moved(&inked, shift(&inked))
}

/// The same as it is written: frames in which the pen has gone equal parts of its way, the whole one last. Its rim does
/// not fray, which would flicker.
pub fn written(lines: &[Vec<Point>], pen: &Pen, frames: usize) -> Vec<[u8; PIXELS]> {
    let fit = Fit::new(lines, pen);
    let picture = |way| traced(lines, &fit, pen, way).map(|d| grey(d, pen.softness));
    let shift = shift(&picture(f32::MAX));
    let way: f32 = lines.iter().map(|line| length(line)).sum();
    let gone = |k| if k == frames { f32::MAX } else { way * k as f32 / frames as f32 };
    (1..=frames).map(|k| moved(&picture(gone(k)), shift)).collect()
}

fn length(line: &[Point]) -> f32 {
    let pieces = line.windows(2).map(|ends| {
        let (dx, dy) = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        (dx * dx + dy * dy).sqrt()
    });
    pieces.sum()
}

/// Signed distance of each pixel to the edge of the ink when the pen has gone so far; positive is paper.
fn traced(lines: &[Vec<Point>], fit: &Fit, pen: &Pen, mut way: f32) -> [f32; PIXELS] {
    let mut distance = [f32::MAX; PIXELS];
    for line in lines {
        let pieces = line.len().max(2) - 1;
        for (i, ends) in line.windows(2).enumerate() {
            if way <= 0.0 {
                return distance;
            }
            let (a, b) = (ends[0], ends[1]);
            let length = length(ends);
            let end = match way >= length {
                true => b,
                false => (a.0 + (b.0 - a.0) * way / length, a.1 + (b.1 - a.1) * way / length),
            };
            way -= length;
            let along = i as f32 / pieces as f32 - 0.5;
            let radius = pen.radius * (1.0 - pen.taper * along);
            let reach = radius + 0.5 * pen.softness;
            stamp(&mut distance, fit.place(a), fit.place(end), radius, reach);
        }
    }
    distance
}

/// The map from a digit's own coordinates into the box in the middle of the picture.
struct Fit {
    scale: f32,
    middle: Point,
}

impl Fit {
    fn new(lines: &[Vec<Point>], pen: &Pen) -> Self {
        let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
        for &(x, y) in lines.iter().flatten() {
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let longest = (high.0 - low.0).max(high.1 - low.1).max(SMALLEST);
        // Half the rim lies outside of the ink, and the outer half of that is too faint to be seen.
        let margin = 2.0 * pen.radius * (1.0 + 0.5 * pen.taper.abs()) + 0.5 * pen.softness;
        Self {
            scale: (BOX - margin) / longest,
            middle: ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0),
        }
    }

    fn place(&self, (x, y): Point) -> Point {
        let half = SIDE as f32 / 2.0;
        (half + (x - self.middle.0) * self.scale, half + (y - self.middle.1) * self.scale)
    }
}

/// Lowers `distance` to that of the capsule of `radius` around the piece from `a` to `b`, in all
/// pixels within `reach` of it.
fn stamp(distance: &mut [f32; PIXELS], a: Point, b: Point, radius: f32, reach: f32) {
    let range = |a: f32, b: f32| {
        // Pixel i has its middle at i + 0.5. The casts saturate at 0.
        let from = (a.min(b) - reach) as usize;
        let to = (a.max(b) + reach) as usize + 1;
        from.min(SIDE)..to.min(SIDE)
    };
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = (dx * dx + dy * dy).max(1e-12);
    for row in range(a.1, b.1) {
        for column in range(a.0, b.0) {
            let (px, py) = (column as f32 + 0.5 - a.0, row as f32 + 0.5 - a.1);
            let t = ((px * dx + py * dy) / length2).clamp(0.0, 1.0);
            let (ex, ey) = (px - t * dx, py - t * dy);
            let d = (ex * ex + ey * ey).sqrt() - radius;
            let here = &mut distance[row * SIDE + column];
            *here = here.min(d);
        }
    }
}

/// Ink at a signed distance from the edge, with a rim of `softness`.
fn grey(distance: f32, softness: f32) -> u8 {
    let t = (0.5 - distance / softness).clamp(0.0, 1.0);
    (t * t * (3.0 - 2.0 * t) * 255.0 + 0.5) as u8
}

/// How far it is to be moved, by whole pixels right and down, so that the centre of mass is in the middle, as in MNIST, but
/// never so far that ink would be lost.
fn shift(picture: &[u8; PIXELS]) -> [i32; 2] {
    let (mut mass, mut sum) = (0u32, [0u32; 2]);
    let (mut low, mut high) = ([SIDE as i32; 2], [-1i32; 2]);
    for (i, &value) in picture.iter().enumerate().filter(|(_, v)| **v > 0) {
        mass += u32::from(value);
        for (axis, position) in [i % SIDE, i / SIDE].into_iter().enumerate() {
            sum[axis] += u32::from(value) * (2 * position as u32 + 1);
            low[axis] = low[axis].min(position as i32);
            high[axis] = high[axis].max(position as i32);
        }
    }
    if mass == 0 {
        return [0; 2];
    }
    [0, 1].map(|axis| {
        let middle = sum[axis] as f32 / (2 * mass) as f32;
        let wanted = (SIDE as f32 / 2.0 - middle + SIDE as f32 + 0.5) as i32 - SIDE as i32;
        wanted.clamp(-low[axis], SIDE as i32 - 1 - high[axis])
    })
}

/// Moved so that no ink is lost.
fn moved(picture: &[u8; PIXELS], shift: [i32; 2]) -> [u8; PIXELS] {
    let mut moved = [0; PIXELS];
    for (i, &value) in picture.iter().enumerate().filter(|(_, v)| **v > 0) {
        let column = (i % SIDE) as i32 + shift[0];
        let row = (i / SIDE) as i32 + shift[1];
        moved[row as usize * SIDE + column as usize] = value;
    }
    moved
}
