//! Compresses the site's files beforehand, as small as gzip and brotli get, and tells their sizes.
//! What was compressed once is kept in the cache: the large program takes the better part of a minute.

use crate::files;
use crate::workspace::Workspace;
use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files of these types shrink; pictures and data that are compressed already do not.
const TYPES: [&str; 9] =
    ["html", "css", "js", "mjs", "json", "webmanifest", "svg", "wasm", "safetensors"];
const MAX_WINDOW_BITS: u32 = 24;

/// A file of the site and how many bytes a visitor downloads.
pub struct Size {
    pub path: String,
    pub raw: usize,
    /// Absent where the file is sent as it is.
    pub packed: Option<Packed>,
}

#[derive(Clone, Copy)]
pub struct Packed {
    pub gzip: usize,
    pub brotli: usize,
}

/// Writes `FILE.gz` and `FILE.br` beside each file of `site` that shrinks.
pub fn site(workspace: &Workspace, site: &Path) -> Result<Vec<Size>> {
    let cache = workspace.cache.join("compressed");
    let found: Vec<PathBuf> =
        files::list(site)?.into_iter().filter(|path| !is_packed_twin(path)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let worker = || -> Result<Vec<(usize, Size)>> {
        let mut sizes = Vec::new();
        loop {
            let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(path) = found.get(index) else { return Ok(sizes) };
            sizes.push((index, file(path, site, &cache)?));
        }
    };
    let mut sizes = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let mut sizes = Vec::new();
        for worker in workers {
            match worker.join() {
                Ok(done) => sizes.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        anyhow::Ok(sizes)
    })?;
    sizes.sort_by_key(|(index, _)| *index);
    Ok(sizes.into_iter().map(|(_, size)| size).collect())
}

fn file(path: &Path, site: &Path, cache: &Path) -> Result<Size> {
    let bytes = files::read(path)?;
    let name = path.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
    let shrinks = extension(path).is_some_and(|extension| TYPES.contains(&extension));
    let packed = if shrinks {
        let digest = files::digest(&bytes);
        let mut sizes = [0; 2];
        for (size, (ending, pack)) in
            sizes.iter_mut().zip([("gz", gzip as fn(&[u8]) -> Result<Vec<u8>>), ("br", brotli)])
        {
            let kept = cache.join(format!("{digest}.{ending}"));
            let packed = match files::read(&kept) {
                Ok(packed) => packed,
                Err(_) => {
                    let packed = pack(&bytes)?;
                    files::write(&kept, &packed)?;
                    packed
                }
            };
            files::write(&twin(path, ending), &packed)?;
            *size = packed.len();
        }
        let [gzip, brotli] = sizes;
        Some(Packed { gzip, brotli })
    } else {
        None
    };
    Ok(Size { path: name, raw: bytes.len(), packed })
}

/// `FILE` -> `FILE.ending`.
pub fn twin(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Whether this file is another one's compressed form.
pub fn is_packed_twin(path: &Path) -> bool {
    matches!(extension(path), Some("gz" | "br")) && path.with_extension("").is_file()
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: MAX_WINDOW_BITS as i32,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// The sizes as a table, small files of one folder summed up in one line.
pub fn table(sizes: &[Size]) -> String {
    const SMALL: usize = 64 * 1024;
    let mut rows: Vec<(String, usize, usize, usize)> = Vec::new();
    for size in sizes {
        let (gzip, brotli) = size.packed.map_or((size.raw, size.raw), |p| (p.gzip, p.brotli));
        let folder = size.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // The shards are many, and each as large as the next.
        let alone = size.raw >= SMALL && !folder.starts_with("data");
        let name = match (alone, folder) {
            (true, _) => size.path.clone(),
            (false, "") => "(other files)".to_owned(),
            (false, folder) => format!("{folder}/*"),
        };
        match rows.iter_mut().find(|row| row.0 == name) {
            Some(row) => {
                row.1 += size.raw;
                row.2 += gzip;
                row.3 += brotli;
            }
            None => rows.push((name, size.raw, gzip, brotli)),
        }
    }
    let mut table = format!("{:<36}{:>12}{:>12}{:>12}\n", "kB", "raw", "gzip", "brotli");
    let kilo = |bytes: usize| format!("{:.1}", bytes as f64 / 1000.0);
    for (name, raw, gzip, brotli) in rows {
        table += &format!("{name:<36}{:>12}{:>12}{:>12}\n", kilo(raw), kilo(gzip), kilo(brotli));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_forms_unpack_to_the_same_bytes() {
        let bytes: Vec<u8> = (0..100_000u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&bytes).unwrap()[..], &mut unpacked).unwrap();
        assert!(unpacked == bytes);
        unpacked.clear();
        let packed = gzip(&bytes).unwrap();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
        assert!(unpacked == bytes);
    }

    #[test]
    fn a_site_gets_twins_once_and_shards_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        let workspace = Workspace {
            root: folder.path().to_owned(),
            cache: cache.clone(),
            target: cache.join("target"),
        };
        let dist = folder.path().join("dist");
        files::write(&dist.join("js/main.js"), "let a = 1;\n".repeat(500).as_bytes()).unwrap();
        files::write(&dist.join("data/mnist-00-images.idx.gz"), &[1; 300]).unwrap();
        for _ in 0..2 {
            let sizes = site(&workspace, &dist).unwrap();
            let names: Vec<_> = sizes.iter().map(|size| size.path.as_str()).collect();
            assert_eq!(names, ["data/mnist-00-images.idx.gz", "js/main.js"]);
            assert!(sizes[0].packed.is_none());
            assert!(sizes[1].packed.unwrap().brotli < sizes[1].packed.unwrap().gzip);
        }
        assert!(dist.join("js/main.js.br").is_file() && dist.join("js/main.js.gz").is_file());
        assert_eq!(files::list(&dist).unwrap().len(), 4);
    }
}
