//! Reading and writing whole files, with messages that name them. A file that is there is never written
//! over unless that was asked for, and never half: new bytes take its place only when all of them are on
//! the disk.

use super::stop;
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// No file that is of use here is larger, and a device may never end.
const MOST_BYTES: u64 = 1 << 30;

/// The flag of every command that writes files which somebody has named.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Overwrite {
    /// Write over what is already there
    #[arg(long)]
    pub force: bool,
}

/// # Errors
/// A file that cannot be read, or is larger than 1 GiB; a pipe or a device, which may never say anything.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let failed = || format!("cannot read {}", path.display());
    let kind = fs::metadata(path).with_context(failed)?.file_type();
    ensure!(
        kind.is_file() || kind.is_dir(),
        "{}: it is a pipe or a device: save what it says as a file",
        failed()
    );
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(failed)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).with_context(failed)?;
    ensure!(
        bytes.len() as u64 <= MOST_BYTES,
        "{} has more than the {MOST_BYTES} bytes that are read of a file: check that it is the right one",
        path.display()
    );
    Ok(bytes)
}

/// Refuses, before any work is done, files that could not be written, or that would take the place of others.
pub fn check(paths: &[&Path], overwrite: Overwrite) -> Result<()> {
    for (i, &path) in paths.iter().enumerate() {
        let same =
            |other: &&Path| std::path::absolute(other).ok() == std::path::absolute(path).ok();
        ensure!(
            !paths[..i].iter().any(same),
            "{} is to hold two things: give each file a name of its own",
            path.display()
        );
        ensure!(!names_a_folder(path), "{} is a folder: name a file in it", path.display());
        ensure!(
            overwrite.force || is_special(path) || !path.exists(),
            "{} is already there: choose another name, or write over it with --force",
            path.display()
        );
        if !is_special(path) {
            PartialFile::begin(path)?;
        }
    }
    Ok(())
}

/// Whether two paths lead to one file that is there.
pub fn are_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().ok() == Some(one))
}

/// Writes these files, all or none, as [`check`] allows. Signals wait until it is done.
pub fn write_new(files: &[(&Path, Vec<u8>)], overwrite: Overwrite) -> Result<()> {
    stop::hold();
    let paths: Vec<&Path> = files.iter().map(|(path, _)| *path).collect();
    check(&paths, overwrite)?;
    let partial: Vec<PartialFile> =
        files.iter().map(|(path, bytes)| PartialFile::of(path, bytes)).collect::<Result<_>>()?;
    partial.into_iter().try_for_each(PartialFile::put_in_place)
}

/// Writes a file, in the place of one that is there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    PartialFile::of(path, bytes)?.put_in_place()
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Gives a file another name, free or not.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))
}

pub fn create_folder(path: &Path) -> Result<()> {
    ensure!(
        path.is_dir() || !path.exists(),
        "{} is a file where a folder is needed: choose another name",
        path.display()
    );
    fs::create_dir_all(path).with_context(|| format!("cannot create the folder {}", path.display()))
}

/// The names in a folder, in their order.
pub fn names(folder: &Path) -> Result<Vec<String>> {
    let failed = || format!("cannot read the folder {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        names.push(entry.with_context(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// A file that is coming: under another name beside its place, and gone again unless it is put there.
struct PartialFile {
    place: PathBuf,
    coming: Option<PathBuf>,
}

impl PartialFile {
    /// An empty one.
    fn begin(place: &Path) -> Result<(File, Self)> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let failed = || format!("cannot write {}", place.display());
        // Such as /dev/null is written to as it is.
        if is_special(place) {
            let file = File::options().write(true).open(place).with_context(failed)?;
            return Ok((file, Self { place: place.into(), coming: None }));
        }
        // A link stays one: what it points to is replaced.
        let place = place.canonicalize().unwrap_or_else(|_| place.into());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".ganvas-{}-{count}.part", std::process::id());
        let coming = place.with_file_name(name);
        let file = File::create_new(&coming).with_context(failed)?;
        Ok((file, Self { place, coming: Some(coming) }))
    }

    /// One that holds these bytes.
    fn of(place: &Path, bytes: &[u8]) -> Result<Self> {
        let failed = || format!("cannot write {}", place.display());
        let (mut file, part) = Self::begin(place)?;
        file.write_all(bytes).with_context(failed)?;
        if part.coming.is_some() {
            file.sync_all().with_context(failed)?;
        }
        Ok(part)
    }

    fn put_in_place(mut self) -> Result<()> {
        let Some(coming) = self.coming.take() else { return Ok(()) };
        let moved = fs::rename(&coming, &self.place);
        if moved.is_err() {
            self.coming = Some(coming);
        }
        moved.with_context(|| format!("cannot write {}", self.place.display()))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if let Some(coming) = &self.coming {
            let _ = fs::remove_file(coming);
        }
    }
}

fn names_a_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with(std::path::is_separator)
}

/// A pipe or a device.
pub fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}
