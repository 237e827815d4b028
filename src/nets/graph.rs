//! Builds a network layer by layer: names and sizes layers, and refuses what does not fit, as data.

use super::Norm;
use super::layers::{
    Add, Attention, BatchNorm, Concat, ConcatRows, ConditionalNorm, Constant, Conv, ConvTranspose,
    Film, Filter, FilterShape, LabelEmbedding, Layer, LayerNorm, LeakyRelu, Linear, Modulated,
    Modulation, Resample, Scale, StyleMixing, Tanh, Unit, Unroll,
};
use super::network::{ActivationMemory, Input, Network, Node, Slot, Step};
use super::params::{Init, Layout};
use crate::shape::Shape;
use std::cell::RefCell;

/// A network under construction. Values of it are [`Flow`]s, which layers are put behind.
#[derive(Debug, Default)]
pub struct Graph(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    inputs: Vec<Input>,
    layout: Layout,
    memory: ActivationMemory,
    /// Values of [`Input::Noise`] that the layers so far take.
    noise: usize,
    /// Why what was asked for cannot be built. The first reason counts; nothing is added from then on.
    misfit: Option<String>,
}

/// An activation of a network under construction: what flows out of a layer, or in.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'g> {
    graph: &'g Graph,
    slot: Slot,
    shape: Shape,
    /// Rows for each sample: those of a film's frames.
    rows: usize,
}

impl Graph {
    /// What the network is fed with; all inputs come before the first layer.
    pub fn input(&self, input: Input, shape: Shape) -> Flow<'_> {
        let mut inner = self.0.borrow_mut();
        debug_assert!(inner.nodes.is_empty(), "inputs come first");
        inner.inputs.push(input);
        inner.shapes.push(shape);
        Flow { graph: self, slot: Slot(inner.shapes.len() - 1), shape, rows: 1 }
    }

    /// Values of [`Input::Noise`] that the layers so far take.
    pub fn noise(&self) -> usize {
        self.0.borrow().noise
    }

    fn refuse(&self, reason: String) {
        self.0.borrow_mut().misfit.get_or_insert(reason);
    }

    /// Adds what `make` makes of the layout so far, unless something has not fitted. Of memory it keeps so many values for
    /// each sample beside its output, and has so many more within it.
    fn add<L: Layer + 'static>(
        &self,
        from: &[Flow],
        shape: Shape,
        memory: Option<[usize; 2]>,
        make: impl FnOnce(&mut Layout) -> L,
    ) -> Flow<'_> {
        let mut inner = self.0.borrow_mut();
        if inner.misfit.is_none() && shape.size() == 0 {
            inner.misfit = Some("leaves nothing of the picture: it is too small".into());
        }
        let rows = from[0].rows;
        if inner.misfit.is_some() {
            return Flow { graph: self, slot: from[0].slot, shape, rows };
        }
        let before = inner.layout.entries().len();
        let layer = Box::new(make(&mut inner.layout));
        let parameters = before..inner.layout.entries().len();
        if let Some([keeps, within]) = memory {
            inner.memory.add(rows * shape.size(), rows * keeps, rows * within);
        }
        inner.shapes.push(shape);
        let to = Slot(inner.shapes.len() - 1);
        let from = from.iter().map(|flow| flow.slot).collect();
        inner.nodes.push(Node { step: Step::Layer { layer, to }, from, parameters, rows });
        Flow { graph: self, slot: to, shape, rows }
    }

    /// The network that ends in `output`.
    ///
    /// # Errors
    /// Why it cannot be built, as a phrase that follows its name.
    pub fn finish(&self, output: Flow) -> Result<Network, String> {
        let inner = self.0.take();
        let Inner { nodes, shapes, inputs, layout, memory, misfit, .. } = inner;
        if let Some(misfit) = misfit {
            return Err(misfit);
        }
        let mut last_reader = vec![None; shapes.len()];
        for (i, node) in nodes.iter().enumerate() {
            node.from.iter().for_each(|slot| last_reader[slot.0] = Some(i));
        }
        last_reader[output.slot.0] = None;
        Ok(Network { nodes, shapes, inputs, output: output.slot, last_reader, memory, layout })
    }
}

