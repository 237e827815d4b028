//! The tools that a build needs: finds them, installs what is missing, and says what it does. Versions
//! are pinned here or follow Cargo.lock.

use crate::shell::{self, CARGO, NODE_JS, NPM, Program, RUSTUP, say};
use crate::workspace::Workspace;
use crate::{files, prebuilt};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The last release that builds with the pinned Rust.
const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";
const NODE_AT_LEAST: u32 = 20;

/// The standard library for the browser.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let installed = shell::ask("rustc", &["--print", "target-libdir", "--target", WASM])
        .is_some_and(|folder| Path::new(&folder).is_dir());
    if installed {
        return Ok(());
    }
    say(format_args!("  adding Rust's standard library for {WASM}"));
    let mut add = RUSTUP.command();
    shell::run(RUSTUP, add.args(["target", "add", WASM]).current_dir(&workspace.root))
        .with_context(|| format!("the Rust target {WASM} is missing and could not be added"))
}

/// What makes the JavaScript side of a program.
pub enum Binder {
    /// wasm-bindgen's own command line, of exactly the version that Cargo.lock has.
    WasmBindgen(PathBuf),
    /// The same library behind our own `xtask/bind`.
    Ours(PathBuf),
}

impl Binder {
    /// From the path, or else built: a minute of one core.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        let version = locked_version(workspace, "wasm-bindgen")?;
        if let Some(found) = on_path("wasm-bindgen").filter(|path| is_version(path, &version)) {
            return Ok(Binder::WasmBindgen(found));
        }
        let mut build = CARGO.command();
        build
            .args(["build", "--package", "ganvas-bind", "--profile", "xtask"])
            .env("CARGO_TARGET_DIR", &workspace.target)
            .current_dir(&workspace.root);
        shell::run(CARGO, &mut build).context("ganvas-bind did not build")?;
        let name = format!("ganvas-bind{}", env::consts::EXE_SUFFIX);
        Ok(Binder::Ours(workspace.target.join("xtask").join(name)))
    }

    /// The command that writes `ganvas.js` and `ganvas_bg.wasm` into `folder`.
    pub fn command(&self, wasm: &Path, folder: &Path) -> Command {
        match self {
            Binder::WasmBindgen(program) => {
                let mut bind = Command::new(program);
                bind.args(["--target", "web", "--no-typescript", "--out-name", "ganvas"])
                    .args(["--remove-name-section", "--remove-producers-section", "--out-dir"])
                    .args([folder, wasm]);
                bind
            }
            Binder::Ours(program) => {
                let mut bind = Command::new(program);
                bind.args([wasm, folder]);
                bind
            }
        }
    }
}

/// Builds the page. From the path or the cache if its version is right; else the project's own release;
/// else built, where that cannot be had.
pub fn trunk(workspace: &Workspace) -> Result<PathBuf> {
    let name = format!("trunk{}", env::consts::EXE_SUFFIX);
    let cached = workspace.tools().join("bin").join(name);
    let candidates = [on_path("trunk"), Some(cached.clone())].into_iter().flatten();
    if let Some(found) = candidates.into_iter().find(|path| is_version(path, TRUNK)) {
        return Ok(found);
    }
    match prebuilt::trunk(TRUNK, &workspace.tools().join("bin")) {
        Ok(()) if is_version(&cached, TRUNK) => return Ok(cached),
        Ok(()) => say("  trunk's release does not run here; building it: minutes, once"),
        Err(error) => say(format_args!("  {error:#}; building trunk: minutes, once")),
    }
    // All that is asked of it is to copy and rewrite a few files: without downloads, update check
    // and link-time optimisation it builds several times sooner.
    let mut install = CARGO.command();
    install
        .args(["install", "trunk", "--version", TRUNK, "--force", "--locked"])
        .args(["--no-default-features", "--root"])
        .arg(workspace.tools())
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_TARGET_DIR", workspace.target.join("tools"))
        // The flags of our own build, such as `-D warnings`, are not for other people's programs.
        .env_remove("RUSTFLAGS")
        .current_dir(&workspace.root);
    shell::run(CARGO, &mut install).with_context(|| {
        format!("trunk {TRUNK} is missing and could not be installed from the registry")
    })?;
    Ok(cached)
}

/// The npm packages of package-lock.json, in node_modules.
pub fn npm_packages(workspace: &Workspace) -> Result<()> {
    let lock = files::read(&workspace.root.join("package-lock.json"))?;
    let stamp = workspace.root.join("node_modules/.ganvas-installed");
    let installed = files::digest(&lock);
    if files::read(&stamp).is_ok_and(|found| found == installed.as_bytes()) {
        return Ok(());
    }
    say("  installing npm packages");
    let mut install = NPM.command();
    install.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    if env::var_os("npm_config_cache").is_none() {
        install.env("npm_config_cache", workspace.cache.join("npm"));
    }
    shell::run(NPM, install.current_dir(&workspace.root))?;
    files::write(&stamp, installed.as_bytes())
}

