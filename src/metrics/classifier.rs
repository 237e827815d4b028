//! The project's own reader of digits: a small convolutional network trained on MNIST, whose opinion
//! and features are what samples are measured by. Knows how to read pictures and to be stored, not
//! how it was trained (see `train::classifier`).

use crate::data::{CLASSES, PIXELS, SIDE};
use crate::device::{read, read_all};
use crate::nets::graph::{Flow, Graph};
use crate::nets::layers::{Contribution, Linear, Mode};
use crate::nets::network::{self, ActivationMemory, Input, Traced};
use crate::nets::params::{Layout, Weights, vector};
use crate::nets::stored::Precision;
use crate::nets::{inputs, ops, stored};
use crate::shape::Shape;
use crate::{Error, Result};
use burn::tensor::{Device, Tensor};
use safetensors::tensor::{SafeTensors, serialize};
use std::collections::HashMap;

/// Length of a picture's feature vector.
pub const FEATURES: usize = 64;

/// Pictures read in one go, which bounds the memory that large sets take.
pub const BATCH: usize = 250;

/// The weights that ship with the project, as `ganvas train-classifier` wrote them. In the browser
/// the page fetches the same file when it is first needed.
#[cfg(not(target_arch = "wasm32"))]
pub const CLASSIFIER_WEIGHTS: &[u8] = include_bytes!("../../assets/classifier.safetensors");

/// Stored with the weights; changes whenever the same numbers would mean something else.
const FORMAT: &str = "ganvas-classifier-2";

/// What the classifier makes of one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The most probable digit, 0 to 9.
    pub class: u8,
    /// Natural logarithms of the ten probabilities.
    pub log_probabilities: [f32; CLASSES],
    /// The activations behind the last layer's decision.
    pub features: [f32; FEATURES],
}

/// The network without its weights: three convolutions that halve (28, 14, 7, 3), then 64 features,
/// then ten logits. About 61,000 parameters.
#[derive(Debug)]
pub(crate) struct Network {
    /// The convolutions alone, up to the last one's maps before their activation. Their parameters are the first of all.
    convolutions: network::Network,
    features: network::Network,
    logits: Linear,
    pub layout: Layout,
}

/// What flows out of [`Network::forward`].
pub(crate) struct Output {
    /// [n, FEATURES]
    pub features: Tensor<2>,
    /// [n, CLASSES]
    pub logits: Tensor<2>,
}

impl Network {
    pub fn new() -> Self {
        let graph = Graph::default();
        let finished = |end: Flow| match graph.finish(end) {
            Ok(network) => network,
            Err(reason) => unreachable!("its shapes are known: {reason}"),
        };
        let maps = || {
            let picture = graph.input(Input::Picture, Shape { side: SIDE, channels: 1 });
            let fine = picture.conv("conv1", 16).leaky_relu();
            fine.conv("conv2", 32).leaky_relu().conv("conv3", 48)
        };
        let convolutions = finished(maps());
        let features = finished(maps().leaky_relu().linear("features", FEATURES).leaky_relu());
        let mut layout = features.layout.clone();
        let logits = Linear::new(&mut layout, "logits", FEATURES, CLASSES);
        Self { convolutions, features, logits, layout }
    }

    /// # Shapes
    /// x: [n, PIXELS] in [-1, 1]
    pub fn forward(&self, weights: &Weights, x: Tensor<2>) -> Output {
        let features = self.features.forward(weights, vec![x], &mut Mode::Train); // [n, FEATURES]
        let logits = self.logits.apply(weights, features.clone());
        Output { features, logits }
    }

    /// The mean cross-entropy of the logits with `one_hot`, in nats, and its gradient by the weights.
    ///
    /// # Shapes
    /// x: [n, PIXELS] in [-1, 1], one_hot: [n, CLASSES]; to [1] and [parameters]
    pub fn loss(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        one_hot: Tensor<2>,
    ) -> (Tensor<1>, Tensor<1>) {
        let traced = self.features.trace(weights, vec![x]);
        let features = traced.output();
        let logits = self.logits.apply(weights, features.clone());
        let each = 1.0 / one_hot.dims()[0] as f64;
        let (loss, by_logits) = ops::auxiliary_loss(logits, one_hot, CLASSES, each);
        let mut gradient = self.layout.gradient();
        let own = Contribution { into: &mut gradient, scale: None };
        self.logits.add_gradient(&features, &by_logits, own);
        let by_features = self.logits.by_input(weights, by_logits);
        self.features.backward(weights, &traced, by_features, &[false], Some(&mut gradient));
        (loss, self.layout.flatten(gradient))
    }
}

/// A trained classifier on a device.
pub struct Classifier {
    network: Network,
    flat: Tensor<1>, // [parameters]
    weights: Weights,
    device: Device,
}

impl Classifier {
    /// `flat` must have the length of the network's layout.
    pub(crate) fn new(network: Network, flat: Tensor<1>, device: &Device) -> Self {
        let weights = network.layout.view(&flat);
        Self { network, flat, weights, device: device.clone() }
    }

