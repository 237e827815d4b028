//! A run's real pictures in the order in which training meets them. Which pictures stand in batch 17
//! is decided by the seed alone, however slowly the data arrive. Knows no files, networks or tensors.

use super::error::{DataError, IdxKind};
use super::idx::MAX_PICTURES;
use super::points::PointSet;
use super::view::{FRAMES, View, film_of};
use super::{Base, Dataset, DatasetKind, Digits, PIXELS, Samples, Values, drawn};
use crate::rng::{Stream, stream};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// Pictures are shuffled within chunks of this many, so that the first batch needs no more than the
/// first chunk.
pub const CHUNK: usize = 4000;

/// Pictures that are held out of the training, to measure others by: of MNIST, every fifth of its test set.
pub const HELD_OUT: usize = 2000;

/// Steps of [`Stream::DataOrder`] from here on decide the order of an epoch's chunks; those below
/// decide the order within a chunk.
const CHUNK_ORDERS: u64 = 1 << 47;

/// Steps of [`Stream::View`] from here on are those of held-out pictures.
const HELD_OUT_VIEWS: u64 = 1 << 47;

/// A base data set, growing while its parts arrive.
#[derive(Clone, Debug)]
pub struct Source {
    base: Base,
    digits: Digits,
    /// Pictures that no run is trained on; drawn digits are made when they are needed.
    held_out: Digits,
    /// Pictures of the whole data set; 0 until the first part announces it.
    total: usize,
    order: Order,
}

impl Source {
    /// An empty data set; one that is endless is complete from the start.
    pub fn new(base: Base) -> Self {
        Self {
            base,
            digits: Digits::default(),
            held_out: Digits::default(),
            total: 0,
            order: Order::default(),
        }
    }

    pub fn base(&self) -> Base {
        self.base
    }

    /// Appends the next part of a data set that will hold `total` pictures in all.
    pub fn add(&mut self, part: Digits, total: usize) -> Result<(), DataError> {
        self.check(&part)?;
        if self.total != 0 && self.total != total {
            return Err(DataError::TotalChanged { before: self.total, now: total });
        }
        let loaded = self.loaded() + part.len();
        if loaded > total {
            return Err(DataError::MoreThanAnnounced { loaded, total });
        }
        if total > MAX_PICTURES as usize {
            let count = u32::try_from(total).unwrap_or(u32::MAX);
            return Err(DataError::TooMany { kind: IdxKind::Images, count });
        }
        self.total = total;
        self.digits.images.extend_from_slice(&part.images);
        self.digits.labels.extend_from_slice(&part.labels);
        Ok(())
    }

    /// Takes pictures that no run is to be trained on, in place of any that came before.
    pub fn hold_out(&mut self, digits: Digits) -> Result<(), DataError> {
        self.check(&digits)?;
        self.held_out = digits;
        Ok(())
    }

    fn check(&self, part: &Digits) -> Result<(), DataError> {
        if self.base.is_endless() {
            return Err(DataError::NotNeeded);
        }
        if part.images.len() != part.len() * PIXELS {
            let images = part.images.len() / PIXELS;
            return Err(DataError::CountMismatch { images, labels: part.len() });
        }
        if part.is_empty() {
            return Err(DataError::Empty { kind: IdxKind::Images });
        }
        Ok(())
    }

    /// Samples held out: as many as came, and [`HELD_OUT`] of those that the program draws.
    pub fn held_out(&self) -> usize {
        match self.base {
            Base::Mnist => self.held_out.len(),
            Base::Drawn | Base::Points => HELD_OUT,
        }
    }

    /// Held-out digits in `range`, as many of them as there are; drawn ones are a function of `seed`.
    pub fn held_out_part(&self, seed: u64, range: Range<usize>) -> Digits {
        let range = range.start..range.end.min(self.held_out());
        match self.base {
            Base::Mnist => self.held_out.part(range),
            Base::Points => Digits::default(),
            Base::Drawn => {
                let mut part = Digits::default();
                for k in range {
                    part.push(drawn::digit(&mut stream(seed, Stream::HeldOut, k as u64)));
                }
                part
            }
        }
    }

