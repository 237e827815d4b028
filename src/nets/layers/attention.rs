//! Self-attention (Zhang et al. 2018, arXiv 1805.08318, eq. 1 to 3): each place looks at all others and takes
//! over what it attends to, y = x + γ·o with γ from 0.
//!
//! Intuition: a stroke can agree with another one at the far side of the picture, which a small kernel never
//! sees. For generators only: it is not piecewise linear.

use super::{Ask, At, Contribution, Filter, FilterShape, Kept, Layer, Mode, only};
use crate::nets::ops;
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
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
    pub fn new(layout: &mut Layout, name: &str, maps: Shape) -> Self {
        let mut filter = |part: &str, input: Shape, channels: usize| {
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

/// A filter's backward pass, by its input x and into the same gradient.
fn through(
    filter: &Filter,
    weights: &Weights,
    x: &Tensor<2>,
    g: Tensor<2>,
    own: &mut Option<Contribution>,
) -> Tensor<2> {
    let at = At { x: std::slice::from_ref(x), y: x, kept: &Kept::Nothing };
    let weights_of = own.as_mut().map(|own| Contribution { into: own.into, scale: own.scale });
    let ask = Ask { inputs: &[true], weights: weights_of };
    let by_x = filter.backward(weights, at, g, ask);
    only(by_x.into_iter().flatten().collect())
}

impl Layer for Attention {
    fn multiply_adds(&self) -> u64 {
        let [query, _, value] = &self.parts;
        let pairs = (query.output().channels + value.output().channels) * self.places * self.places;
        let filters = self.parts.iter().chain([&self.out]).map(Layer::multiply_adds);
        pairs as u64 + filters.sum::<u64>()
    }

    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, _mode: &mut Mode) -> (Tensor<2>, Kept) {
        let x = only(x);
        let of =
            |filter: &Filter, x: Tensor<2>| filter.forward(weights, vec![x], &mut Mode::Train).0;
        let [query, key, value] = &self.parts;
        let [query, key, value] = [query, key, value].map(|filter| of(filter, x.clone()));
        let attended = ops::attend(query.clone(), key.clone(), value.clone(), self.places);
        let out = of(&self.out, attended.y.clone());
        let y = out.clone() * weights.flat(self.gate).unsqueeze::<2>() + x;
        (y, Kept::Tensors(vec![query, key, value, attended.attention, attended.y, out]))
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let [query, key, value, attention, attended, out] = at.kept.tensors() else {
            unreachable!("an attention keeps its parts")
        };
        let mut own = ask.weights;
        let by_out = g.clone() * weights.flat(self.gate).unsqueeze::<2>();
        let by_attended = through(&self.out, weights, attended, by_out, &mut own);
        let inputs = [query.clone(), key.clone(), value.clone()];
        let by_parts = ops::attend_backward(by_attended, inputs, attention.clone(), self.places);
        let mut by_x = g.clone();
        for (filter, by_part) in self.parts.iter().zip(by_parts) {
            by_x = by_x + through(filter, weights, &at.x[0], by_part, &mut own);
        }
        if let Some(own) = own {
            own.into.add(self.gate, (g * out.clone()).sum());
        }
        vec![Some(by_x)]
    }
}
