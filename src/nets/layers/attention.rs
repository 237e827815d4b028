//! Self-attention (Zhang et al. 2018, arXiv 1805.08318, eq. 1 to 3): each place looks at all others and takes
//! over what it attends to, y = x + γ·o with γ from 0.
//!
//! Intuition: a stroke can agree with another one at the far side of the picture, which a small kernel never
//! sees. For generators only: it is not piecewise linear.

use super::conv::Maps;
use super::{Filter, FilterShape, GeneratorLayer, Kept, Layer, Mode, Side, Trace};
use crate::nets::ops;
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct Attention {
    places: usize,
    /// To query, key and value.
    parts: [Filter; 3],
    out: Filter,
    gate: ParamId, // [1]
}

impl Attention {
    /// Query and key have an eighth of the channels, the value half of them, as in the paper.
    pub fn new(layout: &mut Layout, name: &str, maps: Maps) -> Self {
        let mut filter = |part: &str, input: Maps, channels: usize| {
            let shape = FilterShape { biased: false, gain: 1.0, ..FilterShape::new(channels, 1) };
            Filter::new(layout, &format!("{name}.{part}"), input, shape)
        };
        let (few, half) = ((maps.channels / 8).max(1), (maps.channels / 2).max(1));
        let parts =
            [("query", few), ("key", few), ("value", half)].map(|(part, c)| filter(part, maps, c));
        let out = filter("out", parts[2].output(), maps.channels);
        let gate = layout.add(format!("{name}.gate"), &[1], Init::Zeros);
        Self { places: maps.side * maps.side, parts, out, gate }
    }
}

fn of_input(x: &Tensor<2>) -> Trace {
    Trace { x: x.clone(), y: x.clone(), kept: Kept::Nothing }
}

impl GeneratorLayer for Attention {
    fn multiply_adds(&self) -> u64 {
        let [query, _, value] = &self.parts;
        let pairs = (query.output().channels + value.output().channels) * self.places * self.places;
        let filters = self.parts.iter().chain([&self.out]).map(Layer::multiply_adds);
        pairs as u64 + filters.sum::<u64>()
    }

    fn forward(&self, weights: &Weights, x: Tensor<2>, side: &Side, _mode: &mut Mode) -> Tensor<2> {
        self.trace(weights, x, side).y
    }

    fn trace(&self, weights: &Weights, x: Tensor<2>, _side: &Side) -> Trace {
        let of = |filter: &Filter| filter.forward(weights, x.clone(), &mut Mode::Train);
        let [query, key, value] = &self.parts;
        let [query, key, value] = [query, key, value].map(of);
        let attended = ops::attend(query.clone(), key.clone(), value.clone(), self.places);
        let out = self.out.forward(weights, attended.y.clone(), &mut Mode::Train);
        let y = out.clone() * weights.flat(self.gate).unsqueeze::<2>() + x.clone();
        let kept = vec![query, key, value, attended.attention, attended.y, out];
        Trace { x, y, kept: Kept::Tensors(kept) }
    }

    fn backward(
        &self,
        weights: &Weights,
        trace: &Trace,
        g: Tensor<2>,
        _side: &Side,
        into: &mut Gradient,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let Kept::Tensors(kept) = &trace.kept else {
            unreachable!("the trace of an attention keeps its parts")
        };
        let [query, key, value, attention, attended, out] = kept.as_slice() else {
            unreachable!("six of them")
        };
        into.add(self.gate, (g.clone() * out.clone()).sum());
        let by_out = g.clone() * weights.flat(self.gate).unsqueeze::<2>();
        let attended = of_input(attended);
        self.out.gradient(&attended, &by_out, None, into);
        let by_attended = self.out.vjp(weights, &attended, by_out);
        let inputs = [query.clone(), key.clone(), value.clone()];
        let by_parts = ops::attend_backward(by_attended, inputs, attention.clone(), self.places);
        let x = of_input(&trace.x);
        let by_x = self.parts.iter().zip(by_parts).fold(g, |sum, (filter, by_part)| {
            filter.gradient(&x, &by_part, None, into);
            sum + filter.vjp(weights, &x, by_part)
        });
        (by_x, None)
    }
}
