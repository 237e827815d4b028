//! Finding MNIST's files under the names that they are handed round by: LeCun's, Kaggle's (a dot for a
//! hyphen, and folders of the file's name around it) and torchvision's (`MNIST/raw` below the folder).
//! Knows names only; xtask finds them by this file, too.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the files may lie below the folder that was named.
const PLACES: [&str; 3] = ["", "MNIST/raw", "raw"];
/// Names in a folder that a message lists.
const LISTED: usize = 8;

/// The file of this name, such as `train-images-idx3-ubyte`, raw or gzipped.
///
/// # Errors
/// One sentence that says what was looked for, where, and what was there.
pub fn find(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let missing = || {
        format!(
            "there is no {name} in {}: looked for it and {}, raw, as .gz or in a folder of its name, \
             here and in MNIST/raw and raw; {}",
            folder.display(),
            name.replacen("-idx", ".idx", 1),
            seen(folder)
        )
    };
    let found = PLACES.iter().find_map(|place| find_in(&folder.join(place), name, true));
    found.ok_or_else(missing)
}

fn find_in(folder: &Path, name: &str, deeper: bool) -> Option<PathBuf> {
    let mut alike: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_called(path, name))
        .collect();
    alike.sort();
    // An empty one may be what is left of an unzipping that was broken off.
    let is_empty = |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.len() == 0);
    let files = || alike.iter().filter(|path| path.is_file());
    let file = files().find(|path| !is_empty(path)).or_else(|| files().next()).cloned();
    let within = || alike.iter().find_map(|inner| find_in(inner, name, false));
    file.or_else(|| deeper.then(within).flatten())
}

/// Whether a path's name differs from `name` at most in case, its separators and a `.gz`.
fn is_called(path: &Path, name: &str) -> bool {
    let own = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    own.strip_suffix(".gz").unwrap_or(&own).replace(['.', '_'], "-") == name
}

/// What is there instead, in words.
fn seen(folder: &Path) -> String {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(_) if folder.is_file() => return "that is a file, not a folder".into(),
        Err(_) if !folder.exists() => return "there is no such folder".into(),
        Err(error) => return format!("the folder cannot be read ({error})"),
    };
    let mut names: Vec<String> = entries.flatten().map(|entry| described(&entry.path())).collect();
    names.sort();
    match names.len() {
        0 => "the folder is empty".into(),
        count if count > LISTED => {
            format!("the folder holds {} and {} more", names[..LISTED].join(", "), count - LISTED)
        }
        _ => format!("the folder holds {}", names.join(", ")),
    }
}

/// A name, and what it is if that is no file.
fn described(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match fs::metadata(path) {
        Ok(kind) if kind.is_file() => name.into_owned(),
        Ok(kind) if kind.is_dir() => format!("{name} (a folder)"),
        Ok(_) => format!("{name} (a pipe or a device)"),
        Err(_) => format!("{name} (which leads to nothing)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "train-images-idx3-ubyte";

    fn put(folder: &Path, file: &str) {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [0]).unwrap();
    }

    #[test]
    fn every_layout_in_use_is_found() {
        for file in [
            "train-images-idx3-ubyte",
            "train-images-idx3-ubyte.gz",
            "train-images.idx3-ubyte",
            "train-images.idx3-ubyte.gz",
            "train_images_idx3_ubyte",
            "Train-Images.IDX3-ubyte",
            "train-images-idx3-ubyte/train-images-idx3-ubyte",
            "train-images.idx3-ubyte/train-images.idx3-ubyte",
            "train-images.idx3-ubyte/train-images-idx3-ubyte.gz",
            "MNIST/raw/train-images-idx3-ubyte",
            "raw/train-images-idx3-ubyte.gz",
        ] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), "train-labels-idx1-ubyte");
            put(folder.path(), "FashionMNIST/raw/train-images-idx3-ubyte");
            assert!(find(folder.path(), NAME).is_err(), "{file}: found something else");
            put(folder.path(), file);
            assert_eq!(find(folder.path(), NAME), Ok(folder.path().join(file)));
        }
    }

    #[test]
    fn what_is_missing_is_told_with_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| find(path, NAME).unwrap_err();
        assert!(message(folder.path()).contains("the folder is empty"));
        assert!(message(&folder.path().join("none")).contains("no such folder"));
        put(folder.path(), "mnist_train.csv");
        let told = message(folder.path());
        for part in [NAME, "train-images.idx3-ubyte", "MNIST/raw", "holds mnist_train.csv"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(message(&folder.path().join("mnist_train.csv")).contains("a file, not a folder"));
        for i in 0..20 {
            put(folder.path(), &format!("{i:02}"));
        }
        assert!(message(folder.path()).contains("07 and 13 more"), "{}", message(folder.path()));
    }

    #[test]
    fn an_empty_file_hides_no_other_and_what_is_no_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), []).unwrap();
        assert_eq!(find(folder.path(), NAME), Ok(folder.path().join(NAME)));
        put(folder.path(), "train-images-idx3-ubyte.gz");
        assert_eq!(find(folder.path(), NAME), Ok(folder.path().join(NAME).with_extension("gz")));
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(NAME)).unwrap();
        let told = find(folder.path(), NAME).unwrap_err();
        assert!(told.contains("holds train-images-idx3-ubyte (a folder)"), "{told}");
    }
}
