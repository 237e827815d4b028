//! The IDX format of MNIST's files (<http://yann.lecun.com/exdb/mnist/>): a big-endian header, then
//! bytes. Reads raw or gzipped bytes that nobody vouches for, so nothing here trusts a header: memory
//! grows only with bytes that are really there. Knows no files and no data sets.

use super::error::{DataError, IdxKind};
use super::{CLASSES, Digits, PIXELS, SIDE};
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};

/// The most entries that are read from one file: more than any digit data set has, and few enough
/// that a gzip bomb ends in an error and not in swapping.
pub const MAX_PICTURES: u32 = 1_000_000;

const IMAGES_MAGIC: u32 = 0x803;
/// Images with a fourth dimension: the numbers of a pixel, which come last, or the frames of a film, which come first.
const STACKS_MAGIC: u32 = 0x804;
/// Frames of the longest film that is read.
const MOST_FRAMES: u32 = 64;
const LABELS_MAGIC: u32 = 0x801;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The pixels of an image file: PIXELS bytes a picture, 0 is black.
pub fn read_images(bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    images_of(bytes, &[IMAGES_MAGIC], SIDE).map(|(_, pixels)| pixels)
}

/// What the pictures of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    Grey,
    /// Red, green and blue.
    Colours,
    /// Films of so many frames.
    Films(usize),
}

impl Stack {
    /// Numbers of a pixel: the frames of a film are its channels.
    pub fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Colours => 3,
            Self::Films(frames) => frames,
        }
    }
}

/// The pixels of a file of grey pictures, of some in colours, or of films, channels last.
pub fn read_pictures(bytes: &[u8]) -> Result<(Stack, Vec<u8>), DataError> {
    images_of(bytes, &[IMAGES_MAGIC, STACKS_MAGIC], SIDE)
}

/// The pixels of a file of grey pictures with that side.
pub fn read_images_of(bytes: &[u8], side: usize) -> Result<Vec<u8>, DataError> {
    let (_, pixels) = images_of(bytes, &[IMAGES_MAGIC], side)?;
    Ok(pixels)
}

fn images_of(bytes: &[u8], kinds: &[u32], side: usize) -> Result<(Stack, Vec<u8>), DataError> {
    let mut file = IdxFile::open(bytes, IdxKind::Images)?;
    let (kind, count) = file.header(kinds)?;
    let mut sides = [file.number()?, file.number()?];
    let mut stack = Stack::Grey;
    if kind == STACKS_MAGIC {
        let last = file.number()?;
        if sides == [side as u32; 2] && last != side as u32 {
            if last != 3 {
                return Err(DataError::WrongColours { channels: last });
            }
            stack = Stack::Colours;
        } else {
            let [frames, rows] = sides;
            if !(1..=MOST_FRAMES).contains(&frames) {
                return Err(DataError::WrongFrames { frames, most: MOST_FRAMES });
            }
            (stack, sides) = (Stack::Films(frames as usize), [rows, last]);
        }
    }
    let [rows, columns] = sides;
    if sides != [side as u32; 2] {
        return Err(DataError::WrongDimensions { rows, columns, side: side as u32 });
    }
    let pixels = file.body(u64::from(count) * (stack.channels() * side * side) as u64)?;
    Ok(match stack {
        Stack::Films(frames) => (stack, swapped(&pixels, frames, side * side)),
        _ => (stack, pixels),
    })
}

/// Blocks of rows x columns numbers, turned over.
fn swapped(values: &[u8], rows: usize, columns: usize) -> Vec<u8> {
    let block = |block: &[u8]| -> Vec<u8> {
        (0..columns)
            .flat_map(|c| (0..rows).map(move |r| r * columns + c))
            .map(|at| block[at])
            .collect()
    };
    values.chunks_exact(rows * columns).flat_map(block).collect()
}

/// The labels of a label file, each 0 to 9.
pub fn read_labels(bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let mut file = IdxFile::open(bytes, IdxKind::Labels)?;
    let (_, count) = file.header(&[LABELS_MAGIC])?;
    let labels = file.body(u64::from(count))?;
    match labels.iter().position(|&label| usize::from(label) >= CLASSES) {
        Some(index) => Err(DataError::LabelOverNine { index, label: labels[index] }),
        None => Ok(labels),
    }
}

