//! Matrix products in tiles of registers. Plain arrays: the compiler turns a row of a tile into SIMD
//! on every target that we build for. Rows are found through a list of places, so that the patches of
//! a convolution need not be copied out first.

/// Rows of a tile: with eight columns its sums fill half of the sixteen SIMD registers of wasm and x86.
const ROWS: usize = 4;

/// The rows of a matrix inside a slice: row i is made of pieces of `len` numbers at `places[i]` +
/// each of `runs`.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub numbers: &'a [f32],
    pub places: &'a [usize],
    pub runs: &'a [usize],
    pub len: usize,
}

impl<'a> Rows<'a> {
    /// A row starts where the one before it ends.
    pub fn plain(numbers: &'a [f32], places: &'a [usize], len: usize) -> Self {
        Self { numbers, places, runs: &[0], len }
    }
}

/// The columns of a weight in panels, as a tile reads them.
pub struct Panels {
    panels: Vec<Panel>,
}

enum Panel {
    Wide(Columns<8>),
    Narrow(Columns<4>),
}

struct Columns<const N: usize> {
    first: usize,
    /// How many of the columns are not padding.
    used: usize,
    start: [f32; N],
    weights: Vec<[f32; N]>,
}

impl Panels {
    /// A weight of `inputs` x `outputs`, given by its elements; `start` is what sums begin with.
    pub fn new(
        inputs: usize,
        outputs: usize,
        start: Option<&[f32]>,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut panels = Vec::with_capacity(outputs.div_ceil(8));
        let mut first = 0;
        while first < outputs {
            let left = outputs - first;
            if left > 4 {
                panels.push(Panel::Wide(Columns::new(inputs, first, left.min(8), start, &weight)));
                first += 8;
            } else {
                panels.push(Panel::Narrow(Columns::new(inputs, first, left, start, &weight)));
                first += 4;
            }
        }
        Self { panels }
    }

    /// The product of `rows` with the weight: for each row and panel, `store` is given the row's
    /// number, the panel's first column and the sums.
    #[inline(always)]
    pub fn multiply(&self, rows: Rows, mut store: impl FnMut(usize, usize, &[f32])) {
        for panel in &self.panels {
            match panel {
                Panel::Wide(columns) => columns.multiply(rows, &mut store),
                Panel::Narrow(columns) => columns.multiply(rows, &mut store),
            }
        }
    }
}

impl<const N: usize> Columns<N> {
    fn new(
        inputs: usize,
        first: usize,
        used: usize,
        start: Option<&[f32]>,
        weight: &impl Fn(usize, usize) -> f32,
    ) -> Self {
        let start = start.map_or([0.0; N], |start| {
            std::array::from_fn(|j| if j < used { start[first + j] } else { 0.0 })
        });
        let mut weights = vec![[0.0; N]; inputs];
        for (k, row) in weights.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate().take(used) {
                *value = weight(k, first + j);
            }
        }
        Self { first, used, start, weights }
    }

    #[inline(always)]
    fn multiply(&self, rows: Rows, store: &mut impl FnMut(usize, usize, &[f32])) {
        for (group, places) in rows.places.chunks(ROWS).enumerate() {
            // A short last group reads its last row again and keeps one of the results.
            let place = |r: usize| places[r.min(places.len() - 1)];
            let mut sums = [self.start; ROWS];
            let mut weights = &self.weights[..];
            for run in rows.runs {
                let (these, rest) = weights.split_at(rows.len);
                weights = rest;
                let row = |r: usize| &rows.numbers[place(r) + run..][..rows.len];
                accumulate(&mut sums, [row(0), row(1), row(2), row(3)], these);
            }
            for (r, sums) in sums.iter().enumerate().take(places.len()) {
                store(group * ROWS + r, self.first, &sums[..self.used]);
            }
        }
    }
}

/// sums[r][c] += Σₖ rows[r][k] · weights[k][c]
#[inline(always)]
fn accumulate<const N: usize>(
    sums: &mut [[f32; N]; ROWS],
    rows: [&[f32]; ROWS],
    weights: &[[f32; N]],
) {
    let rows = rows.map(|row| &row[..weights.len()]);
    let mut tile = *sums;
    for (k, weights) in weights.iter().enumerate() {
        for r in 0..ROWS {
            let x = rows[r][k];
            for c in 0..N {
                tile[r][c] += x * weights[c];
            }
        }
    }
    *sums = tile;
}

/// The sum over samples of the outer product of two rows: total[i·m + j] += Σₛ x[s][i] · g[s][j].
///
/// x: rows of length `x.runs.len() · x.len`; g: as many rows of `m` numbers, one after another.
#[inline(always)]
pub fn add_outer(x: Rows, g: &[f32], m: usize, total: &mut [f32]) {
    for (r, run) in x.runs.iter().enumerate() {
        let mut i = 0;
        while i < x.len {
            let first = (r * x.len + i) * m;
            if x.len - i >= ROWS {
                outer_rows::<ROWS>(x, run + i, g, m, &mut total[first..first + ROWS * m]);
                i += ROWS;
            } else {
                outer_rows::<1>(x, run + i, g, m, &mut total[first..first + m]);
                i += 1;
            }
        }
    }
}

/// `R` rows of the outer product: those of the numbers at `offset` of each of x's rows and after.
#[inline(always)]
fn outer_rows<const R: usize>(x: Rows, offset: usize, g: &[f32], m: usize, total: &mut [f32]) {
    let mut j = 0;
    while j < m {
        let left = m - j;
        j += if left >= 8 {
            outer_tile::<R, 8>(x, offset, &g[j..], m, &mut total[j..])
        } else if left >= 4 {
            outer_tile::<R, 4>(x, offset, &g[j..], m, &mut total[j..])
        } else {
            outer_tile::<R, 1>(x, offset, &g[j..], m, &mut total[j..])
        }
    }
}

/// One tile of it; returns its number of columns.
#[inline(always)]
fn outer_tile<const R: usize, const N: usize>(
    x: Rows,
    offset: usize,
    g: &[f32],
    m: usize,
    total: &mut [f32],
) -> usize {
    let mut sums = [[0.0; N]; R];
    let x_numbers = &x.numbers[offset..];
    for (&place, g) in x.places.iter().zip(g.chunks(m)) {
        let (Some(x), Some(g)) = (x_numbers[place..].first_chunk::<R>(), g.first_chunk::<N>())
        else {
            unreachable!("every place holds a row")
        };
        for r in 0..R {
            for c in 0..N {
                sums[r][c] += x[r] * g[c];
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (total, sum) in total[r * m..].iter_mut().zip(sums) {
            *total += sum;
        }
    }
    N
}
