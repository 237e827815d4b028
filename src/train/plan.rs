//! How a batch is taken in parts, and by whom. Parts form a binary tree whose sums are always taken in
//! the same order, so that a run comes to the same numbers, to the last bit, whoever computes which part.

use std::ops::{Add, Range};

/// Fewest samples in a part that more than one worker may share: smaller ones cost more than they save.
const LEAST: usize = 16;

/// One piece of work towards the sum over all samples. Sums lie on a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Computes what these samples say.
    Part(Range<usize>),
    /// Takes what another worker has found, counted from 1.
    Answer(usize),
    /// Adds the two sums on top.
    Add,
}

/// Into how many shares samples can be divided, at most `workers`: a power of two, so that each share is
/// a whole branch of the tree.
pub fn shares(samples: usize, workers: usize) -> usize {
    let most = workers.min(samples / LEAST).max(1);
    1 << most.ilog2()
}

/// Most samples that are taken together of so many.
pub fn part(samples: usize) -> usize {
    if samples < 2 * LEAST {
        return samples;
    }
    part(samples / 2).max(part(samples.div_ceil(2)))
}

/// What worker 0 of `workers` does for these samples; the others do [`own`] of their [`share`].
pub fn plan(samples: Range<usize>, workers: usize) -> Vec<Turn> {
    let mut turns = Vec::new();
    shared(samples, 0..workers, &mut turns);
    turns
}

/// What a worker does alone for these samples.
pub fn own(samples: Range<usize>) -> Vec<Turn> {
    plan(samples, 1)
}

/// The samples of one of `workers`.
pub fn share(samples: Range<usize>, workers: usize, worker: usize) -> Range<usize> {
    if workers == 1 {
        return samples;
    }
    let ([left, right], half) = (halves(&samples), workers / 2);
    if worker < half { share(left, half, worker) } else { share(right, half, worker - half) }
}

/// Puts the sum of the two uppermost in their place.
pub fn add<T: Add<Output = T>>(sums: &mut Vec<T>) {
    if let Some(right) = sums.pop()
        && let Some(left) = sums.pop()
    {
        sums.push(left + right);
    }
}

fn shared(samples: Range<usize>, workers: Range<usize>, turns: &mut Vec<Turn>) {
    if workers.len() == 1 && workers.start > 0 {
        return turns.push(Turn::Answer(workers.start));
    }
    if workers.len() == 1 && samples.len() < 2 * LEAST {
        return turns.push(Turn::Part(samples));
    }
    let [left, right] = halves(&samples);
    if workers.len() == 1 {
        shared(left, workers.clone(), turns);
        shared(right, workers, turns);
    } else {
        let middle = workers.start + workers.len() / 2;
        shared(left, workers.start..middle, turns);
        shared(right, middle..workers.end, turns);
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
                Turn::Part(samples) => stack.push(Words(format!("{samples:?}"))),
                Turn::Answer(worker) => stack.push(Words(answers[*worker].clone())),
                Turn::Add => add(&mut stack),
            }
        }
        assert_eq!(stack.len(), 1, "{turns:?}");
        stack.remove(0).0
    }

    #[test]
    fn a_batch_is_halved_until_its_parts_are_small() {
        assert_eq!(tree(&own(0..31), &[]), "0..31");
        assert_eq!(tree(&own(0..64), &[]), "((0..16 + 16..32) + (32..48 + 48..64))");
        assert_eq!(tree(&own(0..33), &[]), "(0..16 + 16..33)");
    }

    #[test]
    fn no_part_is_larger_than_it_is_said_to_be() {
        for samples in 1..600 {
            let largest = own(0..samples).into_iter().filter_map(|turn| match turn {
                Turn::Part(samples) => Some(samples.len()),
                _ => None,
            });
            assert_eq!(largest.max(), Some(part(samples)), "of {samples}");
        }
    }

    #[test]
    fn more_workers_than_parts_are_of_no_use() {
        let counted = [(64, 1), (64, 2), (64, 3), (64, 4), (64, 9), (31, 2), (2, 8), (512, 7)]
            .map(|(samples, workers)| shares(samples, workers));
        assert_eq!(counted, [1, 2, 2, 4, 4, 1, 1, 4]);
    }

    proptest! {
        #[test]
        fn the_tree_is_the_same_for_any_number_of_workers(samples in 1usize..600, workers in 1usize..20) {
            let workers = shares(samples, workers);
            let answers: Vec<String> =
                (0..workers).map(|k| tree(&own(share(0..samples, workers, k)), &[])).collect();
            prop_assert_eq!(tree(&plan(0..samples, workers), &answers), tree(&own(0..samples), &[]));
        }
    }
}
