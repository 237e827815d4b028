//! The data sets that a recipe can choose.

use super::points::{Drawing, Line, Plane, PointSet};
use super::{Dataset, PIXELS, SIDE, View};
use crate::describe::{Described, Paper, Words};
use crate::shape::Shape;
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// A data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetKind {
    Mnist,
    StackedMnist,
    Drawn,
    TwoBumps,
    ThreeBumps,
    Uniform,
    DrawnLine,
    Ring,
    Grid,
    TwoMoons,
    Spiral,
    Checkerboard,
    Pinwheel,
    DrawnPlane,
    Origin,
}

/// Where single samples come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Files that arrive bit by bit.
    Mnist,
    /// Digits that the program draws.
    Drawn,
    /// Points that the program draws.
    Points,
}

impl Base {
    /// Whether its samples are made when they are needed, as many as one likes.
    pub fn is_endless(self) -> bool {
        self != Self::Mnist
    }
}

impl DatasetKind {
    pub fn base(self) -> Base {
        match self {
            Self::Mnist | Self::StackedMnist => Base::Mnist,
            Self::Drawn => Base::Drawn,
            _ => Base::Points,
        }
    }

    /// Whether its samples are points.
    pub fn has_points(self) -> bool {
        self.base() == Base::Points
    }

    /// Its points, some of which a visitor may have drawn; none of pictures.
    pub fn points(self, drawing: Drawing) -> Option<PointSet> {
        Some(match self {
            Self::Mnist | Self::StackedMnist | Self::Drawn => return None,
            Self::TwoBumps => PointSet::Line(Line::TwoBumps),
            Self::ThreeBumps => PointSet::Line(Line::ThreeBumps),
            Self::Uniform => PointSet::Line(Line::Uniform),
            Self::DrawnLine => PointSet::DrawnLine(drawing.line()),
            Self::Ring => PointSet::Plane(Plane::Ring),
            Self::Grid => PointSet::Plane(Plane::Grid),
            Self::TwoMoons => PointSet::Plane(Plane::TwoMoons),
            Self::Spiral => PointSet::Plane(Plane::Spiral),
            Self::Checkerboard => PointSet::Plane(Plane::Checkerboard),
            Self::Pinwheel => PointSet::Plane(Plane::Pinwheel),
            Self::DrawnPlane => PointSet::DrawnPlane(drawing.plane()),
            Self::Origin => PointSet::Origin,
        })
    }

    /// What a sample is.
    pub fn shape(self) -> Shape {
        match self.points(Drawing::None) {
            Some(points) => Shape::vector(points.dimensions()),
            None => Shape { side: SIDE, channels: self.channels() },
        }
    }

    /// The data set itself, without anything made or drawn of it.
    pub fn plain(self) -> Dataset {
        Dataset { kind: self, view: View::Plain, drawing: Drawing::None, paired: true }
    }

    /// 3 for red, green and blue, else 1.
    pub fn channels(self) -> usize {
        if self == Self::StackedMnist { 3 } else { 1 }
    }

    /// Pixels times channels of pictures.
    pub fn picture_size(self) -> usize {
        PIXELS * self.channels()
    }
}

impl Described for DatasetKind {
    fn words(self) -> Words {
        let of = |label, help, paper| Words { label, help, paper };
        match self {
            Self::Mnist => of(
                "MNIST",
                "60,000 digits handwritten by American census workers and students, scaled to 28 × 28 pixels.",
                Some(Paper::new(
                    "LeCun, Bottou, Bengio & Haffner 1998",
                    "https://doi.org/10.1109/5.726791",
                )),
            ),
            Self::StackedMnist => of(
                "Stacked MNIST",
                "Three MNIST digits per picture, one each in red, green and blue: a thousand modes.",
                Some(Paper::new("Metz et al. 2016", "https://arxiv.org/abs/1611.02163")),
            ),
            Self::Drawn => of(
                "Drawn digits",
                "Digits that the program draws itself, in endless variation: nothing to download.",
                None,
            ),
            Self::TwoBumps => {
                of("Two bumps", "Numbers around −0.5 and 0.5, half of them each.", None)
            }
            Self::ThreeBumps => of(
                "Three bumps",
                "Numbers around three values, of unequal weight: the lightest, a fifth, is easily forgotten.",
                None,
            ),
            Self::Uniform => of(
                "Uniform",
                "Numbers evenly spread over an interval, with edges that a smooth artist rounds off.",
                None,
            ),
            Self::DrawnLine => of(
                "Drawn on a line",
                "Numbers around the places that you mark in the room Pad.",
                None,
            ),
            Self::Ring => of(
                "Ring of eight",
                "Points in eight small spots on a circle: the classic test for mode collapse.",
                Some(Paper::new("Metz et al. 2016", "https://arxiv.org/abs/1611.02163")),
            ),
            Self::Grid => of(
                "Grid of 25",
                "Points in 25 small spots, five rows of five.",
                Some(Paper::new("Srivastava et al. 2017", "https://arxiv.org/abs/1705.07761")),
            ),
            Self::TwoMoons => {
                of("Two moons", "Points along two half circles that reach into each other.", None)
            }
            Self::Spiral => of(
                "Spiral",
                "Points along a spiral of one and a half turns.",
                Some(Paper::new("Gulrajani et al. 2017", "https://arxiv.org/abs/1704.00028")),
            ),
            Self::Checkerboard => of(
                "Checkerboard",
                "Points evenly spread over every other square of a board.",
                Some(Paper::new("Grathwohl et al. 2019", "https://arxiv.org/abs/1810.01367")),
            ),
            Self::Pinwheel => of(
                "Pinwheel",
                "Points along five curved blades.",
                Some(Paper::new("Johnson et al. 2016", "https://arxiv.org/abs/1603.06277")),
            ),
            Self::DrawnPlane => of(
                "Drawn in the plane",
                "Points around the places that you mark in the room Pad.",
                None,
            ),
            Self::Origin => of(
                "A single point",
                "All real data are one point, 0: the smallest thing there is to learn.",
                Some(Paper::new("Mescheder et al. 2018", "https://arxiv.org/abs/1801.04406")),
            ),
        }
    }
}
