//! Says what is wrong with a recipe, as data, before anything is built from it.

use super::{Augmentation, Control, DatasetKind, Field, GameKind, Problem, Recipe, View, catalog};
use serde_json::Value;

impl Recipe {
    /// Whether every field lies within what the catalog offers, the fields make sense together, and a run has
    /// room in memory; empty when the recipe can run.
    pub fn validate(&self) -> Vec<Problem> {
        let json = serde_json::to_value(self).unwrap_or_default();
        let problems: Vec<Problem> = catalog()
            .fields
            .iter()
            .filter_map(|field| {
                refusal(&field.control, at(&json, &field.path))
                    .map(|reason| Problem { path: field.path.clone(), reason })
            })
            .chain(self.contradictions())
            .collect();
        if !problems.is_empty() {
            return problems;
        }
        // Networks can be measured once they can be built.
        let problems = self.misfits();
        if problems.is_empty() { self.too_large() } else { problems }
    }

    /// What makes no sense together, at the field that is best changed.
    fn contradictions(&self) -> impl Iterator<Item = Problem> {
        let translates = self.view.makes_sources();
        let knows_truth = self.game.knows_truth();
        let rules = [
            (
                translates && self.game.draws(),
                "view",
                "must be one without a source in a game that draws from noise",
            ),
            (
                self.game != GameKind::Classic && self.dataset.has_points(),
                "game",
                "must be the one from noise with points, of which nothing else is made",
            ),
            (
                self.dataset.has_points() && !self.generator.network.makes_points(),
                "generator.network",
                "must be an MLP with points, unless the game is that of a single one",
            ),
            (
                self.dataset.has_points() && !self.discriminator.network.makes_points(),
                "discriminator.network",
                "must be an MLP with points, unless the game is that of a single one",
            ),
            (
                self.conditional && self.dataset.has_points(),
                "conditional",
                "must be off with points, which have no labels",
            ),
            (
                self.augment != Augmentation::None && self.dataset.has_points(),
                "augment",
                "must be none with points, which have no neighbours",
            ),
            (
                self.view != View::Plain && self.dataset.channels() > 1,
                "view",
                "must be the picture as it is with stacked digits",
            ),
            (
                self.view != View::Plain && self.dataset.has_points(),
                "view",
                "must be the data as they are with points",
            ),
            (
                self.view == View::Written && self.dataset != DatasetKind::Drawn,
                "dataset",
                "must be the drawn digits in this view: of others nobody knows how they were written",
            ),
            (
                !self.game.draws() && self.conditional,
                "conditional",
                "must be off in a game that translates: the source says which digit it is",
            ),
            (
                !self.game.draws() && self.codes.categorical,
                "codes.categorical",
                "must be off in a game that translates: its artist has no latent vector",
            ),
            (
                !self.game.draws() && self.codes.continuous > 0,
                "codes.continuous",
                "must be 0 in a game that translates: its artist has no latent vector",
            ),
            (
                !knows_truth && self.distance > 0.0,
                "distance",
                "must be 0 in a game that draws from noise or without pairs: there is no truth to be near to",
            ),
            (
                !knows_truth && self.feature_distance > 0.0,
                "feature_distance",
                "must be 0 in a game that draws from noise or without pairs: there is no truth to be near to",
            ),
            (
                !knows_truth && self.adversarial == 0.0,
                "adversarial",
                "must be above 0 in a game that draws from noise or without pairs: nothing else teaches the artist",
            ),
            (
                self.game != GameKind::Cycle && self.cycle > 0.0,
                "cycle",
                "must be 0 where nothing is translated back",
            ),
            (
                self.game == GameKind::Cycle && self.view == View::Shrunk,
                "view",
                "must be one whose sources are as large as their targets in a game both ways",
            ),
            (
                self.game != GameKind::Cycle && !self.view.has_truth(),
                "view",
                "must be one that shows its target: there are no pairs with another hand",
            ),
            (
                self.generator.network.makes_films() && self.view.film().is_none(),
                "generator.network",
                "must be one for pictures where there are no films",
            ),
            (
                self.game == GameKind::Film && self.view.film().is_none(),
                "view",
                "must be one that makes films in this game",
            ),
            (
                self.game == GameKind::Film && self.predicts_codes(),
                "codes.weight",
                "must be 0 in this game, whose judges recover no codes",
            ),
            (
                self.view.film().is_some() && self.augment != Augmentation::None,
                "augment",
                "must be none with films",
            ),
            (
                self.lecam > 0.0 && matches!(self.game, GameKind::Cycle | GameKind::Film),
                "lecam",
                "must be 0 with two judges: it knows the averages of one",
            ),
            (
                knows_truth
                    && self.adversarial == 0.0
                    && self.distance == 0.0
                    && self.feature_distance == 0.0,
                "distance",
                "must be above 0 without a judge: nothing else teaches the artist",
            ),
            (
                self.discriminator.network.judges_patches() && self.d_hidden > 0,
                "d_hidden",
                "must be 0 with a judge of patches, which has a score for each of them",
            ),
            (
                self.discriminator.network.judges_patches() && self.conditional,
                "conditional",
                "must be off with a judge of patches, which see too little to be told the digit",
            ),
            (
                self.discriminator.network.judges_patches() && self.predicts_codes(),
                "codes.weight",
                "must be 0 with a judge of patches, which see too little to recover codes",
            ),
            (self.lecam > 0.0 && self.adversarial == 0.0, "lecam", "must be 0 without a judge"),
            (
                self.conditional && self.dataset == DatasetKind::StackedMnist,
                "conditional",
                "must be off with stacked digits, which have no single label",
            ),
            (
                self.label_smoothing > 0.0 && !self.objective.classifies(),
                "label_smoothing",
                "must be 0 with this objective: only minimax and non-saturating have labels to smooth",
            ),
            (
                self.latent < self.generator.network.least_latent(),
                "latent",
                "must be at least 3 for this generator, which splits the latent vector among its levels",
            ),
            // With R1 or R2 both pull the same way, and clipping is merely not needed.
            (
                self.weight_clip > 0.0 && self.penalty.kind.wants_unit_slope(),
                "weight_clip",
                "must be 0 with this penalty: it asks for a slope of 1, which clipped weights cannot reach",
            ),
            (
                self.conditional && self.predicts_codes(),
                "conditional",
                "must be off with codes, which are for learning without labels: turn those off first",
            ),
            (
                self.codes.continuous > self.latent,
                "latent",
                "must be at least the number of continuous codes, which are its first values",
            ),
            (
                self.weight_clip > 0.0 && self.spectral_norm,
                "weight_clip",
                "must be 0 with spectral normalisation, which cancels the scale of the weights",
            ),
            (
                self.lecam > 0.0 && self.objective.is_shift_invariant(),
                "lecam",
                "must be 0 with this objective: it uses only differences between scores, whose averages drift and say nothing about how sure the judge is",
            ),
        ];
        let broken = rules.into_iter().filter(|&(wrong, ..)| wrong);
        broken.map(|(_, path, reason)| Problem { path: path.into(), reason: reason.into() })
    }
}

