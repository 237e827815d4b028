//! How often a training session reports and draws, so that neither costs much of the time.

use std::time::Duration;
use web_time::Instant;

/// Steps between two readbacks of the losses: rare enough not to stall a GPU, often enough that its
/// queue stays short.
pub const STEPS_PER_READBACK: usize = 4;
const REPORT_EVERY: Duration = Duration::from_millis(100);
const PREVIEW_EVERY: Duration = Duration::from_millis(500);
/// A preview waits this many times as long as the last one took.
const PREVIEW_SHARE: u32 = 15;

/// Longest that a tick may train: whoever drives a session wants to be heard again.
const LONGEST_TICK: Duration = Duration::from_secs(10);

/// What a shell allows for a tick, in milliseconds: any number at all. What is no time is none, and too much is
/// ten seconds.
pub fn budget(millis: f64) -> Duration {
    if millis > 0.0 {
        Duration::try_from_secs_f64(millis / 1e3).unwrap_or(LONGEST_TICK).min(LONGEST_TICK)
    } else {
        Duration::ZERO // NaN too
    }
}

/// Clocks of a run.
#[derive(Debug)]
pub struct Pace {
    last_report: Instant,
    /// None when the next is due at once.
    last_preview: Option<Instant>,
    preview_cost: Duration,
    /// Time since the last report that did not go into steps.
    aside: Duration,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            last_report: Instant::now(),
            last_preview: None,
            preview_cost: Duration::ZERO,
            aside: Duration::ZERO,
        }
    }

    /// Training starts or goes on now: whoever asked for it wants to see something move.
    pub fn resume(&mut self) {
        self.restart_report();
        self.last_preview = None;
    }

    fn restart_report(&mut self) {
        self.last_report = Instant::now();
        self.aside = Duration::ZERO;
    }

    pub fn report_due(&self) -> bool {
        self.last_report.elapsed() >= REPORT_EVERY
    }

    /// Time spent on steps since the last report; starts a new count.
    pub fn take_step_time(&mut self) -> Duration {
        let spent = self.last_report.elapsed().saturating_sub(self.aside);
        self.restart_report();
        spent
    }

    /// Notes time that did not go into steps.
    pub fn set_aside(&mut self, time: Duration) {
        self.aside += time;
    }

    pub fn preview_due(&self) -> bool {
        let pause = PREVIEW_EVERY.max(self.preview_cost * PREVIEW_SHARE);
        self.last_preview.is_none_or(|last| last.elapsed() >= pause)
    }

    pub fn previewed(&mut self, cost: Duration) {
        self.last_preview = Some(Instant::now());
        self.preview_cost = cost;
        self.set_aside(cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_is_a_budget() {
        for nothing in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, f64::MIN, 1e-300] {
            assert_eq!(budget(nothing), Duration::ZERO, "{nothing}");
        }
        assert_eq!(budget(8.0), Duration::from_millis(8));
        for endless in [1e5, f64::MAX, f64::INFINITY] {
            assert_eq!(budget(endless), LONGEST_TICK, "{endless}");
        }
    }
}