impl<'g> Flow<'g> {
    pub fn shape(self) -> Shape {
        self.shape
    }

    pub fn size(self) -> usize {
        self.shape.size()
    }

    fn add<L: Layer + 'static>(
        self,
        shape: Shape,
        make: impl FnOnce(&mut Layout) -> L,
    ) -> Flow<'g> {
        self.graph.add(&[self], shape, Some([0, 0]), make)
    }

    /// Looks at it as maps of this side.
    pub fn as_maps(mut self, side: usize) -> Self {
        let channels = self.size() / (side * side).max(1);
        if channels * side * side != self.size() {
            let size = self.size();
            self.graph.refuse(format!("cannot take {size} values for maps of {side} x {side}"));
        }
        self.shape = Shape { side, channels };
        self
    }

    pub fn linear(self, name: &str, outputs: usize) -> Self {
        let inputs = self.size();
        self.add(Shape::vector(outputs), |layout| Linear::new(layout, name, inputs, outputs))
    }

    /// The same with weights that keep the size of what flows through a leaky ReLU behind it.
    pub fn keeping_linear(self, name: &str, outputs: usize) -> Self {
        let start = Init::Normal { fan_in: self.size(), gain: 2f32.sqrt() };
        self.starting_linear(name, outputs, start, Some(Init::Zeros))
    }

    pub fn unbiased_linear(self, name: &str, outputs: usize) -> Self {
        let start = Init::FanIn(self.size());
        self.starting_linear(name, outputs, start, None)
    }

    fn starting_linear(self, name: &str, outputs: usize, weight: Init, bias: Option<Init>) -> Self {
        let sizes = [self.size(), outputs];
        self.add(Shape::vector(outputs), |layout| {
            Linear::starting(layout, name, sizes, weight, bias)
        })
    }

    /// One-hot rows to vectors that start as these numbers.
    pub fn embedding(self, name: &str, length: usize, init: Init) -> Self {
        let sizes = [self.size(), length];
        self.add(Shape::vector(length), |layout| LabelEmbedding::new(layout, name, sizes, init))
    }

    /// Convolution that halves each side, rounded down.
    pub fn conv(self, name: &str, channels: usize) -> Self {
        let input = self.shape;
        let output = Shape { side: input.side / 2, channels };
        self.add(output, |layout| Conv::new(layout, name, input, channels))
    }

    /// Convolution that keeps the side.
    pub fn filter(self, name: &str, filter: FilterShape) -> Self {
        let FilterShape { channels, kernel, groups, .. } = filter;
        let input = self.shape;
        if !input.channels.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
            self.graph.refuse(format!(
                "cannot divide {} and {channels} channels into {groups} groups",
                input.channels
            ));
        }
        let patches = kernel * kernel * input.size() / groups.max(1);
        let output = input.of(channels);
        let memory = [0, patches];
        self.graph
            .add(&[self], output, Some(memory), |layout| Filter::new(layout, name, input, filter))
    }

    /// Transposed convolution that doubles each side.
    pub fn conv_transpose(self, name: &str, channels: usize) -> Self {
        self.add_conv_transpose(name, channels, true)
    }

    /// The same without a bias: a norm that follows takes it away again.
    pub fn unbiased_conv_transpose(self, name: &str, channels: usize) -> Self {
        self.add_conv_transpose(name, channels, false)
    }

    /// The same, followed by a norm.
    pub fn conv_transpose_normed(self, name: &str, channels: usize, norm: Norm) -> Self {
        self.unbiased_conv_transpose(name, channels).norm(&format!("{name}.norm"), norm)
    }

    fn add_conv_transpose(self, name: &str, channels: usize, biased: bool) -> Self {
        let input = self.shape;
        let output = Shape { side: 2 * input.side, channels };
        self.add(output, |layout| ConvTranspose::new(layout, name, input, channels, biased))
    }

    /// Bilinear upsampling by 2.
    pub fn upsample(self) -> Self {
        let input = self.shape;
        let output = Shape { side: 2 * input.side, ..input };
        self.add(output, |_| Resample::upsample(input))
    }

    /// Bilinear downsampling by 2.
    pub fn downsample(self) -> Self {
        let input = self.shape;
        if !input.side.is_multiple_of(2) {
            self.graph.refuse(format!("cannot halve a side of {}", input.side));
        }
        let output = Shape { side: input.side / 2, ..input };
        self.add(output, |_| Resample::downsample(input))
    }

    /// The mean of all pixels.
    pub fn mean_pool(self) -> Self {
        let input = self.shape;
        self.add(Shape::vector(input.channels), |_| Resample::mean(input))
    }

    pub fn norm(self, name: &str, norm: Norm) -> Self {
        let (shape, size) = (self.shape, self.size());
        let graph = self.graph;
        match norm {
            Norm::Batch => graph
                .add(&[self], shape, Some([0, size]), |layout| BatchNorm::new(layout, name, shape)),
            Norm::Layer => graph
                .add(&[self], shape, Some([size, 0]), |layout| LayerNorm::new(layout, name, shape)),
        }
    }

    /// Learned maps, one for every sample that flows, whatever it is.
    pub fn constant(self, name: &str, shape: Shape) -> Self {
        self.add(shape, |layout| Constant::new(layout, name, shape))
    }

    /// A convolution modulated by a style, with noise unless it makes a picture.
    pub fn modulated(
        self,
        name: &str,
        channels: usize,
        kind: Modulation,
        style: Flow,
        noise: Flow,
    ) -> Self {
        let (input, first) = (self.shape, self.graph.noise());
        let side = if kind == Modulation::Upsample { 2 * input.side } else { input.side };
        let output = Shape { side, channels };
        let patches = if kind == Modulation::Keep { 9 * input.size() } else { 0 };
        let mut from = vec![self, style];
        if kind != Modulation::Picture {
            from.push(noise);
            self.graph.0.borrow_mut().noise += output.pixels();
        }
        let memory = [output.size(), patches];
        self.graph.add(&from, output, Some(memory), |layout| {
            Modulated::new(layout, name, input, channels, kind, style.size(), first)
        })
    }

    /// A batch norm scaled and shifted by a style.
    pub fn conditional_norm(self, name: &str, style: Flow) -> Self {
        let (shape, size) = (self.shape, self.size());
        self.graph.add(&[self, style], shape, Some([size, size]), |layout| {
            ConditionalNorm::new(layout, name, shape, style.size())
        })
    }

    pub fn attention(self, name: &str) -> Self {
        let (shape, size, places) = (self.shape, self.size(), self.shape.pixels());
        // Query, key, value, what is attended to, and how much each place looks at each.
        let keeps = 9 * size / 4 + places * places;
        self.graph
            .add(&[self], shape, Some([keeps, keeps]), |layout| Attention::new(layout, name, shape))
    }

    pub fn relu(self) -> Self {
        self.add(self.shape, |_| LeakyRelu { slope: 0.0 })
    }

    /// Slope 0.2, as DCGAN's discriminator.
    pub fn leaky_relu(self) -> Self {
        self.add(self.shape, |_| LeakyRelu { slope: 0.2 })
    }

    pub fn tanh(self) -> Self {
        self.add(self.shape, |_| Tanh)
    }

    /// Every value times a number.
    pub fn times(self, factor: f64) -> Self {
        self.add(self.shape, |_| Scale { factor })
    }

    /// A mean square of 1 for each sample.
    pub fn unit(self) -> Self {
        self.add(self.shape, |_| Unit)
    }

    /// The sum of both.
    pub fn plus(self, other: Flow) -> Self {
        if self.shape != other.shape {
            self.graph.refuse(format!("cannot add {} to {}", other.shape, self.shape));
        }
        // In the reckoning of memory it stands for what flowed into it.
        self.graph.add(&[self, other], self.shape, None, |_| Add)
    }

    /// The channels of both, those of `other` times a number.
    pub fn concat_times(self, other: Flow, times: f64) -> Self {
        if self.shape.side != other.shape.side {
            self.graph.refuse(format!("cannot put {} beside {}", other.shape, self.shape));
        }
        let shapes = [self.shape, other.shape];
        let output = self.shape.of(self.shape.channels + other.shape.channels);
        self.graph.add(&[self, other], output, Some([0, 0]), |_| Concat::new(shapes, times))
    }

    /// The channels of both.
    pub fn concat(self, other: Flow) -> Self {
        self.concat_times(other, 1.0)
    }

    /// Cuts each vector into a row for each frame of a film.
    pub fn unrolled(self, frames: usize) -> Self {
        let shape = Shape::vector(self.size() / frames.max(1));
        let flow = self.add(shape, |_| Unroll { frames });
        Self { rows: self.rows * frames, ..flow }
    }

    /// Pictures of one channel, a row for each frame, as films.
    pub fn as_film(self, frames: usize) -> Self {
        let flow = self.add(self.shape.of(frames), |_| Film { frames });
        Self { rows: self.rows / frames, ..flow }
    }

    /// The samples of both.
    pub fn concat_rows(self, other: Flow) -> Self {
        self.graph.add(&[self, other], self.shape, Some([0, 0]), |_| ConcatRows)
    }

    /// Adds what `branch` makes of it, in the same size.
    pub fn residual(self, branch: impl FnOnce(Self) -> Self) -> Self {
        branch(self).plus(self)
    }

    /// Cuts a vector into consecutive ones of these lengths.
    pub fn split(self, lengths: &[usize]) -> Vec<Self> {
        let graph = self.graph;
        debug_assert_eq!(lengths.iter().sum::<usize>(), self.size());
        let mut inner = graph.0.borrow_mut();
        let mut to = Vec::new();
        for &length in lengths {
            inner.shapes.push(Shape::vector(length));
            to.push(Slot(inner.shapes.len() - 1));
        }
        if inner.misfit.is_none() {
            let step = Step::Split { to: to.clone() };
            inner.nodes.push(Node {
                step,
                from: vec![self.slot],
                parameters: 0..0,
                rows: self.rows,
            });
        }
        let rows = self.rows;
        let flow = |(&length, slot)| Flow { graph, slot, shape: Shape::vector(length), rows };
        lengths.iter().zip(to).map(flow).collect()
    }

    /// Styles for so many layers, of which `mixing` are the second ones of the lower half of the rows; see
    /// [`StyleMixing`].
    pub fn mixed(self, mixing: Flow) -> Vec<Self> {
        let (layers, length) = (mixing.size(), self.size());
        let all = Shape::vector(layers * length);
        let mixed =
            self.graph.add(&[self, mixing], all, Some([0, 0]), |_| StyleMixing { layers, length });
        mixed.split(&vec![length; layers])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device;
    use crate::nets::params::{rows, vector};
    use crate::rng::{Stream, normals, stream};
    use burn::tensor::Tensor;

    const PICTURE: Shape = Shape { side: 6, channels: 2 };

    /// Why what `build` puts behind a picture cannot be built.
    fn refused(build: impl FnOnce(Flow) -> Flow) -> String {
        let graph = Graph::default();
        let picture = graph.input(Input::Picture, PICTURE);
        // What comes after a misfit is not built, and does no harm.
        let output = build(picture).leaky_relu().linear("end", 3);
        graph.finish(output).expect_err("it does not fit")
    }

    #[test]
    fn what_does_not_fit_is_refused_in_words() {
        let odd = refused(|x| x.downsample().downsample());
        assert!(odd.contains("halve a side of 3"), "{odd}");
        let gone = refused(|x| x.conv("a", 1).conv("b", 1).conv("c", 1));
        assert!(gone.contains("too small"), "{gone}");
        let groups =
            refused(|x| x.filter("a", FilterShape { groups: 3, ..FilterShape::new(6, 3) }));
        assert!(groups.contains("3 groups"), "{groups}");
        let sum = refused(|x| x.plus(x.conv("a", 2)));
        assert!(sum.contains("cannot add 3 x 3 x 2 to 6 x 6 x 2"), "{sum}");
        let sides = refused(|x| x.concat(x.conv("a", 2)));
        assert!(sides.contains("cannot put 3 x 3 x 2 beside 6 x 6 x 2"), "{sides}");
        let maps = refused(|x| x.linear("a", 10).as_maps(3));
        assert!(maps.contains("10 values for maps of 3 x 3"), "{maps}");
    }

    /// Two inputs, a value that is used twice, all layers that a chain could not have.
    fn branching() -> Network {
        let graph = Graph::default();
        let (a, b) = (
            graph.input(Input::Picture, PICTURE),
            graph.input(Input::Source, Shape { side: 6, channels: 1 }),
        );
        let both = a.concat_times(b, 0.5).filter("mix", FilterShape::new(2, 3)).leaky_relu();
        let sum = both.plus(a.times(-0.7)).tanh().plus(both);
        let ends = sum.linear("narrow", 5).unit().split(&[2, 3]);
        let output = ends[0].linear("left", 2).concat(ends[1]);
        graph.finish(output).expect("it fits")
    }

    #[test]
    fn the_gradient_by_any_input_is_the_slope_along_it() {
        let (network, device) = (branching(), device::cpu());
        let random = |salt, columns| {
            let values = normals(&mut stream(4, Stream::Samples, salt), 3 * columns);
            rows(values, columns, &device)
        };
        let start = network.layout.initial(&mut stream(4, Stream::GeneratorInit, 0));
        let weights = network.layout.view(&vector(start, &device));
        let inputs = [random(1, PICTURE.size()), random(2, 36)];
        let back = random(3, network.output_shape().size());
        let value = |inputs: &[Tensor<2>]| -> f64 {
            let y =
                network.forward(&weights, inputs.to_vec(), &mut super::super::layers::Mode::Train);
            (y * back.clone())
                .into_data()
                .try_to_vec::<f32>()
                .unwrap()
                .iter()
                .map(|&v| f64::from(v))
                .sum()
        };
        let traced = network.trace(&weights, inputs.to_vec());
        let slopes = network.backward(&weights, &traced, back.clone(), &[true, true], None);
        for (i, slope) in slopes.iter().enumerate() {
            let slope = slope.clone().expect("it was asked for");
            let along = random(5 + i as u64, inputs[i].dims()[1]);
            let moved = |by: f64| {
                let mut inputs = inputs.to_vec();
                inputs[i] = inputs[i].clone() + along.clone() * by;
                value(&inputs)
            };
            let found = (moved(2e-3) - moved(-2e-3)) / 4e-3;
            let said = (slope * along.clone()).sum().into_data().try_to_vec::<f32>().unwrap()[0];
            assert!(
                (found - f64::from(said)).abs() < 2e-2 * found.abs().max(1.0),
                "{i}: {found}, {said}"
            );
        }
        // What nobody asks for is not computed.
        let one = network.backward(&weights, &traced, back.clone(), &[false, true], None);
        assert!(one[0].is_none() && one[1].is_some());
    }

    #[test]
    fn only_piecewise_linear_networks_can_be_penalised() {
        let of = |build: fn(Flow) -> Flow| {
            let graph = Graph::default();
            let picture = graph.input(Input::Picture, PICTURE);
            let output = build(picture);
            graph.finish(output).expect("it fits").is_piecewise_linear()
        };
        assert!(of(|x| x.conv("a", 2).leaky_relu().residual(|x| x.times(0.5))));
        assert!(!of(|x| x.tanh()) && !of(|x| x.unit()) && !of(|x| x.norm("a", Norm::Layer)));
    }
}
