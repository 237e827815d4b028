//! What the discriminator of the moment makes of given pictures, and where it would change them.

use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::nets::inputs;

impl Trainer {
    /// The discriminator's logits of pictures, bytes of the run's data set each, under their labels; an unconditional
    /// run ignores what these are.
    ///
    /// # Errors
    /// The device's own.
    pub async fn logits(&self, pixels: &[u8], labels: &[u8]) -> Result<Vec<f32>> {
        self.freeze().logits(self, pixels, labels).await
    }

    /// The logit of one picture and its gradient by the pixels, ∂D/∂x for x in [-1, 1]: brighter where
    /// it is above 0 would look more real to the discriminator (saliency, Simonyan et al. 2013, arXiv
    /// 1312.6034, section 3, with its sign kept).
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when one of these is not a finite number; the device's own.
    pub async fn saliency(&self, pixels: &[u8], label: u8) -> Result<(f32, Vec<f32>)> {
        let (discriminator, weights) = (&self.nets.discriminator, self.d.view());
        let x =
            inputs::pictures(pixels, self.nets.recipe.dataset.picture_size(), &self.nets.device);
        let trace = discriminator.trace(weights, x, self.nets.one_hot(&[label]).as_ref());
        let slopes = discriminator.logit_slopes(weights, &trace);
        let mut found = read_all(vec![trace.logits, slopes.by_input()]).await?;
        let (saliency, logit) = (found.pop().unwrap_or_default(), found.pop().unwrap_or_default());
        let logit = logit.first().copied().unwrap_or(f32::NAN);
        if !logit.is_finite() || saliency.iter().any(|v| !v.is_finite()) {
            return Err(Error::NoAnswer { what: "the score of this picture or its slope" });
        }
        Ok((logit, saliency))
    }
}
