//! What has been done to a run by hand since its first step. With the recipe that it started from this is all that a
//! run on the same device depends on: who does the same at the same steps gets the same numbers to the last bit.

use crate::gan::game::Side;
use crate::recipe::Recipe;
use std::fmt::{self, Display};
use std::str::FromStr;

/// More moves than anybody tells of. A run with more has no account, so that no checkpoint grows without bound.
const MOST_MOVES: usize = 100;

/// How a run came to where it stands. As text it is a line for the recipe, in JSON, and one for each move: its step and a
/// recipe or a side. (Derived by serde, for JSON and for JavaScript, it would take a browser's program 10 kB more.)
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The recipe at step 0.
    pub start: Recipe,
    /// In the order of their steps.
    pub moves: Vec<Move>,
}

/// Something done by hand once so many steps had been taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    pub step: u64,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// From here on the run goes by this recipe.
    Adjust(Box<Recipe>),
    /// One side takes the next step alone.
    Single(Side),
}

impl Account {
    pub fn new(start: Recipe) -> Self {
        Self { start, moves: Vec::new() }
    }

    /// The recipe that the run goes by after all moves.
    pub fn recipe(&self) -> &Recipe {
        let adjusted = self.moves.iter().rev().find_map(|Move { action, .. }| match action {
            Action::Adjust(recipe) => Some(&**recipe),
            Action::Single(_) => None,
        });
        adjusted.unwrap_or(&self.start)
    }

    /// The account with one more move; none when that is too many.
    pub fn and(mut self, step: u64, action: Action) -> Option<Self> {
        // A slider that is dragged while a run rests has come to one value in the end.
        if matches!(action, Action::Adjust(_)) {
            self.moves.pop_if(|last| last.step == step && matches!(last.action, Action::Adjust(_)));
        }
        if matches!(&action, Action::Adjust(recipe) if **recipe == *self.recipe()) {
            return Some(self);
        }
        self.moves.push(Move { step, action });
        (self.moves.len() <= MOST_MOVES).then_some(self)
    }

    /// Whether a run can have come by this to so many steps.
    pub fn leads_to(&self, step: u64) -> bool {
        let in_order = self.moves.is_sorted_by_key(|Move { step, .. }| *step);
        let within = self.moves.iter().all(|Move { step: at, action }| match action {
            Action::Adjust(_) => *at <= step,
            Action::Single(_) => *at < step,
        });
        // Of several single steps each is a step further.
        let singles: Vec<u64> = self
            .moves
            .iter()
            .filter(|Move { action, .. }| matches!(action, Action::Single(_)))
            .map(|Move { step, .. }| *step)
            .collect();
        let apart = singles.is_sorted_by(|a, b| a < b);
        self.moves.len() <= MOST_MOVES && in_order && within && apart
    }
}

const GENERATOR: &str = "generator";
const DISCRIMINATOR: &str = "discriminator";

impl Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let json = |recipe: &Recipe| serde_json::to_string(recipe).map_err(|_| fmt::Error);
        f.write_str(&json(&self.start)?)?;
        for Move { step, action } in &self.moves {
            match action {
                Action::Adjust(recipe) => write!(f, "\n{step} {}", json(recipe)?)?,
                Action::Single(Side::Generator) => write!(f, "\n{step} {GENERATOR}")?,
                Action::Single(Side::Discriminator) => write!(f, "\n{step} {DISCRIMINATOR}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Account {
    type Err = ();

    /// # Errors
    /// For any other text.
    fn from_str(text: &str) -> Result<Self, ()> {
        let recipe = |json: &str| serde_json::from_str::<Recipe>(json).map_err(|_| ());
        let mut lines = text.split('\n');
        let mut account = Account::new(recipe(lines.next().unwrap_or_default())?);
        for line in lines {
            let (step, action) = line.split_once(' ').ok_or(())?;
            let action = match action {
                GENERATOR => Action::Single(Side::Generator),
                DISCRIMINATOR => Action::Single(Side::Discriminator),
                json => Action::Adjust(Box::new(recipe(json)?)),
            };
            account.moves.push(Move { step: step.parse().map_err(|_| ())?, action });
        }
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::default_recipe;

    fn adjusted(d_steps: usize) -> Action {
        Action::Adjust(Box::new(Recipe { d_steps, ..default_recipe() }))
    }

    #[test]
    fn what_is_changed_twice_at_a_step_is_told_once_and_what_is_changed_back_not_at_all() {
        let account = Account::new(default_recipe()).and(3, adjusted(2)).unwrap();
        let account = account.and(3, adjusted(3)).unwrap();
        assert_eq!(account.moves, [Move { step: 3, action: adjusted(3) }]);
        assert_eq!(account.recipe().d_steps, 3);
        let back = account.clone().and(3, adjusted(1)).unwrap();
        assert_eq!(back.moves, []);
        let later = account.and(4, adjusted(1)).unwrap();
        assert_eq!(later.moves.len(), 2);
    }

    #[test]
    fn an_account_is_the_same_when_it_is_read_again_and_other_text_is_none() {
        let account = Account::new(default_recipe()).and(3, adjusted(2)).unwrap();
        let account = account.and(4, Action::Single(Side::Generator)).unwrap();
        let account = account.and(9, Action::Single(Side::Discriminator)).unwrap();
        let text = account.to_string();
        assert_eq!(text.parse(), Ok(account));
        let start = text.lines().next().unwrap();
        let refused = ["", "{}", "\n", &format!("{start}\n"), &format!("{start}\n4 nobody")];
        let odd =
            [format!("{start}\n-4 generator"), format!("{start}\ngenerator"), format!("{text}\n")];
        for text in refused.into_iter().chain(odd.iter().map(String::as_str)) {
            assert_eq!(text.parse::<Account>(), Err(()), "{text}");
        }
    }

    #[test]
    fn an_account_is_in_order_and_of_bounded_length() {
        let single = Action::Single(Side::Generator);
        let account = Account::new(default_recipe()).and(3, single.clone()).unwrap();
        assert!(account.leads_to(4) && !account.leads_to(3));
        assert!(!account.clone().and(3, single.clone()).unwrap().leads_to(9), "two at a step");
        assert!(!account.clone().and(2, adjusted(2)).unwrap().leads_to(9), "backwards");
        assert!(account.clone().and(4, adjusted(2)).unwrap().leads_to(4));
        let many = (4..103).try_fold(account, |account, step| account.and(step, single.clone()));
        let many = many.expect("as many as there may be");
        assert!(many.leads_to(103));
        assert_eq!(many.and(103, single), None);
    }
}
