//! How soon a visitor of the built site sees something, on the CPU path.

use super::{Section, Tools};
use crate::data;
use crate::shell::Steps;
use crate::workspace::Workspace;
use anyhow::Result;
use serde_json::{Value, json};

pub fn run(workspace: &Workspace) -> Result<Section> {
    let mut steps = Steps::new(2);
    let tools = Tools::find(workspace)?;
    let shards = data::shards(workspace)?;
    tools.site(workspace, shards.as_deref(), &mut steps)?;

    steps.next("Visiting it");
    let lines = tools.measure(workspace, &workspace.dist(), "benches/load.mjs", &[])?;
    Ok(Section {
        title: "First seconds of a visit",
        markdown: table(&lines),
        json: json!({ "chromium": lines }),
    })
}

fn table(lines: &[Value]) -> String {
    let median = |name: &str| {
        let mut all: Vec<f64> = lines.iter().filter_map(|line| line[name].as_f64()).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).map_or("not measured".to_owned(), |value| format!("{value:.0}"))
    };
    format!(
        "| from | to | ms | without service worker |\n|---|---|---:|---:|\n\
         | navigation | the first pictures | {} | {} |\n\
         | Train | pictures that have changed | {} | {} |",
        median("first_picture_millis"),
        median("bare_first_picture_millis"),
        median("moving_millis"),
        median("bare_moving_millis"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_told_by_their_median() {
        let lines = [
            json!({"browser": "Chromium 1"}),
            json!({"visit": 1, "first_picture_millis": 900.4, "moving_millis": 400.0}),
            json!({"visit": 2, "first_picture_millis": 500.0, "moving_millis": 800.0}),
            json!({"visit": 3, "first_picture_millis": 700.2, "moving_millis": 600.0}),
            json!({"visit": 3, "bare_first_picture_millis": 690.0, "bare_moving_millis": 610.0}),
        ];
        let table = table(&lines);
        assert!(table.contains("| the first pictures | 700 | 690 |"), "{table}");
        assert!(table.contains("| pictures that have changed | 600 | 610 |"), "{table}");
    }
}
