//! How a run goes, while it goes: losses as lines and as a table, and a progress bar.

use super::journal::{Format, Journal};
use super::output;
use super::run_folder::RunFolder;
use anyhow::Result;
use ganvas::gan::Figure;
use ganvas::session::protocol::{CollapseReport, Event, StepFigures};
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Write;

/// Loss lines per run.
const LINES: u64 = 20;

/// The columns of `losses.csv`: the figures that a game reports, losses first.
struct Columns {
    /// With its place among the figures of a step.
    figures: Vec<(Figure, usize)>,
}

impl Columns {
    fn of(figures: &[Figure]) -> Self {
        let mut figures: Vec<_> = figures.iter().copied().zip(0..).collect();
        figures.sort_unstable();
        Self { figures }
    }

    fn header(&self) -> String {
        let names: Vec<&str> = self.figures.iter().map(|(figure, _)| figure.name()).collect();
        format!("step,{}\n", names.join(","))
    }

    /// The step of a row of this table.
    fn step_of(&self, row: &str) -> Option<u64> {
        let (step, figures) = row.split_once(',')?;
        let mut count = 0;
        for cell in figures.split(',') {
            count += 1;
            if !cell.is_empty() {
                cell.parse::<f32>().ok()?;
            }
        }
        step.parse().ok().filter(|_| count == self.figures.len())
    }

    fn row(&self, point: &StepFigures) -> String {
        let mut row = point.step.to_string();
        for &(_, place) in &self.figures {
            row.push(',');
            if let Some(value) = point.figures[place] {
                // Writing to a string cannot fail.
                let _ = write!(row, "{value}");
            }
        }
        row + "\n"
    }
}

pub struct Log {
    bar: ProgressBar,
    losses: Journal,
    columns: Columns,
    lines_every: u64,
    /// Losses since the last line.
    since: Vec<StepFigures>,
    /// Whether the collapse alarm sounds.
    collapsed: bool,
}

impl Log {
    /// Of a run that goes from one step to another and reports these figures.
    pub fn open(folder: &RunFolder, figures: &[Figure], from: u64, to: u64) -> Result<Self> {
        let columns = Columns::of(figures);
        let (header, step) = (columns.header(), |row: &str| columns.step_of(row));
        let format = Format { header: &header, step: &step };
        let (losses, _) = Journal::resume(folder.losses(), &format, from)?;
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} steps, {eta} left")?;
        let bar = ProgressBar::new(to).with_style(style).with_position(from);
        bar.reset_eta();
        Ok(Self {
            bar,
            losses,
            columns,
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
                    let rows = losses.iter().map(|point| self.columns.row(point));
                    self.losses.add(&rows.collect::<String>())?;
                    for point in losses {
                        self.since.push(point.clone());
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
        let mean = |place: usize| {
            let of_point = |point: &StepFigures| point.figures[place];
            let values: Vec<f32> = self.since.iter().filter_map(of_point).collect();
            values.iter().sum::<f32>() / values.len().max(1) as f32
        };
        let mut line = format!("step {:>6}", last.step);
        for &(figure, place) in &self.columns.figures {
            let digits = if figure.is_logit() { 3 } else { 4 };
            // Writing to a string cannot fail.
            let _ = write!(line, "  {} {:>8.digits$}", figure.name(), mean(place));
        }
        let _ = write!(line, "  {step_millis:>7.1} ms/step  {images_per_second:>6.0} images/s");
        self.since.clear();
        self.bar.suspend(|| output::news(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_known_again() {
        let columns = Columns::of(&[Figure::DLoss, Figure::DReal, Figure::DFake, Figure::GLoss]);
        assert_eq!(columns.header(), "step,d_loss,g_loss,d_real,d_fake\n");
        let point = StepFigures { step: 7, figures: vec![Some(1e-9), Some(-2.5), None, None] };
        assert_eq!(columns.row(&point), "7,0.000000001,,-2.5,\n");
        let step_of = |row: &str| columns.step_of(row);
        assert_eq!(step_of(columns.row(&point).trim_end()), Some(7));
        for other in ["", "7", "7,1,2,3", "7,1,2,3,4,5", "7,1,2,3,x", "-7,1,2,3,4", "step,d_loss"] {
            assert_eq!(step_of(other), None, "{other}");
        }
    }
}
