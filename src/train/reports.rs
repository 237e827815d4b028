//! The figures of a run's steps, which stay on the device until several have gathered.

use super::StepFigures;
use super::trainer::Trainer;
use crate::device::read;
use crate::error::{Error, Result};
use crate::gan::Figure;
use crate::gan::game::Side;
use crate::nets::ops;
use burn::tensor::Tensor;

/// A step's figures while they are still on the device: those of each side that took it.
pub(super) struct PendingReport {
    pub step: u64,
    pub d: Option<Tensor<1>>,
    pub g: Option<Tensor<1>>,
}

impl Trainer {
    /// Steps whose figures are still on the device.
    pub fn unread(&self) -> usize {
        self.pending.len()
    }

    /// Reads the figures of all steps since the last call, in one transaction.
    ///
    /// # Errors
    /// [`Error::NonFinite`] at the first loss or score that is not a finite number; the device's own errors.
    pub async fn reports(&mut self) -> Result<Vec<StepFigures>> {
        let pending = std::mem::take(&mut self.pending);
        let figures: Vec<Tensor<1>> =
            pending.iter().flat_map(|p| [p.d.clone(), p.g.clone()]).flatten().collect();
        if figures.is_empty() {
            return Ok(Vec::new());
        }
        let listed = self.nets.recipe.game().figures();
        let mut values = read(ops::concat(figures)).await?.into_iter();
        let mut reports = Vec::with_capacity(pending.len());
        for PendingReport { step, d, g } in pending {
            let taken = |side| match side {
                Side::Generator => g.is_some(),
                Side::Discriminator => d.is_some(),
            };
            let mut next = |figure: &Figure| taken(figure.side()).then(|| values.next()).flatten();
            let figures: Vec<Option<f32>> = listed.iter().map(&mut next).collect();
            let lost = |(value, _): &(&Option<f32>, _)| value.is_some_and(|v| !v.is_finite());
            if let Some((_, figure)) = figures.iter().zip(&listed).find(lost) {
                return Err(Error::NonFinite { step, what: figure.in_words() });
            }
            reports.push(StepFigures { step, figures });
        }
        Ok(reports)
    }
}