    /// Held-out pictures in `range` as a game's sources and targets, as many of them as there are.
    pub fn held_out_samples(&self, dataset: Dataset, seed: u64, range: Range<usize>) -> Samples {
        let numbers = range.start as u64..;
        if let Some(points) = dataset.points() {
            return drawn_points(points, seed, Stream::HeldOut, numbers.take(range.len()));
        }
        if self.base == Base::Drawn && dataset.view == View::Written {
            let (mut films, mut labels) = (Vec::new(), Vec::new());
            for k in numbers.take(range.end.min(self.held_out()).saturating_sub(range.start)) {
                labels.push(written(&mut stream(seed, Stream::HeldOut, k), &mut films));
            }
            return Samples { target: Values::Bytes(films), source: None, labels };
        }
        if dataset.kind.channels() > 1 {
            return self.held_out_stacks(range);
        }
        let digits = self.held_out_part(seed, range);
        dataset.view.pairs(digits, dataset.spec(), |k| {
            stream(seed, Stream::View, HELD_OUT_VIEWS + numbers.start + k)
        })
    }

    /// Stacks of held-out digits, as many as there are digits: each of them is once the first of a stack.
    fn held_out_stacks(&self, range: Range<usize>) -> Samples {
        let all = self.held_out.len();
        let mut stacks = Digits::default();
        for k in range.start..range.end.min(all) {
            let places = [0, 1, 2].map(|i| (k + i * all / 3) % all);
            stacks.images.extend(interleaved(places.map(|at| self.held_out.pixels(at..at + 1))));
            stacks.labels.push(self.held_out.labels[k]);
        }
        stacks.into()
    }

    /// Pictures at hand; 0 for drawn digits, which are made when they are needed.
    pub fn loaded(&self) -> usize {
        self.digits.len()
    }

    /// Pictures that the whole data set will hold: 0 before the first part has said so, and for
    /// drawn digits, which never end.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Batch number `index` of the run, counted from 0: `size` samples, a pure function of `seed`,
    /// `index` and `size`. None while one of its pictures has not arrived; ask again later.
    pub fn batch(
        &mut self,
        dataset: Dataset,
        seed: u64,
        index: u64,
        size: usize,
    ) -> Option<Samples> {
        if let Some(points) = dataset.points() {
            let first = index * size as u64;
            return Some(drawn_points(points, seed, Stream::Points, first..first + size as u64));
        }
        let spec = dataset.spec();
        let mut images = Vec::with_capacity(size * spec.target.size());
        let mut sources = spec.source.map(|shape| Vec::with_capacity(size * shape.size()));
        let mut labels = Vec::with_capacity(size);
        let first = index * size as u64;
        let takes = dataset.takes() / dataset.kind.channels() as u64;
        for k in first..first + size as u64 {
            let before = images.len();
            if self.base == Base::Drawn && dataset.view == View::Written {
                let mut rng = stream(seed, Stream::Drawn, k);
                labels.push(written(&mut rng, &mut images));
                continue;
            }
            let label = self.push(dataset.kind, seed, takes * k, &mut images)?;
            labels.push(label);
            let mut rng = stream(seed, Stream::View, k);
            let side = spec.target.side;
            if let Some(target) = dataset.view.target_of(&images[before..], side, &mut rng) {
                images.truncate(before);
                images.extend(target);
            }
            let Some(sources) = &mut sources else { continue };
            let mut other = Vec::new();
            let (of, label) = match dataset.paired {
                true => (&images[before..], label),
                false => {
                    let label = self.push(dataset.kind, seed, takes * k + 1, &mut other)?;
                    (&other[..], label)
                }
            };
            sources.extend(dataset.view.of(of, label, side, &mut rng).into_iter().flatten());
        }
        Some(Samples { target: Values::Bytes(images), source: sources, labels })
    }

