//! Signals that ask the program to end (Ctrl-C, `kill`, a closed terminal). By default each ends it at
//! once. From [`hold`] on, the first is only noted, so that what is under way can be finished and kept; a
//! second one ends the program at once.

use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[cfg(unix)]
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// A signal so soon after the first is the same one: `timeout` sends it to the program and then to its
/// group, a terminal and `cargo run` may both pass it on.
const ECHO: Duration = Duration::from_millis(500);

/// The first signal that came; 0 before one has.
static FIRST: AtomicI32 = AtomicI32::new(0);
/// When it came, in milliseconds after [`hold`]; the end of time before it has.
static CAME: AtomicU64 = AtomicU64::new(u64::MAX);

/// A signal that was noted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal(i32);

impl Signal {
    /// What a shell reports of a program that this signal has ended.
    pub fn exit_code(self) -> u8 {
        128 + self.0 as u8
    }
}

/// The signal that has asked the program to end, if one has.
pub fn asked() -> Option<Signal> {
    Some(FIRST.load(Ordering::SeqCst)).filter(|&signal| signal != 0).map(Signal)
}

/// From now on a signal waits until [`asked`] is looked at.
pub fn hold() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let start = Instant::now();
        for signal in SIGNALS.into_iter().filter(|&signal| !is_ignored(signal)) {
            // SAFETY: reading the clock, atomics and `_exit` are allowed in a signal handler.
            let handler =
                unsafe { signal_hook::low_level::register(signal, move || note(signal, start)) };
            // Where there is no such signal it keeps doing what it does.
            handler.ok();
        }
    });
}

fn note(signal: i32, start: Instant) {
    let now = start.elapsed().as_millis() as u64;
    if FIRST.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        CAME.store(now, Ordering::SeqCst);
    } else if now.saturating_sub(CAME.load(Ordering::SeqCst)) > ECHO.as_millis() as u64 {
        signal_hook::low_level::exit(i32::from(Signal(signal).exit_code()));
    }
}

/// Whether whoever started the program wants it to live through this signal, as `nohup` does.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: asks only; a call that succeeds has filled in the whole answer.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(not(unix))]
fn is_ignored(_: i32) -> bool {
    false
}
