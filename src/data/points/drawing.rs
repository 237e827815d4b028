//! A visitor's drawing as a setting of a recipe.

use super::{Drawn, DrawnError};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What stands in a recipe, as text: nothing, or stamps on a line or in a plane ([`Drawn::text`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "a recipe has one")]
pub enum Drawing {
    #[default]
    None,
    Line(Drawn<1>),
    Plane(Drawn<2>),
}

impl Drawing {
    /// # Errors
    /// Why the text is no drawing.
    pub fn parse(text: &str) -> Result<Self, DrawnError> {
        match text.as_bytes() {
            [] => Ok(Self::None),
            [b'1', ..] => Drawn::parse(text).map(Self::Line),
            _ => Drawn::parse(text).map(Self::Plane),
        }
    }

    pub fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Line(drawn) => drawn.text(),
            Self::Plane(drawn) => drawn.text(),
        }
    }

    /// The stamps on a line: those that were drawn, else some to begin with.
    pub fn line(&self) -> Drawn<1> {
        match self {
            Self::Line(drawn) => *drawn,
            _ => some(&[[-0.7], [-0.6], [-0.5], [0.1], [0.15], [0.7]]),
        }
    }

    /// The stamps in a plane: those that were drawn, else a heart to begin with.
    pub fn plane(&self) -> Drawn<2> {
        match self {
            Self::Plane(drawn) => *drawn,
            _ => {
                let heart = |i: u8| {
                    let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 48.0).sin_cos();
                    // The usual curve, 32 wide: x = 16 sin³, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t.
                    let (cos2, cos3) = (2.0 * cos * cos - 1.0, cos * (4.0 * cos * cos - 3.0));
                    let cos4 = 2.0 * cos2 * cos2 - 1.0;
                    let y = 13.0 * cos - 5.0 * cos2 - 2.0 * cos3 - cos4;
                    [16.0 * sin * sin * sin, y + 2.5].map(|v| (v / 18.0) as f32)
                };
                some(&(0..48).map(heart).collect::<Vec<_>>())
            }
        }
    }
}

fn some<const D: usize>(stamps: &[[f32; D]]) -> Drawn<D> {
    Drawn::new(stamps).expect("some stamps, not too many")
}

impl Serialize for Drawing {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Drawing {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}
