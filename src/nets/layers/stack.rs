//! Layers one after another, with skip connections around some of them.
//!
//! For a stack of piecewise linear layers, the gradient of a loss *and* of a penalty on the input
//! gradient costs one forward pass, one backward pass, one tangent and one gradient by the weights. Let
//! logit = f(x), and let tₗ be its slopes by the output of layer l (`slopes`). A loss with ∂L/∂logit = c
//! has the weight gradient Σ (c·xₗ)⊗tₗ. A penalty P(∇ₓf) with v = ∂P/∂(∇ₓf) has that of v·∇ₓf, the
//! tangent of f along v; it is linear in each weight, and its slopes are the same tₗ: Σ uₗ⊗tₗ with uₗ
//! what v has become before layer l. Both are linear in what is sent along, so c·x + v is sent once.
//! That is Pearlmutter's R-operator (Neural Computation 6, 1994) with the two sums joined.

use super::{GeneratorLayer, Kept, Layer, Mode, Side, Trace};
use crate::nets::params::{Gradient, Weights};
use burn::tensor::Tensor;

#[derive(Debug, Default)]
pub struct Stack {
    /// Begins with a layer.
    pub(super) steps: Vec<Step>,
    pub(super) memory: ActivationMemory,
}

/// Activation memory of a stack for each sample, in values.
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

#[derive(Debug)]
pub(super) enum Step {
    Layer(Box<dyn Layer>),
    Generator(Box<dyn GeneratorLayer>),
    Route(Route),
}

/// How activations branch and merge: a residual block is a fork, layers, and a join.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route {
    /// Sets a copy aside.
    Fork,
    /// Changes places with what was set aside last.
    Exchange,
    /// Adds what was set aside, `below` others that were set aside later.
    Join { below: usize },
}

impl Route {
    fn forward(self, x: Tensor<2>, aside: &mut Vec<Tensor<2>>) -> Tensor<2> {
        match self {
            Route::Fork => {
                aside.push(x.clone());
                x
            }
            Route::Exchange => exchanged(x, aside),
            Route::Join { below } => x + aside.remove(aside.len() - 1 - below),
        }
    }

    /// The transpose: a fork's is a join, and the other way round.
    fn backward(self, g: Tensor<2>, aside: &mut Vec<Tensor<2>>) -> Tensor<2> {
        match self {
            Route::Fork => match aside.pop() {
                Some(other) => g + other,
                None => g,
            },
            Route::Exchange => exchanged(g, aside),
            Route::Join { below } => {
                aside.insert(aside.len() - below, g.clone());
                g
            }
        }
    }
}

fn exchanged(x: Tensor<2>, aside: &mut [Tensor<2>]) -> Tensor<2> {
    match aside.last_mut() {
        Some(other) => std::mem::replace(other, x),
        None => x,
    }
}

impl Stack {
    fn layers(&self) -> impl DoubleEndedIterator<Item = &dyn Layer> {
        self.steps.iter().filter_map(|step| match step {
            Step::Layer(layer) => Some(layer.as_ref()),
            _ => None,
        })
    }

