//! What a visitor may expect of a preset's speed. The rows are those of `benches/outlook.mjs`; when a preset that is
//! meant to fail is seen to is from docs/zoo.md.

use serde::{Deserialize, Serialize};

/// What a preset comes to and how soon, wherever it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// Whether it is meant to fail.
    pub fails: bool,
    /// Steps until it draws digits (a Fréchet distance of at most 100), or is seen to fail.
    pub steps: u32,
    /// Time of a step, as a multiple of the first preset's, by one CPU thread.
    pub cost: f64,
    /// Whether a model of it lies beside the page, trained, as `models/NAME.safetensors`.
    pub trained: bool,
    /// Whether one lies there that never had a judge, to compare with, as `models/NAME-rival.safetensors`.
    pub rival: bool,
}

/// The presets of which there are models, as `cargo xtask models` makes them.
const TRAINED: [&str; 11] = [
    "line",
    "plane",
    "grid",
    "quick",
    "dcgan",
    "infogan",
    "stylegan2",
    "sketch",
    "zebra",
    "moco",
    "tinted",
];
const RIVALS: [&str; 1] = ["super"];

/// Steps until digits, cost of a step.
const DIGITS: [(&str, u32, f64); 32] = [
    ("quick", 75, 1.0),
    ("dcgan", 300, 1.1),
    ("vanilla", 1175, 0.6),
    ("sngan", 300, 0.8),
    ("lsgan", 225, 0.9),
    ("wgan", 1175, 0.9),
    ("wgan-gp", 825, 1.3),
    ("dragan", 675, 1.4),
    ("ragan", 725, 1.2),
    ("hinge", 375, 1.1),
    ("cgan", 225, 1.8),
    ("acgan", 175, 1.3),
    ("infogan", 325, 1.4),
    ("r3gan", 500, 18.7),
    ("stylegan2", 725, 6.7),
    ("biggan", 675, 12.9),
    ("sketch", 10, 3.6),
    ("super", 20, 3.8),
    ("inpaint", 40, 3.6),
    ("denoise", 40, 3.6),
    ("zebra", 25, 11.0),
    ("hollow", 25, 9.5),
    ("hand", 25, 8.5),
    ("moco", 150, 3.6),
    ("writing", 50, 3.4),
    ("tgan", 300, 2.4),
    ("tinted", 175, 1.4),
    ("stacked", 300, 1.2),
    ("line", 500, 0.1),
    ("plane", 1000, 0.1),
    ("grid", 1000, 0.1),
    ("dirac", 20_000, 0.01),
];
/// Steps until the failure is seen, cost of a step.
const FAILURES: [(&str, u32, f64); 10] = [
    ("minimax-vanishing", 60, 1.3),
    ("wgan-unconstrained", 100, 0.8),
    ("judge-too-strong", 100, 2.8),
    ("mode-collapse", 200, 1.0),
    ("checkerboard", 200, 0.9),
    ("r1-alone", 100, 1.0),
    ("blur", 100, 1.9),
    ("inside-out", 20, 10.7),
    ("lost-modes", 500, 0.1),
    ("circles", 10_000, 0.01),
];

impl Outlook {
    /// Of the preset with this name.
    ///
    /// # Panics
    /// If it has no row here.
    pub(super) fn of(name: &str) -> Self {
        let digits = DIGITS.iter().map(|row| (false, row));
        let mut rows = digits.chain(FAILURES.iter().map(|row| (true, row)));
        let found = rows.find(|(_, (preset, ..))| *preset == name);
        let (fails, &(_, steps, cost)) = found.expect("every preset has a row");
        let (trained, rival) = (TRAINED.contains(&name), RIVALS.contains(&name));
        Self { fails, steps, cost, trained, rival }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::presets;

    #[test]
    fn each_row_is_a_preset_and_those_that_fail_say_so() {
        let presets = presets();
        assert_eq!(presets.len(), DIGITS.len() + FAILURES.len());
        for preset in &presets {
            assert_eq!(preset.outlook.fails, preset.label.starts_with("Fails"), "{}", preset.name);
            assert!(preset.outlook.steps > 0 && preset.outlook.cost > 0.0);
        }
        assert_eq!(presets[0].outlook.cost, 1.0);
    }
}
