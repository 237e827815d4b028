//! The stride-2 convolution, its transpose and the gradient of both, sample by sample: a sample's maps
//! with their border stay in the first-level cache.

use super::registers::Register;
use super::tile::{Panels, Plain, Rows, Target, add_outer, arrays, put};
use crate::device::CpuTensor;
use crate::nets::ops::{ConvShape, KERNEL, Weight};
use burn::tensor::Tensor;

/// A sample's maps with a border of zeros, one deep.
struct Bordered {
    values: Vec<f32>,
    side: usize,
    channels: usize,
}

impl Bordered {
    fn new(side: usize, channels: usize) -> Self {
        Self { values: vec![0.0; (side + 2) * (side + 2) * channels], side, channels }
    }

    /// Values from one row of pixels to the next.
    fn row(&self) -> usize {
        (self.side + 2) * self.channels
    }

    fn fill(&mut self, maps: &[f32]) {
        let (row, border) = (self.row(), self.channels);
        let inner = self.side * self.channels;
        for (y, maps) in maps.chunks_exact(inner).enumerate() {
            self.values[(y + 1) * row + border..][..inner].copy_from_slice(maps);
        }
    }

    /// The maps without their border.
    fn empty_into(&self, maps: &mut [f32]) {
        let (row, border) = (self.row(), self.channels);
        let inner = self.side * self.channels;
        for (y, maps) in maps.chunks_exact_mut(inner).enumerate() {
            maps.copy_from_slice(&self.values[(y + 1) * row + border..][..inner]);
        }
    }

    /// Rows of pieces of `len` numbers at these places.
    fn rows<'a>(&'a self, places: &'a [usize], runs: &'a [usize], len: usize) -> Rows<'a> {
        Rows { values: &self.values, places, runs, len }
    }

    /// Where the patches of the convolution start.
    fn patches(&self, half: usize) -> Vec<usize> {
        let place = |i: usize| 2 * (i / half) * self.row() + 2 * (i % half) * self.channels;
        (0..half * half).map(place).collect()
    }

    /// A patch of the convolution in pieces: a row of the kernel each.
    fn kernel_rows(&self) -> [usize; KERNEL] {
        std::array::from_fn(|y| y * self.row())
    }
}

#[inline(always)]
pub fn conv_from<R: Register>(
    at: ConvShape,
    fine: Tensor<2>,
    w: &Weight,
    b: Option<Tensor<1>>,
) -> Tensor<2> {
    let [n, _] = fine.dims();
    let weight = R::packings(&w.packed).conv.get_or_init(|| {
        let w = CpuTensor::of(w.values.clone());
        let w = w.slice();
        Panels::new(KERNEL * KERNEL * at.fine, at.coarse, |k, c, row| {
            row.copy_from_slice(&w[k * at.coarse + c..][..row.len()]);
        })
    });
    let (fine, b) = (CpuTensor::of(fine), b.map(CpuTensor::of));
    let b = b.as_ref().map(CpuTensor::slice);
    let mut bordered = Bordered::new(at.side, at.fine);
    let (places, runs) = (bordered.patches(at.half()), bordered.kernel_rows());

    let mut coarse = vec![0.0; n * at.coarse_size()];
    let samples = fine.slice().chunks_exact(at.fine_size());
    for (fine, coarse) in samples.zip(coarse.chunks_exact_mut(at.coarse_size())) {
        bordered.fill(fine);
        let rows = bordered.rows(&places, &runs, KERNEL * at.fine);
        weight.multiply(rows, b, &mut Plain { values: coarse, width: at.coarse });
    }
    CpuTensor::tensor(coarse, [n, at.coarse_size()])
}

#[inline(always)]
pub fn conv_weight_gradient<R: Register>(
    at: ConvShape,
    fine: Tensor<2>,
    coarse: Tensor<2>,
) -> Tensor<1> {
    let (fine, coarse) = (CpuTensor::of(fine), CpuTensor::of(coarse));
    let mut bordered = Bordered::new(at.side, at.fine);
    let (places, runs) = (bordered.patches(at.half()), bordered.kernel_rows());
    let mut total = vec![0.0; at.weight_size()];
    let samples = fine.slice().chunks_exact(at.fine_size());
    for (fine, coarse) in samples.zip(coarse.slice().chunks_exact(at.coarse_size())) {
        bordered.fill(fine);
        let rows = bordered.rows(&places, &runs, KERNEL * at.fine);
        add_outer::<R>(rows, coarse, at.coarse, &mut total);
    }
    CpuTensor::tensor(total, [at.weight_size()])
}

