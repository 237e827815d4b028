//! The generator: latents, with labels if it is conditional, or pictures to translate, to pictures.

use super::graph::{Flow, Graph};
use super::layers::{Mode, Noted};
use super::network::{ActivationMemory, Input, Network, Stage, Traced};
use super::params::{Layout, Weights, rows};
use super::{Architecture, Norm};
use crate::rng::{Stream, normals, stream};
use crate::shape::Shape;
use burn::tensor::{Device, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// How much louder than a one-hot row a generator hears its label. A 1 among sixteen normal numbers
/// or more would be drowned: digits then take half as many steps again (docs/recipes.md).
pub const LABEL_SCALE: f64 = 3.0;

/// Samples whose style changes at some layer while training; the share of StyleGAN (Karras et al. 2019,
/// arXiv 1812.04948, section 3.1 and table 2).
const MIXED: f64 = 0.9;

/// What a generator is built from.
#[derive(Clone, Copy, Debug)]
pub struct GeneratorSpec {
    pub network: Architecture,
    pub width: usize,
    pub norm: Norm,
    /// Latent dimension.
    pub latent: usize,
    /// Classes it is told, 0 for none.
    pub classes: usize,
    /// The pictures that it translates, if it does.
    pub source: Option<Shape>,
    pub picture: Shape,
}

#[derive(Debug)]
pub struct Generator {
    network: Network,
    pub layout: Layout,
}

/// The inputs of a network that draws from noise. Others than these are added when they are asked for.
#[derive(Clone, Copy)]
pub struct Latents<'g> {
    graph: &'g Graph,
    /// z
    pub latent: Flow<'g>,
    /// One-hot classes of a conditional generator.
    pub labels: Option<Flow<'g>>,
}

impl<'g> Latents<'g> {
    fn new(graph: &'g Graph, latent: usize, classes: usize) -> Self {
        let latent = graph.input(Input::Latent, Shape::vector(latent));
        let labels = (classes > 0).then(|| graph.input(Input::Labels, Shape::vector(classes)));
        Self { graph, latent, labels }
    }

    /// Latent and label concatenated.
    pub fn concat(self) -> Flow<'g> {
        match self.labels {
            Some(labels) => self.latent.concat_times(labels, LABEL_SCALE),
            None => self.latent,
        }
    }

    /// Normal numbers for layers that take some.
    pub fn noise(self, values: usize) -> Flow<'g> {
        self.graph.input(Input::Noise, Shape::vector(values))
    }

    /// The second latent of samples whose style is mixed.
    pub fn second(self) -> Flow<'g> {
        self.graph.input(Input::SecondLatent, self.latent.shape())
    }

    /// For each of so many layers, whether its style is the second one's.
    pub fn mixing(self, layers: usize) -> Flow<'g> {
        self.graph.input(Input::Mixing, Shape::vector(layers))
    }
}

/// What a generator draws from.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one for each batch")]
pub enum GeneratorInput {
    Noise {
        /// [n, latent]
        z: Tensor<2>,
        /// One-hot [n, classes] for a conditional generator.
        labels: Option<Tensor<2>>,
        chance: Chance,
    },
    /// The pictures to translate, [n, source size].
    Picture(Tensor<2>),
}

/// What a generator draws by chance beside its latent, if it does.
#[derive(Clone, Debug)]
pub enum Chance {
    /// For show: all samples share one noise.
    Shared,
    /// The same, with the styles of second latents, [n, latent], from layer `from` on.
    Mixed { second: Tensor<2>, from: usize },
    /// In training: [n, values of [`Generator::chance`]].
    Drawn(Tensor<2>),
}

/// Generated pictures, and what the backward pass needs.
#[derive(Clone)]
pub struct Drawn {
    /// [n, picture size], in [-1, 1]
    pub y: Tensor<2>,
    traced: Traced,
}

/// What is measured of a generator's weights before it draws samples for show: the batch-norm statistics and
/// the mean style.
#[derive(Clone, Debug, Default)]
pub struct Measured(Vec<Noted>);

