//! A run at rest, as a safetensors file with the recipe in the header. A checkpoint has every number that the rest of
//! the run depends on: restoring it and going on gives the run that would have been. A model is a checkpoint that does
//! without what nobody sees, in a tenth of the bytes; it is restored in the same way.

use super::MOST_BATCHES;
use super::account::{Account, Action};
use super::learner::Learner;
use super::nets::Nets;
use super::optimiser::OptimiserState;
use super::trainer::Trainer;
use crate::device::read_all;
use crate::error::{Error, Result};
use crate::nets::params::{Init, Layout, vector};
use crate::nets::spectral::SpectralNorm;
use crate::nets::stored::Precision;
use crate::nets::{LOGIT_BIAS, ops, stored};
use crate::recipe::{Optimiser, Recipe};
use burn::tensor::{Device, Tensor};
use safetensors::tensor::{SafeTensors, serialize};
use std::collections::HashMap;

const FORMAT: &str = "ganvas-checkpoint-4";
/// Where the header has the run's account, if it has one.
const ACCOUNT: &str = "account";

fn refused(reason: impl Into<String>) -> Error {
    Error::Checkpoint(reason.into())
}

/// The flat vectors of a run, by the prefix of their tensors' names.
const GENERATOR: &str = "generator.";
const DISCRIMINATOR: &str = "discriminator.";
/// Of spectral norm.
const VECTORS: &str = "discriminator.power.";
/// Of the LeCam regulariser.
const ANCHORS: &str = "discriminator.lecam.";
const OF_ANCHORS: &str = "anchors";
const EMA: &str = "ema.";
const G_MOMENTUM: &str = "generator.optimiser.momentum.";
const G_SQUARE: &str = "generator.optimiser.square.";
const D_MOMENTUM: &str = "discriminator.optimiser.momentum.";
const D_SQUARE: &str = "discriminator.optimiser.square.";

fn in_words(prefix: &str) -> &'static str {
    match prefix {
        GENERATOR => "a weight of the generator",
        EMA => "the generator's moving average",
        DISCRIMINATOR => "a weight of the discriminator",
        VECTORS => "a singular vector of the discriminator",
        ANCHORS => "an average of the discriminator's scores",
        _ => "what an optimiser has gathered",
    }
}

/// How much of a run a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Checkpoint,
    Model,
}

/// Of the averages that the LeCam regulariser goes by.
fn anchors_layout() -> Layout {
    let mut layout = Layout::default();
    layout.add(OF_ANCHORS, &[2], Init::Zeros);
    layout
}

impl Trainer {
    /// The run as bytes. Must be called between two steps.
    ///
    /// # Errors
    /// When called within a step, when a number is not finite, or by the device.
    pub async fn checkpoint(&self) -> Result<Vec<u8>> {
        self.write(Extent::Checkpoint).await
    }

    /// The run as a model: what is seen of it, and what it takes to go on, in as few bytes as possible. Its numbers
    /// have half precision; the generator's moving average stands for the generator's own weights too; and what the
    /// optimisers have gathered is left out, so that their moments and bias corrections start at zero again. A run
    /// that is restored from it draws the same but for rounding, and goes on from there, though not to the same bits
    /// as the run that it was made from. Must be called between two steps.
    ///
    /// # Errors
    /// As [`Trainer::checkpoint`], and when a number is too large for half precision.
    pub async fn model(&self) -> Result<Vec<u8>> {
        self.write(Extent::Model).await
    }

