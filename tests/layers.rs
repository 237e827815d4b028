//! ARCHITECTURE.md draws the crate as floors. A floor may use those below it, and none above.

use std::path::{Path, PathBuf};

/// From the roof down: what a folder or file of `src/` may not import.
const ABOVE: [(&str, &[&str]); 15] = [
    ("session", &["web", "cli"]),
    ("train", &["session", "web", "cli"]),
    ("recipe", &["session", "web", "cli"]),
    ("metrics", &["train", "recipe", "gan", "session", "web", "cli"]),
    ("gan", &["train", "recipe", "metrics", "data", "session", "web", "cli"]),
    ("nets", &["train", "recipe", "gan", "metrics", "data", "session", "web", "cli"]),
    ("data", &["train", "recipe", "gan", "nets", "metrics", "session", "web", "cli"]),
    ("device", &["train", "recipe", "gan", "nets", "metrics", "data", "session", "web", "cli"]),
    (
        "gradient.rs",
        &["train", "recipe", "gan", "nets", "metrics", "data", "session", "web", "cli"],
    ),
    ("rng.rs", &["train", "recipe", "gan", "nets", "metrics", "data", "session", "web", "cli"]),
    ("shape.rs", &["train", "recipe", "gan", "nets", "metrics", "data", "session", "web", "cli"]),
    (
        "describe.rs",
        &["train", "recipe", "gan", "nets", "metrics", "data", "session", "web", "cli"],
    ),
    ("error.rs", &["train", "recipe", "gan", "nets", "metrics", "session", "web", "cli"]),
    ("web.rs", &["cli"]),
    ("lib.rs", &["cli"]),
];

fn files(at: &Path) -> Vec<PathBuf> {
    if at.is_file() {
        return vec![at.to_path_buf()];
    }
    let entries = std::fs::read_dir(at).expect("a folder of the crate");
    entries.flat_map(|entry| files(&entry.expect("an entry").path())).collect()
}

#[test]
fn dependencies_run_downwards_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (floor, above) in ABOVE {
        for file in files(&src.join(floor)) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            // Tests may look anywhere, and so may the words of a comment.
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for (i, line) in code.lines().enumerate() {
                let line = line.split("//").next().unwrap_or_default();
                for upper in above {
                    let used = [format!("crate::{upper}::"), format!("crate::{upper};")];
                    if used.iter().any(|used| line.contains(used.as_str())) {
                        let file = file.strip_prefix(&src).expect("within src").display();
                        wrong.push(format!("{file}:{}: {}", i + 1, line.trim()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these look up:\n{}", wrong.join("\n"));
}
