//! What the players are told of a picture beside the picture, and what the judge is asked to find out.

use super::Recipe;
use crate::data::CLASSES;
use crate::describe::{Described, Paper, Words};
use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// How the discriminator of a conditional run hears of the class; the generator always hears it beside
/// its random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "kebab-case")]
pub enum Conditioning {
    /// logit = h·w + b + h·E\[y\] (Miyato & Koyama 2018, arXiv 1802.05637, eq. 3).
    Projection,
    /// The label is an input beside the picture (Mirza & Osindero 2014, arXiv 1411.1784, section 3.2).
    Concatenation,
    /// It is not told but has to say it: a second head on its features names the class of every picture,
    /// and its cross entropy is a loss of both players (Odena et al. 2016, arXiv 1610.09585, eq. 3).
    Auxiliary,
}

impl Described for Conditioning {
    fn words(self) -> Words {
        match self {
            Self::Projection => Words {
                label: "Projection",
                help: "Each digit has a learned embedding, whose dot product with the judge's features is added to the score.",
                paper: Some(Paper::new("Miyato & Koyama 2018", "https://arxiv.org/abs/1802.05637")),
            },
            Self::Concatenation => Words {
                label: "Concatenation",
                help: "The label is an extra input: a learned pattern for each digit, laid over the picture.",
                paper: Some(Paper::new("Mirza & Osindero 2014", "https://arxiv.org/abs/1411.1784")),
            },
            Self::Auxiliary => Words {
                label: "Auxiliary classifier",
                help: "The judge is not given the label but has to predict it with a second output; both players want it to be right.",
                paper: Some(Paper::new("Odena et al. 2016", "https://arxiv.org/abs/1610.09585")),
            },
        }
    }
}

/// Codes that the generator gets beside its noise and that a second head of the discriminator has to find
/// in its drawings (InfoGAN, Chen et al. 2016, arXiv 1606.03657, eq. 5 and 6).
///
/// Intuition: a code that can be read off a drawing must have changed it in some way that shows. So what
/// each code turns is found without a single label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Whether there is one with ten values, all equally likely. It takes the place of a label.
    pub categorical: bool,
    /// How many there are that are numbers, 0 to 4: the first ones of the latent vector, normal like the
    /// others, so that a latent is the same thing in every run. (The paper's are uniform in [-1, 1].)
    pub continuous: usize,
    /// λ: what the losses of the second head count for, to both players. At 0 there is no such head, and a
    /// categorical code only gives the generator ten places to start from: data that lie in pieces want a latent
    /// in pieces (Gurumurthy et al. 2017, arXiv 1706.02071; Khayatkhoei et al. 2018, arXiv 1806.00880).
    pub weight: f64,
}

/// What a second head of the discriminator reads off a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guessed {
    /// Classes to choose from: 10, or 0 for none.
    pub classes: usize,
    /// Numbers besides.
    pub numbers: usize,
    /// Whether real pictures are read too; else drawings only.
    pub reals: bool,
}

impl Recipe {
    /// Whether the generator is asked for one of ten classes: for a digit, or for one of categories that
    /// it makes up itself.
    pub fn asks_class(&self) -> bool {
        self.conditional || self.codes.categorical
    }

    /// Whether those categories are the generator's own. A digit that it is told takes their place.
    pub fn own_categories(&self) -> bool {
        self.codes.categorical && !self.conditional
    }

    /// Whether a second head has codes to find.
    pub fn reads_codes(&self) -> bool {
        let Codes { categorical, continuous, weight } = self.codes;
        weight > 0.0 && (categorical || continuous > 0)
    }

    /// What the discriminator has a second head for, if it has one.
    pub fn guessed(&self) -> Option<Guessed> {
        let named = self.conditional && self.conditioning == Conditioning::Auxiliary;
        let read = self.reads_codes();
        let classes = if named || read && self.own_categories() { CLASSES } else { 0 };
        let numbers = if read { self.codes.continuous } else { 0 };
        (named || read).then_some(Guessed { classes, numbers, reals: named })
    }

    /// What the second head's loss counts for.
    pub fn guess_weight(&self) -> f64 {
        if self.conditional { 1.0 } else { self.codes.weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{Objective, default_recipe};

    #[test]
    fn a_second_head_is_there_where_something_is_to_be_read() {
        let of = |conditional, conditioning, categorical, continuous| {
            let codes = Codes { categorical, continuous, weight: 0.5 };
            Recipe { conditional, conditioning, codes, ..default_recipe() }
        };
        use Conditioning::{Auxiliary, Concatenation, Projection};
        let guessed = |classes, numbers, reals| Some(Guessed { classes, numbers, reals });
        for conditioning in [Projection, Concatenation] {
            assert_eq!(of(true, conditioning, false, 0).guessed(), None);
        }
        assert_eq!(of(true, Auxiliary, false, 0).guessed(), guessed(10, 0, true));
        assert_eq!(of(false, Auxiliary, false, 0).guessed(), None);
        assert_eq!(of(false, Auxiliary, true, 2).guessed(), guessed(10, 2, false));
        assert_eq!(of(false, Projection, false, 1).guessed(), guessed(0, 1, false));
        let unread = Codes { categorical: true, continuous: 2, weight: 0.0 };
        let unread = Recipe { conditional: false, codes: unread, ..default_recipe() };
        assert!(unread.asks_class() && unread.own_categories() && unread.guessed().is_none());
        // A digit takes the place of a category that nobody reads.
        let told = Recipe { conditional: true, conditioning: Auxiliary, ..unread };
        assert!(told.asks_class() && !told.own_categories());
        assert_eq!(told.guessed(), guessed(10, 0, true));
        assert_eq!(of(true, Auxiliary, false, 0).guess_weight(), 1.0);
        assert_eq!(of(false, Auxiliary, true, 0).guess_weight(), 0.5);
    }

    #[test]
    fn with_a_second_head_only_the_logits_have_a_resting_place_to_show() {
        let mut recipe = default_recipe();
        recipe.objective = Objective::NonSaturating;
        let plain = recipe.equilibrium();
        recipe.conditioning = Conditioning::Auxiliary;
        let asked = recipe.equilibrium();
        assert!(plain.d_loss.is_some() && plain.logit.is_some());
        assert_eq!((asked.d_loss, asked.g_loss, asked.logit), (None, None, plain.logit));
    }
}
