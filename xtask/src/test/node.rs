//! Node's tests: a process for each file, so that files can run side by side and each says its time.

use super::tally::{Tally, Times};
use crate::shell::{Missing, NODE_JS, say};
use crate::workspace::Workspace;
use crate::{files, tools};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

/// Runs the test files that lie directly in `folder`, `side_by_side` at a time. Each file's output is
/// printed as a whole, when it is done. Some tests count on the clock, which a busy machine upsets, so a file that fails
/// has a second chance, alone, and what it says then holds: that it was needed stands in the output.
pub fn run(
    workspace: &Workspace,
    folder: &Path,
    side_by_side: usize,
    environment: &[(&str, String)],
) -> Result<(Tally, Times)> {
    tools::node()?;
    let browsers = [("CHROMIUM", tools::chromium()?), ("FIREFOX", tools::firefox()?)];
    let tests = tests_in(&workspace.root.join(folder))?;
    ensure!(!tests.is_empty(), "{} holds no tests", folder.display());

    let next = AtomicUsize::new(0);
    let done = Mutex::new((Tally::default(), Times::default()));
    let again = Mutex::new(Vec::new());
    let name = |file: &PathBuf| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let one = |file: &PathBuf| -> Result<Tally> {
        let began = Instant::now();
        let output = NODE_JS
            .command()
            .args(["--test", "--test-reporter=spec"])
            .arg(file)
            .envs(browsers.iter().map(|(name, path)| (name, path)))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&workspace.root)
            .stdin(Stdio::null())
            .output()
            .map_err(|_| Missing(NODE_JS))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut tally = Tally::default();
        text.lines().for_each(|line| tally.hear(line));
        if !output.status.success() && tally.failed == 0 {
            tally.failed = 1;
        }
        let name = name(file);
        let mut done = locked(&done);
        say(format_args!("\n{name}\n{}{}", text, String::from_utf8_lossy(&output.stderr)));
        done.1.note(&name, began.elapsed());
        Ok(tally)
    };
    thread::scope(|scope| {
        let worker = || -> Result<()> {
            while let Some(file) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let tally = one(file)?;
                if tally.failed > 0 {
                    locked(&again).push(file.clone());
                } else {
                    locked(&done).0.add(tally);
                }
            }
            Ok(())
        };
        let workers: Vec<_> = (0..side_by_side).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    for file in locked(&again).drain(..) {
        say(format_args!("\n{} failed: once more, alone", name(&file)));
        let tally = one(&file)?;
        locked(&done).0.add(tally);
    }
    Ok(done.into_inner().unwrap_or_else(|poison| poison.into_inner()))
}

/// Whoever panicked left nothing half done in it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

fn tests_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let found = files::list(folder).context("the tests")?;
    let is_test = |file: &PathBuf| {
        file.parent() == Some(folder) && file.to_string_lossy().ends_with(".test.mjs")
    };
    Ok(found.into_iter().filter(is_test).collect())
}