    /// Whether what becomes of a sample depends on the others of its batch.
    pub fn couples_batch(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Layer(layer) => layer.couples_batch(),
            Step::Generator(layer) => layer.couples_batch(),
            Step::Route(_) => false,
        })
    }

    /// Multiply-adds of one sample's forward pass: of the first layer, and of all.
    pub fn multiply_adds(&self) -> [u64; 2] {
        let of = |step: &Step| match step {
            Step::Layer(layer) => layer.multiply_adds(),
            Step::Generator(layer) => layer.multiply_adds(),
            Step::Route(_) => 0,
        };
        [self.steps.first().map_or(0, of), self.steps.iter().map(of).sum()]
    }

    pub fn memory(&self) -> ActivationMemory {
        self.memory
    }

    /// # Shapes
    /// x: [n, inputs] to [n, outputs]
    pub fn forward(
        &self,
        weights: &Weights,
        x: Tensor<2>,
        side: &Side,
        mode: &mut Mode,
    ) -> Tensor<2> {
        let mut aside = Vec::new();
        self.steps.iter().fold(x, |x, step| match step {
            Step::Layer(layer) => layer.forward(weights, x, mode),
            Step::Generator(layer) => layer.forward(weights, x, side, mode),
            Step::Route(route) => route.forward(x, &mut aside),
        })
    }

    /// Like [`Stack::forward`], and keeps what went in and out of every layer.
    pub fn trace(&self, weights: &Weights, x: Tensor<2>, side: &Side) -> Traced {
        let mut traces: Vec<Trace> = Vec::with_capacity(self.steps.len());
        let mut aside = Vec::new();
        let y = self.steps.iter().fold(x, |x, step| {
            let trace = match step {
                Step::Layer(layer) => layer.trace(weights, x),
                Step::Generator(layer) => layer.trace(weights, x, side),
                Step::Route(route) => return route.forward(x, &mut aside),
            };
            let y = trace.y.clone();
            traces.push(trace);
            y
        });
        Traced { y, traces }
    }

    /// Propagates `g`, the gradient by the output, back to the output of the first layer. Only for stacks of
    /// [`Layer`]s, as critics are.
    ///
    /// # Shapes
    /// g: [n, outputs]
    pub fn slopes(&self, weights: &Weights, traced: &Traced, g: Tensor<2>) -> Slopes {
        let mut slopes = Vec::with_capacity(traced.traces.len());
        let mut aside = Vec::new();
        let mut traces = traced.traces.iter().rev();
        let mut g = g;
        for step in self.steps.iter().skip(1).rev() {
            g = match step {
                Step::Layer(layer) => match traces.next() {
                    Some(trace) => {
                        let next = layer.vjp(weights, trace, g.clone());
                        slopes.push(g);
                        next
                    }
                    None => unreachable!("each layer has its trace"),
                },
                Step::Generator(layer) => unreachable!("no critic has a {layer:?}"),
                Step::Route(route) => route.backward(g, &mut aside),
            };
        }
        slopes.push(g);
        slopes.reverse();
        Slopes(slopes)
    }

    /// The last step back, through the first layer: the gradient by the input, [n, inputs].
    pub fn input_gradient(&self, weights: &Weights, traced: &Traced, slopes: &Slopes) -> Tensor<2> {
        let (first, trace, slope) = (self.layers().next(), traced.traces.first(), &slopes.0[0]);
        match first.zip(trace) {
            Some((first, trace)) => first.vjp(weights, trace, slope.clone()),
            None => slope.clone(),
        }
    }

    /// The tangent (Jacobian-vector product) along `u` at the traced input, each bias taken `scale` times.
    ///
    /// # Shapes
    /// u: [n, inputs], scale: [n, 1]
    pub fn tangent(
        &self,
        weights: &Weights,
        traced: &Traced,
        u: Tensor<2>,
        scale: &Tensor<2>,
    ) -> Traced {
        let mut traces = Vec::with_capacity(traced.traces.len());
        let mut aside = Vec::new();
        let mut of_layers = traced.traces.iter();
        let y = self.steps.iter().fold(u, |x, step| match step {
            Step::Layer(layer) => match of_layers.next() {
                Some(trace) => {
                    let y = layer.tangent(weights, trace, x.clone(), scale);
                    traces.push(Trace { x, y: y.clone(), kept: Kept::Nothing });
                    y
                }
                None => unreachable!("each layer has its trace"),
            },
            Step::Generator(layer) => unreachable!("no critic has a {layer:?}"),
            Step::Route(route) => route.forward(x, &mut aside),
        });
        Traced { y, traces }
    }

    /// The gradient by all parameters from these slopes, for a traced input or for a tangent whose biases were
    /// taken `scale` times.
    pub fn gradient(
        &self,
        traced: &Traced,
        slopes: &Slopes,
        scale: Option<&Tensor<2>>,
        into: &mut Gradient,
    ) {
        for ((layer, trace), g) in self.layers().zip(&traced.traces).zip(&slopes.0) {
            layer.gradient(trace, g, scale, into);
        }
    }

    /// The backward pass: propagates `g` and accumulates the gradient by all parameters. Returns the gradient
    /// by the styles, [n, styles], if there are any.
    ///
    /// # Shapes
    /// g: [n, outputs]
    pub fn backward(
        &self,
        weights: &Weights,
        traced: &Traced,
        g: Tensor<2>,
        side: &Side,
        into: &mut Gradient,
    ) -> Option<Tensor<2>> {
        let mut aside = Vec::new();
        let mut by_styles = Vec::new();
        let mut traces = traced.traces.iter().rev();
        let mut next = || match traces.next() {
            Some(trace) => trace,
            None => unreachable!("each layer has its trace"),
        };
        let mut g = g;
        for (i, step) in self.steps.iter().enumerate().rev() {
            g = match step {
                Step::Route(route) => route.backward(g, &mut aside),
                Step::Layer(layer) => {
                    let trace = next();
                    layer.gradient(trace, &g, None, into);
                    // Nobody asks for the gradient by the input.
                    if i == 0 { g } else { layer.vjp(weights, trace, g) }
                }
                Step::Generator(layer) => {
                    let (by_x, by_style) = layer.backward(weights, next(), g, side, into);
                    by_styles.extend(by_style);
                    by_x
                }
            };
        }
        by_styles.reverse();
        (!by_styles.is_empty()).then(|| Tensor::cat(by_styles, 1))
    }
}

/// A stack's output with the traces that its backward pass needs.
#[derive(Clone, Debug)]
pub struct Traced {
    /// [n, outputs]
    pub y: Tensor<2>,
    /// Of each layer, in their order.
    traces: Vec<Trace>,
}

/// The gradient of a loss or logit by the output of each layer of a stack, first layer first.
#[derive(Clone, Debug)]
pub struct Slopes(Vec<Tensor<2>>);