    /// That of the base's own pictures, as they are; none of points.
    pub fn digits(&mut self, seed: u64, index: u64, size: usize) -> Option<Digits> {
        let kind = match self.base {
            Base::Mnist => DatasetKind::Mnist,
            Base::Drawn => DatasetKind::Drawn,
            Base::Points => return None,
        };
        self.batch(kind.plain(), seed, index, size).map(Samples::into_digits)
    }

    /// Appends the run's k-th picture, and says its label.
    fn push(&mut self, kind: DatasetKind, seed: u64, k: u64, images: &mut Vec<u8>) -> Option<u8> {
        if self.base == Base::Drawn {
            let (label, pixels) = drawn::digit(&mut stream(seed, Stream::Drawn, k));
            images.extend_from_slice(&pixels);
            return Some(label);
        }
        let channels = kind.channels() as u64;
        let first = self.arrived(seed, channels * k)?;
        if channels == 1 {
            images.extend_from_slice(self.digits.pixels(first..first + 1));
        } else {
            let mut layers = [0; 3];
            for (layer, j) in layers.iter_mut().zip(3 * k..) {
                *layer = self.arrived(seed, j)?;
            }
            let layers = layers.map(|at| self.digits.pixels(at..at + 1));
            images.extend(interleaved(layers));
        }
        Some(self.digits.labels[first])
    }

    /// The pictures without which [`Source::batch`] has not all it needs, as far as they come together; none when all
    /// of them are at hand.
    pub fn missing(
        &mut self,
        dataset: Dataset,
        seed: u64,
        index: u64,
        size: usize,
    ) -> Option<Range<usize>> {
        if self.base.is_endless() {
            return None;
        }
        let digits = dataset.takes() * size as u64;
        let loaded = self.loaded();
        let first = (index * digits..(index + 1) * digits)
            .filter_map(|k| self.order.place(seed, k, self.total))
            .find(|&at| at >= loaded)?;
        let chunk = first / CHUNK * CHUNK;
        Some(chunk.max(loaded)..(chunk + CHUNK).min(self.total))
    }

    /// Where the run's k-th digit stands, if it is at hand.
    fn arrived(&mut self, seed: u64, k: u64) -> Option<usize> {
        self.order.place(seed, k, self.total).filter(|&at| at < self.loaded())
    }
}

/// Appends a digit as it is written, and says its label.
fn written(rng: &mut ChaCha8Rng, films: &mut Vec<u8>) -> u8 {
    let (label, frames) = drawn::written(FRAMES, rng);
    films.extend(film_of(&frames));
    label
}

/// Points with these numbers, each from a stream of its own.
fn drawn_points(
    points: PointSet,
    seed: u64,
    of: Stream,
    numbers: impl Iterator<Item = u64>,
) -> Samples {
    let each = numbers.map(|k| points.sample(1, &mut stream(seed, of, k)));
    let target: Vec<f32> = each.flatten().collect();
    let labels = vec![0; target.len() / points.dimensions()];
    Samples { target: Values::Reals(target), source: None, labels }
}

/// Grey pictures as the red, green and blue of one.
fn interleaved(layers: [&[u8]; 3]) -> impl Iterator<Item = u8> {
    (0..PIXELS).flat_map(move |pixel| layers.map(|layer| layer[pixel]))
}

/// Where the run's k-th digit stands in the data set. Remembers the chunk that it is in, since the
/// next picture is nearly always in the same one.
#[derive(Clone, Debug, Default)]
struct Order {
    seed: u64,
    total: usize,
    /// Pictures of the run that this chunk holds: `start..start + places.len()`.
    start: u64,
    /// Where they stand in the data set.
    places: Vec<u32>,
}

