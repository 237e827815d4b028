//! Tests that ran, and how long they took.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Tests that ran.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Learns from a line of cargo's (`test result: ok. 5 passed; 0 failed; ...`) or Node's
    /// (`ℹ pass 5`) summary.
    pub fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |word: &str| word.parse().unwrap_or(0);
        match words[..] {
            ["test", "result:", _, passed, "passed;", failed, "failed;", ..] => {
                self.passed += count(passed);
                self.failed += count(failed);
            }
            ["ℹ" | "#", "pass", passed] => self.passed += count(passed),
            ["ℹ" | "#", "fail" | "cancelled", failed] => self.failed += count(failed),
            _ => {}
        }
    }
}

/// What each test file took, and the longest single tests.
#[derive(Default)]
pub struct Times {
    files: BTreeMap<String, Duration>,
    tests: Vec<(Duration, String)>,
}

/// How many of the longest tests are named.
const LONGEST: usize = 5;

impl Times {
    /// Learns from a line of a Rust test program that reports times: `test file::name ... ok <0.123s>`.
    /// Tests of one file run side by side, so that a file's time is the sum of its tests'.
    pub fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["test", name, "...", .., time] = words[..] else { return };
        let time = time.strip_prefix('<').and_then(|time| time.strip_suffix("s>"));
        let Some(Ok(seconds)) = time.map(str::parse) else { return };
        let time = Duration::from_secs_f64(seconds);
        let file = name.split("::").next().unwrap_or(name);
        self.note(file, time);
        self.tests.push((time, name.to_owned()));
    }

    pub fn note(&mut self, file: &str, time: Duration) {
        *self.files.entry(file.to_owned()).or_default() += time;
    }

    /// The longest first.
    pub fn table(&self) -> String {
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_by_key(|(_, time)| std::cmp::Reverse(**time));
        let mut table = String::new();
        for (file, time) in files {
            writeln!(table, "{:>8.1} s  {file}", time.as_secs_f64()).ok();
        }
        let mut tests: Vec<_> = self.tests.iter().collect();
        tests.sort();
        for (time, test) in tests.into_iter().rev().take(LONGEST) {
            writeln!(table, "{:>8.1} s  the test {test}", time.as_secs_f64()).ok();
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_cargo_and_node_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result::is_a_test_name ... ok",
            "ℹ tests 9",
            "ℹ pass 7",
            "ℹ fail 1",
            "ℹ cancelled 1",
        ] {
            tally.hear(line);
        }
        assert_eq!(tally, Tally { passed: 22, failed: 4 });
    }

    #[test]
    fn times_are_added_up_by_file_and_the_longest_tests_named() {
        let mut times = Times::default();
        for line in [
            "test cli::draws ... ok <1.500s>",
            "test cli::samples ... FAILED <0.250s>",
            "test zoo::every_preset ... ok <20.000s>",
            "test zoo::ignored ... ignored, takes minutes",
            "test result: ok. 3 passed; 0 failed; finished in 20.00s",
        ] {
            times.hear(line);
        }
        times.note("page.test.mjs", Duration::from_secs(3));
        assert_eq!(
            times.table().lines().map(str::trim).collect::<Vec<_>>(),
            [
                "20.0 s  zoo",
                "3.0 s  page.test.mjs",
                "1.8 s  cli",
                "20.0 s  the test zoo::every_preset",
                "1.5 s  the test cli::draws",
                "0.2 s  the test cli::samples",
            ]
        );
    }
}
