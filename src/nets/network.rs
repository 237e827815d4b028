//! A network: layers as the nodes of a graph, which [`super::graph::Graph`] builds.
//!
//! For a network of piecewise linear layers, the gradient of a loss *and* of a penalty on the input gradient costs one
//! forward pass, one backward pass, one tangent and one gradient by the weights. Let logit = f(x), and let tₗ be its
//! slopes by the output of layer l. A loss with ∂L/∂logit = c has the weight gradient Σ (c·xₗ)⊗tₗ. A penalty P(∇ₓf)
//! with v = ∂P/∂(∇ₓf) has that of v·∇ₓf, the tangent of f along v; it is linear in each weight, and its slopes are the
//! same tₗ: Σ uₗ⊗tₗ with uₗ what v has become before layer l. Both are linear in what is sent along, so c·x + v is
//! sent once. That is Pearlmutter's R-operator (Neural Computation 6, 1994) with the two sums joined.

use super::layers::{Ask, At, Contribution, Kept, Layer, Mode};
use super::params::{Gradient, Layout, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;
use std::ops::Range;

/// A value of the graph: an input of the network, or what a node makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub(super) usize);

/// What a network is fed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// z
    Latent,
    /// One-hot classes.
    Labels,
    /// What a discriminator judges.
    Picture,
    /// The picture that a generator translates.
    Source,
    /// Normal numbers for every layer that takes some.
    Noise,
    /// The second latent of samples whose style changes on the way, and for each layer whether its style is the second
    /// one's.
    SecondLatent,
    Mixing,
}

#[derive(Debug)]
pub struct Network {
    pub(super) nodes: Vec<Node>,
    /// By slot; the inputs' come first.
    pub(super) shapes: Vec<Shape>,
    pub(super) inputs: Vec<Input>,
    pub(super) output: Slot,
    /// By slot, the node that reads it last.
    pub(super) last_reader: Vec<Option<usize>>,
    pub(super) memory: ActivationMemory,
    pub layout: Layout,
}

#[derive(Debug)]
pub(super) struct Node {
    pub step: Step,
    pub from: Vec<Slot>,
    /// Its own parameters, by their places in the layout.
    pub parameters: Range<usize>,
    /// Rows that it takes for each sample.
    pub rows: usize,
}

impl Node {
    fn learns(&self) -> bool {
        !self.parameters.is_empty()
    }
}

#[derive(Debug)]
pub(super) enum Step {
    Layer {
        layer: Box<dyn Layer>,
        to: Slot,
    },
    /// Cuts columns into consecutive slots.
    Split {
        to: Vec<Slot>,
    },
}

impl Step {
    fn layer(&self) -> Option<&dyn Layer> {
        match self {
            Step::Layer { layer, .. } => Some(layer.as_ref()),
            Step::Split { .. } => None,
        }
    }

    /// Where what comes out goes.
    fn to(&self) -> &[Slot] {
        match self {
            Step::Layer { to, .. } => std::slice::from_ref(to),
            Step::Split { to } => to,
        }
    }
}

/// Activation memory of a network for each sample, in values.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActivationMemory {
    /// From the forward to the backward pass: each layer's output, and what some save besides.
    pub kept: u64,
    /// At most within one layer: its input and output, and unfolded patches.
    pub within: u64,
}

impl ActivationMemory {
    /// Adds a layer with outputs of this `size`, that `keeps` so many values besides and has so many `within`.
    pub(super) fn add(&mut self, size: usize, keeps: usize, within: usize) {
        self.kept += (size + keeps) as u64;
        self.within = self.within.max((2 * size + within) as u64);
    }
}

/// Of so many samples.
impl std::ops::Mul<u64> for ActivationMemory {
    type Output = Self;

    fn mul(self, samples: u64) -> Self {
        Self { kept: self.kept * samples, within: self.within * samples }
    }
}

/// Values by slot; absent where nothing was computed, or is needed any more.
type Values = Vec<Option<Tensor<2>>>;

/// A forward pass, or a tangent along one.
#[derive(Clone, Debug)]
pub struct Traced {
    values: Values,
    /// By node.
    kept: Vec<Kept>,
    output: Slot,
}

impl Traced {
    /// [n, outputs]
    pub fn output(&self) -> Tensor<2> {
        value(&self.values, self.output)
    }
}