impl Order {
    /// None when the data set is empty.
    fn place(&mut self, seed: u64, k: u64, total: usize) -> Option<usize> {
        if total == 0 {
            return None;
        }
        let here = self.start..self.start + self.places.len() as u64;
        if (self.seed, self.total) != (seed, total) || !here.contains(&k) {
            *self = Self::around(seed, k, total);
        }
        self.places.get((k - self.start) as usize).map(|&place| place as usize)
    }

    /// The chunk in which the run meets its k-th picture. The first epoch takes the chunks as they
    /// stand in the files, so that training starts with the first; later ones shuffle them too.
    fn around(seed: u64, k: u64, total: usize) -> Self {
        let (epoch, within) = (k / total as u64, k % total as u64);
        let chunks = total.div_ceil(CHUNK);
        let mut chunk_order: Vec<usize> = (0..chunks).collect();
        if epoch > 0 {
            let mut rng = stream(seed, Stream::DataOrder, CHUNK_ORDERS + epoch);
            chunk_order.shuffle(&mut rng);
        }
        let mut start = 0;
        for chunk in chunk_order {
            let first = chunk * CHUNK;
            let length = CHUNK.min(total - first);
            if within < (start + length) as u64 {
                let mut places: Vec<u32> = (first as u32..(first + length) as u32).collect();
                let step = epoch * chunks as u64 + chunk as u64;
                places.shuffle(&mut stream(seed, Stream::DataOrder, step));
                return Self { seed, total, start: epoch * total as u64 + start as u64, places };
            }
            start += length;
        }
        unreachable!("the chunks hold all {total} pictures")
    }
}

#[cfg(test)]
mod tests {
    use super::super::DatasetKind;
    use super::*;
    use proptest::prelude::*;

    /// `n` pictures that can be told apart: each carries its own number.
    fn numbered(range: std::ops::Range<usize>) -> Digits {
        let mut digits = Digits::default();
        for i in range {
            let mut picture = [0; PIXELS];
            picture[..4].copy_from_slice(&(i as u32).to_be_bytes());
            digits.images.extend_from_slice(&picture);
            digits.labels.push((i % 10) as u8);
        }
        digits
    }

    fn numbers(batch: &Digits) -> Vec<u32> {
        let number = |p: &[u8]| u32::from_be_bytes([p[0], p[1], p[2], p[3]]);
        batch.images.chunks(PIXELS).map(number).collect()
    }

    fn whole(total: usize) -> Source {
        let mut source = Source::new(DatasetKind::Mnist.base());
        source.add(numbered(0..total), total).unwrap();
        source
    }

    #[test]
    fn every_epoch_holds_every_picture_once() {
        let total = 2 * CHUNK + 500;
        let mut source = whole(total);
        let mut epochs = Vec::new();
        for epoch in 0..8 {
            let order = numbers(&source.digits(5, epoch, total).unwrap());
            let mut sorted = order.clone();
            sorted.sort();
            assert_eq!(sorted, (0..total as u32).collect::<Vec<_>>());
            epochs.push(order);
        }
        assert_ne!(epochs[0], epochs[1]);
        assert_ne!(epochs[1], epochs[2]);
        assert!(epochs[0][..CHUNK].iter().all(|&k| k < CHUNK as u32), "first chunk first");
        assert!(epochs[1..].iter().any(|e| e[0] >= CHUNK as u32), "later chunks are shuffled");
    }

    #[test]
    fn labels_stay_with_their_pictures() {
        let batch = whole(5000).digits(1, 3, 64).unwrap();
        for (number, &label) in numbers(&batch).iter().zip(&batch.labels) {
            assert_eq!(number % 10, u32::from(label));
        }
    }

