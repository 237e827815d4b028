//! (placeholder while the tree is being laid out)
use crate::recipe_described;
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    Mlp,
    Dcgan,
}
recipe_described!(Architecture { Mlp: "MLP", Dcgan: "DCGAN" });
