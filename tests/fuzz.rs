//! Damaged inputs for everything that takes some: files, messages, and sequences of commands for a tiny session.
//! None may panic, take longer than a second of the processor's time, or more memory than [`MOST_MEMORY`].
//! `cargo xtask fuzz` runs this for as long as one likes. An input that fails is written to
//! `tests/corpus/TARGET/`, and all that lie there are tried first, each time.
//!
//! Whatever breaks must not take the other tests with it, so the inputs are tried by a process of their own: this
//! same program, told to run [`inputs`] alone.

mod mutate;
mod targets;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use targets::Target;

/// What one input may take of the processor's time; on a busy machine that is longer by the clock.
const MOST_TIME: Duration = Duration::from_secs(1);
/// One that waits for something that never comes takes none of it.
const MOST_WAITING: Duration = Duration::from_secs(60);
/// Of the whole process, bytes.
const MOST_MEMORY: u64 = 512 << 20;

/// What is asked of [`inputs`]: see `xtask/src/fuzz.rs`.
const SEED: &str = "GANVAS_FUZZ_SEED";
const COUNT: &str = "GANVAS_FUZZ_INPUTS";
const MINUTES: &str = "GANVAS_FUZZ_MINUTES";

#[test]
fn damaged_inputs_are_refused_in_good_order() {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(program);
    command.args(["fuzz::inputs", "--exact", "--ignored", "--nocapture"]);
    command.env(SEED, "1").env(COUNT, "1500").env_remove(MINUTES);
    let output = command.output().expect("this program can be started");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Tries what lies in the corpus, and then fresh inputs: input number i of a seed is the same each time.
#[test]
#[ignore = "run by the test above and by `cargo xtask fuzz`"]
fn inputs() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let seed = number(SEED).unwrap_or(1);
    let most = number(COUNT).unwrap_or(u64::MAX);
    let time = number(MINUTES).map_or(Duration::MAX, |minutes| Duration::from_secs(60 * minutes));
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    std::thread::spawn(watch);

    let kept = corpus();
    for (target, path) in &kept {
        attempt(*target, std::fs::read(path).expect("an input can be read"), &path.display());
    }
    let (began, mut told) = (Instant::now(), Instant::now());
    let mut tried = 0;
    while tried < most && began.elapsed() < time {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(tried);
        let target = Target::choose(&mut rng);
        let input = target.input(&mut rng);
        attempt(target, input, &format_args!("input {tried} of seed {seed}"));
        tried += 1;
        if told.elapsed() > Duration::from_secs(20) {
            told = Instant::now();
            println!("{tried} inputs in {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    println!(
        "{} inputs of the corpus and {tried} fresh ones passed in {:.1} s; at most {} MB",
        kept.len(),
        began.elapsed().as_secs_f64(),
        peak() >> 20
    );
}

/// An input that is being tried.
struct Trial {
    target: Target,
    input: Vec<u8>,
    name: String,
    began: Instant,
    worked: Duration,
}

static TRIAL: Mutex<Option<Trial>> = Mutex::new(None);

fn attempt(target: Target, input: Vec<u8>, name: &dyn std::fmt::Display) {
    let trial = Trial {
        target,
        input: input.clone(),
        name: name.to_string(),
        began: Instant::now(),
        worked: worked(),
    };
    set(Some(trial));
    let panicked = catch_unwind(AssertUnwindSafe(|| target.try_out(&input))).is_err();
    if panicked {
        give_up("panics");
    }
    if peak() > MOST_MEMORY {
        give_up(&format!("takes {} MB", peak() >> 20));
    }
    set(None);
}

fn set(trial: Option<Trial>) {
    *TRIAL.lock().expect("nobody panics with it") = trial;
}

/// Ends the process when an input takes too long.
fn watch() {
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let hangs = TRIAL.lock().expect("nobody panics with it").as_ref().is_some_and(|trial| {
            trial.began.elapsed() > MOST_WAITING || worked() > trial.worked + MOST_TIME
        });
        if hangs {
            give_up("takes more than a second");
        }
    }
}

/// Keeps the input that is being tried, says what it does, and ends the process.
fn give_up(does: &str) -> ! {
    let trial = TRIAL.lock().expect("nobody panics with it").take().expect("one is being tried");
    let folder = folder().join(trial.target.name());
    let sum = trial.input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, &byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let path = folder.join(format!("{sum:016x}"));
    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, &trial.input)).ok();
    eprintln!("{} {does}; kept as {}", trial.name, path.display());
    exit(1)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Every input that has ever failed.
fn corpus() -> Vec<(Target, PathBuf)> {
    let inputs = |&target: &Target| {
        let folder = folder().join(target.name());
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths.into_iter().map(move |path| (target, path))
    };
    Target::ALL.iter().flat_map(inputs).collect()
}

/// A line of `/proc/self/status`, kB; 0 where there is no such file.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// The most memory that this process has had so far, bytes.
fn peak() -> u64 {
    1024 * status("VmHWM:")
}

/// The processor's time that this process has taken; nothing where the system does not say.
fn worked() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: state is the first field, utime and stime the 12th and 13th.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}
