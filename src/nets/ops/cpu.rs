//! The operations on slices of memory.

use super::tile::{Panels, Rows, add_outer};
use super::{Halving, KERNEL};
use crate::device::Numbers;
use burn::tensor::Tensor;

pub fn product(x: Tensor<2>, w: Tensor<1>, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, k] = x.dims();
    let m = w.dims()[0] / k;
    let (x, w, b) = (Numbers::of(x), Numbers::of(w), b.map(Numbers::of));
    let w = w.slice();
    multiply(
        x.slice(),
        n,
        k,
        &Panels::new(k, m, b.as_ref().map(Numbers::slice), |i, j| w[i * m + j]),
        m,
    )
}

pub fn product_transposed(g: Tensor<2>, w: Tensor<1>) -> Tensor<2> {
    let [n, m] = g.dims();
    let k = w.dims()[0] / m;
    let (g, w) = (Numbers::of(g), Numbers::of(w));
    let w = w.slice();
    multiply(g.slice(), n, m, &Panels::new(m, k, None, |j, i| w[i * m + j]), k)
}

/// Rows of `inputs` numbers times a weight with `outputs` columns.
fn multiply(x: &[f32], n: usize, inputs: usize, weight: &Panels, outputs: usize) -> Tensor<2> {
    let places: Vec<usize> = (0..n).map(|i| i * inputs).collect();
    let mut y = vec![0.0; n * outputs];
    weight.multiply(Rows::plain(x, &places, inputs), |row, column, sums| {
        y[row * outputs + column..][..sums.len()].copy_from_slice(sums);
    });
    Numbers::tensor(y, [n, outputs])
}

pub fn outer(x: Tensor<2>, g: Tensor<2>) -> Tensor<1> {
    let ([n, k], [_, m]) = (x.dims(), g.dims());
    let (x, g) = (Numbers::of(x), Numbers::of(g));
    let places: Vec<usize> = (0..n).map(|i| i * k).collect();
    let mut total = vec![0.0; k * m];
    add_outer(Rows::plain(x.slice(), &places, k), g.slice(), m, &mut total);
    Numbers::tensor(total, [k * m])
}

/// A sample's maps with a border of zeros, one deep.
struct Bordered {
    numbers: Vec<f32>,
    side: usize,
    channels: usize,
}

impl Bordered {
    fn new(side: usize, channels: usize) -> Self {
        Self { numbers: vec![0.0; (side + 2) * (side + 2) * channels], side, channels }
    }

    /// Numbers from one row of pixels to the next.
    fn row(&self) -> usize {
        (self.side + 2) * self.channels
    }

    fn fill(&mut self, maps: &[f32]) {
        let (row, border) = (self.row(), self.channels);
        let inner = self.side * self.channels;
        for (y, maps) in maps.chunks_exact(inner).enumerate() {
            self.numbers[(y + 1) * row + border..][..inner].copy_from_slice(maps);
        }
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

pub fn halve(at: Halving, fine: Tensor<2>, w: Tensor<1>, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, _] = fine.dims();
    let (fine, w, b) = (Numbers::of(fine), Numbers::of(w), b.map(Numbers::of));
    let w = w.slice();
    let weight = Panels::new(
        KERNEL * KERNEL * at.fine,
        at.coarse,
        b.as_ref().map(Numbers::slice),
        |k, c| w[k * at.coarse + c],
    );
    let mut bordered = Bordered::new(at.side, at.fine);
    let (places, runs) = (bordered.patches(at.half()), bordered.kernel_rows());

    let mut coarse = vec![0.0; n * at.coarse_size()];
    let samples = fine.slice().chunks_exact(at.fine_size());
    for (fine, coarse) in samples.zip(coarse.chunks_exact_mut(at.coarse_size())) {
        bordered.fill(fine);
        let rows = Rows {
            numbers: &bordered.numbers,
            places: &places,
            runs: &runs,
            len: KERNEL * at.fine,
        };
        weight.multiply(rows, |pixel, channel, sums| {
            coarse[pixel * at.coarse + channel..][..sums.len()].copy_from_slice(sums);
        });
    }
    Numbers::tensor(coarse, [n, at.coarse_size()])
}

pub fn halving_gradient(at: Halving, fine: Tensor<2>, coarse: Tensor<2>) -> Tensor<1> {
    let (fine, coarse) = (Numbers::of(fine), Numbers::of(coarse));
    let mut bordered = Bordered::new(at.side, at.fine);
    let (places, runs) = (bordered.patches(at.half()), bordered.kernel_rows());
    let mut total = vec![0.0; at.weight_size()];
    let samples = fine.slice().chunks_exact(at.fine_size());
    for (fine, coarse) in samples.zip(coarse.slice().chunks_exact(at.coarse_size())) {
        bordered.fill(fine);
        let rows = Rows {
            numbers: &bordered.numbers,
            places: &places,
            runs: &runs,
            len: KERNEL * at.fine,
        };
        add_outer(rows, coarse, at.coarse, &mut total);
    }
    Numbers::tensor(total, [at.weight_size()])
}

/// The fine pixel 2a + p of a row gets something from two coarse pixels: for p = 0 from a − 1 through
/// the kernel's column 3 and from a through 1, for p = 1 from a through 2 and from a + 1 through 0.
const COLUMNS: [[usize; 2]; 2] = [[3, 1], [2, 0]];

pub fn double(at: Halving, coarse: Tensor<2>, w: Tensor<1>, b: Option<Tensor<1>>) -> Tensor<2> {
    let [n, _] = coarse.dims();
    let (coarse, w, b) = (Numbers::of(coarse), Numbers::of(w), b.map(Numbers::of));
    let (w, b) = (w.slice(), b.as_ref().map(Numbers::slice));
    let mut bordered = Bordered::new(at.half(), at.coarse);
    let parts: Vec<Part> = if at.fine < 4 {
        vec![Part::blocks(at, &bordered, w, b)]
    } else {
        (0..4).map(|p| Part::pixels(at, &bordered, w, b, [p / 2, p % 2])).collect()
    };

    let mut fine = vec![0.0; n * at.fine_size()];
    let samples = coarse.slice().chunks_exact(at.coarse_size());
    for (coarse, fine) in samples.zip(fine.chunks_exact_mut(at.fine_size())) {
        bordered.fill(coarse);
        for part in &parts {
            part.draw(&bordered, fine);
        }
    }
    Numbers::tensor(fine, [n, at.fine_size()])
}

/// Pixels of the transposed convolution that see the same part of the kernel.
struct Part {
    weight: Panels,
    /// Where the 2 x 2 coarse pixels that they see start.
    places: Vec<usize>,
    runs: [usize; 2],
    len: usize,
    /// For each place and column, where the sum belongs; a place beyond the picture has none.
    targets: Targets,
}

enum Targets {
    /// A whole pixel's channels from here on.
    Pixel(Vec<usize>),
    /// Each column of its own.
    Columns(Vec<[Option<usize>; 12]>),
}

impl Part {
    /// Every second pixel of every second row: those of one parity in y and in x.
    fn pixels(
        at: Halving,
        coarse: &Bordered,
        w: &[f32],
        b: Option<&[f32]>,
        parity: [usize; 2],
    ) -> Self {
        let [rows, columns] = parity.map(|p| COLUMNS[p]);
        let weight = Panels::new(4 * at.coarse, at.fine, b, |k, f| {
            let (pixel, c) = (k / at.coarse, k % at.coarse);
            weight_at(at, w, rows[pixel / 2], columns[pixel % 2], f, c)
        });
        let (mut places, mut targets) = (Vec::new(), Vec::new());
        for y in (parity[0]..at.side).step_by(2) {
            for x in (parity[1]..at.side).step_by(2) {
                places.push((y / 2 + parity[0]) * coarse.row() + (x / 2 + parity[1]) * at.coarse);
                targets.push((y * at.side + x) * at.fine);
            }
        }
        Self::new(at, coarse, weight, places, Targets::Pixel(targets))
    }

