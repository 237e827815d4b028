//! A distribution that a visitor has drawn: stamps, each a small normal bump, all of the same weight. Fits into a link.

use super::{around, bump};
use rand::{Rng, RngExt};
use std::fmt;

/// Stamps that one drawing may hold.
pub const MOST_STAMPS: usize = 256;

/// The standard deviation of a stamp along each axis.
pub const DEVIATION: f32 = 0.04;

/// Characters of the longest text that is looked at; the longest that [`Drawn::text`] writes has 428.
pub const MOST_CHARACTERS: usize = 600;

/// base64url (RFC 4648, section 5): none of these needs escaping in a link.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Stamps on a line (D = 1) or in a plane (D = 2): at least one, in ascending order, since the order in which they
/// were drawn makes no difference. A coordinate of 0 to 255 stands for −1 to 1 in equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn<const D: usize> {
    /// The first `count` of these; the others are 0.
    stamps: [[u8; D]; MOST_STAMPS],
    count: usize,
}

impl<const D: usize> Drawn<D> {
    /// Stamps at the nearest places that a coordinate of 8 bits can name; those beyond ±1 are moved to there.
    pub fn new(positions: &[[f32; D]]) -> Result<Self, DrawnError> {
        if positions.iter().flatten().any(|coordinate| coordinate.is_nan()) {
            return Err(DrawnError::NotANumber);
        }
        // The cast saturates.
        let step = |coordinate: f32| ((coordinate + 1.0) * 127.5 + 0.5) as u8;
        Self::of(positions.iter().map(|position| position.map(step)).collect())
    }

    fn of(mut stamps: Vec<[u8; D]>) -> Result<Self, DrawnError> {
        match stamps.len() {
            0 => Err(DrawnError::Empty),
            1..=MOST_STAMPS => {
                // By insertion: they are few, and a library's sort is a lot of code in a browser's program.
                for end in 1..stamps.len() {
                    for i in (1..=end).rev() {
                        if stamps[i - 1] <= stamps[i] {
                            break;
                        }
                        stamps.swap(i - 1, i);
                    }
                }
                let count = stamps.len();
                stamps.resize(MOST_STAMPS, [0; D]);
                let stamps = stamps.try_into().map_err(|_| DrawnError::TooManyStamps)?;
                Ok(Self { stamps, count })
            }
            _ => Err(DrawnError::TooManyStamps),
        }
    }

    fn stamps(&self) -> &[[u8; D]] {
        &self.stamps[..self.count]
    }

    /// Where the stamps are: up to [`MOST_STAMPS`] positions within ±1, in ascending order.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = [f32; D]> {
        self.stamps().iter().map(|&stamp| position(stamp))
    }

    /// One point.
    pub fn sample(&self, rng: &mut impl Rng) -> [f32; D] {
        let stamp = self.stamps[rng.random_range(0..self.count)];
        around(position(stamp), DEVIATION, rng)
    }

    /// The probability density at a point, per unit of length or area.
    pub fn density(&self, at: [f64; D]) -> f64 {
        let parts = self.positions().map(|p| bump(at, p.map(f64::from), f64::from(DEVIATION)));
        parts.sum::<f64>() / self.count as f64
    }

    /// The drawing as text: the digit D, then bits, six to a character of base64url (RFC 4648,
    /// section 5), the highest first. Of the first
    /// coordinate they hold, for each of its 256 values, as many ones as stamps have it, then a zero; of the others, 8
    /// bits for each stamp, in ascending order of the stamps. Zeros fill the last character.
    ///
    /// Plain bytes in base64url would take up to 684 characters, since they also hold an order.
    pub fn text(&self) -> String {
        let mut bits = Vec::new();
        for first in 0..=u8::MAX {
            let count = self.stamps().iter().filter(|stamp| stamp[0] == first).count();
            bits.extend(std::iter::repeat_n(true, count));
            bits.push(false);
        }
        let others = self.stamps().iter().flat_map(|stamp| &stamp[1..]);
        bits.extend(others.flat_map(|byte| (0..8).rev().map(move |k| byte >> k & 1 == 1)));
        D.to_string() + &characters(&bits)
    }

    /// The drawing that [`Drawn::text`] wrote; every other text is refused.
    pub fn parse(text: &str) -> Result<Self, DrawnError> {
        if text.len() > MOST_CHARACTERS {
            return Err(DrawnError::TooLong);
        }
        let digit = D.to_string();
        let code = text.strip_prefix(&digit).ok_or(DrawnError::OtherDimensions { wanted: D })?;
        let bits = bits(code)?;
        let mut rest = bits.iter().copied();
        let mut stamps = firsts(&mut rest)?;
        for byte in stamps.iter_mut().flat_map(|stamp| &mut stamp[1..]) {
            for _ in 0..8 {
                *byte = *byte << 1 | u8::from(next(&mut rest)?);
            }
        }
        if rest.len() >= 6 || rest.any(|bit| bit) {
            return Err(DrawnError::Surplus);
        }
        if !stamps.is_sorted() {
            return Err(DrawnError::OutOfOrder);
        }
        Self::of(stamps)
    }
}

