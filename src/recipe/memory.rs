//! How much memory a run of a recipe takes, known before any of it is taken: a browser's program has four gigabytes
//! of addresses, and dies when they are used up.

use super::{PenaltyKind, Player, Problem, Recipe};
use crate::metrics::classifier;
use crate::nets::Generator;
use crate::plan;

/// Bytes that a run may take: half of what a browser's program can address, since freed memory is not always
/// where the next piece fits. Elsewhere it is the same, so that a recipe that runs at all runs everywhere.
pub const MOST_MEMORY: u64 = 2 << 30;

/// Networks and batches up to this size need no reckoning: none of them comes near the bound.
const SMALL: usize = 64;

/// Pictures judged in one go beside the batch, the grid of drawings and that of real digits; as many latents are
/// behind batch norm's statistics.
const SHOWN: u64 = 200;

impl Recipe {
    /// Bytes that a run takes at most, reckoned from the sizes of both networks and of the batch: what is kept from
    /// step to step, what a step or saving takes beside that, and what drawing the grid does. It is meant for one
    /// worker on the CPU; helpers have less of it, and a GPU memory of its own.
    ///
    /// Held against what a session takes that loads a recipe, trains a step and saves it (natively, the growth of
    /// `VmHWM`; batch 64 unless said otherwise), it is 0.7 to 1.6 times as much:
    ///
    /// | preset and widths | reckoned, MB | taken, MB |
    /// |---|---:|---:|
    /// | `quick`, 256 | 261 | 199 |
    /// | `vanilla`, 512, batch 512 | 52 | 70 |
    /// | `r3gan`, 64 | 496 | 357 |
    /// | `stylegan2`, 64 | 418 | 368 |
    /// | `biggan`, 64 | 750 | 475 |
    pub fn memory(&self) -> u64 {
        let Ok((generators, discriminators)) = self.build_networks() else {
            return 0; // What cannot be built takes nothing.
        };
        let whole = generators.iter().any(Generator::couples_batch)
            || self.objective.couples_batch()
            || self.dataset.has_points();
        let micro_batch =
            if whole { self.batch } else { plan::largest_micro_batch(self.batch) } as u64;
        let batch = self.batch as u64;

        let gathered = |Player { optimiser, .. }: &Player| {
            u64::from(optimiser.keeps_momentum()) + u64::from(optimiser.kind.is_adaptive())
        };
        let g: u64 = generators.iter().map(|network| network.layout.len() as u64).sum();
        let d: u64 = discriminators.iter().map(|network| network.layout.len() as u64).sum();
        // The generator's average beside both players' weights.
        let kept = g * (2 + gathered(&self.generator)) + d * (1 + gathered(&self.discriminator));
        // As f32s, as bytes, and in the file.
        let saving = 3 * kept;
        // A gradient, its sum over the micro-batches, and weights packed for products forward and back.
        let learning = 4 * (g + d);

        // The drawings of all micro-batches and plays wait for the generators' turn.
        let game = self.game();
        let plays = game.plays.iter();
        let kept_of_plays: u64 = plays.map(|play| generators[play.generator].memory().kept).sum();
        let within = generators.iter().map(|network| network.memory().within).max();
        let within = within.unwrap_or_default();
        let drawing = batch * kept_of_plays + micro_batch * within;
        let judges = game.discriminators.iter().zip(&discriminators);
        let judged = judges.map(|(judge, network)| network.memory() * judge.pictures() as u64);
        let judged = judged.max_by_key(|memory| memory.kept).unwrap_or_default();
        // Real pictures, fakes and the penalty's own points: forward, back, and along for a penalty.
        let seen = micro_batch * if self.penalty.kind.points().is_some() { 3 } else { 2 };
        let passes = if self.penalty.kind == PenaltyKind::None { 2 } else { 3 };
        let judging = seen * (passes * judged.kept + judged.within);
        // Of what was made and of the truth; only the former's is kept for the way back.
        let reading = match self.compares_features() {
            true => {
                let read = classifier::memory_of_maps();
                micro_batch * (3 * read.kept + read.within)
            }
            false => 0,
        };
        let showing = SHOWN * within.max(judged.within);

        4 * (kept + showing + saving.max(learning + drawing + judging.max(reading)))
    }

