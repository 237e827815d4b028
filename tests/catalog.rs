//! What the catalog offers is documented, tested, and opens for good: whoever adds to it is told here what is missing.

use crate::common::differences::every_network;
use ganvas::data::DatasetKind;
use ganvas::recipe::{Architecture, Control, Described, Norm, Preset, Recipe, View, catalog};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ZOO: &str = include_str!("../docs/zoo.md");

#[test]
fn the_zoo_has_a_row_for_every_preset() {
    let row = |name: &str| ZOO.lines().any(|line| line.starts_with(&format!("| `{name}` |")));
    for Preset { name, recipe, .. } in &catalog().presets {
        // It has docs/recipes.md to itself.
        let coloured = recipe.view == View::Tinted || recipe.dataset == DatasetKind::StackedMnist;
        if recipe.view.film().is_some() || coloured {
            let docs = include_str!("../docs/films.md");
            let row = format!("| `{name}` |");
            assert!(docs.contains(&row), "docs/films.md has no row for `{name}`");
        } else if recipe.view.makes_sources() {
            let docs = include_str!("../docs/translation.md");
            let row = format!("| `{name}` |");
            assert!(docs.contains(&row), "docs/translation.md has no row for `{name}`");
        } else if recipe.dataset.has_points() {
            let docs = include_str!("../docs/points.md");
            let row = format!("| `{name}` |");
            assert!(docs.contains(&row), "docs/points.md has no row for `{name}`");
        } else if name != "quick" {
            assert!(
                row(name),
                "docs/zoo.md has no row for `{name}`: run benches/zoo.sh {name}, or say under “Meant to fail” what is seen"
            );
        }
    }
}

#[test]
fn gradients_are_held_to_differences_for_every_network_and_norm() {
    // Those that translate have their own tests, as do judges of patches.
    for &network in Architecture::ALL.iter().filter(|network| network.draws()) {
        let known = every_network().any(|recipe| recipe.generator.network == network);
        assert!(known, "every_network() in tests/common/differences.rs lacks {network:?}");
    }
    for &norm in Norm::ALL {
        let known = every_network().any(|recipe| recipe.norm == norm);
        assert!(known, "every_network() in tests/common/differences.rs lacks {norm:?}");
    }
}

/// The names that checkpoints and links hold, by the path of their field.
fn names() -> BTreeMap<&'static str, Vec<&'static str>> {
    let fields = catalog().fields.iter();
    let choices = fields.filter_map(|field| match &field.control {
        Control::Choice { options } => {
            let names = options.iter().filter_map(|option| option.value.as_str());
            Some((field.path.as_str(), names.collect()))
        }
        _ => None,
    });
    let presets = catalog().presets.iter().map(|preset| preset.name.as_str()).collect();
    choices.chain([("preset", presets)]).collect()
}

#[test]
fn a_name_that_was_published_stays() {
    let path = Path::new("tests/protocol/names.json");
    let names = names();
    if std::env::var_os("GANVAS_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&names).expect("JSON") + "\n";
        std::fs::write(path, text).expect("the fixture can be written");
    }
    let text = std::fs::read_to_string(path).expect("the fixture is there");
    let published: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&text).expect("JSON");
    for (path, published) in &published {
        let now: BTreeSet<String> =
            names.get(path.as_str()).into_iter().flatten().map(|name| name.to_string()).collect();
        let lost: Vec<_> = published.difference(&now).collect();
        assert!(
            lost.is_empty(),
            "{path}: checkpoints and links hold {lost:?}, which no longer opens"
        );
    }
    let new = |(path, names): (&&str, &Vec<&str>)| {
        let known = published.get(*path);
        names
            .iter()
            .any(|name| !known.is_some_and(|known| known.contains(*name)))
            .then(|| path.to_string())
    };
    let new: Vec<_> = names.iter().filter_map(new).collect();
    assert!(
        new.is_empty(),
        "there are new names for {new:?}; once published they stay: GANVAS_BLESS=1 cargo test catalog:: adds them to tests/protocol/names.json"
    );
}

/// Links and checkpoints hold recipes from before a setting was there.
#[test]
fn a_recipe_without_the_newer_settings_opens() {
    let recipe: Result<Recipe, _> =
        serde_json::from_str(include_str!("protocol/first_recipe.json"));
    let recipe = recipe.unwrap_or_else(|refusal| {
        panic!("an older recipe no longer opens: {refusal}. A new setting of `Recipe` needs #[serde(default)]")
    });
    assert_eq!(recipe.validate(), []);
}
