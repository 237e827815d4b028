//! What exists and how it may be set: every option with its label, range, one sentence and paper. The
//! page's form and the command line's help are made from this; option names appear nowhere in JS.

mod player;
mod row;
mod run;

use super::{Preset, presets};
use crate::describe::Paper;
use crate::metrics::{Metric, MetricEntry};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    pub presets: Vec<Preset>,
    /// In the order in which a form shows them.
    pub fields: Vec<Field>,
    /// What pictures are measured by, in the order in which a table shows it.
    pub metrics: Vec<MetricEntry>,
}

/// One settable value of a [`super::Recipe`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Where it stands in the recipe's JSON, such as `generator.optimiser.lr`.
    pub path: String,
    /// The part of the form it belongs to.
    pub group: String,
    pub label: String,
    pub help: String,
    pub control: Control,
    /// Whether it may be changed while training (`adjust`) without starting anew.
    pub live: bool,
    /// Whether it may also change where a run goes on from a checkpoint (`restore`), between two steps:
    /// whatever is decided anew in each step. What gives the networks their shape, or the random streams
    /// their course, is not.
    pub branches: bool,
    /// Whether a first-time visitor sees it without opening the advanced settings.
    pub basic: bool,
    /// What leaves it without effect, each by itself: a form hides it then.
    pub unless: Vec<Condition>,
}

/// That another field's value is one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub path: String,
    pub values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Control {
    Choice {
        options: Vec<Choice>,
    },
    Toggle,
    /// Text that stands for stamps ([`crate::data::points::Drawn::text`]), or none.
    Drawing,
    Integer {
        min: u64,
        max: u64,
    },
    /// `log`: a slider should move in equal ratios.
    Number {
        min: f64,
        max: f64,
        log: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The JSON value that goes into the recipe.
    pub value: Value,
    pub label: String,
    pub help: String,
    pub paper: Option<Paper>,
}

/// Everything a shell needs to offer.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog {
        presets: presets(),
        fields: fields().collect(),
        metrics: Metric::ALL.iter().map(|metric| metric.entry()).collect(),
    });
    &CATALOG
}

fn fields() -> impl Iterator<Item = Field> {
    let parts = [
        ("Run", "", run::rows()),
        ("Generator", "generator", player::network("How fast the artist learns.")),
        ("Generator", "generator", player::learning()),
        ("Discriminator", "discriminator", player::network("How fast the judge learns.")),
        ("Discriminator", "", player::hidden()),
        ("Discriminator", "discriminator", player::learning()),
    ];
    let fields = parts.into_iter().flat_map(|(group, within, rows)| {
        rows.into_iter().map(move |row| row.field(group, within))
    });
    fields.map(|mut field| {
        if field.group == "Discriminator" {
            field.unless = row::of_judge(field.unless);
        }
        field
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::default_recipe;
    use std::collections::BTreeSet;

    /// Where every value of a recipe stands.
    fn paths(value: &Value, at: &str) -> Vec<String> {
        let Value::Object(parts) = value else { return vec![at.into()] };
        let below = |(name, value): (&String, &Value)| match at {
            "" => paths(value, name),
            at => paths(value, &format!("{at}.{name}")),
        };
        parts.iter().flat_map(below).collect()
    }

    #[test]
    fn every_setting_of_a_recipe_has_one_row() {
        let recipe = serde_json::to_value(default_recipe()).unwrap();
        let settings: BTreeSet<String> = paths(&recipe, "").into_iter().collect();
        let listed: Vec<String> = catalog().fields.iter().map(|field| field.path.clone()).collect();
        for path in &settings {
            let rows = listed.iter().filter(|listed| *listed == path).count();
            assert_eq!(
                rows, 1,
                "`{path}` of `Recipe` needs one row in src/recipe/catalog/: without, neither the page nor `--set` has it"
            );
        }
        for path in listed {
            assert!(
                settings.contains(&path),
                "src/recipe/catalog/ has `{path}`, which `Recipe` has not"
            );
        }
    }

    #[test]
    fn every_row_is_complete_and_asks_only_for_what_there_is() {
        let fields = &catalog().fields;
        for Field { path, label, help, control, unless, .. } in fields {
            assert!(!label.is_empty(), "{path}: its label");
            assert!(help.ends_with('.'), "{path}: its help is no sentence");
            if let Control::Choice { options } = control {
                for Choice { value, label, help, .. } in options {
                    assert!(!label.is_empty() && help.ends_with('.'), "{path}: words of {value}");
                }
            }
            for Condition { path: other, values } in unless {
                assert!(fields.iter().any(|field| &field.path == other), "{path}: unless {other}");
                assert!(!values.is_empty(), "{path}: no value of {other} leaves it without effect");
            }
        }
    }
}