    /// What makes it too large for memory, if it is.
    pub(super) fn too_large(&self) -> Vec<Problem> {
        let sizes = [self.generator.width, self.discriminator.width, self.batch];
        if sizes.iter().all(|&size| size <= SMALL) {
            return Vec::new();
        }
        let needed = self.memory();
        if needed <= MOST_MEMORY {
            return Vec::new();
        }
        let gigabytes = |bytes: u64| bytes as f64 / f64::from(1 << 30);
        let reason = format!(
            "must be smaller: this run would need {:.1} GB of memory, and the limit is {:.0} GB",
            gigabytes(needed),
            gigabytes(MOST_MEMORY)
        );
        // Named is what makes much of it: what it would take with half of each.
        let saved = |halve: fn(&mut Recipe)| {
            let mut smaller = self.clone();
            halve(&mut smaller);
            needed.saturating_sub(smaller.memory())
        };
        let saved = [
            ("batch", saved(|recipe| recipe.batch = recipe.batch.div_ceil(2))),
            ("generator.width", saved(|recipe| recipe.generator.width /= 2)),
            ("discriminator.width", saved(|recipe| recipe.discriminator.width /= 2)),
        ];
        let most = saved.iter().map(|&(_, bytes)| bytes).max().unwrap_or_default();
        let to_blame = saved.iter().filter(|&&(_, bytes)| 3 * bytes >= most);
        to_blame.map(|&(path, _)| Problem { path: path.into(), reason: reason.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Architecture, Described, Norm, Objective, presets};

    /// The most of everything, but for widths and batch.
    fn greedy(network: Architecture, width: usize, batch: usize) -> Recipe {
        let mut recipe = presets()[0].recipe.clone();
        (recipe.batch, recipe.latent, recipe.d_hidden) = (batch, 512, 1024);
        (recipe.norm, recipe.objective) = (Norm::Batch, Objective::RelativisticAverage);
        (recipe.penalty.kind, recipe.lecam) = (PenaltyKind::WganGp, 0.0);
        for player in [&mut recipe.generator, &mut recipe.discriminator] {
            (player.network, player.width, player.optimiser.beta1) = (network, width, 0.5);
        }
        recipe
    }

    #[test]
    fn what_is_not_reckoned_has_room() {
        for &network in Architecture::ALL.iter().filter(|network| network.draws()) {
            let needed = greedy(network, SMALL, SMALL).memory();
            assert!(needed < MOST_MEMORY / 100 * 92, "{network:?}: {} MB", needed >> 20);
        }
    }

    #[test]
    fn what_is_too_large_names_what_to_lower() {
        let blamed = |recipe: &Recipe| {
            let problems = recipe.validate();
            assert!(problems.iter().all(|p| p.reason.contains("GB of memory")), "{problems:?}");
            problems.into_iter().map(|p| p.path).collect::<Vec<_>>()
        };
        let most = ["batch", "discriminator.width"];
        assert_eq!(blamed(&greedy(Architecture::StyleGan2, 512, 512)), most);
        let mut recipe = greedy(Architecture::BigGan, 64, 64);
        assert_eq!(blamed(&recipe), [""; 0]);
        recipe.generator.width = 512;
        recipe.batch = 512;
        assert_eq!(blamed(&recipe)[0], "batch");
        // The largest that a visitor may choose of the default has room.
        let mut largest = presets()[0].recipe.clone();
        (largest.batch, largest.generator.width, largest.discriminator.width) = (512, 512, 512);
        assert_eq!(blamed(&largest), [""; 0]);
    }
}
