//! Linear maps between the pixels of feature maps, the same for every channel.

/// Each pixel of a result as a weighted sum of a few pixels of the input: patches of a convolution,
/// resampling, sums over all pixels. A map and its transpose are each other's vector-Jacobian product.
#[derive(Clone, Debug)]
pub struct Taps {
    /// Pixels of the input.
    inputs: usize,
    /// Where the taps of each result begin, and where the last ones end.
    starts: Vec<u32>,
    from: Vec<u32>,
    weight: Vec<f32>,
    #[cfg(feature = "gpu")]
    pub(super) buffers: std::sync::OnceLock<super::gpu::TapBuffers>,
}

impl Taps {
    /// Results one after another, each as (input pixel, weight).
    fn new(inputs: usize, results: impl IntoIterator<Item = Vec<(usize, f32)>>) -> Self {
        let mut taps = Self {
            inputs,
            starts: vec![0],
            from: Vec::new(),
            weight: Vec::new(),
            #[cfg(feature = "gpu")]
            buffers: Default::default(),
        };
        for result in results {
            taps.from.extend(result.iter().map(|&(from, _)| from as u32));
            taps.weight.extend(result.iter().map(|&(_, weight)| weight));
            taps.starts.push(taps.from.len() as u32);
        }
        taps
    }

    /// The `kernel` x `kernel` neighbourhoods of all pixels, row by row, zeros beyond the edge: side² to
    /// side²·kernel² pixels. `kernel` is odd.
    pub fn patches(side: usize, kernel: usize) -> Self {
        let reach = kernel / 2;
        let places = move |of: usize| (of / side, of % side);
        let neighbours = (0..side * side).flat_map(move |pixel| {
            let (y, x) = places(pixel);
            (0..kernel * kernel).map(move |k| {
                let inside =
                    |at: usize, by: usize| (at + by).checked_sub(reach).filter(|&i| i < side);
                match (inside(y, k / kernel), inside(x, k % kernel)) {
                    (Some(y), Some(x)) => vec![(y * side + x, 1.0)],
                    _ => Vec::new(),
                }
            })
        });
        Self::new(side * side, neighbours)
    }

    /// Bilinear interpolation that doubles each side, corners not aligned: side² to 4·side² pixels.
    pub fn upsample(side: usize) -> Self {
        // Along one axis: ¾ of the nearest pixel, ¼ of the next one, which at the edge is itself.
        let along = move |at: usize| {
            let nearest = at / 2;
            let next = if at.is_multiple_of(2) { nearest.saturating_sub(1) } else { nearest + 1 };
            [(nearest, 0.75), (next.min(side - 1), 0.25)]
        };
        let results = (0..4 * side * side).map(move |pixel| {
            let [ys, xs] = [along(pixel / (2 * side)), along(pixel % (2 * side))];
            ys.iter().flat_map(|(y, a)| xs.map(|(x, b)| (y * side + x, a * b))).collect()
        });
        Self::new(side * side, results)
    }

    /// The transpose of [`Taps::upsample`], scaled to weights that sum up to 1: a smooth downsampling by 2,
    /// side² to side²/4 pixels. The side must be even.
    pub fn downsample(side: usize) -> Self {
        Self::upsample(side / 2).transposed().scaled(0.25)
    }

    fn scaled(mut self, factor: f32) -> Self {
        self.weight.iter_mut().for_each(|weight| *weight *= factor);
        self
    }

    /// The mean of all pixels: side² to 1.
    pub fn mean(side: usize) -> Self {
        Self::sum(side).scaled(1.0 / (side * side) as f32)
    }

    /// The sum over all pixels: side² to 1.
    pub fn sum(side: usize) -> Self {
        Self::new(side * side, [(0..side * side).map(|pixel| (pixel, 1.0)).collect()])
    }

    pub fn transposed(&self) -> Self {
        let mut results = vec![Vec::new(); self.inputs];
        for (to, taps) in self.iter().enumerate() {
            for (from, weight) in taps {
                results[from].push((to, weight));
            }
        }
        Self::new(self.outputs(), results)
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.starts.len() - 1
    }

    /// The taps of each result.
    pub fn iter(&self) -> impl Iterator<Item = impl Iterator<Item = (usize, f32)>> {
        self.starts.windows(2).map(|range| {
            let range = range[0] as usize..range[1] as usize;
            let from = self.from[range.clone()].iter().map(|&from| from as usize);
            from.zip(self.weight[range].iter().copied())
        })
    }

    /// Starts, input pixels and weights as floats, for a device that reads nothing else.
    #[cfg(feature = "gpu")]
    pub(super) fn as_floats(&self) -> [Vec<f32>; 3] {
        let floats = |places: &[u32]| places.iter().map(|&place| place as f32).collect();
        [floats(&self.starts), floats(&self.from), self.weight.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(taps: &Taps, pixel: usize) -> Vec<(usize, f32)> {
        taps.iter().nth(pixel).into_iter().flatten().collect()
    }

    #[test]
    fn patches_are_neighbourhoods_without_what_lies_beyond_the_edge() {
        let taps = Taps::patches(3, 3);
        assert_eq!((taps.inputs(), taps.outputs()), (9, 81));
        let of = |pixel: usize| (0..9).map(|k| result(&taps, 9 * pixel + k)).collect::<Vec<_>>();
        let whole: Vec<_> = (0..9).map(|from| vec![(from, 1.0)]).collect();
        assert_eq!(of(4), whole);
        assert_eq!(of(0)[..4], [vec![], vec![], vec![], vec![]]);
        assert_eq!(of(0)[4..6], [vec![(0, 1.0)], vec![(1, 1.0)]]);
    }

    #[test]
    fn resampling_keeps_what_is_even_and_halving_undoes_the_size() {
        for (taps, outputs) in [(Taps::upsample(3), 36), (Taps::downsample(6), 9)] {
            assert_eq!(taps.outputs(), outputs);
            for taps in taps.iter() {
                let sum: f32 = taps.map(|(_, weight)| weight).sum();
                assert!((sum - 1.0).abs() < 1e-6, "{sum}");
            }
        }
        // Between the pixels of a ramp lie its quarters.
        let ramp = |pixel| {
            result(&Taps::upsample(4), pixel).iter().map(|&(x, w)| x as f32 % 4.0 * w).sum::<f32>()
        };
        assert_eq!([0, 1, 2, 7].map(ramp), [0.0, 0.25, 0.75, 3.0]);
    }
}