/// Checks that Node.js is there and new enough.
pub fn node() -> Result<()> {
    let Some(version) = shell::ask(NODE_JS.name, &["--version"]) else {
        bail!("node was not found: {}", NODE_JS.get);
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|v| v.parse().ok());
    match major {
        Some(major) if NODE_AT_LEAST <= major => Ok(()),
        _ => bail!("node is {version}, too old for the tests: {}", NODE_JS.get),
    }
}

/// The browser that the tests and benchmarks run in: `CHROMIUM`, or the first found on the path.
pub fn chromium() -> Result<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
    let elsewhere = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
    ];
    browser("CHROMIUM", &names, &elsewhere)?.context(
        "Chromium was not found: install it from your system's packages (on Debian and Ubuntu \
         `apt-get install chromium`), or set CHROMIUM to a Chromium or Chrome program",
    )
}

/// The browser of `tests/browser/real/firefox.test.mjs`: `FIREFOX`, or the first found on the path.
pub fn firefox() -> Result<PathBuf> {
    let elsewhere = [
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        "C:/Program Files/Mozilla Firefox/firefox.exe",
    ];
    browser("FIREFOX", &["firefox-esr", "firefox"], &elsewhere)?.context(
        "Firefox was not found: install it from your system's packages (on Debian \
         `apt-get install firefox-esr`), or set FIREFOX to a Firefox program",
    )
}

/// The program that `variable` names, which has to be there; or else one by these names on the path, or at these places.
fn browser(variable: &str, names: &[&str], elsewhere: &[&str]) -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os(variable).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return match named.is_file() {
            true => Ok(Some(named)),
            false => bail!("{variable} names {}, which is not there", named.display()),
        };
    }
    let on_path = names.iter().find_map(|name| on_path(name));
    Ok(on_path.or_else(|| elsewhere.iter().map(PathBuf::from).find(|path| path.is_file())))
}

/// The environment in which a native program finds a GPU in software, the one that Chromium brings: its Vulkan driver, and
/// the library that loads such drivers. Empty where Chromium brings none; the system's drivers are found then.
pub fn software_gpu() -> Vec<(&'static str, PathBuf)> {
    let chromium = chromium().ok().and_then(|chromium| chromium.canonicalize().ok());
    chromium.map_or_else(Vec::new, |chromium| vulkan_of(&chromium, Path::is_file))
}

fn vulkan_of(chromium: &Path, is_file: impl Fn(&Path) -> bool) -> Vec<(&'static str, PathBuf)> {
    // Beside the program; or, where that is a script in /usr/bin as on Debian, beside the one that it starts.
    let beside = chromium.parent().map(Path::to_owned);
    let of_script = chromium.ancestors().nth(2).zip(chromium.file_name());
    let of_script = of_script.map(|(above, name)| above.join("lib").join(name));
    let driver = |folder: &Path| folder.join("vk_swiftshader_icd.json");
    let mut folders = beside.into_iter().chain(of_script);
    let Some(folder) = folders.find(|folder| is_file(&driver(folder))) else {
        return Vec::new();
    };
    let mut found = vec![("VK_ICD_FILENAMES", driver(&folder))];
    if is_file(&folder.join("libvulkan.so.1")) {
        found.push(("LD_LIBRARY_PATH", folder));
    }
    found
}

fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&file)).find(|p| p.is_file())
}

/// Whether a tool answers that it is of this version.
fn is_version(tool: &Path, version: &str) -> bool {
    let answer = shell::ask(tool, &["--version"]);
    answer.is_some_and(|answer| answer.split_whitespace().nth(1) == Some(version))
}

/// The version of `package` in Cargo.lock.
fn locked_version(workspace: &Workspace, package: &str) -> Result<String> {
    let lock = String::from_utf8(files::read(&workspace.lockfile())?)?;
    version_in(&lock, package).with_context(|| format!("Cargo.lock has no package {package}"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(after.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

/// A [`Program`] that was found by its path.
pub const fn found(name: &'static str) -> Program {
    Program { name, get: "run the command again" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_version_belongs_to_the_package_of_exactly_that_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "wasm"), None);
    }

    #[test]
    fn chromiums_vulkan_is_found_where_it_is_installed() {
        let found = |chromium: &str, there: &[&str]| {
            vulkan_of(Path::new(chromium), |file| {
                there.iter().any(|there| file == Path::new(there))
            })
        };
        let driver = |path: &str| ("VK_ICD_FILENAMES", PathBuf::from(path));
        let debian = "/usr/lib/chromium/vk_swiftshader_icd.json";
        let loader = ("LD_LIBRARY_PATH", PathBuf::from("/usr/lib/chromium"));
        let both = ["/usr/lib/chromium/libvulkan.so.1", debian];
        assert_eq!(found("/usr/bin/chromium", &both), [driver(debian), loader]);
        assert_eq!(found("/usr/bin/chromium", &both[1..]), [driver(debian)]);
        let chrome = "/opt/google/chrome/vk_swiftshader_icd.json";
        assert_eq!(found("/opt/google/chrome/google-chrome", &[chrome]), [driver(chrome)]);
        assert_eq!(found("/usr/bin/chromium", &[]), []);
    }
}
