//! Teaches a classifier of the project's architecture to read digits: plain supervised training. `ganvas
//! train-classifier` runs it once for the weights that come with the project; `augment` teaches small ones.

use super::OptimiserState;
use crate::data::{CLASSES, Digits, PIXELS, SIDE};
use crate::device::read;
use crate::metrics::classes::label_accuracy;
use crate::metrics::classifier::{Classifier, Network};
use crate::nets::inputs;
use crate::nets::params::vector;
use crate::recipe::{Optimiser, OptimiserKind, Schedule, ScheduleKind};
use crate::rng::{Stream, stream};
use crate::{Error, Result};
use burn::tensor::{Device, Tensor};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Pictures per step.
const BATCH: usize = 128;
/// Each picture is moved by up to this many pixels each way, so that strokes are learned and not
/// places.
const SHIFT: i32 = 2;
/// Learning rate of the first step; it falls to 0 along a cosine.
const ADAM: Optimiser = Optimiser {
    kind: OptimiserKind::Adam,
    lr: 2e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weight_decay: 0.0,
};
/// Steps between two readbacks of the loss.
const REPORT_EVERY: usize = 50;

/// How far the training has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassifierProgress {
    pub step: usize,
    pub steps: usize,
    /// Mean cross-entropy of the last batch, in nats.
    pub loss: f32,
}

/// A classifier and the share of the test pictures that it reads correctly.
pub struct TrainedClassifier {
    pub classifier: Classifier,
    pub test_accuracy: f64,
}

/// Trains a classifier on `train` for `epochs` and reads `test` with it. The same data, seed and
/// device give the same weights.
///
/// # Errors
/// Too few pictures for a batch, no test pictures, a loss that is not finite, the device's own.
pub async fn train_classifier(
    train: &Digits,
    test: &Digits,
    seed: u64,
    epochs: usize,
    device: &Device,
    mut progress: impl FnMut(ClassifierProgress),
) -> Result<TrainedClassifier> {
    let per_epoch = train.len() / BATCH;
    if per_epoch == 0 {
        return Err(Error::Classifier(format!(
            "training needs at least {BATCH} pictures, but there are {}",
            train.len()
        )));
    }
    let steps = epochs * per_epoch;
    let mut pupil = Pupil::new(seed, steps, device);
    for epoch in 0..epochs {
        let mut rng = stream(seed, Stream::ClassifierData, epoch as u64);
        let mut order: Vec<usize> = (0..train.len()).collect();
        order.shuffle(&mut rng);
        for chosen in order.chunks_exact(BATCH) {
            let (images, labels) = batch(train, chosen, &mut rng);
            let loss = pupil.learn(&images, &labels);
            let step = pupil.step();
            if step.is_multiple_of(REPORT_EVERY) || step == steps {
                let loss = read(loss).await?.first().copied().unwrap_or(f32::NAN);
                if !loss.is_finite() {
                    return Err(Error::NonFinite { step: step as u64, what: "a loss" });
                }
                progress(ClassifierProgress { step, steps, loss });
            }
        }
    }

    let classifier = pupil.classifier();
    let readings = classifier.classify(&test.images).await?;
    let classes: Vec<u8> = readings.iter().map(|reading| reading.class).collect();
    let test_accuracy = label_accuracy(&classes, &test.labels)?;
    Ok(TrainedClassifier { classifier, test_accuracy })
}

/// A classifier that is learning.
pub(super) struct Pupil {
    network: Network,
    flat: Tensor<1>, // [parameters]
    state: OptimiserState,
    schedule: Schedule,
    device: Device,
}

impl Pupil {
    /// One that knows nothing yet and will take so many steps.
    pub fn new(seed: u64, steps: usize, device: &Device) -> Self {
        let network = Network::new();
        let initial = network.layout.initial(&mut stream(seed, Stream::ClassifierInit, 0));
        let kind = ScheduleKind::Cosine;
        Self {
            flat: vector(initial, device),
            network,
            state: OptimiserState::default(),
            schedule: Schedule { kind, steps: steps as u64, end: 0.0, warm_up: 0 },
            device: device.clone(),
        }
    }

