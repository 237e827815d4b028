//! MNIST: found or downloaded, checked by its published sums, and cut into the shards that the site
//! carries. Without it the site still works, on drawn digits.

use crate::files;
use crate::mnist_files;
use crate::shell::{self, CURL, say};
use crate::workspace::Workspace;
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::env;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// One of the four files: its name, the MD5 of its raw bytes, and their number.
struct Original {
    name: &'static str,
    md5: &'static str,
    bytes: usize,
}

const TRAIN_IMAGES: Original = Original {
    name: "train-images-idx3-ubyte",
    md5: "6bbc9ace898e44ae57da46a324031adb",
    bytes: 47_040_016,
};
const TRAIN_LABELS: Original = Original {
    name: "train-labels-idx1-ubyte",
    md5: "a25bea736e30d166cdddb491f175f624",
    bytes: 60_008,
};
const TEST_IMAGES: Original = Original {
    name: "t10k-images-idx3-ubyte",
    md5: "2646ac647ad5339dbf082846283269ea",
    bytes: 7_840_016,
};
const TEST_LABELS: Original = Original {
    name: "t10k-labels-idx1-ubyte",
    md5: "27ae3e4e09519cfbb04c329615203637",
    bytes: 10_008,
};

const MIRRORS: [&str; 2] = [
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
];

const PICTURES: usize = 60_000;
const PIXELS: usize = 28 * 28;
/// Pictures in a shard; `data::source` in the ganvas crate counts on it.
const SHARD: usize = 4_000;
/// Test pictures that the page measures by, evenly spread: the test set begins with its easier half.
const HELD_OUT: usize = 2_000;
/// Training starts when the first shard is there, so it must be small.
const FIRST_SHARD_BYTES: usize = 700_000;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const MANIFEST: &str = "mnist.json";

/// `cargo xtask data`.
pub fn run(workspace: &Workspace) -> Result<()> {
    match shards(workspace)? {
        Some(folder) => {
            let manifest: Value = serde_json::from_slice(&files::read(&folder.join(MANIFEST))?)?;
            let shards = manifest["shards"].as_array().map_or(&[][..], Vec::as_slice);
            let bytes = |shard: &Value| shard["bytes"].as_u64().unwrap_or_default() / 1000;
            say(format_args!(
                "MNIST: {} shards of {SHARD} pictures in {}; the first is {} kB, all {} kB",
                shards.len(),
                folder.display(),
                shards.first().map_or(0, bytes),
                shards.iter().map(bytes).sum::<u64>(),
            ));
            Ok(())
        }
        None => bail!("there is no MNIST here"),
    }
}

/// The folder of the site's shards, made if need be; none, and one line that says so, when MNIST is
/// neither here nor to be had.
pub fn shards(workspace: &Workspace) -> Result<Option<PathBuf>> {
    // The sources are known by their sums, so what was once cut from them stays right.
    let folder = workspace.cache.join("mnist").join(format!("shards-{SHARD}-{HELD_OUT}"));
    if is_complete(&folder) {
        return Ok(Some(folder));
    }
    let Some([train, test]) = originals(workspace)? else {
        return Ok(None);
    };
    say(format_args!("  cutting MNIST into shards of {SHARD} pictures"));
    cut(&train, &test, &folder)?;
    Ok(Some(folder))
}

/// Where the four original files lie, for programs that read MNIST themselves; none when
/// GANVAS_MNIST_DIR tells them already or nothing was downloaded.
pub fn folder(workspace: &Workspace) -> Option<PathBuf> {
    let folder = workspace.cache.join("mnist");
    let told = env::var_os("GANVAS_MNIST_DIR").is_some_and(|folder| !folder.is_empty());
    let there = folder.join(format!("{}.gz", TEST_LABELS.name)).is_file();
    (!told && there).then_some(folder)
}

/// The shard that training starts with, as all there is.
pub struct FirstShard {
    pub manifest: String,
    /// What the manifest names.
    pub files: [String; 2],
}

