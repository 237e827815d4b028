//! Where things are: the checkout, the cache folder outside it, and what lies in either.

use anyhow::{Context, Result};
use std::env;
use std::path::{Path, PathBuf};

pub struct Workspace {
    /// The checkout.
    pub root: PathBuf,
    /// Everything worth keeping between clones.
    pub cache: PathBuf,
    /// Cargo's output, also of the programs for the browser.
    pub target: PathBuf,
}

impl Workspace {
    pub fn locate() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root =
            manifest.parent().context("run it as `cargo xtask` inside the project")?.to_owned();
        let cache = match folder("GANVAS_CACHE_DIR")? {
            Some(cache) => cache,
            None => user_cache().context("no home folder: set GANVAS_CACHE_DIR")?.join("ganvas"),
        };
        let target = folder("CARGO_TARGET_DIR")?.unwrap_or_else(|| cache.join("target"));
        Ok(Self { root, cache, target })
    }

    /// The finished site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Tools that xtask installed, as `cargo install --root` lays them out.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    pub fn lockfile(&self) -> PathBuf {
        self.root.join("Cargo.lock")
    }
}

/// The absolute folder that an environment variable names, if it names one.
fn folder(variable: &str) -> Result<Option<PathBuf>> {
    match env::var_os(variable) {
        Some(value) if !value.is_empty() => std::path::absolute(Path::new(&value))
            .map(Some)
            .with_context(|| format!("{variable} does not name a folder")),
        _ => Ok(None),
    }
}

fn user_cache() -> Option<PathBuf> {
    if cfg!(windows) {
        return env::var_os("LOCALAPPDATA").map(PathBuf::from);
    }
    let home = PathBuf::from(env::var_os("HOME")?);
    if cfg!(target_os = "macos") {
        return Some(home.join("Library/Caches"));
    }
    match env::var_os("XDG_CACHE_HOME") {
        Some(cache) if Path::new(&cache).is_absolute() => Some(cache.into()),
        _ => Some(home.join(".cache")),
    }
}
