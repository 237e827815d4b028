//! What the discriminator of the moment makes of given pictures, and where it would change them.

use super::sampling::{Judged, mean_of_patches};
use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::{Error, Result};

impl Trainer {
    /// The discriminator's logits of pictures.
    ///
    /// # Errors
    /// The device's own.
    pub async fn logits(&self, judged: Judged<'_>) -> Result<Vec<f32>> {
        self.freeze().logits(self, judged).await
    }

    /// The logit of one picture and its gradient by the pixels, ∂D/∂x for x in [-1, 1]: brighter where
    /// it is above 0 would look more real to the discriminator (saliency, Simonyan et al. 2013, arXiv
    /// 1312.6034, section 3, with its sign kept).
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when one of these is not a finite number; the device's own.
    pub async fn saliency(&self, judged: Judged<'_>) -> Result<(f32, Vec<f32>)> {
        let (discriminator, weights) = (&self.nets.discriminators[0], &self.d.view()[0]);
        let x = self.nets.judged(judged, 0..1);
        let trace = discriminator.trace(weights, x, self.nets.one_hot(judged.labels).as_ref());
        let by_seen = discriminator.logit_slopes(weights, &trace).by_input();
        let logit = mean_of_patches(trace.logits.clone());
        let by_pixels = self.nets.by_picture(by_seen);
        let mut found = read_all(vec![logit, by_pixels]).await?;
        let (saliency, logit) = (found.pop().unwrap_or_default(), found.pop().unwrap_or_default());
        let logit = logit.first().copied().unwrap_or(f32::NAN);
        if !logit.is_finite() || saliency.iter().any(|v| !v.is_finite()) {
            return Err(Error::NoAnswer { what: "the score of this picture or its slope" });
        }
        Ok((logit, saliency))
    }
}
