//! Steps that are thrown away. A GPU's kernels are compiled when they are first needed, which would
//! hold up the first step after Train; taken on blank pictures beforehand, they are ready by then.

use super::pace::STEPS_PER_READBACK;
use crate::data::Samples;
use crate::device::DeviceKind;
use crate::error::{Error, Result};
use crate::metrics::classifier::Classifier;
use crate::recipe::Recipe;
use crate::train::Trainer;
use burn::tensor::Device;
use std::rc::Rc;

/// A rehearsal under way.
pub struct Rehearsal(Trainer);

impl Rehearsal {
    /// None where nothing is compiled.
    ///
    /// # Errors
    /// When the recipe cannot run.
    pub fn of(recipe: &Recipe, kind: DeviceKind, device: &Device) -> Result<Option<Self>> {
        if kind == DeviceKind::Cpu {
            return Ok(None);
        }
        // With the batch of the run itself: the runtime's own kernels are made for a given number of elements.
        let mut trainer = Trainer::new(recipe.clone(), device.clone())?;
        if trainer.lacks_classifier() {
            trainer.set_classifier(Some(Rc::new(Classifier::blank(device))));
        }
        Ok(Some(Self(trainer)))
    }

    /// One turn of one player; true once all is compiled.
    ///
    /// # Errors
    /// The device's own.
    pub async fn advance(&mut self) -> Result<bool> {
        let Self(trainer) = self;
        if trainer.wants_batch() {
            let (samples, spec) = (trainer.recipe().batch, trainer.recipe().data().spec());
            trainer.begin(Samples::blank(samples, spec)).await?;
        } else {
            trainer.proceed().await?;
        }
        // As many as a session gathers: how many figures are joined is part of that kernel.
        let done = trainer.between_steps() && trainer.unread() == STEPS_PER_READBACK;
        if done {
            match trainer.reports().await {
                // What blank pictures lead to says nothing of the run.
                Ok(_) | Err(Error::NonFinite { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}