/// An image file and the label file that belongs to it.
pub fn read_pair(images: &[u8], labels: &[u8]) -> Result<Digits, DataError> {
    let digits = Digits { images: read_images(images)?, labels: read_labels(labels)? };
    let count = digits.images.len() / PIXELS;
    if count != digits.labels.len() {
        return Err(DataError::CountMismatch { images: count, labels: digits.labels.len() });
    }
    Ok(digits)
}

/// A raw image file of these pixels, PIXELS bytes a picture.
pub fn write_images(pixels: &[u8]) -> Vec<u8> {
    write_pictures(pixels, SIDE, Stack::Grey)
}

/// The same of pictures of that side, channels last.
pub fn write_pictures(pixels: &[u8], side: usize, stack: Stack) -> Vec<u8> {
    let square = side * side;
    let (count, side) = ((pixels.len() / (square * stack.channels())) as u32, side as u32);
    match stack {
        Stack::Grey => write(&[IMAGES_MAGIC, count, side, side], pixels),
        Stack::Colours => write(&[STACKS_MAGIC, count, side, side, 3], pixels),
        Stack::Films(frames) => {
            let header = [STACKS_MAGIC, count, frames as u32, side, side];
            write(&header, &swapped(pixels, square, frames))
        }
    }
}

/// A raw label file.
pub fn write_labels(labels: &[u8]) -> Vec<u8> {
    write(&[LABELS_MAGIC, labels.len() as u32], labels)
}

fn write(header: &[u32], body: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = header.iter().flat_map(|n| n.to_be_bytes()).collect();
    file.extend_from_slice(body);
    file
}

/// A file being read from its start, unpacked on the way.
struct IdxFile<'a> {
    kind: IdxKind,
    bytes: Box<dyn Read + 'a>,
    /// Bytes taken so far.
    position: u64,
}