    /// The classifier that ships with the project.
    ///
    /// # Errors
    /// As [`Classifier::from_safetensors`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn built_in(device: &Device) -> Result<Self> {
        Self::from_safetensors(CLASSIFIER_WEIGHTS, device)
    }

    /// One whose weights do not matter, for steps that are thrown away.
    pub fn blank(device: &Device) -> Self {
        let network = Network::new();
        let flat = vector(vec![0.0; network.layout.len()], device);
        Self::new(network, flat, device)
    }

    /// The one with these weights, [parameters]; none where they are too few or too many.
    pub fn from_weights(weights: Vec<f32>, device: &Device) -> Option<Self> {
        let network = Network::new();
        let fits = weights.len() == network.layout.len();
        fits.then(|| Self::new(network, vector(weights, device), device))
    }

    /// All its weights in a row, [parameters].
    pub fn weights(&self) -> Tensor<1> {
        self.flat.clone()
    }

    /// The classifier that [`Classifier::to_safetensors`] wrote.
    ///
    /// # Errors
    /// One sentence for a file that is damaged, of another kind, or whose tensors are missing,
    /// unknown, of the wrong type or shape, or not finite.
    pub fn from_safetensors(bytes: &[u8], device: &Device) -> Result<Self> {
        let damaged = |_| refused("it is not a safetensors file, or it is damaged");
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let format = header.metadata().as_ref().and_then(|m| m.get("format"));
        if format.map(String::as_str) != Some(FORMAT) {
            return Err(refused("it is not a classifier of this version of ganvas"));
        }
        let network = Network::new();
        let values = stored::values("", &network.layout, &file, &[]).map_err(refused)?;
        let known = |name: &str| network.layout.entries().iter().any(|e| e.name == name);
        if let Some(name) = file.names().into_iter().find(|name| !known(name)) {
            return Err(refused(format!("the tensor `{name}` has no place in it")));
        }
        let flat = vector(values, device);
        Ok(Self::new(network, flat, device))
    }

    /// The weights as a file.
    ///
    /// # Errors
    /// The device's own.
    pub async fn to_safetensors(&self) -> Result<Vec<u8>> {
        let values = stored::to_bytes(&read(self.flat.clone()).await?, Precision::Single);
        let views =
            stored::views("", &self.network.layout, &values, Precision::Single).map_err(refused)?;
        let header = HashMap::from([("format".to_string(), FORMAT.to_string())]);
        serialize(views, Some(header)).map_err(|e| refused(e.to_string()))
    }

    /// Reads pictures, PIXELS bytes each, [`BATCH`] at a time. A caller that must not be kept
    /// waiting hands them over in smaller portions.
    ///
    /// # Errors
    /// Bytes that do not make up whole pictures; the device's own.
    pub async fn classify(&self, pixels: &[u8]) -> Result<Vec<Reading>> {
        if !pixels.len().is_multiple_of(PIXELS) {
            return Err(Error::Evaluation(format!(
                "{} bytes do not make up whole pictures of {SIDE} x {SIDE}",
                pixels.len()
            )));
        }
        let mut readings = Vec::with_capacity(pixels.len() / PIXELS);
        for batch in pixels.chunks(BATCH * PIXELS) {
            let output =
                self.network.forward(&self.weights, inputs::pictures(batch, PIXELS, &self.device));
            let read = read_all(vec![output.logits, output.features]).await?;
            if let [logits, features] = read.as_slice() {
                let rows = logits.as_chunks().0.iter().zip(features.as_chunks().0);
                readings.extend(rows.map(|(logits, &features)| Reading {
                    class: most_probable(logits),
                    log_probabilities: log_softmax(logits),
                    features,
                }));
            }
        }
        Ok(readings)
    }

    /// A forward pass to the maps of the last convolution, before their activation: what pictures are compared by in
    /// training, in place of those of VGG's (ESRGAN, Wang et al. 2018, arXiv 1809.00219, section 3.2).
    ///
    /// # Shapes
    /// pictures: [n, PIXELS] in [-1, 1]; the output [n, values of the maps]
    pub fn maps(&self, pictures: Tensor<2>) -> Traced {
        self.network.convolutions.trace(&self.weights, vec![pictures])
    }

    /// The gradient by those pictures, from that by their maps.
    ///
    /// # Shapes
    /// by_maps: [n, values of the maps]; to [n, PIXELS]
    pub fn by_pictures(&self, maps: &Traced, by_maps: Tensor<2>) -> Tensor<2> {
        let convolutions = &self.network.convolutions;
        let mut parts = convolutions.backward(&self.weights, maps, by_maps, &[true], None);
        match parts.pop().flatten() {
            Some(by_pictures) => by_pictures,
            None => unreachable!("it was asked for"),
        }
    }

    /// Multiply-adds of one picture's maps.
    pub fn multiply_adds(&self) -> u64 {
        self.network.convolutions.multiply_adds()[1]
    }
}

/// Of [`Classifier::maps`].
pub(crate) fn memory_of_maps() -> ActivationMemory {
    Network::new().convolutions.memory()
}

fn most_probable(logits: &[f32; CLASSES]) -> u8 {
    let best = |best: usize, class: usize| if logits[class] > logits[best] { class } else { best };
    (1..CLASSES).fold(0, best) as u8
}

/// x − ln Σ eˣ. Ten numbers are not worth the tensor library's, which for its gradient brings in what no
/// other part of a browser's program needs.
fn log_softmax(logits: &[f32; CLASSES]) -> [f32; CLASSES] {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|x| (x - largest).exp()).sum();
    logits.map(|x| x - largest - sum.ln())
}

fn refused(reason: impl Into<String>) -> Error {
    Error::Classifier(reason.into())
}
