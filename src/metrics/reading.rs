//! What the classifier reads of targets that are not grey pictures.

use super::classifier::{Classifier, Reading};
use crate::Result;
use crate::data::Spec;

/// Of each target the digit, in a film that of the frame that shows it, and the features, in a film those of one frame: of
/// the k-th the k-th in turn, counted from `first`.
///
/// # Errors
/// The device's own.
pub async fn read(
    classifier: &Classifier,
    spec: Spec,
    targets: &[u8],
    first: usize,
) -> Result<Vec<Reading>> {
    let mut readings = classifier.classify(&spec.readable(targets)).await?;
    if let Some(film) = spec.film {
        let stills = film.in_turn(targets, spec.target.pixels(), first);
        let of_stills = classifier.classify(&stills).await?;
        for (reading, still) in readings.iter_mut().zip(of_stills) {
            reading.features = still.features;
        }
    }
    Ok(readings)
}