    /// All pixels in blocks of 2 x 2, of which a tile's columns are made when channels are few. The
    /// blocks begin at odd pixels: those four see the same coarse pixels.
    fn blocks(at: Halving, coarse: &Bordered, w: &[f32], b: Option<&[f32]>) -> Self {
        let outputs = 4 * at.fine;
        // Column (dy, dx, f) of a block: its first row and column are odd.
        let of_column = |j: usize| (j / at.fine / 2, j / at.fine % 2, j % at.fine);
        let start: Option<Vec<f32>> = b.map(|b| (0..outputs).map(|j| b[j % at.fine]).collect());
        let weight = Panels::new(4 * at.coarse, outputs, start.as_deref(), |k, j| {
            let (pixel, c) = (k / at.coarse, k % at.coarse);
            let (dy, dx, f) = of_column(j);
            weight_at(at, w, COLUMNS[1 - dy][pixel / 2], COLUMNS[1 - dx][pixel % 2], f, c)
        });
        let blocks = at.half() + 1;
        let (mut places, mut targets) = (Vec::new(), Vec::new());
        for i in 0..blocks * blocks {
            let (a, b) = (i / blocks, i % blocks);
            places.push(a * coarse.row() + b * at.coarse);
            targets.push(std::array::from_fn(|j| {
                let (dy, dx, f) = of_column(j.min(outputs - 1));
                let (y, x) = ((2 * a + dy).checked_sub(1)?, (2 * b + dx).checked_sub(1)?);
                (y < at.side && x < at.side).then_some((y * at.side + x) * at.fine + f)
            }));
        }
        Self::new(at, coarse, weight, places, Targets::Columns(targets))
    }

    fn new(
        at: Halving,
        coarse: &Bordered,
        weight: Panels,
        places: Vec<usize>,
        targets: Targets,
    ) -> Self {
        Self { weight, places, runs: [0, coarse.row()], len: 2 * at.coarse, targets }
    }

    #[inline(always)]
    fn draw(&self, coarse: &Bordered, fine: &mut [f32]) {
        let rows = Rows {
            numbers: &coarse.numbers,
            places: &self.places,
            runs: &self.runs,
            len: self.len,
        };
        match &self.targets {
            Targets::Pixel(targets) => self.weight.multiply(rows, |row, column, sums| {
                fine[targets[row] + column..][..sums.len()].copy_from_slice(sums);
            }),
            Targets::Columns(targets) => self.weight.multiply(rows, |row, column, sums| {
                for (target, &sum) in targets[row][column..].iter().zip(sums) {
                    if let Some(place) = *target {
                        fine[place] = sum;
                    }
                }
            }),
        }
    }
}

fn weight_at(at: Halving, w: &[f32], y: usize, x: usize, f: usize, c: usize) -> f32 {
    w[((y * KERNEL + x) * at.fine + f) * at.coarse + c]
}
