//! Class-conditional batch normalisation (de Vries et al. 2017, arXiv 1707.00683, section 3; Brock et al. 2018,
//! arXiv 1809.11096, appendix B): standardized over the batch, then scaled and shifted channel by channel as
//! the sample's own style says, (1 + s·A)·x̂ + s·B.

use super::{Ask, At, Kept, Layer, Mode, batch_norm};
use crate::nets::ops::{self, Taps};
use crate::nets::params::{Init, Layout, ParamId, Weights};
use crate::shape::Shape;
use burn::tensor::Tensor;

#[derive(Debug)]
pub struct ConditionalNorm {
    maps: Shape,
    scale: ParamId, // [style, channels]
    shift: ParamId, // [style, channels]
    /// From one number for each channel to all pixels, and back.
    spread: [Taps; 2],
}

impl ConditionalNorm {
    /// For styles of this `length`.
    pub fn new(layout: &mut Layout, name: &str, maps: Shape, length: usize) -> Self {
        let sum = Taps::sum(maps.side);
        let shape = [length, maps.channels];
        let mut add =
            |what: &str| layout.add(format!("{name}.{what}.weight"), &shape, Init::FanIn(length));
        let (scale, shift) = (add("scale"), add("shift"));
        Self { maps, scale, shift, spread: [sum.transposed(), sum] }
    }
}

/// Takes feature maps and a style.
impl Layer for ConditionalNorm {
    fn forward(&self, weights: &Weights, x: Vec<Tensor<2>>, mode: &mut Mode) -> (Tensor<2>, Kept) {
        let stats = mode.stats(&x[0], self.maps.channels);
        let standard = stats.standardize(x[0].clone());
        let scale = weights.weight(self.scale).product(x[1].clone(), None) + 1.0;
        let shift = weights.weight(self.shift).product(x[1].clone(), None);
        let shift = ops::gather(shift, &self.spread[0], self.maps.channels);
        let y = ops::scale_maps(standard.clone(), scale.clone()) + shift;
        (y, Kept::Conditional(Box::new((stats, standard, scale))))
    }

    fn backward(
        &self,
        weights: &Weights,
        at: At,
        g: Tensor<2>,
        ask: Ask,
    ) -> Vec<Option<Tensor<2>>> {
        let Kept::Conditional(kept) = at.kept else {
            unreachable!("a conditional norm keeps its scales")
        };
        let (stats, standard, scale) = kept.as_ref();
        let channels = self.maps.channels;
        let by_shift = ops::gather(g.clone(), &self.spread[1], channels); // [n, channels]
        let by_scale = ops::map_products(g.clone(), standard.clone(), channels);
        if let Some(own) = ask.weights {
            own.into.add(self.scale, ops::outer(at.x[1].clone(), by_scale.clone()));
            own.into.add(self.shift, ops::outer(at.x[1].clone(), by_shift.clone()));
        }
        let by_style = ask.inputs[1].then(|| {
            weights.weight(self.scale).product_transposed(by_scale)
                + weights.weight(self.shift).product_transposed(by_shift)
        });
        let by_maps = ask.inputs[0].then(|| {
            let g = ops::scale_maps(g, scale.clone());
            batch_norm::batch_norm_backward(g, at.x[0].clone(), stats, None)
        });
        vec![by_maps, by_style]
    }

    fn couples_batch(&self) -> bool {
        true
    }
}