/// Of a folder that [`shards`] has found.
pub fn first_shard(folder: &Path) -> Result<FirstShard> {
    let manifest: Value = serde_json::from_slice(&files::read(&folder.join(MANIFEST))?)?;
    let shard = &manifest["shards"][0];
    let name = |part: &str| {
        shard[part].as_str().map(str::to_owned).context("MNIST's manifest names no first shard")
    };
    Ok(FirstShard {
        manifest: json!({ "total": shard["count"], "shards": [shard] }).to_string(),
        files: [name("images")?, name("labels")?],
    })
}

fn is_complete(folder: &Path) -> bool {
    let manifest = files::read(&folder.join(MANIFEST)).ok();
    let manifest: Option<Value> = manifest.and_then(|json| serde_json::from_slice(&json).ok());
    let shards = manifest.as_ref().and_then(|manifest| manifest["shards"].as_array());
    shards.is_some_and(|shards| {
        let held_out = manifest.as_ref().map(|manifest| &manifest["held_out"]);
        !shards.is_empty()
            && shards.iter().chain(held_out).all(|shard| {
                ["images", "labels"].iter().all(|part| {
                    shard[*part].as_str().is_some_and(|name| folder.join(name).is_file())
                })
            })
    })
}

/// Raw IDX files that belong together.
struct Half {
    images: Vec<u8>,
    labels: Vec<u8>,
}

/// The training set and the test set.
fn originals(workspace: &Workspace) -> Result<Option<[Half; 2]>> {
    if let Some(folder) = env::var_os("GANVAS_MNIST_DIR").filter(|folder| !folder.is_empty()) {
        let folder = Path::new(&folder);
        say(format_args!("  MNIST from GANVAS_MNIST_DIR, {}", folder.display()));
        let take = |original: &Original| {
            take(folder, original).with_context(|| {
                format!("GANVAS_MNIST_DIR is {}, but that is not MNIST", folder.display())
            })
        };
        return Ok(Some(halves(take)?));
    }
    let folder = workspace.cache.join("mnist");
    for original in [&TRAIN_IMAGES, &TRAIN_LABELS, &TEST_IMAGES, &TEST_LABELS] {
        if take(&folder, original).is_err()
            && let Err(error) = download(&folder, original)
        {
            say(format_args!(
                "  no MNIST, the site will offer drawn digits only: {error:#} (or set \
                 GANVAS_MNIST_DIR to a folder that holds {}.gz and its three companions)",
                TRAIN_IMAGES.name
            ));
            return Ok(None);
        }
    }
    Ok(Some(halves(|original| take(&folder, original))?))
}

fn halves(take: impl Fn(&Original) -> Result<Vec<u8>>) -> Result<[Half; 2]> {
    Ok([
        Half { images: take(&TRAIN_IMAGES)?, labels: take(&TRAIN_LABELS)? },
        Half { images: take(&TEST_IMAGES)?, labels: take(&TEST_LABELS)? },
    ])
}

/// Reads `original`, raw or gzipped, from a folder and checks it.
fn take(folder: &Path, original: &Original) -> Result<Vec<u8>> {
    let bytes = files::read(&mnist_files::find(folder, original.name).map_err(Error::msg)?)?;
    if bytes.starts_with(&GZIP_MAGIC) {
        return unpack(&bytes, original);
    }
    check(&bytes, original)?;
    Ok(bytes)
}

fn unpack(packed: &[u8], original: &Original) -> Result<Vec<u8>> {
    let mut raw = Vec::with_capacity(original.bytes);
    // One byte more than expected is enough to see that it is the wrong file.
    let limit = original.bytes as u64 + 1;
    GzDecoder::new(packed)
        .take(limit)
        .read_to_end(&mut raw)
        .with_context(|| format!("{}.gz cannot be unpacked", original.name))?;
    check(&raw, original)?;
    Ok(raw)
}

fn check(raw: &[u8], original: &Original) -> Result<()> {
    let md5 = files::digest(raw);
    ensure!(
        md5 == original.md5,
        "{} has MD5 {md5} instead of {}: it is damaged or another data set",
        original.name,
        original.md5
    );
    Ok(())
}

