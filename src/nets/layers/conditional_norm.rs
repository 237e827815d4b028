//! Class-conditional batch normalisation (de Vries et al. 2017, arXiv 1707.00683, section 3; Brock et al. 2018,
//! arXiv 1809.11096, appendix B): standardized over the batch, then scaled and shifted channel by channel as
//! the sample's own style says, (1 + s·A)·x̂ + s·B.

use super::conv::Maps;
use super::{ChannelStats, Conditional, GeneratorLayer, Kept, Mode, Side, Trace, batch_norm};
use crate::nets::ops::{self, Taps};
use crate::nets::params::{Gradient, Init, Layout, ParamId, Weights};
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct ConditionalNorm {
    maps: Maps,
    /// Where its part of the styles begins, and its length.
    style: [usize; 2],
    scale: ParamId, // [style, channels]
    shift: ParamId, // [style, channels]
    /// From one number for each channel to all pixels, and back.
    spread: [Taps; 2],
}

impl ConditionalNorm {
    /// `style` says where its part of the styles begins; it has this `length`.
    pub fn new(layout: &mut Layout, name: &str, maps: Maps, [style, length]: [usize; 2]) -> Self {
        let sum = Taps::sum(maps.side);
        let shape = [length, maps.channels];
        let mut add =
            |what: &str| layout.add(format!("{name}.{what}.weight"), &shape, Init::FanIn(length));
        let (scale, shift) = (add("scale"), add("shift"));
        Self { maps, style: [style, length], scale, shift, spread: [sum.transposed(), sum] }
    }

    fn apply(&self, weights: &Weights, x: Tensor<2>, side: &Side, stats: ChannelStats) -> Trace {
        let style = side.style(self.style);
        let standard = stats.standardize(x.clone());
        let scale = weights.weight(self.scale).product(style.clone(), None) + 1.0;
        let shift = weights.weight(self.shift).product(style, None);
        let shift = ops::gather(shift, &self.spread[0], self.maps.channels);
        let y = ops::scale_maps(standard.clone(), scale.clone()) + shift;
        Trace { x, y, kept: Kept::Conditional(Box::new(Conditional { stats, standard, scale })) }
    }
}

impl GeneratorLayer for ConditionalNorm {
    fn forward(&self, weights: &Weights, x: Tensor<2>, side: &Side, mode: &mut Mode) -> Tensor<2> {
        let stats = mode.stats(&x, self.maps.channels);
        self.apply(weights, x, side, stats).y
    }

    fn trace(&self, weights: &Weights, x: Tensor<2>, side: &Side) -> Trace {
        let stats = ChannelStats::of(&x, self.maps.channels);
        self.apply(weights, x, side, stats)
    }

    fn backward(
        &self,
        weights: &Weights,
        trace: &Trace,
        g: Tensor<2>,
        side: &Side,
        into: &mut Gradient,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let Kept::Conditional(kept) = &trace.kept else {
            unreachable!("the trace of a conditional norm keeps its scales")
        };
        let Conditional { stats, standard, scale } = kept.as_ref();
        let channels = self.maps.channels;
        let style = side.style(self.style);
        let by_shift = ops::gather(g.clone(), &self.spread[1], channels); // [n, channels]
        let by_scale = ops::map_products(g.clone(), standard.clone(), channels);
        into.add(self.scale, ops::outer(style.clone(), by_scale.clone()));
        into.add(self.shift, ops::outer(style, by_shift.clone()));
        let by_style = weights.weight(self.scale).product_transposed(by_scale)
            + weights.weight(self.shift).product_transposed(by_shift);
        let g = ops::scale_maps(g, scale.clone());
        (batch_norm::batch_norm_backward(g, trace.x.clone(), stats, None), Some(by_style))
    }

    fn couples_batch(&self) -> bool {
        true
    }
}