impl<'a> IdxFile<'a> {
    fn open(bytes: &'a [u8], kind: IdxKind) -> Result<Self, DataError> {
        if bytes.is_empty() {
            return Err(DataError::Empty { kind });
        }
        let bytes: Box<dyn Read + 'a> = if bytes.starts_with(&GZIP_MAGIC) {
            Box::new(MultiGzDecoder::new(bytes))
        } else {
            Box::new(bytes)
        };
        Ok(Self { kind, bytes, position: 0 })
    }

    /// The magic number, one of those `expected`, and the number of entries.
    fn header(&mut self, expected: &[u32]) -> Result<(u32, u32), DataError> {
        let kind = self.kind;
        let found = self.number()?;
        if !expected.contains(&found) {
            return Err(DataError::WrongMagic { kind, expected: expected[0], found });
        }
        match self.number()? {
            0 => Err(DataError::Empty { kind }),
            count if count > MAX_PICTURES => Err(DataError::TooMany { kind, count }),
            count => Ok((found, count)),
        }
    }

    fn number(&mut self) -> Result<u32, DataError> {
        let bytes = self.take(4)?;
        Ok(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The rest of the file, which must be exactly `length` bytes.
    fn body(mut self, length: u64) -> Result<Vec<u8>, DataError> {
        let body = self.take(length)?;
        let mut more = [0];
        match self.bytes.read(&mut more) {
            Ok(0) => Ok(body),
            Ok(_) => Err(DataError::TrailingBytes { kind: self.kind, expected: self.position }),
            Err(e) => Err(self.broken(e)),
        }
    }

    /// The next `length` bytes, all of them.
    fn take(&mut self, length: u64) -> Result<Vec<u8>, DataError> {
        let mut taken = Vec::new();
        let read = (&mut self.bytes).take(length).read_to_end(&mut taken);
        let expected = self.position + length;
        self.position += taken.len() as u64;
        match read {
            Err(e) => Err(self.broken(e)),
            Ok(_) if self.position < expected => {
                Err(DataError::Truncated { kind: self.kind, expected, found: self.position })
            }
            Ok(_) => Ok(taken),
        }
    }

    /// Reading a slice cannot fail, so it was the unpacking.
    fn broken(&self, error: io::Error) -> DataError {
        DataError::BrokenGzip { kind: self.kind, reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn two_images() -> Vec<u8> {
        write_images(&[7; 2 * PIXELS])
    }

    fn header(numbers: &[u32]) -> Vec<u8> {
        write(numbers, &[])
    }

    fn code<T: std::fmt::Debug>(result: Result<T, DataError>) -> &'static str {
        let error = result.unwrap_err();
        assert!(error.to_string().len() > 40, "says too little: {error}");
        error.code()
    }

    #[test]
    fn the_header_is_what_the_format_says() {
        let file = write_images(&[9; PIXELS]);
        assert_eq!(file[..16], [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28]);
        assert_eq!(write_labels(&[4, 2]), [0, 0, 8, 1, 0, 0, 0, 2, 4, 2]);
    }

    #[test]
    fn wrong_magic() {
        assert_eq!(code(read_images(&write_labels(&[1; 40]))), "data-wrong-magic");
        assert_eq!(code(read_labels(&two_images())), "data-wrong-magic");
        assert_eq!(code(read_labels(&gzip(&two_images()))), "data-wrong-magic");
    }

    #[test]
    fn truncated() {
        let (images, labels) = (two_images(), write_labels(&[1, 2, 3]));
        assert_eq!(code(read_images(&images[..images.len() - 1])), "data-truncated");
        assert_eq!(code(read_images(&images[..10])), "data-truncated");
        assert_eq!(code(read_labels(&labels[..labels.len() - 1])), "data-truncated");
        assert_eq!(code(read_labels(&gzip(&labels[..9]))), "data-truncated");
        assert_eq!(
            read_images(&images[..images.len() - 1]),
            Err(DataError::Truncated { kind: IdxKind::Images, expected: 1584, found: 1583 })
        );
    }

    #[test]
    fn trailing_bytes() {
        let mut images = two_images();
        images.push(0);
        assert_eq!(code(read_images(&images)), "data-trailing-bytes");
        assert_eq!(code(read_images(&gzip(&images))), "data-trailing-bytes");
        assert_eq!(code(read_labels(b"\0\0\x08\x01\0\0\0\x01\x05\x05")), "data-trailing-bytes");
    }

    #[test]
    fn label_over_nine() {
        assert_eq!(
            read_labels(&write_labels(&[0, 9, 10, 3])),
            Err(DataError::LabelOverNine { index: 2, label: 10 })
        );
        assert_eq!(code(read_labels(&write_labels(&[255]))), "data-label-over-nine");
    }

    #[test]
    fn count_mismatch() {
        let result = read_pair(&two_images(), &write_labels(&[1]));
        assert_eq!(result, Err(DataError::CountMismatch { images: 2, labels: 1 }));
        assert_eq!(code(result), "data-count-mismatch");
    }

    #[test]
    fn wrong_dimensions() {
        for (rows, columns) in [(32, 32), (28, 29), (0, 28), (u32::MAX, u32::MAX)] {
            let file = header(&[IMAGES_MAGIC, 1, rows, columns]);
            assert_eq!(
                read_images(&file),
                Err(DataError::WrongDimensions { rows, columns, side: 28 })
            );
        }
        assert_eq!(code(read_images(&header(&[IMAGES_MAGIC, 1, 1, 1]))), "data-wrong-dimensions");
    }

    #[test]
    fn absurd_counts() {
        assert_eq!(code(read_images(&header(&[IMAGES_MAGIC, u32::MAX, 28, 28]))), "data-too-many");
        assert_eq!(code(read_labels(&header(&[LABELS_MAGIC, MAX_PICTURES + 1]))), "data-too-many");
        // The largest count that passes still allocates nothing: the bytes are not there.
        let most = header(&[IMAGES_MAGIC, MAX_PICTURES, 28, 28]);
        assert_eq!(code(read_images(&most)), "data-truncated");
    }

    #[test]
    fn broken_gzip() {
        let mut packed = gzip(&two_images());
        assert_eq!(code(read_images(&packed[..packed.len() / 2])), "data-broken-gzip");
        assert_eq!(code(read_images(&GZIP_MAGIC)), "data-broken-gzip");
        let checksum = packed.len() - 6;
        packed[checksum] ^= 1;
        assert_eq!(code(read_images(&packed)), "data-broken-gzip");
    }

    #[test]
    fn colours_are_a_fourth_dimension() {
        let file = write_pictures(&[9; 3 * PIXELS], SIDE, Stack::Colours);
        assert_eq!(file[..8], [0, 0, 8, 4, 0, 0, 0, 1]);
        assert_eq!(file[16..20], [0, 0, 0, 3]);
        assert_eq!(code(read_images(&file)), "data-wrong-magic");
        let two = header(&[STACKS_MAGIC, 1, 28, 28, 2]);
        assert_eq!(code(read_pictures(&two)), "data-wrong-colours");
        assert_eq!(code(read_pictures(&file[..19])), "data-truncated");
        assert_eq!(code(read_pictures(&write_labels(&[1]))), "data-wrong-magic");
    }

    #[test]
    fn films_are_frame_by_frame_in_a_file_and_their_frames_are_channels() {
        let film: Vec<u8> = (0..2 * PIXELS).map(|i| if i % 2 == 0 { 3 } else { 5 }).collect();
        let file = write_pictures(&film, SIDE, Stack::Films(2));
        assert_eq!(file[8..20], [0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
        assert_eq!((file[20], file[20 + PIXELS]), (3, 5));
        assert_eq!(read_pictures(&file), Ok((Stack::Films(2), film)));
        assert_eq!(
            code(read_pictures(&header(&[STACKS_MAGIC, 1, 0, 28, 28]))),
            "data-wrong-frames"
        );
        assert_eq!(
            code(read_pictures(&header(&[STACKS_MAGIC, 1, 65, 28, 28]))),
            "data-wrong-frames"
        );
        assert_eq!(
            code(read_pictures(&header(&[STACKS_MAGIC, 1, 8, 27, 28]))),
            "data-wrong-dimensions"
        );
    }

    #[test]
    fn a_gzip_bomb_is_not_unpacked() {
        // 64 MB of zeros in 300 kB, after a header that announces one picture.
        let mut file = write_images(&[0; PIXELS]);
        file.resize(64 << 20, 0);
        assert_eq!(code(read_images(&gzip(&file))), "data-trailing-bytes");
    }

    #[test]
    fn empty() {
        assert_eq!(code(read_images(&[])), "data-empty");
        assert_eq!(code(read_labels(&write_labels(&[]))), "data-empty");
        assert_eq!(code(read_images(&write_images(&[]))), "data-empty");
    }

    prop_compose! {
        fn digits()(n in 1usize..5)(
            images in prop::collection::vec(any::<u8>(), n * PIXELS),
            labels in prop::collection::vec(0u8..10, n),
        ) -> Digits {
            Digits { images, labels }
        }
    }

    /// What is accepted must be whole.
    fn never_half(images: &[u8], labels: &[u8]) {
        if let Ok(digits) = read_pair(images, labels) {
            assert!(!digits.is_empty());
            assert_eq!(digits.images.len(), digits.len() * PIXELS);
            assert!(digits.labels.iter().all(|&l| l < 10));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(digits in digits()) {
            let (images, labels) = (write_images(&digits.images), write_labels(&digits.labels));
            prop_assert_eq!(read_pair(&images, &labels), Ok(digits.clone()));
            prop_assert_eq!(read_pair(&gzip(&images), &gzip(&labels)), Ok(digits.clone()));
            prop_assert_eq!(read_pictures(&images), Ok((Stack::Grey, digits.images.clone())));
            let colours = digits.images.repeat(3);
            prop_assert_eq!(read_pictures(&write_pictures(&colours, SIDE, Stack::Colours)), Ok((Stack::Colours, colours.clone())));
            let films = Stack::Films(3);
            prop_assert_eq!(read_pictures(&write_pictures(&colours, SIDE, films)), Ok((films, colours)));
        }

        #[test]
        fn a_changed_byte_never_panics(
            digits in digits(), packed: bool, at: prop::sample::Index, to: u8, header: bool,
        ) {
            let pack = |bytes: Vec<u8>| if packed { gzip(&bytes) } else { bytes };
            let mut images = pack(write_images(&digits.images));
            let mut labels = pack(write_labels(&digits.labels));
            for file in [&mut images, &mut labels] {
                let end = if header { file.len().min(20) } else { file.len() };
                file[at.index(end)] = to;
            }
            never_half(&images, &labels);
            if let Ok((stack, pixels)) = read_pictures(&images) {
                prop_assert!(!pixels.is_empty() && pixels.len().is_multiple_of(stack.channels() * PIXELS));
            }
        }

        #[test]
        fn a_file_cut_short_is_refused(digits in digits(), packed: bool, at: prop::sample::Index) {
            let whole = write_images(&digits.images);
            let whole = if packed { gzip(&whole) } else { whole };
            prop_assert!(read_images(&whole[..at.index(whole.len())]).is_err());
        }

        #[test]
        fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), lead in 0..4usize) {
            let lead: &[u8] = [&[][..], &GZIP_MAGIC, &[0, 0, 8, 3], &[0, 0, 8, 1]][lead];
            let bytes = [lead, &bytes].concat();
            never_half(&bytes, &bytes);
            let _ = (read_images(&bytes), read_labels(&bytes));
        }
    }
}