    async fn write(&self, extent: Extent) -> Result<Vec<u8>> {
        if !self.between_steps() {
            return Err(Error::NotReady("a checkpoint can be made between two steps only"));
        }
        let whole = extent == Extent::Checkpoint;
        let precision = if whole { Precision::Single } else { Precision::Half };
        let (g, d) = (&self.nets.g.whole, &self.nets.d.whole);
        let of_anchors = anchors_layout();
        let spectral = self.d.spectral.as_ref().map(|norm| (VECTORS, &norm.layout, norm.vectors()));
        let vectors: Vec<(&str, &Layout, Tensor<1>)> = [
            (GENERATOR, g, whole.then(|| self.g.weights())),
            (EMA, g, Some(&self.ema)),
            (DISCRIMINATOR, d, Some(self.d.weights())),
            (ANCHORS, &of_anchors, self.anchors.as_ref()),
            (G_SQUARE, g, self.g.optimiser.square.as_ref().filter(|_| whole)),
            (D_SQUARE, d, self.d.optimiser.square.as_ref().filter(|_| whole)),
            (G_MOMENTUM, g, self.g.optimiser.momentum.as_ref().filter(|_| whole)),
            (D_MOMENTUM, d, self.d.optimiser.momentum.as_ref().filter(|_| whole)),
        ]
        .into_iter()
        .filter_map(|(prefix, layout, tensor)| Some((prefix, layout, tensor?.clone())))
        .chain(spectral)
        .collect();

        let values = read_all(vectors.iter().map(|(_, _, t)| t.clone()).collect()).await?;
        let bytes: Vec<Vec<u8>> = values.iter().map(|v| stored::to_bytes(v, precision)).collect();
        for ((prefix, ..), (values, bytes)) in vectors.iter().zip(values.iter().zip(&bytes)) {
            let what = in_words(prefix);
            if values.iter().any(|v| !v.is_finite()) {
                return Err(Error::NonFinite { step: self.step, what });
            }
            if !whole && stored::from_bytes(bytes, precision).iter().any(|v| !v.is_finite()) {
                return Err(refused(format!("{what} is too large for a model's half precision")));
            }
        }
        let mut views = Vec::new();
        for ((prefix, layout, _), bytes) in vectors.iter().zip(&bytes) {
            views.extend(stored::views(prefix, layout, bytes, precision).map_err(refused)?);
        }
        let recipe =
            serde_json::to_string(&self.nets.recipe).map_err(|e| refused(e.to_string()))?;
        let updates = |learner: &Learner| if whole { learner.optimiser.updates } else { 0 };
        let mut header = HashMap::from([
            ("format".to_string(), FORMAT.to_string()),
            ("recipe".to_string(), recipe),
            ("step".to_string(), self.step.to_string()),
            ("batches".to_string(), self.batches.to_string()),
            ("averaged".to_string(), self.averaged.to_string()),
            ("generator_updates".to_string(), updates(&self.g).to_string()),
            ("discriminator_updates".to_string(), updates(&self.d).to_string()),
        ]);
        if let Some(account) = self.account.as_ref().filter(|_| whole) {
            header.insert(ACCOUNT.to_string(), account.to_string());
        }
        serialize(views, Some(header)).map_err(|e| refused(e.to_string()))
    }

    /// The run that [`Trainer::checkpoint`] or [`Trainer::model`] wrote.
    ///
    /// # Errors
    /// One sentence for anything that is missing, of the wrong size or not a number.
    pub fn restore(bytes: &[u8], device: Device) -> Result<Self> {
        Self::restore_as(bytes, device, &|saved| Ok(saved.clone()))
    }

