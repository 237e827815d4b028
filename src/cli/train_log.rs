//! How a run goes, while it goes: losses as lines and as a table, and a progress bar.

use super::journal::{Format, Journal};
use super::output;
use super::run_folder::RunFolder;
use anyhow::Result;
use ganvas::session::protocol::{CollapseReport, Event, LossPoint};
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Write;

/// Loss lines per run.
const LINES: u64 = 20;

const FORMAT: Format = Format { header: "step,d_loss,g_loss,d_real,d_fake\n", step: step_of };

pub struct Log {
    bar: ProgressBar,
    losses: Journal,
    lines_every: u64,
    /// Losses since the last line.
    since: Vec<LossPoint>,
    /// Whether the collapse alarm sounds.
    collapsed: bool,
}

impl Log {
    /// Of a run that goes from one step to another.
    pub fn open(folder: &RunFolder, from: u64, to: u64) -> Result<Self> {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left")?;
        let bar = ProgressBar::new(to).with_style(style).with_position(from);
        bar.reset_eta();
        Ok(Self {
            bar,
            losses: Journal::resume(folder.losses(), &FORMAT, from)?.0,
            lines_every: (to - from).div_ceil(LINES),
            since: Vec::new(),
            collapsed: false,
        })
    }

    pub fn position(&self, step: u64) {
        self.bar.set_position(step);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// A line for a person at the terminal.
    pub fn notice(&self, line: &str) {
        self.bar.suspend(|| output::notice(line));
    }

    /// Writes down what happened.
    pub fn note(&mut self, events: &[Event]) -> Result<()> {
        for event in events {
            match event {
                Event::Progressed { losses, step_millis, images_per_second, .. } => {
                    self.losses.add(&losses.iter().map(row).collect::<String>())?;
                    for point in losses {
                        self.since.push(*point);
                        if point.step.is_multiple_of(self.lines_every) {
                            self.line(*step_millis, *images_per_second);
                        }
                    }
                }
                Event::Watched { look, collapse } => self.warn(look.step, collapse.as_ref()),
                _ => {}
            }
        }
        Ok(())
    }

    /// One line when the alarm of a run that is measured goes on.
    fn warn(&mut self, step: u64, collapse: Option<&CollapseReport>) {
        if let (Some(report), false) = (collapse, self.collapsed) {
            let remedy = report.remedies.first().map_or("", String::as_str);
            let line = format!("step {step:>6}  mode collapse: {} Try: {remedy}", report.saw);
            self.bar.suspend(|| output::news(line));
        }
        self.collapsed = collapse.is_some();
    }

    /// One line: means since the last one.
    fn line(&mut self, step_millis: f64, images_per_second: f64) {
        let Some(last) = self.since.last() else { return };
        let mean = |of: fn(&LossPoint) -> Option<f32>| {
            let values: Vec<f32> = self.since.iter().filter_map(of).collect();
            values.iter().sum::<f32>() / values.len().max(1) as f32
        };
        let line = format!(
            "step {:>6}  d_loss {:>8.4}  g_loss {:>8.4}  d_real {:>8.3}  d_fake {:>8.3}  {:>7.1} ms/step  {:>6.0} images/s",
            last.step,
            mean(|p| p.d_loss),
            mean(|p| p.g_loss),
            mean(|p| p.d_real),
            mean(|p| p.d_fake),
            step_millis,
            images_per_second,
        );
        self.since.clear();
        self.bar.suspend(|| output::news(line));
    }
}

/// A row of `losses.csv`.
fn row(point: &LossPoint) -> String {
    let LossPoint { step, d_loss, g_loss, d_real, d_fake } = point;
    let mut row = step.to_string();
    for value in [d_loss, g_loss, d_real, d_fake] {
        row.push(',');
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = write!(row, "{value}");
        }
    }
    row + "\n"
}

/// The step of such a row.
fn step_of(row: &str) -> Option<u64> {
    let (step, losses) = row.split_once(',')?;
    let mut count = 0;
    for cell in losses.split(',') {
        count += 1;
        if !cell.is_empty() {
            cell.parse::<f32>().ok()?;
        }
    }
    step.parse().ok().filter(|_| count == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_known_again() {
        let point = LossPoint {
            step: 7,
            d_loss: Some(1e-9),
            g_loss: None,
            d_real: Some(-2.5),
            d_fake: None,
        };
        assert_eq!(step_of(row(&point).trim_end()), Some(7));
        for other in ["", "7", "7,1,2,3", "7,1,2,3,4,5", "7,1,2,3,x", "-7,1,2,3,4", "step,d_loss"] {
            assert_eq!(step_of(other), None, "{other}");
        }
    }
}
