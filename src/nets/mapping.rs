//! Maps latent and label to the inputs of the synthesis network.

use super::generator::GeneratorInput;
use super::layers::{Mode, Side, Stack, Traced};
use super::ops;
use super::params::{Gradient, ParamId, Weights};
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::rng::normals;

#[derive(Debug)]
pub enum Mapping {
    /// Latent and label concatenated.
    Concat,
    Styles(Styles),
    Chunks(Chunks),
}

/// StyleGAN's mapping network (Karras et al. 2019, arXiv 1812.04948, section 2): latent and label to w, which
/// each layer of the synthesis gets as its style.
#[derive(Debug)]
pub struct Styles {
    pub network: Stack,
    /// Dimension of w.
    pub length: usize,
    /// Layers that take a style.
    pub layers: usize,
}

/// BigGAN's hierarchical latent and shared embedding (Brock et al. 2018, arXiv 1809.11096, section 3 and figure
/// 15): the network starts from the first chunk of z, and each norm gets a later one with the class.
#[derive(Debug)]
pub struct Chunks {
    /// [CLASSES, embedded], of a conditional generator.
    pub embedding: Option<ParamId>,
    pub embedded: usize,
    /// Length of the first chunk, and of each other one.
    pub first: usize,
    pub chunk: usize,
    /// Which of the other chunks each norm gets.
    pub of_norms: Vec<usize>,
}

/// The synthesis network's inputs, and what the backward pass through the mapping needs.
#[derive(Clone)]
pub struct Mapped {
    pub x: Tensor<2>,
    pub side: Side,
    trace: MappingTrace,
}

#[derive(Clone)]
enum MappingTrace {
    Concat,
    /// The mapping network's, and which part of each sample's style at each layer is the second one's.
    Styles(Box<(Traced, Option<Tensor<2>>)>),
    Chunks,
}

/// How much louder than a one-hot row a generator hears its label. A 1 among sixteen normal numbers
/// or more would be drowned: digits then take half as many steps again (docs/recipes.md).
const LABEL_SCALE: f64 = 3.0;

/// Samples whose style changes at some layer while training; the share of StyleGAN (Karras et al. 2019,
/// arXiv 1812.04948, section 3.1 and table 2).
const MIXED: f64 = 0.9;

/// Keeps the root of a latent of 0 finite.
const EPSILON: f64 = 1e-8;

impl Mapping {
    /// The random values of one sample in training, besides the latent: a second latent, and for each layer
    /// whether its style is the second one's.
    pub fn chance(&self, latent: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let Mapping::Styles(Styles { layers, .. }) = self else { return Vec::new() };
        let mut values = normals(rng, latent);
        let mixed = rng.random_bool(MIXED);
        let change = if *layers > 1 { rng.random_range(1..*layers) } else { 1 };
        values.extend((0..*layers).map(|layer| f32::from(u8::from(mixed && layer >= change))));
        values
    }