    #[test]
    fn the_order_does_not_depend_on_how_data_arrive() {
        let total = 9000;
        let mut at_once = whole(total);
        let mut slowly = Source::new(DatasetKind::Mnist.base());
        assert_eq!(slowly.digits(3, 0, 64), None);
        slowly.add(numbered(0..CHUNK), total).unwrap();
        let last_of_first_chunk = (CHUNK / 64 - 1) as u64;
        assert!(slowly.digits(3, last_of_first_chunk, 64).is_some());
        assert_eq!(slowly.digits(3, last_of_first_chunk + 1, 64), None);
        slowly.add(numbered(CHUNK..total), total).unwrap();
        for index in [0, 1, last_of_first_chunk, last_of_first_chunk + 1, 140, 141, 500] {
            assert_eq!(slowly.digits(3, index, 64), at_once.digits(3, index, 64), "batch {index}");
        }
    }

    #[test]
    fn a_stack_is_the_next_three_digits_in_its_colours() {
        let total = 5000;
        let (mut grey, mut source) = (whole(total), whole(total));
        let stacks = DatasetKind::StackedMnist.plain();
        for index in [0, 7, 900] {
            let digits = grey.digits(3, index, 9).unwrap();
            let stacks = source.batch(stacks, 3, index, 3).unwrap().into_digits();
            assert_eq!((stacks.len(), stacks.picture_size()), (3, 3 * PIXELS));
            for (i, &label) in stacks.labels.iter().enumerate() {
                let stack = stacks.pixels(i..i + 1);
                for channel in 0..3 {
                    let colour: Vec<u8> = stack.iter().skip(channel).step_by(3).copied().collect();
                    let at = 3 * i + channel;
                    assert_eq!(colour, digits.pixels(at..at + 1), "stack {i}, colour {channel}");
                }
                assert_eq!(label, digits.labels[3 * i]);
            }
        }
        // And the digits themselves are as they were.
        assert_eq!(source.digits(3, 7, 9), grey.digits(3, 7, 9));
    }

    #[test]
    fn without_pairs_sources_are_made_of_other_digits() {
        let total = 5000;
        let (mut plain, mut source) = (whole(total), whole(total));
        let dataset = Dataset { view: View::Hollow, paired: false, ..DatasetKind::Mnist.plain() };
        for index in [0, 3] {
            let digits = plain.digits(3, index, 8).unwrap();
            let samples = source.batch(dataset, 3, index, 4).unwrap();
            for i in 0..4 {
                let target = &samples.target.bytes()[i * PIXELS..(i + 1) * PIXELS];
                assert_eq!(target, digits.pixels(2 * i..2 * i + 1));
                let made =
                    crate::data::view::hollow::hollow(digits.pixels(2 * i + 1..2 * i + 2), 28);
                assert_eq!(samples.source.as_ref().unwrap()[i * PIXELS..(i + 1) * PIXELS], made);
            }
            // In pairs, for measuring, they belong together.
            let pairs = source.batch(dataset.in_pairs(), 3, index, 4).unwrap();
            let made = crate::data::view::hollow::hollow(&pairs.target.bytes()[..PIXELS], 28);
            assert_eq!(pairs.source.unwrap()[..PIXELS], made);
        }
    }

    #[test]
    fn a_stack_waits_for_all_of_its_digits() {
        let mut slowly = Source::new(DatasetKind::StackedMnist.base());
        slowly.add(numbered(0..CHUNK), 9000).unwrap();
        let last_whole_one = (CHUNK / 3 - 1) as u64;
        let stacks = DatasetKind::StackedMnist.plain();
        assert!(slowly.batch(stacks, 3, last_whole_one, 1).is_some());
        assert_eq!(slowly.batch(stacks, 3, last_whole_one + 1, 1), None);
    }

    #[test]
    fn seeds_give_other_orders() {
        let mut source = whole(1000);
        assert_ne!(source.digits(1, 0, 32), source.digits(2, 0, 32));
    }

    #[test]
    fn drawn_digits_never_end_and_repeat_by_seed() {
        let mut source = Source::new(DatasetKind::Drawn.base());
        let far = source.digits(1, 1_000_000_000, 8).unwrap();
        assert_eq!((far.len(), far.images.len()), (8, 8 * PIXELS));
        assert_eq!(source.digits(1, 1_000_000_000, 8), Some(far.clone()));
        assert_ne!(source.digits(2, 1_000_000_000, 8), Some(far));
        assert_eq!(source.add(numbered(0..1), 1).unwrap_err().code(), "data-not-needed");
    }

