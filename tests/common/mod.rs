//! What several test files share.

pub mod differences;
pub mod driving;
pub mod mnist;
pub mod pairs;
pub mod training;

use ganvas::nets::{Discriminator, Generator};
use ganvas::recipe::Recipe;

/// Both networks of a recipe.
pub fn networks(recipe: &Recipe) -> (Generator, Discriminator) {
    let generator = recipe.build_generator().expect("a generator");
    (generator, recipe.build_discriminator().expect("a discriminator"))
}

/// As many numbers, and each within `apart`; the most that any is. What is no number is not close to any.
pub fn close(what: &str, got: &[f32], want: &[f32], apart: f32) -> f32 {
    assert_eq!(got.len(), want.len(), "{what}: so many numbers");
    let mut most = 0.0f32;
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let difference = (got - want).abs();
        assert!(difference < apart, "{what}, number {i}: {got}, not {want}");
        most = most.max(difference);
    }
    most
}