    /// That run, to go on by the recipe that `choose` makes of its own: with the same networks, and the
    /// same random streams. A bias that only the other objective has begins at zero, as do averages that only
    /// the other recipe wants, and what an optimiser gathers where the saved one gathered something else.
    ///
    /// # Errors
    /// As [`Trainer::restore`], and those of `choose`.
    pub fn restore_as(
        bytes: &[u8],
        device: Device,
        choose: &dyn Fn(&Recipe) -> Result<Recipe>,
    ) -> Result<Self> {
        let file = Saved::read(bytes)?;
        let recipe = choose(&file.recipe)?;
        let problems = recipe.validate();
        if !problems.is_empty() {
            return Err(Error::Recipe(problems));
        }
        let nets = Nets::new(recipe, device)?;
        let optional: &[&str] = match nets.recipe == file.recipe {
            true => &[],
            false => &[LOGIT_BIAS, OF_ANCHORS],
        };
        let load = |prefix: &str, layout: &Layout| {
            let values =
                stored::values(prefix, layout, &file.tensors, optional).map_err(refused)?;
            Ok::<_, Error>(vector(values, &nets.device))
        };
        let gathered = |[momentum, square]: [&str; 2],
                        layout: &Layout,
                        [was, is]: [&Optimiser; 2],
                        updates| {
            if updates == 0 || !was.kind.gathers_as(is.kind) {
                return Ok(OptimiserState::default());
            }
            let momentum = match (was.keeps_momentum(), is.keeps_momentum()) {
                (_, false) => None,
                (true, true) => Some(load(momentum, layout)?),
                (false, true) => Some(vector(vec![0.0; layout.len()], &nets.device)),
            };
            let square = is.kind.is_adaptive().then(|| load(square, layout)).transpose()?;
            Ok::<_, Error>(OptimiserState { momentum, square, updates })
        };
        let (saved, now) = (&file.recipe, &nets.recipe);
        let (g, d) = (nets.g.clone(), nets.d.clone());
        let (g, d) = (&g.whole, &d.whole);
        let g_rules = [&saved.generator.optimiser, &now.generator.optimiser];
        let d_rules = [&saved.discriminator.optimiser, &now.discriminator.optimiser];
        let g_gathered = gathered([G_MOMENTUM, G_SQUARE], g, g_rules, file.g_updates)?;
        let d_gathered = gathered([D_MOMENTUM, D_SQUARE], d, d_rules, file.d_updates)?;
        let ema = load(EMA, g)?;
        let has_own = file.tensors.iter().any(|(name, _)| name.starts_with(GENERATOR));
        let g_weights = if has_own { load(GENERATOR, g)? } else { ema.clone() };
        let d_weights = load(DISCRIMINATOR, d)?;
        let anchors = (now.lecam > 0.0).then(|| load(ANCHORS, &anchors_layout())).transpose()?;
        let vectors = now.spectral_norm.then(|| load(VECTORS, &SpectralNorm::vectors_of(d)));
        let vectors = vectors.transpose()?;

        let changed = (nets.recipe != file.recipe).then(|| nets.recipe.clone());
        let mut trainer = Trainer::with(nets, g_weights, d_weights.clone());
        if let (Some(norm), Some(vectors)) = (&mut trainer.d.spectral, vectors) {
            norm.set_vectors(&vectors);
            trainer.d.set(d_weights);
        }
        trainer.ema = ema;
        trainer.anchors = anchors.map(|anchors| ops::narrow(&anchors, 0, 2));
        (trainer.g.optimiser, trainer.d.optimiser) = (g_gathered, d_gathered);
        (trainer.step, trainer.batches) = (file.step, file.batches);
        trainer.averaged = file.averaged;
        trainer.account = file.account;
        if let Some(recipe) = changed {
            trainer.note(Action::Adjust(Box::new(recipe)));
        }
        Ok(trainer)
    }
}

/// Longest header that is read, bytes: a hundred times as long as any that was written.
const LONGEST_HEADER: u64 = 1 << 20;

/// From here on a counter is not believed: at a thousand steps a second a run comes to it after eight years, and
/// there is as much room again to go on.
const UNBELIEVABLE: u64 = MOST_BATCHES / 2;

/// A checkpoint's header, and its tensors where they lie in the file.
struct Saved<'a> {
    tensors: SafeTensors<'a>,
    recipe: Recipe,
    step: u64,
    averaged: u64,
    batches: u64,
    g_updates: u64,
    d_updates: u64,
    /// None also if it cannot be that of this run.
    account: Option<Account>,
}

impl<'a> Saved<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self> {
        let damaged = || refused("it is not a safetensors file, or it is damaged");
        let length = bytes.first_chunk().map(|&length| u64::from_le_bytes(length));
        if length.is_none_or(|length| length > LONGEST_HEADER) {
            return Err(damaged());
        }
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|_| damaged())?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|_| damaged())?;
        let header = metadata.metadata().clone().unwrap_or_default();
        if header.get("format").map(String::as_str) != Some(FORMAT) {
            return Err(refused("it was not made by this version of ganvas"));
        }
        let recipe: Recipe = serde_json::from_str(header.get("recipe").map_or("", |r| r))
            .map_err(|e| refused(format!("its recipe cannot be read ({e})")))?;
        let problems = recipe.validate();
        if !problems.is_empty() {
            return Err(refused(Error::Recipe(problems).to_string()));
        }
        let number = |key: &str| -> Result<u64> {
            let number = header.get(key).and_then(|v| v.parse().ok());
            let number =
                number.ok_or_else(|| refused(format!("its header has no number for `{key}`")))?;
            match number < UNBELIEVABLE {
                true => Ok(number),
                false => Err(refused(format!(
                    "its header says {number} for `{key}`, more than any run comes to"
                ))),
            }
        };
        let step = number("step")?;
        let account: Option<Account> = header.get(ACCOUNT).and_then(|account| account.parse().ok());
        let account =
            account.filter(|account| account.leads_to(step) && *account.recipe() == recipe);
        Ok(Self {
            recipe,
            tensors,
            step,
            account,
            averaged: number("averaged")?,
            batches: number("batches")?,
            g_updates: number("generator_updates")?,
            d_updates: number("discriminator_updates")?,
        })
    }
}
