//! A file that grows by a line with each step or measurement of a run. What is written is on its way to
//! the disk at once, so a program that is killed loses nothing of it; a run that goes on from a checkpoint
//! goes on with its lines.

use super::{files, output};
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What the lines of a journal look like.
pub struct Format<'a> {
    /// The first line, where there is one, with its end.
    pub header: &'a str,
    /// The step that a line is about; none of what is not such a line.
    pub step: &'a dyn Fn(&str) -> Option<u64>,
}

pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// An empty one, in the place of any that is there.
    pub fn begin(path: PathBuf, format: &Format) -> Result<Self> {
        files::replace(&path, format.header.as_bytes())?;
        Self::open(path, format.header.len() as u64)
    }

    /// Goes on after the line of `step`, and returns the lines up to there. Those of later steps are taken
    /// again, so they are cut. A file that is no journal of this format is kept under another name.
    pub fn resume(path: PathBuf, format: &Format, step: u64) -> Result<(Self, Vec<String>)> {
        let bytes = if path.exists() { files::read(&path)? } else { Vec::new() };
        // Or the program was killed before its first line.
        if format.header.as_bytes().starts_with(&bytes) {
            return Ok((Self::begin(path, format)?, Vec::new()));
        }
        let Some((length, lines)) = until(&bytes, format, step) else {
            let aside = free_name(&path);
            files::rename(&path, &aside)?;
            output::notice(format_args!(
                "{} cannot be gone on with, since it is damaged or another table: it is kept as {}, and a new one begins",
                path.display(),
                aside.display()
            ));
            return Ok((Self::begin(path, format)?, Vec::new()));
        };
        let mut journal = Self::open(path, length)?;
        if bytes[..length as usize].last().is_some_and(|&byte| byte != b'\n') {
            journal.add("\n")?;
        }
        Ok((journal, lines))
    }

    fn open(path: PathBuf, length: u64) -> Result<Self> {
        let failed = || format!("cannot write {}", path.display());
        let mut file = File::options().write(true).open(&path).with_context(failed)?;
        file.set_len(length).with_context(failed)?;
        file.seek(SeekFrom::End(0)).with_context(failed)?;
        Ok(Self { path, file })
    }

    /// Adds whole lines.
    pub fn add(&mut self, lines: &str) -> Result<()> {
        let written = self.file.write_all(lines.as_bytes());
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// The lines up to that of `step`, and how many bytes they take with the header; none when this is no such
/// file. A last line without an end may have been cut short, and is then left out.
fn until(bytes: &[u8], format: &Format, step: u64) -> Option<(u64, Vec<String>)> {
    let text = std::str::from_utf8(bytes).ok()?.strip_prefix(format.header)?;
    let (mut length, mut lines, mut last) = (format.header.len(), Vec::new(), None);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        match (format.step)(content) {
            Some(at) if at > step => break,
            Some(at) if last.is_none_or(|last| at > last) => last = Some(at),
            None if !line.ends_with('\n') => break,
            _ => return None,
        }
        length += line.len();
        lines.push(content.to_string());
    }
    Some((length as u64, lines))
}

/// A name that nothing has: `losses.csv.old`, `losses.csv.old2`, ..
fn free_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let numbered = |number: u32| match number {
        1 => path.with_file_name(format!("{name}.old")),
        _ => path.with_file_name(format!("{name}.old{number}")),
    };
    (1..).map(numbered).find(|aside| !aside.exists()).unwrap_or_else(|| numbered(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const FORMAT: Format = Format {
        header: "step,loss\n",
        step: &|line: &str| {
            let (step, loss) = line.split_once(',')?;
            loss.parse::<f32>().ok()?;
            step.parse().ok()
        },
    };

    /// What a journal of `before` becomes when it goes on after step 2, and the names in its folder.
    fn resumed(before: &str) -> (String, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        fs::write(&path, before).unwrap();
        let (mut journal, _) = Journal::resume(path.clone(), &FORMAT, 2).unwrap();
        journal.add("3,0.5\n").unwrap();
        (fs::read_to_string(path).unwrap(), files::names(folder.path()).unwrap().len())
    }

    #[test]
    fn lines_go_on_after_the_resumed_step() {
        let after = "step,loss\n1,3\n2,4\n3,0.5\n";
        for before in [
            "step,loss\n1,3\n2,4\n",
            "step,loss\n1,3\n2,4\n3,9\n4,9\n",
            "step,loss\n1,3\n2,4\n3,",
            "step,loss\n1,3\n2,4\n3",
            "step,loss\n1,3\n2,4",
        ] {
            assert_eq!(resumed(before), (after.into(), 1), "{before}");
        }
        for before in ["step,loss\n", "step,l", ""] {
            assert_eq!(resumed(before), ("step,loss\n3,0.5\n".into(), 1), "{before}");
        }
    }

    #[test]
    fn what_is_no_such_table_is_kept_aside() {
        for before in [
            "step,other\n1,3\n",
            "\0\0\0",
            "step,loss\n1,3\nnoise\n2,4\n",
            "step,loss\n2,3\n1,4\n",
            "step,loss\n1,3\n1,3\n2,4\n",
        ] {
            assert_eq!(resumed(before), ("step,loss\n3,0.5\n".into(), 2), "{before}");
        }
    }

    #[test]
    fn nothing_that_was_set_aside_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        for text in ["one", "two", "three"] {
            fs::write(&path, text).unwrap();
            Journal::resume(path.clone(), &FORMAT, 2).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            [".old", ".old2", ".old3"].map(|end| read(&format!("log.csv{end}"))),
            ["one", "two", "three"]
        );
    }
}