#[inline(always)]
pub fn conv_transpose_from<R: Register>(
    at: ConvShape,
    coarse: Tensor<2>,
    w: &Weight,
    b: Option<Tensor<1>>,
) -> Tensor<2> {
    let [n, _] = coarse.dims();
    let mut bordered = Bordered::new(at.half(), at.coarse);
    let panels = R::packings(&w.packed)
        .conv_transpose
        .get_or_init(|| TransposePanels::new(at, &bordered, &w.values));
    let (coarse, b) = (CpuTensor::of(coarse), b.map(CpuTensor::of));
    let b = b.as_ref().map(CpuTensor::slice);

    let mut fine = vec![0.0; n * at.fine_size()];
    let samples = coarse.slice().chunks_exact(at.coarse_size());
    let samples = samples.zip(fine.chunks_exact_mut(at.fine_size()));
    match panels {
        TransposePanels::Blocks(blocks) => {
            let b = b.map(|b| b.repeat(4));
            let mut drawn = Bordered::new(at.side, at.fine);
            for (coarse, fine) in samples {
                bordered.fill(coarse);
                blocks.draw(&bordered, b.as_deref(), &mut drawn);
                drawn.empty_into(fine);
            }
        }
        TransposePanels::Pixels(all) => {
            for (coarse, fine) in samples {
                bordered.fill(coarse);
                all.iter().for_each(|pixels| pixels.draw(&bordered, b, fine));
            }
        }
    }
    CpuTensor::tensor(fine, [n, at.fine_size()])
}

/// A weight laid out for the transposed convolution: how the fine pixels that see the same coarse
/// pixels are put into a tile.
#[derive(Clone, Debug)]
pub enum TransposePanels<R> {
    Blocks(Blocks<R>),
    Pixels(Box<[Pixels<R>; 4]>),
}

impl<R: Register> TransposePanels<R> {
    fn new(at: ConvShape, coarse: &Bordered, values: &Tensor<1>) -> Self {
        let w = CpuTensor::of(values.clone());
        if at.fine <= 2 {
            TransposePanels::Blocks(Blocks::new(at, coarse, w.slice()))
        } else {
            let all = PARITIES.map(|parity| Pixels::new(at, coarse, w.slice(), parity));
            TransposePanels::Pixels(Box::new(all))
        }
    }
}

/// The fine pixel 2a + p of a row gets something from two coarse pixels: for p = 0 from a − 1 through
/// the kernel's column 3 and from a through 1, for p = 1 from a through 2 and from a + 1 through 0.
const COLUMNS: [[usize; 2]; 2] = [[3, 1], [2, 0]];
/// Of a fine pixel, in y and in x.
const PARITIES: [[usize; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// The part of the kernel between a fine pixel of this parity and the 2 x 2 coarse pixels that it
/// sees: element k = (coarse pixel, its channel) of fine channel f.
fn seen(at: ConvShape, w: &[f32], [y, x]: [usize; 2], k: usize, f: usize) -> f32 {
    let (pixel, c) = (k / at.coarse, k % at.coarse);
    let (ky, kx) = (COLUMNS[y][pixel / 2], COLUMNS[x][pixel % 2]);
    w[((ky * KERNEL + kx) * at.fine + f) * at.coarse + c]
}

/// Every second pixel of every second row; a tile's columns are channels.
#[derive(Clone, Debug)]
pub struct Pixels<R> {
    weight: Panels<R>,
    /// Where the coarse pixels that they see start.
    places: Vec<usize>,
    runs: [usize; 2],
    len: usize,
    /// Where they lie in the fine maps.
    targets: Vec<usize>,
}

impl<R: Register> Pixels<R> {
    fn new(at: ConvShape, coarse: &Bordered, w: &[f32], parity: [usize; 2]) -> Self {
        let (mut places, mut targets) = (Vec::new(), Vec::new());
        for y in (parity[0]..at.side).step_by(2) {
            for x in (parity[1]..at.side).step_by(2) {
                places.push((y / 2 + parity[0]) * coarse.row() + (x / 2 + parity[1]) * at.coarse);
                targets.push((y * at.side + x) * at.fine);
            }
        }
        let weight = Panels::new(4 * at.coarse, at.fine, |k, first, row| {
            for (f, value) in (first..).zip(row) {
                *value = seen(at, w, parity, k, f);
            }
        });
        Self { weight, places, runs: [0, coarse.row()], len: 2 * at.coarse, targets }
    }

    #[inline(always)]
    fn draw(&self, coarse: &Bordered, start: Option<&[f32]>, fine: &mut [f32]) {
        let Self { weight, places, runs, len, targets } = self;
        weight.multiply(coarse.rows(places, runs, *len), start, &mut Scattered { fine, targets });
    }
}

/// A row's sums where its place says.
struct Scattered<'a> {
    fine: &'a mut [f32],
    targets: &'a [usize],
}

impl Target for Scattered<'_> {
    #[inline(always)]
    fn take<R: Register, const V: usize>(
        &mut self,
        row: usize,
        first: usize,
        sums: &[R; V],
        used: usize,
    ) {
        put(sums, used, &mut self.fine[self.targets[row] + first..]);
    }
}