/// What a part of a network has made of its inputs: layers whose parameters share the first word of their names, with
/// the activations behind them.
pub struct Stage<'a> {
    pub name: &'a str,
    /// Of a row.
    pub shape: Shape,
    /// [rows, values]
    pub values: Tensor<2>,
}

/// The gradient of a loss or logit by the values of a network, by slot.
#[derive(Clone, Debug)]
pub struct Slopes(Values);

impl Slopes {
    /// By the first input, [n, values].
    pub fn by_input(&self) -> Tensor<2> {
        value(&self.0, Slot(0))
    }
}

fn value(values: &Values, slot: Slot) -> Tensor<2> {
    match &values[slot.0] {
        Some(value) => value.clone(),
        // The nodes stand in the order in which the builder made their slots.
        None => unreachable!("a node comes after those that it takes its input from"),
    }
}

impl Network {
    /// What it is fed with, in order.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    pub fn input_shape(&self, input: Input) -> Option<Shape> {
        let at = self.inputs.iter().position(|&other| other == input)?;
        Some(self.shapes[at])
    }

    pub fn output_shape(&self) -> Shape {
        self.shapes[self.output.0]
    }

    fn layers(&self) -> impl Iterator<Item = &dyn Layer> {
        self.nodes.iter().filter_map(|node| node.step.layer())
    }

    /// Whether what becomes of a sample depends on the others of its batch.
    pub fn couples_batch(&self) -> bool {
        self.layers().any(Layer::couples_batch)
    }

    /// Whether a gradient penalty is possible.
    pub fn is_piecewise_linear(&self) -> bool {
        self.layers().all(|layer| layer.piecewise_linear().is_some())
    }

    /// Multiply-adds of one sample's forward pass: of the layers that inputs go into, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        let sum = |nodes: &mut dyn Iterator<Item = &Node>| {
            let of = |node: &Node| Some(node.rows as u64 * node.step.layer()?.multiply_adds());
            nodes.filter_map(of).sum()
        };
        let is_input = |slot: &Slot| slot.0 < self.inputs.len();
        let mut first = self.nodes.iter().filter(|node| node.from.iter().all(is_input));
        [sum(&mut first), sum(&mut self.nodes.iter())]
    }

    pub fn memory(&self) -> ActivationMemory {
        self.memory
    }

    fn fed(&self, inputs: Vec<Tensor<2>>) -> Values {
        debug_assert_eq!(inputs.len(), self.inputs.len());
        let mut values: Values = inputs.into_iter().map(Some).collect();
        values.resize(self.shapes.len(), None);
        values
    }

    fn split(&self, x: &Tensor<2>, to: &[Slot], values: &mut Values) {
        let mut from = 0;
        for slot in to {
            let width = self.shapes[slot.0].size();
            values[slot.0] = Some(x.clone().narrow(1, from, width));
            from += width;
        }
    }

    fn read(&self, node: &Node, values: &Values) -> Vec<Tensor<2>> {
        node.from.iter().map(|&slot| value(values, slot)).collect()
    }

    /// The output alone.
    ///
    /// # Shapes
    /// inputs: [n, values] each, in the order of [`Network::inputs`]; to [n, outputs]
    pub fn forward(&self, weights: &Weights, inputs: Vec<Tensor<2>>, mode: &mut Mode) -> Tensor<2> {
        let mut values = self.fed(inputs);
        for (i, node) in self.nodes.iter().enumerate() {
            let x = self.read(node, &values);
            // What no later node reads is not needed any more, and may be changed where it lies.
            for slot in &node.from {
                if self.last_reader[slot.0] == Some(i) {
                    values[slot.0] = None;
                }
            }
            match &node.step {
                Step::Layer { layer, to } => {
                    values[to.0] = Some(layer.forward(weights, x, mode).0);
                }
                Step::Split { to } => self.split(&x[0], to, &mut values),
            }
        }
        value(&values, self.output)
    }

    /// Like [`Network::forward`] in [`Mode::Train`], and keeps what the backward pass needs.
    pub fn trace(&self, weights: &Weights, inputs: Vec<Tensor<2>>) -> Traced {
        let mut values = self.fed(inputs);
        let mut kept = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let x = self.read(node, &values);
            kept.push(match &node.step {
                Step::Layer { layer, to } => {
                    let (y, kept) = layer.forward(weights, x, &mut Mode::Train);
                    values[to.0] = Some(y);
                    kept
                }
                Step::Split { to } => {
                    self.split(&x[0], to, &mut values);
                    Kept::Nothing
                }
            });
        }
        Traced { values, kept, output: self.output }
    }

    /// The parts of the network that have parameters, in the order in which they came in that pass.
    pub fn stages(&self, traced: &Traced) -> Vec<Stage<'_>> {
        let mut last: Vec<(&str, Slot)> = Vec::new();
        for node in &self.nodes {
            let Step::Layer { to, .. } = node.step else { continue };
            let own = self.layout.entries().get(node.parameters.clone()).and_then(<[_]>::first);
            let name = own.map(|entry| entry.name.split('.').next().unwrap_or_default());
            match (last.last_mut(), name) {
                (Some((part, slot)), name) if name.is_none_or(|name| name == *part) => *slot = to,
                (_, Some(name)) => last.push((name, to)),
                (_, None) => {}
            }
        }
        let stage = |(name, slot): (_, Slot)| {
            let (shape, values) = (self.shapes[slot.0], value(&traced.values, slot));
            Stage { name, shape, values }
        };
        last.into_iter().map(stage).collect()
    }

    /// What it was fed with in that pass.
    pub fn fed_with(&self, traced: &Traced, input: Input) -> Option<Tensor<2>> {
        let at = self.inputs.iter().position(|&other| other == input)?;
        traced.values[at].clone()
    }

    /// The same pass with other weights.
    pub fn retrace(&self, weights: &Weights, traced: &Traced) -> Traced {
        let inputs = (0..self.inputs.len()).map(|at| value(&traced.values, Slot(at)));
        self.trace(weights, inputs.collect())
    }

    /// Whether the gradient by each slot is needed for that by these inputs, or by weights before it.
    fn needed(&self, inputs: &[bool], weights: bool) -> Vec<bool> {
        let mut needed = inputs.to_vec();
        needed.resize(self.shapes.len(), false);
        for node in &self.nodes {
            let needs = weights && node.learns() || node.from.iter().any(|slot| needed[slot.0]);
            for slot in node.step.to() {
                needed[slot.0] = needs;
            }
        }
        needed
    }

    /// The backward pass from `g`, the gradient by the output: by the inputs that are asked for, in the inputs' order,
    /// and by the weights if a gradient is given.
    ///
    /// # Shapes
    /// g: [n, outputs]; to [n, values] for each input that was asked for
    pub fn backward(
        &self,
        weights: &Weights,
        traced: &Traced,
        g: Tensor<2>,
        inputs: &[bool],
        into: Option<&mut Gradient>,
    ) -> Vec<Option<Tensor<2>>> {
        let mut parts = Parts::new(self.shapes.len(), false);
        self.send_back(weights, traced, g, inputs, into, &mut parts);
        (0..self.inputs.len()).map(|i| parts.take(Slot(i)).filter(|_| inputs[i])).collect()
    }

    /// The slopes of what `g` is the gradient of by every value on the way to all inputs.
    ///
    /// # Shapes
    /// g: [n, outputs]
    pub fn slopes(&self, weights: &Weights, traced: &Traced, g: Tensor<2>) -> Slopes {
        let mut parts = Parts::new(self.shapes.len(), true);
        let all = vec![true; self.inputs.len()];
        self.send_back(weights, traced, g, &all, None, &mut parts);
        (0..self.inputs.len()).for_each(|i| drop(parts.take(Slot(i))));
        Slopes(parts.sums)
    }

    fn send_back(
        &self,
        weights: &Weights,
        traced: &Traced,
        g: Tensor<2>,
        inputs: &[bool],
        mut into: Option<&mut Gradient>,
        parts: &mut Parts,
    ) {
        let needed = self.needed(inputs, into.is_some());
        parts.add(self.output, g);
        for (i, node) in self.nodes.iter().enumerate().rev() {
            let by_inputs = match &node.step {
                Step::Layer { layer, to } => {
                    let Some(g) = parts.take(*to) else { continue };
                    let asked: Vec<bool> = node.from.iter().map(|slot| needed[slot.0]).collect();
                    let learns = node.learns() && into.is_some();
                    if !learns && !asked.contains(&true) {
                        continue;
                    }
                    let x = self.read(node, &traced.values);
                    let y = value(&traced.values, *to);
                    let at = At { x: &x, y: &y, kept: &traced.kept[i] };
                    let contribution = match &mut into {
                        Some(into) if learns => Some(Contribution { into, scale: None }),
                        _ => None,
                    };
                    layer.backward(weights, at, g, Ask { inputs: &asked, weights: contribution })
                }
                Step::Split { to } => {
                    let rows = value(&traced.values, node.from[0]);
                    vec![self.joined(parts, to, &rows).filter(|_| needed[node.from[0].0])]
                }
            };
            for (&slot, by_input) in node.from.iter().zip(by_inputs) {
                if let Some(by_input) = by_input {
                    parts.add(slot, by_input);
                }
            }
        }
    }

    /// The gradients by the parts of a split in a row, zeros where a part had none; none without any.
    fn joined(&self, parts: &mut Parts, to: &[Slot], rows: &Tensor<2>) -> Option<Tensor<2>> {
        let found: Vec<_> = to.iter().map(|&slot| parts.take(slot)).collect();
        if found.iter().all(Option::is_none) {
            return None;
        }
        let [n, _] = rows.dims();
        let width = |slot: &Slot| self.shapes[slot.0].size();
        let columns = found.into_iter().zip(to).map(|(part, slot)| {
            part.unwrap_or_else(|| Tensor::zeros([n, width(slot)], &rows.device()))
        });
        Some(Tensor::cat(columns.collect(), 1))
    }

    /// The tangent (Jacobian-vector product) along `u` at a forward pass, each bias taken `scale` times; none where a
    /// layer has no such thing ([`Network::is_piecewise_linear`]).
    ///
    /// # Shapes
    /// u: [n, values] for each input, scale: [n, 1]
    pub fn tangent(
        &self,
        weights: &Weights,
        traced: &Traced,
        u: Vec<Tensor<2>>,
        scale: &Tensor<2>,
    ) -> Option<Traced> {
        let mut values = self.fed(u);
        for (i, node) in self.nodes.iter().enumerate() {
            let u = self.read(node, &values);
            match &node.step {
                Step::Layer { layer, to } => {
                    let x = self.read(node, &traced.values);
                    let y = value(&traced.values, *to);
                    let at = At { x: &x, y: &y, kept: &traced.kept[i] };
                    let tangent = layer.piecewise_linear()?.tangent(weights, at, &u, scale);
                    values[to.0] = Some(tangent);
                }
                Step::Split { to } => self.split(&u[0], to, &mut values),
            }
        }
        let kept = vec![Kept::Nothing; self.nodes.len()];
        Some(Traced { values, kept, output: self.output })
    }

    /// The gradient by all parameters from these slopes, for a tangent whose biases were taken `scale` times.
    pub fn gradient(
        &self,
        weights: &Weights,
        tangent: &Traced,
        slopes: &Slopes,
        scale: &Tensor<2>,
        into: &mut Gradient,
    ) {
        for node in self.nodes.iter().filter(|node| node.learns()) {
            let Step::Layer { layer, to } = &node.step else { continue };
            let Some(g) = slopes.0[to.0].clone() else { continue };
            let x = self.read(node, &tangent.values);
            let y = value(&tangent.values, *to);
            let inputs = vec![false; x.len()];
            let at = At { x: &x, y: &y, kept: &Kept::Nothing };
            let contribution = Contribution { into, scale: Some(scale) };
            layer.backward(weights, at, g, Ask { inputs: &inputs, weights: Some(contribution) });
        }
    }
}

/// What the nodes that read a slot say of the gradient by it. It is summed when all have spoken, in their order.
struct Parts {
    of_readers: Vec<Vec<Tensor<2>>>,
    /// The sums so far, if they are kept.
    sums: Values,
    keeps: bool,
}

impl Parts {
    fn new(slots: usize, keeps: bool) -> Self {
        Self { of_readers: vec![Vec::new(); slots], sums: vec![None; slots], keeps }
    }

    fn add(&mut self, slot: Slot, part: Tensor<2>) {
        self.of_readers[slot.0].push(part);
    }

    fn take(&mut self, slot: Slot) -> Option<Tensor<2>> {
        // The pass goes backwards.
        let parts = std::mem::take(&mut self.of_readers[slot.0]).into_iter().rev();
        let sum = parts.reduce(|sum, part| sum + part);
        if self.keeps {
            self.sums[slot.0] = sum.clone();
        }
        sum
    }
}
