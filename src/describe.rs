//! What a choice says of each of its variants. The page's form and the command line's help are made from these
//! words; neither knows an option by name, nor does this file.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use strum::VariantArray;

/// An enum that one field of a recipe is chosen from.
pub trait Described: VariantArray + Copy + Serialize {
    /// Every variant, in the order of the declaration, which is the order in which page and help show them.
    const ALL: &'static [Self] = Self::VARIANTS;

    fn words(self) -> Words;
}

/// What page and help say of one variant.
#[derive(Clone, Debug)]
pub struct Words {
    pub label: &'static str,
    /// One sentence for a curious person.
    pub help: &'static str,
    pub paper: Option<Paper>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Authors and year.
    pub citation: Cow<'static, str>,
    pub url: Cow<'static, str>,
}

impl Paper {
    pub const fn new(citation: &'static str, url: &'static str) -> Self {
        Self { citation: Cow::Borrowed(citation), url: Cow::Borrowed(url) }
    }
}