fn position<const D: usize>(stamp: [u8; D]) -> [f32; D] {
    stamp.map(|coordinate| f32::from(coordinate) / 127.5 - 1.0)
}

fn characters(bits: &[bool]) -> String {
    let value = |six: &[bool]| {
        (0..6).fold(0, |value, k| 2 * value + usize::from(six.get(k).is_some_and(|&bit| bit)))
    };
    bits.chunks(6).map(|six| char::from(ALPHABET[value(six)])).collect()
}

fn bits(code: &str) -> Result<Vec<bool>, DrawnError> {
    let mut bits = Vec::with_capacity(6 * code.len());
    for character in code.chars() {
        let value = ALPHABET
            .iter()
            .position(|&known| char::from(known) == character)
            .ok_or(DrawnError::StrangeCharacter { character })?;
        bits.extend((0..6).rev().map(|k| value >> k & 1 == 1));
    }
    Ok(bits)
}

fn next(bits: &mut impl Iterator<Item = bool>) -> Result<bool, DrawnError> {
    bits.next().ok_or(DrawnError::Truncated)
}

/// As many stamps as there are, with their first coordinates; the others are 0.
fn firsts<const D: usize>(
    bits: &mut impl Iterator<Item = bool>,
) -> Result<Vec<[u8; D]>, DrawnError> {
    let mut stamps = Vec::new();
    for first in 0..=u8::MAX {
        while next(bits)? {
            let mut stamp = [0; D];
            stamp[0] = first;
            stamps.push(stamp);
        }
    }
    Ok(stamps)
}

/// Why a drawing was refused. Each message says what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrawnError {
    Empty,
    TooManyStamps,
    NotANumber,
    TooLong,
    OtherDimensions { wanted: usize },
    StrangeCharacter { character: char },
    Truncated,
    Surplus,
    OutOfOrder,
}

impl std::error::Error for DrawnError {}

impl fmt::Display for DrawnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("nothing is drawn; draw at least one stamp"),
            Self::TooManyStamps => {
                write!(f, "the drawing has more than {MOST_STAMPS} stamps; draw fewer")
            }
            Self::NotANumber => f.write_str("a stamp's coordinate is not a number; draw it again"),
            Self::TooLong => {
                write!(
                    f,
                    "the drawing's text has more than {MOST_CHARACTERS} characters; copy it again"
                )
            }
            Self::OtherDimensions { wanted } => write!(
                f,
                "the text of a drawing in {wanted} dimension(s) begins with {wanted}; copy it again, \
                 or choose the kind of drawing that it is"
            ),
            Self::StrangeCharacter { character } => {
                write!(f, "{character:?} is no part of a drawing's text; copy it again")
            }
            Self::Truncated => f.write_str("the drawing's text ends too early; copy all of it"),
            Self::Surplus => f.write_str("the drawing's text goes on after its end; copy it again"),
            Self::OutOfOrder => f.write_str("the drawing's stamps are out of order; copy it again"),
        }
    }
}
