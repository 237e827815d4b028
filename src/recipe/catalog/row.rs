//! One row of the catalog: all that there is to say of a field, in one place.

use super::{Choice, Condition, Control, Field};
use crate::describe::Described;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// A [`Field`] as it is written down. Nothing in it has a default, so that nothing is forgotten.
pub struct Row {
    /// Within the player where it belongs to one, as that of `unless` is.
    pub path: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub control: Control,
    pub changes: Changes,
    pub basic: bool,
    pub unless: Vec<Condition>,
}

/// When a field may change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// With a new run: it gives the networks their shape, or the random streams their course.
    Start,
    /// Where a run goes on from a checkpoint as well.
    Branch,
    /// And while it trains.
    Live,
}

impl Row {
    /// `within`: the part of the recipe that the paths begin at; empty for all of it.
    pub fn field(self, group: &str, within: &str) -> Field {
        let Row { path, label, help, control, changes, basic, unless } = self;
        let whole = |path: &str| match within {
            "" => path.to_string(),
            within => format!("{within}.{path}"),
        };
        Field {
            path: whole(path),
            group: group.into(),
            label: label.into(),
            help: help.into(),
            control,
            live: changes == Changes::Live,
            branches: changes != Changes::Start,
            basic,
            unless: unless
                .into_iter()
                .map(|Condition { path, values }| Condition { path: whole(&path), values })
                .collect(),
        }
    }
}

pub fn choice<T: Described>() -> Control {
    let options = T::ALL.iter().map(|&v| {
        let words = v.words();
        Choice {
            value: json!(v),
            label: words.label.into(),
            help: words.help.into(),
            paper: words.paper,
        }
    });
    Control::Choice { options: options.collect() }
}

pub fn whole(range: RangeInclusive<u64>) -> Control {
    let (min, max) = range.into_inner();
    Control::Integer { min, max }
}

pub fn number(range: RangeInclusive<f64>) -> Control {
    let (min, max) = range.into_inner();
    Control::Number { min, max, log: false }
}

/// A number whose slider moves in equal ratios.
pub fn ratio(range: RangeInclusive<f64>) -> Control {
    let (min, max) = range.into_inner();
    Control::Number { min, max, log: true }
}

/// Without effect where the field at `path` has this value.
pub fn unless(path: &str, value: impl Into<Value>) -> Vec<Condition> {
    vec![Condition { path: path.into(), values: vec![value.into()] }]
}

/// Without effect where there is no discriminator, or where one of `others` holds.
pub fn of_judge(others: Vec<Condition>) -> Vec<Condition> {
    [unless("adversarial", 0.0), others].concat()
}

/// Without effect where the choice at `path` is a variant that `uses` does not hold for.
pub fn only_for<T: Described>(path: &str, uses: impl Fn(T) -> bool) -> Vec<Condition> {
    let values = T::ALL.iter().filter(|&&v| !uses(v)).map(|v| json!(v)).collect();
    vec![Condition { path: path.into(), values }]
}
