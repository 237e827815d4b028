//! Curves of a run's figures as one HTML file that needs nothing else: a small chart for each figure,
//! with what real digits read as a dashed line. Knows numbers and markup, not where they come from.

use super::measure::Line;
use ganvas::metrics::{Metric, MetricEntry};
use std::fmt::Write;

/// A chart's size and margins, in pixels.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 46.0;
const BOTTOM: f64 = 20.0;
const TOP: f64 = 8.0;
const RIGHT: f64 = 10.0;

/// Beyond this ratio of the largest to the smallest value a chart's axis is logarithmic.
const WIDE: f64 = 30.0;

const STYLE: &str = "\
:root { color-scheme: light dark; --line: #d5d9d3; --ink: #c3214e; --floor: #1d54c4; \
font: 15px/1.45 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --line: #2b3343; --ink: #ff7d97; --floor: #84b1ff; } }
body { max-width: 70rem; margin: 1.5rem auto; padding: 0 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption b { display: block; } figcaption { font-size: 0.8125rem; }
svg { width: 100%; height: auto; overflow: visible; } text { font-size: 11px; fill: currentColor; }
.axis { stroke: var(--line); } .run { fill: none; stroke: var(--ink); stroke-width: 2; }
.run circle { fill: var(--ink); stroke: none; }
.floor { stroke: var(--floor); stroke-dasharray: 4 3; }
";

/// A page with a chart of each figure that the run has.
pub fn html(lines: &[Line]) -> String {
    let mut charts = String::new();
    for metric in Metric::ALL {
        let points: Vec<(f64, f64)> = lines
            .iter()
            .filter_map(|m| Some((m.step as f64, *m.figures.get(metric)?)))
            .filter(|(_, value)| value.is_finite())
            .collect();
        let floor = lines.last().and_then(|m| m.floor.get(metric)).copied();
        if !points.is_empty() {
            charts += &chart(&metric.entry(), &points, floor);
        }
    }
    let of = lines.last().map_or(String::new(), |m| {
        format!(
            "{} samples and as many digits of the training at each of {} steps, against {} \
             held-out digits. Dashed: what real digits read.",
            m.count,
            lines.len(),
            m.reference
        )
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>ganvas: figures of a run</title>\n<style>\n{STYLE}\
         </style>\n<body>\n<h1>Figures of a run</h1>\n<p>{of}</p>\n<main>\n{charts}</main>\n</body>\n</html>\n"
    )
}

fn chart(entry: &MetricEntry, points: &[(f64, f64)], floor: Option<f64>) -> String {
    let values = || points.iter().map(|&(_, value)| value).chain(floor);
    let (low, high) = range(values());
    let logarithmic = low > 0.0 && high / low > WIDE;
    let scale = |value: f64| if logarithmic { value.ln() } else { value };
    let (bottom, top) = match logarithmic {
        true => (low.ln(), high.ln()),
        // A little air, and never a range of nothing.
        false => {
            let air = ((high - low) * 0.08).max(1e-3 * high.abs()).max(1e-6);
            (low - air, high + air)
        }
    };
    let last = points.last().map_or(1.0, |&(step, _)| step).max(1.0);
    let x = |step: f64| LEFT + (WIDTH - LEFT - RIGHT) * step / last;
    let y = |value: f64| {
        let share = (scale(value) - bottom) / (top - bottom);
        HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share
    };
    let mut svg = String::new();
    // Writing to a string cannot fail.
    for value in [low, high] {
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{LEFT} {0:.1}H{1}\"/><text x=\"{2}\" y=\"{3:.1}\" \
             text-anchor=\"end\">{4}</text>",
            y(value),
            WIDTH - RIGHT,
            LEFT - 6.0,
            y(value) + 4.0,
            short(value)
        );
    }
    for (step, anchor) in [(0.0, "start"), (last, "end")] {
        let (x, y) = (x(step), HEIGHT - 4.0);
        let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{step}</text>");
    }
    if let Some(floor) = floor {
        let (y, right) = (y(floor), WIDTH - RIGHT);
        let _ = write!(svg, "<path class=\"floor\" d=\"M{LEFT} {y:.1}H{right}\"/>");
    }
    let places = || points.iter().map(|&(step, value)| (x(step), y(value)));
    let line: Vec<String> = places().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = write!(svg, "<g class=\"run\"><polyline points=\"{}\"/>", line.join(" "));
    for (x, y) in places() {
        let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>");
    }
    let now = points.last().map_or(f64::NAN, |&(_, value)| value);
    let beside = floor.map_or(String::new(), |floor| format!("; real digits {}", short(floor)));
    let log = if logarithmic { " Logarithmic." } else { "" };
    format!(
        "<figure><figcaption><b>{0}: {1}{beside}</b>{2}.{log}</figcaption>\n<svg viewBox=\"0 0 \
         {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0} by step\">{svg}</g></svg></figure>\n",
        entry.label,
        short(now),
        entry.help.trim_end_matches('.'),
    )
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// About three significant digits.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ganvas::metrics::Figures;

    fn at(step: u64, frechet: f64, gap: f64) -> Line {
        Line {
            step,
            images_seen: 64 * step,
            count: 200,
            seed: 1,
            sample_seed: 1,
            reference: 2000,
            class_histogram: [20; 10],
            figures: Figures::from([(Metric::FrechetDistance, frechet), (Metric::DLogitGap, gap)]),
            floor: Figures::from([(Metric::FrechetDistance, 4.0)]),
            millis: 1.0,
        }
    }

    #[test]
    fn there_is_a_curve_for_each_figure_and_a_line_for_real_digits() {
        let page = html(&[at(0, 900.0, 0.5), at(50, 80.0, 0.5), at(100, 9.0, 0.5)]);
        assert_eq!(page.matches("<figure>").count(), 2);
        assert_eq!(page.matches("class=\"floor\"").count(), 1);
        assert_eq!(page.matches("<circle").count(), 6);
        assert!(page.contains("Fréchet distance: 9.00; real digits 4.00"), "{page}");
        assert_eq!(page.matches("Logarithmic").count(), 1, "only what has a wide range");
        assert!(page.contains("Judge’s gap: 0.50"), "{page}");
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    }
}