    /// Steps taken.
    pub fn step(&self) -> usize {
        self.state.updates as usize
    }

    /// A step on these pictures, PIXELS bytes for each label. The mean cross-entropy before it, in nats; [1].
    pub fn learn(&mut self, images: &[u8], labels: &[u8]) -> Tensor<1> {
        let adam = Optimiser { lr: ADAM.lr * self.schedule.factor(self.state.updates + 1), ..ADAM };
        let weights = self.network.layout.view(&self.flat);
        let pictures = inputs::pictures(images, PIXELS, &self.device);
        let one_hot = inputs::one_hot(labels, CLASSES, &self.device);
        let (loss, gradient) = self.network.loss(&weights, pictures, one_hot);
        self.flat = self.state.update(&adam, self.flat.clone(), gradient);
        loss
    }

    /// What it has become.
    pub fn classifier(&self) -> Classifier {
        Classifier::new(Network::new(), self.flat.clone(), &self.device)
    }
}

/// The chosen pictures, each moved a little, and their labels.
fn batch(digits: &Digits, chosen: &[usize], rng: &mut ChaCha8Rng) -> (Vec<u8>, Vec<u8>) {
    let mut images = vec![0; chosen.len() * PIXELS];
    for (moved, &i) in images.chunks_exact_mut(PIXELS).zip(chosen) {
        let (dx, dy) = (rng.random_range(-SHIFT..=SHIFT), rng.random_range(-SHIFT..=SHIFT));
        shift(&digits.images[i * PIXELS..(i + 1) * PIXELS], moved, dx, dy);
    }
    (images, chosen.iter().map(|&i| digits.labels[i]).collect())
}

/// Copies `picture` onto the black picture `moved`, `dx` to the right and `dy` down.
fn shift(picture: &[u8], moved: &mut [u8], dx: i32, dy: i32) {
    let side = SIDE as i32;
    for y in 0..side {
        for x in 0..side {
            let (from_x, from_y) = (x - dx, y - dy);
            if (0..side).contains(&from_x) && (0..side).contains(&from_y) {
                moved[(y * side + x) as usize] = picture[(from_y * side + from_x) as usize];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;

    /// Two easily told kinds of pictures: a bar across, a bar down.
    fn bars(count: usize) -> Digits {
        let mut digits = Digits::default();
        for i in 0..count {
            let mut picture = [0u8; PIXELS];
            for k in 4..24 {
                let at = 10 + i % 7;
                picture[if i % 2 == 0 { at * SIDE + k } else { k * SIDE + at }] = 255;
            }
            digits.images.extend(picture);
            digits.labels.push((i % 2) as u8);
        }
        digits
    }

    fn train_on(digits: &Digits, epochs: usize) -> Result<(TrainedClassifier, Vec<f32>)> {
        let mut losses = Vec::new();
        let note = |progress: ClassifierProgress| losses.push(progress.loss);
        let device = device::cpu();
        let training = train_classifier(digits, digits, 3, epochs, &device, note);
        pollster::block_on(training).map(|trained| (trained, losses))
    }

    #[test]
    fn learns_to_tell_bars_apart() {
        let (trained, losses) = train_on(&bars(256), 40).unwrap();
        assert_eq!(trained.test_accuracy, 1.0);
        // Two kinds guessed at would cost ln 2 = 0.69.
        assert!(losses.last().unwrap() < &0.3, "{losses:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_weights() {
        let run = || {
            let (trained, _) = train_on(&bars(256), 2).unwrap();
            pollster::block_on(trained.classifier.to_safetensors()).unwrap()
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn too_few_pictures_are_refused() {
        let Err(error) = train_on(&bars(5), 1) else { panic!("accepted") };
        assert!(error.to_string().contains("at least 128"), "{error}");
    }

    #[test]
    fn shifting_moves_and_fills_with_black() {
        let mut picture = [0u8; PIXELS];
        picture[0] = 7;
        picture[PIXELS - 1] = 9;
        let mut moved = [0u8; PIXELS];
        shift(&picture, &mut moved, 2, 1);
        assert_eq!(moved[SIDE + 2], 7);
        assert_eq!(moved.iter().map(|&b| u32::from(b)).sum::<u32>(), 7);
    }
}