impl Recipe {
    /// Paths of the fields, among those that `count`, in which `other` differs.
    pub fn differences(&self, other: &Recipe, count: impl Fn(&Field) -> bool) -> Vec<String> {
        let [a, b] = [self, other].map(|r| serde_json::to_value(r).unwrap_or_default());
        catalog()
            .fields
            .iter()
            .filter(|field| count(field) && at(&a, &field.path) != at(&b, &field.path))
            .map(|field| field.path.clone())
            .collect()
    }
}

/// The value at a field's path.
fn at<'a>(recipe: &'a Value, path: &str) -> &'a Value {
    recipe.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Value::Null)
}

fn refusal(control: &Control, value: &Value) -> Option<String> {
    let outside =
        |lo: String, hi: String| Some(format!("must lie between {lo} and {hi}, but is {value}"));
    match control {
        // A value outside the enum, not a boolean or not a drawing is refused when the recipe is parsed.
        Control::Choice { .. } | Control::Toggle | Control::Drawing => None,
        Control::Integer { min, max } => match value.as_u64() {
            Some(v) if (*min..=*max).contains(&v) => None,
            _ => outside(min.to_string(), max.to_string()),
        },
        // JSON has no NaN or infinity: they arrive as null and are refused here.
        Control::Number { min, max, .. } => match value.as_f64() {
            Some(v) if (*min..=*max).contains(&v) => None,
            _ => outside(min.to_string(), max.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::recipe::presets;

    #[test]
    fn every_preset_is_valid() {
        for preset in presets() {
            assert_eq!(preset.recipe.validate(), [], "{}", preset.name);
        }
    }

    #[test]
    fn values_out_of_range_are_named() {
        let mut recipe = presets()[0].recipe.clone();
        recipe.batch = 1;
        recipe.generator.optimiser.lr = f64::NAN;
        recipe.discriminator.width = 100_000;
        let paths: Vec<_> = recipe.validate().into_iter().map(|p| p.path).collect();
        assert_eq!(paths, ["batch", "generator.optimiser.lr", "discriminator.width"]);
    }
}