/// Blocks of 2 x 2 pixels; a tile's columns are a block's pixels, which fills it when channels are one
/// or two. The blocks begin at odd pixels, so that all four see the same coarse pixels, and the outer
/// ones reach into a border.
#[derive(Clone, Debug)]
pub struct Blocks<R> {
    weight: Panels<R>,
    places: Vec<usize>,
    runs: [usize; 2],
    len: usize,
    /// Where they lie in the fine maps with their border.
    targets: Vec<usize>,
}

impl<R: Register> Blocks<R> {
    fn new(at: ConvShape, coarse: &Bordered, w: &[f32]) -> Self {
        let of_column = |j: usize| (PARITIES[3 - j / at.fine], j % at.fine);
        let weight = Panels::new(4 * at.coarse, 4 * at.fine, |k, first, row| {
            for (j, value) in (first..).zip(row) {
                let (parity, f) = of_column(j);
                *value = seen(at, w, parity, k, f);
            }
        });
        let blocks = at.half() + 1;
        let place = |i: usize| i / blocks * coarse.row() + i % blocks * at.coarse;
        let target = |i: usize| 2 * (i / blocks * (at.side + 2) + i % blocks) * at.fine;
        Self {
            weight,
            places: (0..blocks * blocks).map(place).collect(),
            runs: [0, coarse.row()],
            len: 2 * at.coarse,
            targets: (0..blocks * blocks).map(target).collect(),
        }
    }

    /// `start`: what each number of a block begins with.
    #[inline(always)]
    fn draw(&self, coarse: &Bordered, start: Option<&[f32]>, fine: &mut Bordered) {
        let Self { weight, places, runs, len, targets } = self;
        weight.multiply(coarse.rows(places, runs, *len), start, &mut OfBlocks { fine, targets });
    }
}

/// A row's sums are a block of 2 x 2 pixels.
struct OfBlocks<'a> {
    fine: &'a mut Bordered,
    targets: &'a [usize],
}

impl Target for OfBlocks<'_> {
    #[inline(always)]
    fn take<R: Register, const V: usize>(
        &mut self,
        block: usize,
        _: usize,
        sums: &[R; V],
        used: usize,
    ) {
        let (row, pair) = (self.fine.row(), 2 * self.fine.channels);
        let block = &mut self.fine.values[self.targets[block]..];
        let sums = arrays(sums);
        for (dy, sums) in R::flat(&sums)[..used].chunks_exact(pair).enumerate() {
            let to = &mut block[dy * row..][..pair];
            match (<&mut [f32; 2]>::try_from(&mut *to), <&[f32; 2]>::try_from(sums)) {
                // One channel: a move instead of a call.
                (Ok(to), Ok(sums)) => *to = *sums,
                _ => to.copy_from_slice(sums),
            }
        }
    }
}