/// Fetches `original` from the first mirror that has it and keeps it in `folder`, gzipped.
fn download(folder: &Path, original: &Original) -> Result<()> {
    let mut failures = Vec::new();
    for mirror in MIRRORS {
        let url = format!("{mirror}/{}.gz", original.name);
        say(format_args!("  downloading {url}"));
        match fetch(&url, folder).and_then(|packed| unpack(&packed, original).map(|_| packed)) {
            Ok(packed) => {
                return files::write(&folder.join(format!("{}.gz", original.name)), &packed);
            }
            Err(error) => failures.push(format!("{mirror}: {error:#}")),
        }
    }
    bail!("{} could not be downloaded ({})", original.name, failures.join("; "))
}

/// By curl: it is wherever rustup was installed, shows how far it is, and knows the system's proxies
/// and certificates.
fn fetch(url: &str, folder: &Path) -> Result<Vec<u8>> {
    files::make_folder(folder)?;
    let partial = folder.join("download.part");
    let mut curl = CURL.command();
    curl.args(["--fail", "--location", "--progress-bar", "--connect-timeout", "10"])
        .args(["--max-time", "300", "--max-filesize", "20000000", "--output"])
        .arg(&partial)
        .arg(url);
    shell::run(CURL, &mut curl).map_err(|error| match error.downcast_ref() {
        Some(shell::Missing(_)) => error,
        _ => anyhow!("no answer, or not the file"),
    })?;
    files::read(&partial)
}

/// Writes the shards and, last, the manifest: whoever finds a manifest finds all it names.
fn cut(train: &Half, test: &Half, folder: &Path) -> Result<()> {
    let (pixels, classes) = train.contents();
    let mut shards = Vec::new();
    for (index, (pixels, classes)) in
        pixels.chunks(SHARD * PIXELS).zip(classes.chunks(SHARD)).enumerate()
    {
        let shard = write(folder, &format!("mnist-{index:02}"), pixels, classes)?;
        let bytes = shard["bytes"].as_u64().unwrap_or_default() as usize;
        ensure!(
            index > 0 || bytes <= FIRST_SHARD_BYTES,
            "the first shard has {bytes} bytes, more than the {FIRST_SHARD_BYTES} a visitor should \
             wait for"
        );
        shards.push(shard);
    }
    let (pixels, classes) = test.contents();
    let count = classes.len().min(HELD_OUT);
    let places = (0..count).map(|k| k * classes.len() / count);
    let pixels = places.clone().flat_map(|i| &pixels[i * PIXELS..][..PIXELS]).copied();
    let (pixels, classes): (Vec<u8>, Vec<u8>) =
        (pixels.collect(), places.map(|i| classes[i]).collect());
    let held_out = write(folder, "mnist-held-out", &pixels, &classes)?;
    let manifest = json!({ "total": PICTURES, "shards": shards, "held_out": held_out });
    files::write(&folder.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)
}

impl Half {
    /// Without the headers.
    fn contents(&self) -> (&[u8], &[u8]) {
        (&self.images[16..], &self.labels[8..])
    }
}

/// Writes pictures and their labels; returns what the manifest says of them.
fn write(folder: &Path, name: &str, pixels: &[u8], classes: &[u8]) -> Result<Value> {
    let count = classes.len() as u32;
    let images = pack(&[0x0000_0803, count, 28, 28], pixels)?;
    let labels = pack(&[0x0000_0801, count], classes)?;
    let name = |part: &str| format!("{name}-{part}.idx.gz");
    files::write(&folder.join(name("images")), &images)?;
    files::write(&folder.join(name("labels")), &labels)?;
    Ok(json!({
        "images": name("images"), "labels": name("labels"), "count": count,
        "bytes": images.len() + labels.len()
    }))
}

