//! How often a training session reports and draws, so that neither costs much of the time.

use std::time::Duration;
use web_time::Instant;

/// Steps between two readbacks of the losses: rare enough not to stall a GPU, often enough that its
/// queue stays short.
pub const STEPS_PER_READBACK: usize = 4;
const REPORT_EVERY: Duration = Duration::from_millis(200);
const PREVIEW_EVERY: Duration = Duration::from_millis(500);
/// A preview waits this many times as long as the last one took.
const PREVIEW_SHARE: u32 = 15;
/// Charts of points move: as often as a picture of a film, and never for more than a quarter of the time.
const CHART_EVERY: Duration = Duration::from_millis(33);
const CHART_SHARE: u32 = 4;

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
    steps: StepClock,
    last_report: Instant,
    /// None when the next is due at once.
    last_preview: Option<Instant>,
    preview_cost: Duration,
    /// None when the next is due at once.
    last_chart: Option<Instant>,
    chart_cost: Duration,
}

impl Pace {
    pub fn new() -> Self {
        Self {
            steps: StepClock::default(),
            last_report: Instant::now(),
            last_preview: None,
            preview_cost: Duration::ZERO,
            last_chart: None,
            chart_cost: Duration::ZERO,
        }
    }

    /// Training starts or goes on now: whoever asked for it wants to see something move.
    pub fn resume(&mut self) {
        self.start();
        self.last_report = Instant::now();
        self.last_preview = None;
        self.last_chart = None;
    }

    /// From here on time goes into steps, until it is said to stop.
    pub fn start(&mut self) {
        self.steps.start(Instant::now());
    }

    pub fn stop(&mut self) {
        self.steps.stop(Instant::now());
    }

    pub fn report_due(&self) -> bool {
        self.last_report.elapsed() >= REPORT_EVERY
    }

    /// Time that a step took, over those that ended since the last report: one or more. Starts a new count.
    /// `midway`: another step is under way.
    pub fn take_step_time(&mut self, ended: usize, midway: bool) -> Duration {
        let now = Instant::now();
        self.last_report = now;
        self.steps.take(now, ended as u32, midway)
    }

    /// Notes time that did not go into steps, and has just passed.
    pub fn set_aside(&mut self, time: Duration) {
        self.steps.set_aside(time);
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

    pub fn chart_due(&self) -> bool {
        let pause = CHART_EVERY.max(self.chart_cost * CHART_SHARE);
        self.last_chart.is_none_or(|last| last.elapsed() >= pause)
    }

    pub fn charted(&mut self, cost: Duration) {
        self.last_chart = Some(Instant::now());
        self.chart_cost = cost;
        self.set_aside(cost);
    }
}

/// How long steps take. It stands still while nothing trains.
#[derive(Debug, Default)]
struct StepClock {
    started: Option<Instant>,
    /// Before that, since the last count began.
    before: Duration,
    /// Of both, what did not go into steps.
    aside: Duration,
    /// A step was under way when this count began: what it had taken by then stands in the one before.
    midway: bool,
    /// What was taken last.
    known: Duration,
}

impl StepClock {
    fn start(&mut self, now: Instant) {
        self.started.get_or_insert(now);
    }

    fn stop(&mut self, now: Instant) {
        if let Some(started) = self.started.take() {
            self.before += now.duration_since(started);
        }
    }

    fn set_aside(&mut self, time: Duration) {
        if self.started.is_some() {
            self.aside += time;
        }
    }

    /// As [`Pace::take_step_time`]. A step whose beginning was counted before would look too short: it is left
    /// out, and where it was the only one, a step takes as long as was last known.
    fn take(&mut self, now: Instant, ended: u32, midway: bool) -> Duration {
        let running = self.started.is_some();
        self.stop(now);
        let whole = ended - u32::from(self.midway && ended > 0);
        if whole > 0 {
            self.known = self.before.saturating_sub(self.aside) / whole;
        }
        *self =
            Self { started: running.then_some(now), midway, known: self.known, ..Self::default() };
        self.known
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

    const STEP: Duration = Duration::from_millis(20);

    /// Steps of 20 ms, 4 in each report.
    fn trained(clock: &mut StepClock, mut now: Instant) -> Instant {
        clock.start(now);
        for _ in 0..3 {
            now += 4 * STEP;
            assert_eq!(clock.take(now, 4, false), STEP);
        }
        now
    }

    #[test]
    fn what_is_left_of_a_step_after_a_pause_is_not_taken_for_a_whole_one() {
        let mut clock = StepClock::default();
        // Paused when 2 and .9 steps are done: the part counts, too.
        let mut now = trained(&mut clock, Instant::now()) + 2 * STEP + STEP * 9 / 10;
        assert_eq!(clock.take(now, 2, true), STEP * 29 / 20);
        clock.stop(now);
        // An hour later a snapshot has the step finished.
        now += Duration::from_secs(3600);
        clock.start(now);
        now += STEP / 10;
        assert_eq!(clock.take(now, 1, false), STEP * 29 / 20, "as was last known");
        clock.stop(now);
        trained(&mut clock, now + Duration::from_secs(60));
    }

    #[test]
    fn a_pause_within_the_first_step_is_no_part_of_it() {
        let (mut clock, now) = (StepClock::default(), Instant::now());
        clock.start(now);
        clock.stop(now + STEP / 4);
        clock.start(now + Duration::from_secs(3600));
        let end = now + Duration::from_secs(3600) + STEP * 3 / 4;
        assert_eq!(clock.take(end, 1, false), STEP);
    }

    #[test]
    fn what_did_not_go_into_steps_is_left_out_of_their_time() {
        let (mut clock, now) = (StepClock::default(), Instant::now());
        clock.set_aside(Duration::from_secs(1)); // while nothing trained
        let now = trained(&mut clock, now);
        clock.set_aside(STEP);
        assert_eq!(clock.take(now + 5 * STEP, 4, false), STEP);
    }
}
