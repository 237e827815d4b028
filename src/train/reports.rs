//! The figures of a run's steps, which stay on the device until several have gathered.

use super::LossPoint;
use super::trainer::Trainer;
use crate::device::read;
use crate::error::{Error, Result};
use crate::nets::ops;
use burn::tensor::Tensor;

/// A step's figures while they are still on the device.
pub(super) struct PendingReport {
    pub step: u64,
    pub d: Option<Tensor<1>>,      // [3]
    pub g_loss: Option<Tensor<1>>, // [1]
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
    pub async fn reports(&mut self) -> Result<Vec<LossPoint>> {
        let pending = std::mem::take(&mut self.pending);
        let figures: Vec<Tensor<1>> =
            pending.iter().flat_map(|p| [p.d.clone(), p.g_loss.clone()]).flatten().collect();
        if figures.is_empty() {
            return Ok(Vec::new());
        }
        let mut values = read(ops::concat(figures)).await?.into_iter();
        let mut next = || values.next().unwrap_or(f32::NAN);
        let mut reports = Vec::with_capacity(pending.len());
        for p in pending {
            let [d_loss, d_real, d_fake] = match p.d {
                Some(_) => [next(), next(), next()].map(Some),
                None => [None; 3],
            };
            let g_loss = p.g_loss.map(|_| next());
            let lost = |figures: &[Option<f32>]| figures.iter().flatten().any(|v| !v.is_finite());
            for (figures, what) in
                [([d_loss, g_loss], "a loss"), ([d_real, d_fake], "a score of the discriminator")]
            {
                if lost(&figures) {
                    return Err(Error::NonFinite { step: p.step, what });
                }
            }
            reports.push(LossPoint { step: p.step, d_loss, g_loss, d_real, d_fake });
        }
        Ok(reports)
    }
}
