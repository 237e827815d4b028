//! How much memory a run of a recipe takes, told before any of it is taken: a browser's program has four gigabytes
//! of addresses and no way to go on without the next page.

use super::{PenaltyKind, Problem, Recipe};
use crate::nets::layers::Room;
use crate::nets::{Discriminator, Generator};

/// Bytes that a run may take: half of what a browser's program can address, since freed memory is not always
/// where the next piece fits. Elsewhere it is the same, so that a recipe that runs at all runs everywhere.
pub const MOST_MEMORY: u64 = 2 << 30;

/// Networks and batches up to these sizes need no reckoning: none of them comes near the bound.
const SMALL: usize = 64;

/// Pictures drawn or judged in one go beside the batch: the grid, and the latents of batch norm's statistics.
const SHOWN: usize = 200;
/// Pictures that a part of a divided batch has at most.
const PART: usize = 31;

impl Recipe {
    /// Bytes that a run takes at most, reckoned from the sizes of both networks and of the batch, by one worker on
    /// the CPU: what is kept, what a turn takes, and what drawing and saving take beside it.
    pub fn memory(&self) -> u64 {
        let (generator, discriminator) = (Generator::new(self), Discriminator::new(self));
        let whole = generator.ties_samples() || self.objective.ties_samples();
        let part = if whole { self.batch } else { self.batch.min(PART) };
        // Weights, average, two moments, gradient and its sum; then layouts for products, or copies to be saved.
        let g = 12 * generator.layout.len();
        let d = 11 * discriminator.layout.len();
        // The drawings of all parts are kept for the generator's turn.
        let Room { kept, within } = generator.room();
        let drawing = self.batch * kept + part.max(SHOWN) * 2 * within;
        // Real pictures and fakes, and the penalty's own points: on the way forward, back, and along.
        let Room { kept, within } = discriminator.room();
        let seen = part * if self.penalty.kind.has_points() { 3 } else { 2 };
        let ways = if self.penalty.kind == PenaltyKind::None { 2 } else { 3 };
        let judging = seen * ways * kept + seen.max(SHOWN) * 2 * within;
        4 * (g + d + drawing + judging) as u64
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
            "must be less: together they would take {:.1} GB of memory, and there are {:.0}",
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
