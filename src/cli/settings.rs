//! `--preset` and `--set`: a recipe from the catalog. What exists, and within which bounds, only the
//! catalog knows.

use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser};
use ganvas::recipe::{Control, Drawing, Field, Recipe, catalog, presets};
use serde_json::{Value, json};
use std::fmt::Write;

/// Parses `--preset`, and describes each in the help.
pub fn preset_names() -> PossibleValuesParser {
    PossibleValuesParser::new(presets().into_iter().map(|preset| {
        PossibleValue::new(preset.name).help(format!("{}. {}", preset.label, preset.summary))
    }))
}

/// The first preset, which is the default.
pub fn default_preset() -> String {
    presets().swap_remove(0).name
}

pub fn preset(name: &str) -> Result<Recipe> {
    let preset = presets().into_iter().find(|preset| preset.name == name);
    Ok(preset.with_context(|| format!("there is no preset `{name}`"))?.recipe)
}

/// One `PATH=VALUE`.
#[derive(Clone, Debug)]
pub struct Setting {
    path: String,
    value: Value,
}

/// Parses and checks one `--set`.
pub fn setting(text: &str) -> Result<Setting> {
    let (path, value) = text.split_once('=').context("write it as PATH=VALUE, such as batch=32")?;
    let fields = &catalog().fields;
    let Some(field) = fields.iter().find(|field| field.path == path.trim()) else {
        let paths: Vec<_> = fields.iter().map(|field| field.path.as_str()).collect();
        bail!("there is no setting `{path}`; there are {}", paths.join(", "));
    };
    let value = parse(field, value.trim())?;
    Ok(Setting { path: field.path.clone(), value })
}

/// `recipe` with these settings instead of its own, in order.
///
/// # Errors
/// When the result cannot run.
pub fn apply(recipe: &Recipe, settings: &[Setting]) -> Result<Recipe> {
    let mut json = serde_json::to_value(recipe)?;
    for Setting { path, value } in settings {
        let pointer = format!("/{}", path.replace('.', "/"));
        let place = json.pointer_mut(&pointer);
        *place.with_context(|| format!("this recipe has no `{path}`"))? = value.clone();
    }
    let recipe: Recipe = serde_json::from_value(json)?;
    let problems = recipe.validate();
    if !problems.is_empty() {
        return Err(ganvas::Error::Recipe(problems).into());
    }
    Ok(recipe)
}

/// The value of a field as JSON. Bounds are the recipe's own business.
fn parse(field: &Field, text: &str) -> Result<Value> {
    let value = match &field.control {
        Control::Choice { options } => {
            let known = options.iter().map(|option| &option.value);
            known.into_iter().find(|value| value.as_str() == Some(text)).cloned()
        }
        Control::Toggle => text.parse::<bool>().ok().map(|v| json!(v)),
        Control::Drawing => Drawing::parse(text).ok().map(|v| json!(v)),
        Control::Integer { .. } => text.parse::<u64>().ok().map(|v| json!(v)),
        Control::Number { .. } => {
            text.parse::<f64>().ok().filter(|v| v.is_finite()).map(|v| json!(v))
        }
    };
    value.with_context(|| format!("{} must be {}, not `{text}`", field.path, range(&field.control)))
}

/// What a control takes, in words.
fn range(control: &Control) -> String {
    match control {
        Control::Choice { options } => {
            let names: Vec<_> = options.iter().filter_map(|o| o.value.as_str()).collect();
            format!("one of {}", names.join(", "))
        }
        Control::Toggle => "true or false".into(),
        Control::Drawing => "a drawing's text".into(),
        Control::Integer { min, max } => format!("a whole number from {min} to {max}"),
        Control::Number { min, max, .. } => format!("a number from {min} to {max}"),
    }
}

/// Every setting with what it takes and what it does.
pub fn help() -> String {
    let mut help = String::from("Settings (--set PATH=VALUE):\n");
    for field in &catalog().fields {
        // Writing to a string cannot fail.
        let _ = write!(help, "\n  {}: {}\n      {}", field.path, range(&field.control), field.help);
        if let Control::Choice { options } = &field.control {
            for option in options {
                let value = option.value.as_str().unwrap_or_default();
                let _ = write!(help, "\n        {value}: {}", option.help);
            }
        }
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(texts: &[&str]) -> Vec<Setting> {
        texts.iter().map(|text| setting(text).unwrap()).collect()
    }

    #[test]
    fn settings_of_every_kind_reach_the_recipe() {
        let texts = [
            "generator.width=48",
            "objective=minimax",
            "conditional=false",
            "discriminator.optimiser.lr=3e-4",
            "batch=16",
        ];
        let recipe = apply(&presets()[0].recipe, &settings(&texts)).unwrap();
        assert_eq!((recipe.generator.width, recipe.batch), (48, 16));
        assert_eq!(recipe.objective, ganvas::recipe::Objective::Minimax);
        assert!(!recipe.conditional);
        assert_eq!(recipe.discriminator.optimiser.lr, 3e-4);
    }

    #[test]
    fn every_catalog_path_can_be_set_to_what_the_recipe_has() {
        let recipe = presets()[0].recipe.clone();
        let json = serde_json::to_value(&recipe).unwrap();
        for field in &catalog().fields {
            let value = json.pointer(&format!("/{}", field.path.replace('.', "/"))).unwrap();
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
            let same = apply(&recipe, &settings(&[&format!("{}={text}", field.path)])).unwrap();
            assert_eq!(same, recipe, "{}", field.path);
        }
    }

    #[test]
    fn wrong_settings_say_what_would_be_right() {
        let message = |text: &str| setting(text).unwrap_err().to_string();
        assert!(message("batch").contains("PATH=VALUE"));
        assert!(message("colour=red").contains("generator.optimiser.lr"));
        assert!(message("batch=many").contains("whole number from 2 to 512"));
        assert!(message("objective=guess").contains("one of "));
        assert!(message("objective=guess").contains("minimax"));
        assert!(message("generator.optimiser.lr=NaN").contains("a number from"));
        let outside = apply(&presets()[0].recipe, &settings(&["batch=1"])).unwrap_err();
        assert!(outside.to_string().contains("batch"), "{outside}");
    }
}
