//! Matrix products in tiles of SIMD registers. Rows are found through a list of places, so that the
//! patches of a convolution need not be copied out first.

use wide::f32x4;

/// Rows of a tile: with eight columns its sums fill half of the sixteen SIMD registers of wasm and x86.
const ROWS: usize = 4;
/// Numbers in a SIMD register.
const LANES: usize = 4;

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
#[derive(Clone, Debug)]
pub struct Panels {
    panels: Vec<Panel>,
}

#[derive(Clone, Debug)]
enum Panel {
    Wide(Columns<2>),
    Narrow(Columns<1>),
}

/// Up to `V` registers' worth of columns.
#[derive(Clone, Debug)]
struct Columns<const V: usize> {
    first: usize,
    /// How many of the columns are not padding.
    used: usize,
    weights: Vec<[f32x4; V]>,
}

impl Panels {
    /// A weight of `inputs` x `outputs`. `fill(k, j, row)` is to write the elements (k, j), (k, j + 1)
    /// and so on into `row`.
    #[inline(always)]
    pub fn new(inputs: usize, outputs: usize, fill: impl Fn(usize, usize, &mut [f32])) -> Self {
        let mut panels = Vec::with_capacity(outputs.div_ceil(2 * LANES));
        let mut first = 0;
        while first < outputs {
            if outputs - first > LANES {
                panels.push(Panel::Wide(Columns::new(inputs, first, outputs, &fill)));
                first += 2 * LANES;
            } else {
                panels.push(Panel::Narrow(Columns::new(inputs, first, outputs, &fill)));
                first += LANES;
            }
        }
        Self { panels }
    }

    /// The product of `rows` with the weight: for each row and panel, `store` is given the row's
    /// number, the panel's first column and the sums. These begin with `start`, or with zero.
    #[inline(always)]
    pub fn multiply(
        &self,
        rows: Rows,
        start: Option<&[f32]>,
        mut store: impl FnMut(usize, usize, &[f32]),
    ) {
        for panel in &self.panels {
            match panel {
                Panel::Wide(columns) => columns.multiply(rows, start, &mut store),
                Panel::Narrow(columns) => columns.multiply(rows, start, &mut store),
            }
        }
    }
}

impl<const V: usize> Columns<V> {
    #[inline(always)]
    fn new(
        inputs: usize,
        first: usize,
        outputs: usize,
        fill: &impl Fn(usize, usize, &mut [f32]),
    ) -> Self {
        let used = (outputs - first).min(V * LANES);
        let mut weights = Vec::with_capacity(inputs);
        for k in 0..inputs {
            let mut row = [[0.0; LANES]; V];
            // A full panel has a length that the compiler knows.
            if used == V * LANES {
                fill(k, first, row.as_flattened_mut());
            } else {
                fill(k, first, &mut row.as_flattened_mut()[..used]);
            }
            weights.push(row.map(f32x4::from));
        }
        Self { first, used, weights }
    }

    #[inline(always)]
    fn multiply(
        &self,
        rows: Rows,
        start: Option<&[f32]>,
        store: &mut impl FnMut(usize, usize, &[f32]),
    ) {
        let mut begin = [[0.0; LANES]; V];
        if let Some(start) = start {
            begin.as_flattened_mut()[..self.used]
                .copy_from_slice(&start[self.first..][..self.used]);
        }
        let begin = begin.map(f32x4::from);
        for (group, places) in rows.places.chunks(ROWS).enumerate() {
            // A short last group reads its last row again and keeps one of the results.
            let place = std::array::from_fn(|r| places[r.min(places.len() - 1)]);
            let mut sums = [begin; ROWS];
            accumulate(&mut sums, rows, place, &self.weights);
            for (r, sums) in sums.iter().enumerate().take(places.len()) {
                let sums = numbers(sums);
                // A full panel has a length that the compiler knows.
                if self.used == V * LANES {
                    store(group * ROWS + r, self.first, sums.as_flattened());
                } else {
                    store(group * ROWS + r, self.first, &sums.as_flattened()[..self.used]);
                }
            }
        }
    }
}

/// The numbers of registers, in order.
#[inline(always)]
fn numbers<const V: usize>(registers: &[f32x4; V]) -> [[f32; LANES]; V] {
    registers.map(f32x4::to_array)
}

/// sums[r][c] += Σₖ rows[r][k] · weights[k][c], for the rows that start at `place`. Natively not a part of
/// its caller, in whose midst the compiler runs out of registers (a third of the speed); a browser's
/// compiler does not, and would only lose by the call.
#[cfg_attr(target_arch = "wasm32", inline(always))]
#[cfg_attr(not(target_arch = "wasm32"), inline(never))]
fn accumulate<const V: usize>(
    sums: &mut [[f32x4; V]; ROWS],
    rows: Rows,
    place: [usize; ROWS],
    weights: &[[f32x4; V]],
) {
    let mut tile = *sums;
    for (run, weights) in rows.runs.iter().zip(weights.chunks_exact(rows.len)) {
        let pieces = place.map(|place| &rows.numbers[place + run..][..weights.len()]);
        for (k, weights) in weights.iter().enumerate() {
            for r in 0..ROWS {
                let x = f32x4::splat(pieces[r][k]);
                for v in 0..V {
                    tile[r][v] += x * weights[v];
                }
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
    let farthest =
        x.places.iter().max().map_or(0, |place| place + x.runs.iter().max().unwrap_or(&0));
    assert!(farthest + x.len <= x.numbers.len() && x.places.len() * m == g.len());
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
    while m - j >= 2 * LANES {
        outer_tile::<R, 2>(x, offset, g, m, j, total);
        j += 2 * LANES;
    }
    if m - j >= LANES {
        outer_tile::<R, 1>(x, offset, g, m, j, total);
        j += LANES;
    }
    for j in j..m {
        for (place, g) in x.places.iter().zip(g.chunks_exact(m)) {
            for r in 0..R {
                total[r * m + j] += x.numbers[offset + place + r] * g[j];
            }
        }
    }
}

/// One tile of it: `V` registers' worth of columns from the one with number `first`.
#[inline(always)]
fn outer_tile<const R: usize, const V: usize>(
    x: Rows,
    offset: usize,
    g: &[f32],
    m: usize,
    first: usize,
    total: &mut [f32],
) {
    let mut sums = [[f32x4::ZERO; V]; R];
    for (s, place) in x.places.iter().enumerate() {
        // SAFETY: `add_outer` has seen that a row of x ends within its numbers wherever it starts, that
        // `offset` + R lies within a row, and that g has a row of m for each of x's. Checked here, it
        // would cost a third of the speed.
        let (x, g) = unsafe {
            let x = &*x.numbers.as_ptr().add(place + offset).cast::<[f32; R]>();
            (x, &*g.as_ptr().add(s * m + first).cast::<[[f32; LANES]; V]>())
        };
        for r in 0..R {
            let x = f32x4::splat(x[r]);
            for v in 0..V {
                sums[r][v] += x * f32x4::from(g[v]);
            }
        }
    }
    for (total, sums) in total.chunks_exact_mut(m).zip(&sums) {
        for (total, sum) in total[first..].iter_mut().zip(numbers(sums).as_flattened()) {
            *total += sum;
        }
    }
}