    #[test]
    fn pictures_are_spread_evenly() {
        assert_eq!(numbers(&numbered(0..10).spread(4)), [0, 2, 5, 7]);
        assert_eq!(numbers(&numbered(0..3).spread(4)), [0, 1, 2]);
        assert!(Digits::default().spread(4).is_empty());
    }

    #[test]
    fn held_out_pictures_are_no_part_of_the_training() {
        let mut mnist = Source::new(DatasetKind::Mnist.base());
        assert_eq!(mnist.held_out(), 0);
        mnist.hold_out(numbered(7..20)).unwrap();
        assert_eq!((mnist.held_out(), mnist.loaded(), mnist.total()), (13, 0, 0));
        assert_eq!(numbers(&mnist.held_out_part(1, 10..50)), [17, 18, 19]);
        assert_eq!(mnist.hold_out(Digits::default()).unwrap_err().code(), "data-empty");

        let mut drawn = Source::new(DatasetKind::Drawn.base());
        assert_eq!(drawn.hold_out(numbered(0..1)).unwrap_err().code(), "data-not-needed");
        let some = drawn.held_out_part(1, 5..8);
        assert_eq!(some, drawn.held_out_part(1, 5..8));
        assert_ne!(some, drawn.held_out_part(2, 5..8));
        let (trained, held_out) = (drawn.digits(1, 0, 50).unwrap(), drawn.held_out_part(1, 0..50));
        let is_new = |p: &[u8]| trained.images.chunks(PIXELS).all(|other| other != p);
        assert!(held_out.images.chunks(PIXELS).all(is_new));
    }

    #[test]
    fn held_out_stacks_are_made_of_held_out_digits() {
        let mut mnist = Source::new(DatasetKind::Mnist.base());
        mnist.hold_out(numbered(10..19)).unwrap();
        let stacks = mnist.held_out_samples(DatasetKind::StackedMnist.plain(), 1, 7..50);
        let first: Vec<&[u8]> =
            stacks.target.bytes().chunks(3 * PIXELS).map(|s| &s[9..12]).collect();
        assert_eq!(first, [[17, 11, 14], [18, 12, 15]]);
        assert_eq!(stacks.labels, mnist.held_out_part(1, 7..9).labels);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let mut source = Source::new(DatasetKind::Mnist.base());
        let mut refused = |part, total| source.add(part, total).unwrap_err().code();
        assert_eq!(refused(Digits::default(), 10), "data-empty");
        assert_eq!(refused(numbered(0..11), 10), "data-more-than-announced");
        assert_eq!(refused(numbered(0..1), usize::MAX), "data-too-many");
        let lame = Digits { images: vec![0; PIXELS], labels: vec![1, 2] };
        assert_eq!(refused(lame, 10), "data-count-mismatch");
        source.add(numbered(0..5), 10).unwrap();
        assert_eq!(source.add(numbered(5..6), 12).unwrap_err().code(), "data-total-changed");
        assert_eq!((source.loaded(), source.total()), (5, 10));
    }

    proptest! {
        /// Cutting a run into batches of another size does not change the order of its pictures.
        #[test]
        fn a_batch_is_a_slice_of_one_endless_order(
            total in 1usize..9000, seed: u64, index in 0u64..400, size in 1usize..64,
        ) {
            let mut source = whole(total);
            let batch = numbers(&source.digits(seed, index, size).unwrap());
            let one_by_one: Vec<u32> = (index * size as u64..(index + 1) * size as u64)
                .flat_map(|k| numbers(&source.digits(seed, k, 1).unwrap()))
                .collect();
            prop_assert_eq!(batch, one_by_one);
        }
    }
}