/// An IDX file: big-endian header words, then bytes; gzipped as small as it gets.
fn pack(header: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    for word in header {
        gzip.write_all(&word.to_be_bytes())?;
    }
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unzip(path: &Path) -> Vec<u8> {
        let mut raw = Vec::new();
        GzDecoder::new(&files::read(path).unwrap()[..]).read_to_end(&mut raw).unwrap();
        raw
    }

    #[test]
    fn shards_put_together_are_the_original_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let count = SHARD + 3;
        let mut images = vec![0; 16];
        images.extend((0..count * PIXELS).map(|i| (i / 700) as u8));
        let mut labels = vec![0; 8];
        labels.extend((0..count).map(|i| (i % 10) as u8));
        let train = Half { images, labels };
        let (images, labels) = (&train.images, &train.labels);
        let test = Half { images: vec![7; 16 + 5 * PIXELS], labels: vec![3; 8 + 5] };
        cut(&train, &test, folder.path()).unwrap();

        assert!(is_complete(folder.path()));
        let held_out = unzip(&folder.path().join("mnist-held-out-images.idx.gz"));
        assert_eq!((held_out.len(), held_out[7], held_out[16]), (16 + 5 * PIXELS, 5, 7));
        let (mut pixels, mut classes) = (Vec::new(), Vec::new());
        for (shard, size) in [(0, SHARD), (1, 3)] {
            let part = unzip(&folder.path().join(format!("mnist-{shard:02}-images.idx.gz")));
            assert_eq!(part[..8], [&[0, 0, 8, 3], &(size as u32).to_be_bytes()[..]].concat());
            assert_eq!(part[8..16], [0, 0, 0, 28, 0, 0, 0, 28]);
            pixels.extend_from_slice(&part[16..]);
            let part = unzip(&folder.path().join(format!("mnist-{shard:02}-labels.idx.gz")));
            assert_eq!(part[..8], [&[0, 0, 8, 1], &(size as u32).to_be_bytes()[..]].concat());
            classes.extend_from_slice(&part[8..]);
        }
        assert!(pixels == images[16..], "pixels differ");
        assert!(classes == labels[8..], "labels differ");

        let first = first_shard(folder.path()).unwrap();
        assert_eq!(first.files, ["mnist-00-images.idx.gz", "mnist-00-labels.idx.gz"]);
        let alone: Value = serde_json::from_str(&first.manifest).unwrap();
        assert_eq!((&alone["total"], &alone["held_out"]), (&json!(SHARD), &Value::Null));

        std::fs::remove_file(folder.path().join("mnist-01-labels.idx.gz")).unwrap();
        assert!(!is_complete(folder.path()));
    }

    #[test]
    fn shards_of_before_there_were_held_out_pictures_are_cut_anew() {
        let folder = tempfile::tempdir().unwrap();
        let half = || Half { images: vec![0; 16 + PIXELS], labels: vec![0; 8 + 1] };
        cut(&half(), &half(), folder.path()).unwrap();
        let path = folder.path().join(MANIFEST);
        let mut manifest: Value = serde_json::from_slice(&files::read(&path).unwrap()).unwrap();
        assert!(is_complete(folder.path()));
        manifest.as_object_mut().unwrap().remove("held_out");
        files::write(&path, manifest.to_string().as_bytes()).unwrap();
        assert!(!is_complete(folder.path()));
    }

    #[test]
    fn a_first_shard_that_is_too_large_is_refused() {
        // Noise does not compress: the first 4,000 pictures would be 3 MB.
        let mut state = 1u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let images: Vec<u8> = noise.take(16 + SHARD * PIXELS).collect();
        let folder = tempfile::tempdir().unwrap();
        let train = Half { images, labels: vec![0; 8 + SHARD] };
        let test = Half { images: vec![0; 16], labels: vec![0; 8] };
        let refused = cut(&train, &test, folder.path()).unwrap_err();
        assert!(refused.to_string().contains("first shard"), "{refused}");
        assert!(!is_complete(folder.path()));
    }

    #[test]
    fn a_damaged_or_missing_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = take(folder.path(), &TEST_LABELS).unwrap_err().to_string();
        assert!(missing.contains("there is no t10k-labels-idx1-ubyte"), "{missing}");
        files::write(&folder.path().join(TEST_LABELS.name), &[0; 10_008]).unwrap();
        let damaged = take(folder.path(), &TEST_LABELS).unwrap_err().to_string();
        assert!(damaged.contains("damaged"), "{damaged}");
    }
}
