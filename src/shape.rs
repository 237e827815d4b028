//! What a row of numbers is.

use serde::{Deserialize, Serialize};

/// Square feature maps, channels last: [side, side, channels]. A picture has 1 channel if it is grey and 3 if it is
/// coloured; a vector, or a point, is channels at side 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub side: usize,
    pub channels: usize,
}

impl Shape {
    pub const fn vector(length: usize) -> Self {
        Self { side: 1, channels: length }
    }

    /// Values of one channel.
    pub const fn pixels(self) -> usize {
        self.side * self.side
    }

    /// Values in all.
    pub const fn size(self) -> usize {
        self.pixels() * self.channels
    }

    /// With other channels.
    pub const fn of(self, channels: usize) -> Self {
        Self { channels, ..self }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self.side {
            1 => write!(f, "{} values", self.channels),
            side => write!(f, "{side} x {side} x {}", self.channels),
        }
    }
}
