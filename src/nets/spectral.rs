//! Spectral normalisation (Miyato et al. 2018, arXiv 1802.05957): each weight matrix divided by its largest
//! singular value σ, so that no layer makes a difference larger than it was.
//!
//! Done to the flat vector, outside of the layers: the network is used with W̄ = W/σ(W), and a gradient by W̄
//! is brought back to W, which is what learns. So layers, penalties and helpers know nothing of it, and all
//! that is exact without it is exact with it.

use super::ops::{self, Weight};
use super::params::{Entry, Init, Layout, vector};
use burn::tensor::{Device, Tensor};
use rand_chacha::ChaCha8Rng;

/// Power iterations on fresh weights, to begin near the singular vectors; one for each change of the weights
/// is then enough (as in PyTorch's `spectral_norm`).
const FIRST: usize = 15;

/// Keeps a matrix of zeros from dividing by zero.
const TINY: f32 = 1e-12;

/// The normalisation of one network's weights, with the singular vectors that it follows from step to step.
#[derive(Clone)]
pub struct SpectralNorm {
    parameters: Vec<Parameter>,
    /// W̄, [parameters].
    weights: Tensor<1>,
    /// Of the singular vectors of all matrices in a row, which is what a checkpoint keeps.
    pub layout: Layout,
}

/// A parameter of the network.
#[derive(Clone)]
struct Parameter {
    at: Entry,
    matrix: Option<Matrix>,
}

/// What is known of a weight matrix.
#[derive(Clone)]
struct Matrix {
    /// About its left and right singular vectors of the largest value, in the paper's terms, in which a
    /// matrix is [outputs, inputs]: [1, outputs] and [1, inputs].
    u: Tensor<2>,
    v: Tensor<2>,
    /// 1/σ, [1, 1].
    inverse: Tensor<2>,
}

/// x/‖x‖.
///
/// # Shapes
/// x: [1, features]
fn unit(x: Tensor<2>) -> Tensor<2> {
    let length = ops::row_products(x.clone(), x.clone()).sqrt();
    x * (length + TINY).recip()
}

impl SpectralNorm {
    /// For the weights of `layout` ([parameters]), from vectors that `rng` draws.
    pub fn new(layout: &Layout, weights: &Tensor<1>, rng: &mut ChaCha8Rng) -> Self {
        let device = weights.device();
        let one = || Tensor::ones([1, 1], &device);
        let parameters = layout.entries().iter().map(|at| {
            let matrix = at.matrix().map(|_| Matrix { u: one(), v: one(), inverse: one() });
            Parameter { at: at.clone(), matrix }
        });
        let (parameters, vectors) = (parameters.collect(), Self::vectors_of(layout));
        let mut norm = Self { parameters, weights: weights.clone(), layout: vectors };
        norm.set_vectors(&norm.fresh(rng, &device));
        (0..FIRST).for_each(|_| norm.iterate(weights));
        norm.settle(weights);
        norm
    }

    /// Where the singular vectors of a network of `layout` lie, all in a row.
    pub fn vectors_of(layout: &Layout) -> Layout {
        let mut vectors = Layout::default();
        for at in layout.entries() {
            if let Some([inputs, outputs]) = at.matrix() {
                vectors.add(format!("{}.u", at.name), &[outputs], Init::FanIn(outputs));
                vectors.add(format!("{}.v", at.name), &[inputs], Init::FanIn(inputs));
            }
        }
        vectors
    }

    fn fresh(&self, rng: &mut ChaCha8Rng, device: &Device) -> Tensor<1> {
        vector(self.layout.initial(rng), device)
    }

    /// W̄, [parameters].
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    /// The singular vectors of all matrices, by [`SpectralNorm::layout`].
    pub fn vectors(&self) -> Tensor<1> {
        let matrices = self.parameters.iter().filter_map(|parameter| parameter.matrix.as_ref());
        let vectors = matrices.flat_map(|m| [&m.u, &m.v]).map(|x| x.clone().flatten(0, 1));
        let places = self.layout.entries().iter().map(|at| at.offset);
        ops::scatter(places.zip(vectors).collect(), self.layout.len())
    }

    /// Takes over what [`SpectralNorm::vectors`] gave. To be followed by [`SpectralNorm::settle`].
    pub fn set_vectors(&mut self, vectors: &Tensor<1>) {
        let matrices = self.parameters.iter_mut().filter_map(|parameter| parameter.matrix.as_mut());
        let mut entries = self.layout.entries().iter();
        for x in matrices.flat_map(|m| [&mut m.u, &mut m.v]) {
            let Some(at) = entries.next() else { return };
            *x = ops::narrow(vectors, at.offset, at.len()).unsqueeze();
        }
    }

    /// One power iteration on W (algorithm 1 there): v ← Wᵀu/‖Wᵀu‖, u ← Wv/‖Wv‖. To be followed by
    /// [`SpectralNorm::settle`].
    ///
    /// # Shapes
    /// weights: W, [parameters]
    pub fn iterate(&mut self, weights: &Tensor<1>) {
        for Parameter { at, matrix } in &mut self.parameters {
            if let Some(matrix) = matrix {
                let w = Weight::new(ops::narrow(weights, at.offset, at.len()));
                matrix.v = unit(w.product_transposed(matrix.u.clone()));
                matrix.u = unit(w.product(matrix.v.clone(), None));
            }
        }
    }

    /// W̄ = W/σ with σ = uᵀWv (eq. 8 there and algorithm 1), by the vectors as they are.
    ///
    /// # Shapes
    /// weights: W, [parameters]
    pub fn settle(&mut self, weights: &Tensor<1>) {
        let [len] = weights.dims();
        let normal = self.parameters.iter_mut().map(|Parameter { at, matrix }| {
            let part = ops::narrow(weights, at.offset, at.len());
            let Some(matrix) = matrix else { return (at.offset, part) };
            let y = Weight::new(part.clone()).product(matrix.v.clone(), None);
            matrix.inverse = (ops::row_products(y, matrix.u.clone()) + TINY).recip();
            (at.offset, part * matrix.inverse.clone().flatten(0, 1))
        });
        self.weights = ops::scatter(normal.collect(), len);
    }

    /// The gradient by W of a loss with the gradient G by W̄: (G − ⟨G, W̄⟩ u vᵀ)/σ (eq. 12 there), which
    /// takes u and v for constants.
    ///
    /// # Shapes
    /// gradient: [parameters]
    pub fn pull_back(&self, gradient: &Tensor<1>) -> Tensor<1> {
        let [len] = gradient.dims();
        let pulled = self.parameters.iter().map(|Parameter { at, matrix }| {
            let [g, normal] =
                [gradient, &self.weights].map(|whole| ops::narrow(whole, at.offset, at.len()));
            let Some(Matrix { u, v, inverse }) = matrix else { return (at.offset, g) };
            let g: Tensor<2> = g.unsqueeze(); // [1, inputs·outputs]
            let along = ops::row_products(g.clone(), normal.unsqueeze()); // [1, 1]
            let uv = ops::outer(v.clone(), u.clone()).unsqueeze();
            let pulled = ops::add_scaled(g, uv, -along) * inverse.clone();
            (at.offset, pulled.flatten(0, 1))
        });
        ops::scatter(pulled.collect(), len)
    }
}
