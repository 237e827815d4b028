//! A line chart as SVG: a logarithmic axis across, shares upwards, a line for each series and its spread.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 380.0;
/// Room for the marks at both ends of the axis.
const INSET: f64 = 30.0;
/// Between the marks of two series at the same place, which would hide each other.
const ASIDE: f64 = 5.0;
/// Between two lines of the legend.
const LINE: f64 = 20.0;
/// Distinguishable by anybody, also in grey (Okabe and Ito 2008, "Color Universal Design").
const COLOURS: [&str; 5] = ["#000000", "#0072b2", "#e69f00", "#cc3f18", "#009e73"];

pub struct Series {
    pub label: &'static str,
    pub points: Vec<Point>,
}

/// A median with its lowest and highest value, shares of 1.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Above 0.
    pub x: f64,
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

/// The file's text; `across` and `upwards` say what the axes are.
pub fn svg(series: &[Series], across: &str, upwards: &str) -> String {
    let points = || series.iter().flat_map(|series| &series.points);
    let mut places: Vec<f64> = points().map(|point| point.x).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let (first, last) = match places.as_slice() {
        [] => (1.0, 2.0),
        [one] => (one / 2.0, one * 2.0),
        [first, .., last] => (*first, *last),
    };
    let low = points().map(|point| point.low).fold(1.0, f64::min);
    let high = points().map(|point| point.high).fold(low, f64::max);
    let steps = [0.01, 0.02, 0.05];
    let step = steps.into_iter().find(|step| (high - low) / step <= 8.0).unwrap_or(0.1);
    let bottom = (low / step).floor();
    let top = (high / step).ceil().max(bottom + 1.0);
    let x = |place: f64| {
        LEFT + INSET + (RIGHT - LEFT - 2.0 * INSET) * (place / first).ln() / (last / first).ln()
    };
    let y = |share: f64| BOTTOM - (BOTTOM - TOP) * (share / step - bottom) / (top - bottom);

    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="14" fill="#3c4048" stroke-width="1.5">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>
"##
    );
    let mut add = |element: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(svg, "{element}");
    };
    let text = |x: f64, y: f64, anchor: &str, text: &str| {
        format!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#)
    };
    let stroke =
        |path: &str, colour: &str| format!(r#"<path d="{path}" fill="none" stroke="{colour}"/>"#);
    for i in bottom as i64..=top as i64 {
        let share = i as f64 * step;
        add(stroke(&format!("M{LEFT} {:.1}H{RIGHT}", y(share)), "#dee1e6"));
        add(text(LEFT - 8.0, y(share) + 5.0, "end", &format!("{:.0}%", 100.0 * share)));
    }
    for &place in &places {
        add(text(x(place), BOTTOM + 20.0, "middle", &place.to_string()));
    }
    add(text((LEFT + RIGHT) / 2.0, HEIGHT - 14.0, "middle", across));
    add(text(10.0, 22.0, "start", upwards));

    for (i, (Series { label, points }, colour)) in
        series.iter().zip(COLOURS.into_iter().cycle()).enumerate()
    {
        let of_middle = i as f64 - (series.len() as f64 - 1.0) / 2.0;
        let mut path = String::new();
        for (k, &Point { x: place, low, median, high }) in points.iter().enumerate() {
            let at = x(place) + ASIDE * of_middle;
            let _ = write!(path, "{}{at:.1} {:.1}", if k == 0 { 'M' } else { 'L' }, y(median));
            add(stroke(
                &format!("M{:.1} {:.1}h6m-3 0V{:.1}m-3 0h6", at - 3.0, y(low), y(high)),
                colour,
            ));
            add(format!(r#"<circle cx="{at:.1}" cy="{:.1}" r="3.5" fill="{colour}"/>"#, y(median)));
        }
        add(stroke(&path, colour));
        // Accuracies rise, so the lower right is free.
        let below = BOTTOM - 12.0 - LINE * (series.len() - 1 - i) as f64;
        add(stroke(&format!("M{} {:.1}h24", RIGHT - 170.0, below - 5.0), colour));
        add(text(RIGHT - 138.0, below, "start", label));
    }
    svg + "</svg>\n"
}
