//! Films: samples whose frames go through the same layers, a row each, and end as the channels of one picture.

use super::{Ask, At, Kept, Layer, Mode, PiecewiseLinear};
use crate::nets::params::Weights;
use burn::tensor::Tensor;

/// [n, frames·values] to [n·frames, values]: from here on each frame is a row.
#[derive(Debug)]
pub struct Unroll {
    pub frames: usize,
}

/// [n·frames, pixels] to [n, pixels·frames], channels last: the frames of a film again.
#[derive(Debug)]
pub struct Film {
    pub frames: usize,
}

impl Unroll {
    fn unroll(&self, x: Tensor<2>) -> Tensor<2> {
        let [n, values] = x.dims();
        x.reshape([n * self.frames, values / self.frames])
    }
}

impl Layer for Unroll {
    fn forward(&self, _: &Weights, x: Vec<Tensor<2>>, _: &mut Mode) -> (Tensor<2>, Kept) {
        (self.unroll(x[0].clone()), Kept::Nothing)
    }

    fn backward(&self, _: &Weights, at: At, g: Tensor<2>, ask: Ask) -> Vec<Option<Tensor<2>>> {
        vec![ask.inputs[0].then(|| g.reshape(at.x[0].dims()))]
    }

    fn piecewise_linear(&self) -> Option<&dyn PiecewiseLinear> {
        Some(self)
    }
}

impl PiecewiseLinear for Unroll {
    fn tangent(&self, _: &Weights, _: At, u: &[Tensor<2>], _: &Tensor<2>) -> Tensor<2> {
        self.unroll(u[0].clone())
    }
}

impl Layer for Film {
    fn forward(&self, _: &Weights, x: Vec<Tensor<2>>, _: &mut Mode) -> (Tensor<2>, Kept) {
        let [rows, pixels] = x[0].dims();
        let n = rows / self.frames;
        let frames = x[0].clone().reshape([n, self.frames, pixels]);
        (frames.swap_dims(1, 2).reshape([n, pixels * self.frames]), Kept::Nothing)
    }

    fn backward(&self, _: &Weights, at: At, g: Tensor<2>, ask: Ask) -> Vec<Option<Tensor<2>>> {
        let by_frames = || {
            let [rows, pixels] = at.x[0].dims();
            let film = g.reshape([rows / self.frames, pixels, self.frames]);
            film.swap_dims(1, 2).reshape([rows, pixels])
        };
        vec![ask.inputs[0].then(by_frames)]
    }
}

/// Some frames of each film, as far apart as they can be, for a discriminator of frames.
#[derive(Clone, Copy, Debug)]
pub struct Frames {
    /// Of a film.
    pub frames: usize,
    /// The first of those that are seen.
    pub first: usize,
    /// How many are seen: a divisor of `frames`.
    pub seen: usize,
}

impl Frames {
    /// From one that is seen to the next.
    fn apart(&self) -> usize {
        self.frames / self.seen
    }

    /// [n, pixels·frames] to [n·seen, pixels]
    pub fn of(&self, films: Tensor<2>) -> Tensor<2> {
        let [n, size] = films.dims();
        let pixels = size / self.frames;
        let frames = films.reshape([n, pixels, self.frames]).swap_dims(1, 2);
        let stretches = frames.reshape([n * self.seen, self.apart() * pixels]);
        stretches.narrow(1, self.first * pixels, pixels)
    }

    /// What all frames of a film have, for each that is seen: [n, values] to [n·seen, values]
    pub fn each(&self, of_films: Tensor<2>) -> Tensor<2> {
        let [n, values] = of_films.dims();
        Tensor::cat(vec![of_films; self.seen], 1).reshape([n * self.seen, values])
    }

    /// The gradient by films, from that by these frames: 0 by the others.
    pub fn by_films(&self, g: Tensor<2>) -> Tensor<2> {
        let [rows, pixels] = g.dims();
        let (n, device) = (rows / self.seen, g.device());
        let others = |frames| Tensor::<2>::zeros([rows, frames * pixels], &device);
        let (before, after) = (self.first, self.apart() - 1 - self.first);
        let parts =
            [(before > 0).then(|| others(before)), Some(g), (after > 0).then(|| others(after))];
        let stretches = Tensor::cat(parts.into_iter().flatten().collect(), 1);
        let frames = stretches.reshape([n, self.frames, pixels]);
        frames.swap_dims(1, 2).reshape([n, pixels * self.frames])
    }
}
