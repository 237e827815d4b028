//! Conditioning on labels and codes, and what an auxiliary head predicts.

use super::Recipe;
use crate::data::CLASSES;
use crate::nets::{AuxiliaryOutputs, Conditioning};
use serde::{Deserialize, Serialize};

/// Codes that the generator gets along with its noise and that an auxiliary head of the discriminator, Q, has to
/// recover from its pictures (InfoGAN, Chen et al. 2016, arXiv 1606.03657, eq. 5 and 6).
///
/// Intuition: a code that can be read off a drawing must have changed it in some way that shows. So what
/// each code turns is found without a single label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Whether there is one with ten values, all equally likely. It takes the place of a label.
    pub categorical: bool,
    /// How many continuous codes there are, 0 to 4: the first values of the latent vector, normal like the
    /// others, so that a latent is the same thing in every run. (The paper's are uniform in [-1, 1].)
    pub continuous: usize,
    /// λ: the weight of the auxiliary loss in both players' losses. At 0 there is no such head, and a categorical
    /// code only makes the latent distribution a mixture of ten: disconnected data want a disconnected latent space (Gurumurthy et al. 2017, arXiv 1706.02071; Khayatkhoei et al. 2018, arXiv 1806.00880).
    pub weight: f64,
}

impl Recipe {
    /// Whether the generator is asked for one of ten classes: for a digit, or for one of categories that
    /// it makes up itself.
    pub fn asks_class(&self) -> bool {
        self.conditional || self.codes.categorical
    }

    /// Whether those categories are the generator's own. A label takes their place.
    pub fn own_categories(&self) -> bool {
        self.codes.categorical && !self.conditional
    }

    /// Whether an auxiliary head predicts codes.
    pub fn predicts_codes(&self) -> bool {
        let Codes { categorical, continuous, weight } = self.codes;
        weight > 0.0 && (categorical || continuous > 0)
    }

    /// The outputs of the discriminator's auxiliary head, if it has one.
    pub fn auxiliary_outputs(&self) -> Option<AuxiliaryOutputs> {
        let named = self.conditional && self.conditioning == Conditioning::Auxiliary;
        let read = self.predicts_codes();
        let classes = if named || read && self.own_categories() { CLASSES } else { 0 };
        let continuous = if read { self.codes.continuous } else { 0 };
        (named || read).then_some(AuxiliaryOutputs { classes, continuous, reals: named })
    }

    /// The weight of the auxiliary loss.
    pub fn auxiliary_weight(&self) -> f64 {
        if self.conditional { 1.0 } else { self.codes.weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Objective, default_recipe};

    #[test]
    fn there_is_an_auxiliary_head_where_something_is_to_be_predicted() {
        let of = |conditional, conditioning, categorical, continuous| {
            let codes = Codes { categorical, continuous, weight: 0.5 };
            Recipe { conditional, conditioning, codes, ..default_recipe() }
        };
        use Conditioning::{Auxiliary, Concatenation, Projection};
        let outputs =
            |classes, continuous, reals| Some(AuxiliaryOutputs { classes, continuous, reals });
        for conditioning in [Projection, Concatenation] {
            assert_eq!(of(true, conditioning, false, 0).auxiliary_outputs(), None);
        }
        assert_eq!(of(true, Auxiliary, false, 0).auxiliary_outputs(), outputs(10, 0, true));
        assert_eq!(of(false, Auxiliary, false, 0).auxiliary_outputs(), None);
        assert_eq!(of(false, Auxiliary, true, 2).auxiliary_outputs(), outputs(10, 2, false));
        assert_eq!(of(false, Projection, false, 1).auxiliary_outputs(), outputs(0, 1, false));
        let unread = Codes { categorical: true, continuous: 2, weight: 0.0 };
        let unread = Recipe { conditional: false, codes: unread, ..default_recipe() };
        assert!(
            unread.asks_class() && unread.own_categories() && unread.auxiliary_outputs().is_none()
        );
        // A digit takes the place of a category that nobody reads.
        let conditional = Recipe { conditional: true, conditioning: Auxiliary, ..unread };
        assert!(conditional.asks_class() && !conditional.own_categories());
        assert_eq!(conditional.auxiliary_outputs(), outputs(10, 0, true));
        assert_eq!(of(true, Auxiliary, false, 0).auxiliary_weight(), 1.0);
        assert_eq!(of(false, Auxiliary, true, 0).auxiliary_weight(), 0.5);
    }

    #[test]
    fn with_an_auxiliary_head_only_the_logits_have_a_resting_place_to_show() {
        let mut recipe = default_recipe();
        recipe.objective = Objective::NonSaturating;
        let plain = recipe.equilibrium();
        recipe.conditioning = Conditioning::Auxiliary;
        let asked = recipe.equilibrium();
        assert!(plain.d_loss.is_some() && plain.logit.is_some());
        assert_eq!((asked.d_loss, asked.g_loss, asked.logit), (None, None, plain.logit));
    }
}
