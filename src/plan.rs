//! How a batch is divided into shards, one per worker, and these into micro-batches. Micro-batches form a binary tree
//! whose sums are always taken in the same order, so a run is the same to the last bit whoever computes which.

use std::ops::{Add, Range};

/// Fewest samples in a micro-batch: smaller ones cost more than they save.
const LEAST: usize = 16;

/// One piece of work towards the sum over all samples. Partial sums lie on a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Computes the gradient of these samples.
    Compute(Range<usize>),
    /// Takes the answer of another worker, counted from 1.
    Answer(usize),
    /// Adds the two sums on top.
    Add,
}

/// Into how many shards samples can be divided, at most `workers`: a power of two, so that each shard is
/// a whole branch of the tree.
pub fn shards(samples: usize, workers: usize) -> usize {
    let most = workers.min(samples / LEAST).max(1);
    1 << most.ilog2()
}

/// The size of the largest micro-batch of so many samples.
pub fn largest_micro_batch(samples: usize) -> usize {
    if samples < 2 * LEAST {
        return samples;
    }
    largest_micro_batch(samples / 2).max(largest_micro_batch(samples.div_ceil(2)))
}

/// What worker 0 of `workers` does for these samples; the others do [`own`] of their [`shard`].
pub fn plan(samples: Range<usize>, workers: usize) -> Vec<Turn> {
    let mut turns = Vec::new();
    push_turns(samples, 0..workers, &mut turns);
    turns
}

/// What a worker does alone for these samples.
pub fn own(samples: Range<usize>) -> Vec<Turn> {
    plan(samples, 1)
}

/// The samples of one of `workers`.
pub fn shard(samples: Range<usize>, workers: usize, worker: usize) -> Range<usize> {
    if workers == 1 {
        return samples;
    }
    let ([left, right], half) = (halves(&samples), workers / 2);
    if worker < half { shard(left, half, worker) } else { shard(right, half, worker - half) }
}

/// Puts the sum of the two uppermost in their place.
pub fn add<T: Add<Output = T>>(sums: &mut Vec<T>) {
    if let Some(right) = sums.pop()
        && let Some(left) = sums.pop()
    {
        sums.push(left + right);
    }
}

fn push_turns(samples: Range<usize>, workers: Range<usize>, turns: &mut Vec<Turn>) {
    if workers.len() == 1 && workers.start > 0 {
        return turns.push(Turn::Answer(workers.start));
    }
    if workers.len() == 1 && samples.len() < 2 * LEAST {
        return turns.push(Turn::Compute(samples));
    }
    let [left, right] = halves(&samples);
    if workers.len() == 1 {
        push_turns(left, workers.clone(), turns);
        push_turns(right, workers, turns);
    } else {
        let middle = workers.start + workers.len() / 2;
        push_turns(left, workers.start..middle, turns);
        push_turns(right, middle..workers.end, turns);
    }
    turns.push(Turn::Add);
}

fn halves(samples: &Range<usize>) -> [Range<usize>; 2] {
    let middle = samples.start + samples.len() / 2;
    [samples.start..middle, middle..samples.end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A sum in words.
    #[derive(Clone)]
    struct Words(String);

    impl Add for Words {
        type Output = Self;

        fn add(self, other: Self) -> Self {
            Self(format!("({} + {})", self.0, other.0))
        }
    }

    /// The tree that a plan builds; the others' plans are put where their answers go.
    fn tree(turns: &[Turn], answers: &[String]) -> String {
        let mut stack: Vec<Words> = Vec::new();
        for turn in turns {
            match turn {
                Turn::Compute(samples) => stack.push(Words(format!("{samples:?}"))),
                Turn::Answer(worker) => stack.push(Words(answers[*worker].clone())),
                Turn::Add => add(&mut stack),
            }
        }
        assert_eq!(stack.len(), 1, "{turns:?}");
        stack.remove(0).0
    }

    #[test]
    fn a_batch_is_halved_into_micro_batches() {
        assert_eq!(tree(&own(0..31), &[]), "0..31");
        assert_eq!(tree(&own(0..64), &[]), "((0..16 + 16..32) + (32..48 + 48..64))");
        assert_eq!(tree(&own(0..33), &[]), "(0..16 + 16..33)");
    }

    #[test]
    fn no_micro_batch_is_larger_than_the_largest() {
        for samples in 1..600 {
            let largest = own(0..samples).into_iter().filter_map(|turn| match turn {
                Turn::Compute(samples) => Some(samples.len()),
                _ => None,
            });
            assert_eq!(largest.max(), Some(largest_micro_batch(samples)), "of {samples}");
        }
    }

    #[test]
    fn more_workers_than_micro_batches_are_of_no_use() {
        let counted = [(64, 1), (64, 2), (64, 3), (64, 4), (64, 9), (31, 2), (2, 8), (512, 7)]
            .map(|(samples, workers)| shards(samples, workers));
        assert_eq!(counted, [1, 2, 2, 4, 4, 1, 1, 4]);
    }

    proptest! {
        #[test]
        fn the_tree_is_the_same_for_any_number_of_workers(samples in 1usize..600, workers in 1usize..20) {
            let workers = shards(samples, workers);
            let answers: Vec<String> =
                (0..workers).map(|k| tree(&own(shard(0..samples, workers, k)), &[])).collect();
            prop_assert_eq!(tree(&plan(0..samples, workers), &answers), tree(&own(0..samples), &[]));
        }
    }
}