    /// `chance` as [`Mapping::chance`] gives it, [n, values]; one style for all layers where it is absent.
    /// With a truncation ψ and the mean w̄ of w, w becomes w̄ + ψ(w − w̄) (Karras et al. 2019, appendix B).
    pub fn map(
        &self,
        weights: &Weights,
        input: &GeneratorInput,
        chance: Option<Tensor<2>>,
        truncation: Option<(f64, &Tensor<2>)>,
    ) -> Mapped {
        let (z, labels) = (input.z.clone(), input.labels.clone());
        match self {
            Mapping::Concat => Mapped {
                x: with_labels(z, labels),
                side: Side::default(),
                trace: MappingTrace::Concat,
            },
            Mapping::Styles(styles) => {
                let [n, latent] = z.dims();
                let input = |z| with_labels(unit(z), labels.clone());
                let mut inputs = input(z.clone());
                let mut second = None;
                if let Some(chance) = chance {
                    inputs = ops::concat_rows(inputs, input(chance.clone().narrow(1, 0, latent)));
                    second = Some(chance.narrow(1, latent, styles.layers)); // [n, layers]
                }
                let traced = styles.network.trace(weights, inputs, &Side::default());
                let mut w = traced.y.clone().narrow(0, 0, n);
                if let Some((psi, mean)) = truncation {
                    let mean = mean.clone().expand(w.dims());
                    w = mean.clone() + (w - mean) * psi;
                }
                let of_layer = |layer: usize| match &second {
                    Some(second) => {
                        let other = traced.y.clone().narrow(0, n, n) - w.clone();
                        ops::add_scaled(w.clone(), other, second.clone().narrow(1, layer, 1))
                    }
                    None => w.clone(),
                };
                let all = Tensor::cat((0..styles.layers).map(of_layer).collect(), 1);
                let side = Side { styles: Some(all), noise: None };
                Mapped { x: z, side, trace: MappingTrace::Styles(Box::new((traced, second))) }
            }
            Mapping::Chunks(chunks) => {
                let embedded = (chunks.embedding.zip(labels))
                    .map(|(id, labels)| weights.weight(id).product(labels, None));
                let of_norm = |&which: &usize| {
                    let z = z.clone().narrow(1, chunks.first + which * chunks.chunk, chunks.chunk);
                    embedded.clone().into_iter().chain([z])
                };
                let all = Tensor::cat(chunks.of_norms.iter().flat_map(of_norm).collect(), 1);
                let side = Side { styles: Some(all), noise: None };
                Mapped { x: z.narrow(1, 0, chunks.first), side, trace: MappingTrace::Chunks }
            }
        }
    }

    /// The backward pass from `g`, the gradient by all styles: accumulates the gradient by the mapping's weights.
    ///
    /// # Shapes
    /// g: [n, styles]
    pub fn backward(
        &self,
        weights: &Weights,
        input: &GeneratorInput,
        mapped: &Mapped,
        g: Tensor<2>,
        into: &mut Gradient,
    ) {
        match (self, &mapped.trace) {
            (Mapping::Styles(styles), MappingTrace::Styles(trace)) => {
                let (traced, second) = trace.as_ref();
                let of_layer =
                    |layer: usize| g.clone().narrow(1, layer * styles.length, styles.length);
                let sum = |of: &dyn Fn(usize) -> Tensor<2>| {
                    (1..styles.layers).fold(of(0), |sum, layer| sum + of(layer))
                };
                let by_w = match second {
                    Some(second) => {
                        let by_second =
                            sum(&|layer| of_layer(layer) * second.clone().narrow(1, layer, 1));
                        ops::concat_rows(sum(&of_layer) - by_second.clone(), by_second)
                    }
                    None => sum(&of_layer),
                };
                styles.network.backward(weights, traced, by_w, &Side::default(), into);
            }
            (Mapping::Chunks(chunks), MappingTrace::Chunks) => {
                if let Some((id, labels)) = chunks.embedding.zip(input.labels.clone()) {
                    let length = chunks.embedded + chunks.chunk;
                    let of_norm = |norm: usize| g.clone().narrow(1, norm * length, chunks.embedded);
                    let sum = (1..chunks.of_norms.len())
                        .fold(of_norm(0), |sum, norm| sum + of_norm(norm));
                    into.add(id, ops::outer(labels, sum));
                }
            }
            _ => {}
        }
    }

    /// The mean w of these latents and labels, [1, length], of a mapping to styles.
    pub fn mean(&self, weights: &Weights, input: &GeneratorInput) -> Option<Tensor<2>> {
        let Mapping::Styles(Styles { network, .. }) = self else { return None };
        let input = with_labels(unit(input.z.clone()), input.labels.clone());
        Some(network.forward(weights, input, &Side::default(), &mut Mode::Train).mean_dim(0))
    }
}

/// [n, latent] or, with labels, [n, latent + CLASSES].
fn with_labels(z: Tensor<2>, labels: Option<Tensor<2>>) -> Tensor<2> {
    match labels {
        Some(labels) => ops::concat_columns(z, labels, LABEL_SCALE),
        None => z,
    }
}

/// Each latent brought to a mean square of 1.
fn unit(z: Tensor<2>) -> Tensor<2> {
    let [_, latent] = z.dims();
    let mean = ops::row_products(z.clone(), z.clone()) / latent as f64;
    z * (mean + EPSILON).sqrt().recip()
}