impl Generator {
    /// # Errors
    /// Why there is no such network, as a phrase that follows its name.
    pub fn new(spec: GeneratorSpec) -> Result<Self, String> {
        let graph = Graph::default();
        let picture = match spec.source {
            Some(source) => {
                let source = graph.input(Input::Source, source);
                spec.network.translator(source, spec)?
            }
            None => {
                let latents = Latents::new(&graph, spec.latent, spec.classes);
                spec.network.generator(latents, spec)?
            }
        };
        if picture.shape() != spec.picture {
            let (made, asked) = (picture.shape(), spec.picture);
            return Err(format!("makes pictures of {made} where {asked} are asked for"));
        }
        let network = graph.finish(picture)?;
        Ok(Self { layout: network.layout.clone(), network })
    }

    /// Multiply-adds of drawing one picture: of the layers that inputs go into, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        self.network.multiply_adds()
    }

    /// Activation memory of one picture.
    pub fn memory(&self) -> ActivationMemory {
        self.network.memory()
    }

    /// Whether a picture depends on the others of its batch.
    pub fn couples_batch(&self) -> bool {
        self.network.couples_batch()
    }

    fn input_size(&self, input: Input) -> usize {
        self.network.input_shape(input).map_or(0, Shape::size)
    }

    /// Whether training feeds it random values besides the latent.
    pub fn has_chance(&self) -> bool {
        self.input_size(Input::Noise) > 0 || self.has_styles()
    }

    /// Those of one sample: noise for each layer that takes some, and what mixes styles: a second latent, and for each
    /// layer whether its style is the second one's. As many for each sample.
    pub fn chance(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut values = normals(rng, self.input_size(Input::Noise));
        let layers = self.input_size(Input::Mixing);
        if layers > 0 {
            values.extend(normals(rng, self.input_size(Input::SecondLatent)));
            let mixed = rng.random_bool(MIXED);
            let change = if layers > 1 { rng.random_range(1..layers) } else { 1 };
            values.extend((0..layers).map(|layer| f32::from(u8::from(mixed && layer >= change))));
        }
        values
    }

    /// The network's inputs, in its order.
    fn feed(&self, input: &GeneratorInput) -> Vec<Tensor<2>> {
        let (z, labels, chance) = match input {
            GeneratorInput::Picture(source) => return vec![source.clone()],
            GeneratorInput::Noise { z, labels, chance } => (z, labels, chance),
        };
        let (device, [n, _]) = (z.device(), z.dims());
        let size = |input| self.input_size(input);
        let (noise, latent) = (size(Input::Noise), size(Input::SecondLatent));
        let part = |from: usize, length: usize| match chance {
            Chance::Drawn(values) => Some(values.clone().narrow(1, from, length)),
            Chance::Shared | Chance::Mixed { .. } => None,
        };
        let none = |input| Tensor::zeros([n, size(input)], &device);
        let mixed = match chance {
            Chance::Mixed { second, from } => Some((second, *from)),
            Chance::Shared | Chance::Drawn(_) => None,
        };
        let of = |&input: &Input| match input {
            Input::Latent => z.clone(),
            Input::Labels => labels.clone().unwrap_or_else(|| none(input)),
            Input::Noise => part(0, noise).unwrap_or_else(|| shared_noise(noise, &device)),
            Input::SecondLatent => match mixed {
                Some((second, _)) => second.clone(),
                None => part(noise, latent).unwrap_or_else(|| z.clone()),
            },
            Input::Mixing => match mixed {
                Some((_, from)) => {
                    let layers = 0..size(input);
                    let which = layers.map(|layer| f32::from(u8::from(layer >= from))).collect();
                    rows(which, size(input), &device).repeat_dim(0, n)
                }
                None => part(noise + latent, size(input)).unwrap_or_else(|| none(input)),
            },
            Input::Source | Input::Picture => none(input),
        };
        self.network.inputs().iter().map(of).collect()
    }

    /// # Shapes
    /// To [n, picture size] in [-1, 1]
    pub fn forward(&self, weights: &Weights, input: &GeneratorInput, mode: &mut Mode) -> Tensor<2> {
        self.network.forward(weights, self.feed(input), mode)
    }

    /// Like [`Generator::forward`] in [`Mode::Train`], and saves what the backward pass needs.
    pub fn draw(&self, weights: &Weights, input: &GeneratorInput) -> Drawn {
        let traced = self.network.trace(weights, self.feed(input));
        Drawn { y: traced.output(), traced }
    }

    /// What its parts have made on the way to these pictures.
    pub fn stages(&self, drawn: &Drawn) -> Vec<Stage<'_>> {
        self.network.stages(&drawn.traced)
    }

    /// What these pictures were drawn from: [n, values], if it takes such.
    pub fn fed_with(&self, drawn: &Drawn, input: Input) -> Option<Tensor<2>> {
        self.network.fed_with(&drawn.traced, input)
    }

    /// What other weights draw from the same.
    pub fn redraw(&self, weights: &Weights, drawn: &Drawn) -> Tensor<2> {
        self.network.retrace(weights, &drawn.traced).output()
    }

    /// The gradient of a loss by the weights, and by the pictures that were translated; `g` is its gradient by the
    /// pictures that were made.
    ///
    /// # Shapes
    /// g: [n, picture size]; to [parameters] and [n, source size]
    pub fn backward(
        &self,
        weights: &Weights,
        drawn: &Drawn,
        g: Tensor<2>,
        by_source: bool,
    ) -> (Tensor<1>, Option<Tensor<2>>) {
        let mut gradient = self.layout.gradient();
        let asked = |input: &Input| by_source && *input == Input::Source;
        let inputs: Vec<bool> = self.network.inputs().iter().map(asked).collect();
        let by_inputs =
            self.network.backward(weights, &drawn.traced, g, &inputs, Some(&mut gradient));
        (self.layout.flatten(gradient), by_inputs.into_iter().flatten().next())
    }

    /// The gradient of a loss by the latents alone; `g` is its gradient by the pictures that were made.
    ///
    /// # Shapes
    /// g: [n, picture size]; to [n, latent]
    pub fn by_latents(&self, weights: &Weights, drawn: &Drawn, g: Tensor<2>) -> Tensor<2> {
        let asked: Vec<bool> =
            self.network.inputs().iter().map(|input| *input == Input::Latent).collect();
        let by_inputs = self.network.backward(weights, &drawn.traced, g, &asked, None);
        match by_inputs.into_iter().flatten().next() {
            Some(by_latents) => by_latents,
            None => Tensor::zeros(
                [drawn.y.dims()[0], self.input_size(Input::Latent)],
                &drawn.y.device(),
            ),
        }
    }

    /// The first of these alone.
    pub fn gradient(&self, weights: &Weights, drawn: &Drawn, g: Tensor<2>) -> Tensor<1> {
        self.backward(weights, drawn, g, false).0
    }

    /// What these weights make of a batch of latents on the whole, for [`Generator::sample`].
    pub fn measure(&self, weights: &Weights, input: &GeneratorInput) -> Measured {
        let mut noted = Vec::new();
        self.forward(weights, input, &mut Mode::Measure(&mut noted));
        Measured(noted)
    }

    /// Pictures for show, each by itself. A `truncation` ψ below 1 draws styles towards their mean.
    ///
    /// # Shapes
    /// To [n, picture size] in [-1, 1]
    pub fn sample(
        &self,
        weights: &Weights,
        input: &GeneratorInput,
        measured: &Measured,
        truncation: f64,
    ) -> Tensor<2> {
        let mut noted = measured.0.clone().into_iter();
        self.forward(weights, input, &mut Mode::Infer { noted: &mut noted, truncation })
    }

    /// Whether a truncation draws styles towards their mean, instead of shortening latents.
    pub fn has_styles(&self) -> bool {
        self.input_size(Input::Mixing) > 0
    }
}

/// What all pictures for show share, so that a latent is always the same picture: [1, values].
fn shared_noise(size: usize, device: &Device) -> Tensor<2> {
    rows(normals(&mut stream(0, Stream::Chance, 0), size), size, device)
}
