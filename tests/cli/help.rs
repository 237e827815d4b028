//! What is printed on request.

use super::*;

#[test]
fn help_comes_from_the_catalog() {
    let dir = folder();
    let help = works(&["train", "--help"], dir.path());
    let list = works(&["presets"], dir.path());
    let catalog = ganvas::recipe::catalog();
    for preset in catalog.presets {
        assert!(help.contains(&preset.name) && help.contains(&preset.label), "{help}");
        assert!(list.contains(&preset.summary), "{list}");
    }
    for field in catalog.fields {
        assert!(help.contains(&field.path), "{} is missing from the help", field.path);
        assert!(list.contains(&field.help), "{} is missing from the list", field.path);
    }
    let eval = works(&["eval", "--help"], dir.path());
    for metric in catalog.metrics {
        for words in [metric.label, metric.formula, metric.paper.url] {
            assert!(eval.contains(&words), "{words} is missing from eval's help");
        }
    }
    let json = works(&["presets", "--json"], dir.path());
    let _: ganvas::recipe::Catalog = serde_json::from_str(&json).unwrap();
}
