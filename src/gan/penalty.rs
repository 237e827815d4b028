//! (placeholder while the tree is being laid out)
use crate::recipe_described;
use serde::{Deserialize, Serialize};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PenaltyKind {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "r1")]
    R1,
    #[serde(rename = "r2")]
    R2,
    #[serde(rename = "r1-r2")]
    R1R2,
}
recipe_described!(PenaltyKind { None: "None", R1: "R1", R2: "R2", R1R2: "R1 + R2" });
