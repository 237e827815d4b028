//! Matrix products in tiles of SIMD registers. Rows are found through a list of places, so that the
//! patches of a convolution need not be copied out first.

use super::registers::Register;
use wide::f32x4;

/// Rows of a tile: with two registers' worth of columns its sums fill half of the sixteen registers of wasm and
/// x86, and are just as many as additions that are under way at once in a core with FMA.
const ROWS: usize = 4;

/// The rows of a matrix inside a slice: row i is made of pieces of `len` numbers at `places[i]` +
/// each of `runs`.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    pub values: &'a [f32],
    pub places: &'a [usize],
    pub runs: &'a [usize],
    pub len: usize,
}

impl<'a> Rows<'a> {
    /// A row starts where the one before it ends.
    pub fn plain(values: &'a [f32], places: &'a [usize], len: usize) -> Self {
        Self { values, places, runs: &[0], len }
    }

    /// That every row lies within the numbers, which tiles then read without looking: to check each piece would cost
    /// a third of the speed.
    #[inline(always)]
    fn check(&self) {
        let farthest = |of: &[usize]| of.iter().max().copied().unwrap_or(0);
        assert!(farthest(self.places) + farthest(self.runs) + self.len <= self.values.len());
    }
}

/// Where the sums of a product go.
pub trait Target {
    /// Takes a row's sums in the columns from `first` on: the first `used` numbers of these registers.
    fn take<R: Register, const V: usize>(
        &mut self,
        row: usize,
        first: usize,
        sums: &[R; V],
        used: usize,
    );
}

/// Rows of `width` numbers, one after another.
pub struct Plain<'a> {
    pub values: &'a mut [f32],
    pub width: usize,
}

impl Target for Plain<'_> {
    #[inline(always)]
    fn take<R: Register, const V: usize>(
        &mut self,
        row: usize,
        first: usize,
        sums: &[R; V],
        used: usize,
    ) {
        put(sums, used, &mut self.values[row * self.width + first..]);
    }
}

/// Writes the first `used` numbers of registers.
#[inline(always)]
pub fn put<R: Register, const V: usize>(registers: &[R; V], used: usize, to: &mut [f32]) {
    if used == V * R::LANES {
        let to = &mut to[..V * R::LANES];
        for v in 0..V {
            registers[v].write(&mut to[v * R::LANES..]);
        }
    } else {
        to[..used].copy_from_slice(&R::flat(&arrays(registers))[..used]);
    }
}

/// The numbers of registers, in order.
#[inline(always)]
pub fn arrays<R: Register, const V: usize>(registers: &[R; V]) -> [R::Array; V] {
    std::array::from_fn(|v| registers[v].into_array())
}

/// The columns of a weight in panels, as a tile reads them.
#[derive(Clone, Debug)]
pub struct Panels<R> {
    panels: Vec<Panel<R>>,
}

#[derive(Clone, Debug)]
enum Panel<R> {
    Wide(Columns<R, 2>),
    Narrow(Columns<R, 1>),
}

/// Up to `V` registers' worth of columns.
#[derive(Clone, Debug)]
struct Columns<R, const V: usize> {
    first: usize,
    /// How many of the columns are not padding.
    used: usize,
    weights: Vec<[R; V]>,
}

impl<R: Register> Panels<R> {
    /// A weight of `inputs` x `outputs`. `fill(k, j, row)` is to write the elements (k, j), (k, j + 1)
    /// and so on into `row`.
    #[inline(always)]
    pub fn new(inputs: usize, outputs: usize, fill: impl Fn(usize, usize, &mut [f32])) -> Self {
        let mut panels = Vec::with_capacity(outputs.div_ceil(2 * R::LANES));
        let mut first = 0;
        while first < outputs {
            if outputs - first > R::LANES {
                panels.push(Panel::Wide(Columns::new(inputs, first, outputs, &fill)));
                first += 2 * R::LANES;
            } else {
                panels.push(Panel::Narrow(Columns::new(inputs, first, outputs, &fill)));
                first += R::LANES;
            }
        }
        Self { panels }
    }

    /// The product of `rows` with the weight: for each row and panel `target` takes the sums. These begin with
    /// `start`, or with zero.
    #[inline(always)]
    pub fn multiply(&self, rows: Rows, start: Option<&[f32]>, target: &mut impl Target) {
        rows.check();
        for panel in &self.panels {
            match panel {
                Panel::Wide(columns) => columns.multiply(rows, start, target),
                Panel::Narrow(columns) => columns.multiply(rows, start, target),
            }
        }
    }
}

impl<R: Register, const V: usize> Columns<R, V> {
    #[inline(always)]
    fn new(
        inputs: usize,
        first: usize,
        outputs: usize,
        fill: &impl Fn(usize, usize, &mut [f32]),
    ) -> Self {
        let used = (outputs - first).min(V * R::LANES);
        let mut weights = Vec::with_capacity(inputs);
        for k in 0..inputs {
            let mut row = [R::Array::default(); V];
            // A full panel has a length that the compiler knows.
            if used == V * R::LANES {
                fill(k, first, R::flat_mut(&mut row));
            } else {
                fill(k, first, &mut R::flat_mut(&mut row)[..used]);
            }
            weights.push(row.map(R::of));
        }
        Self { first, used, weights }
    }

    #[inline(always)]
    fn multiply(&self, rows: Rows, start: Option<&[f32]>, target: &mut impl Target) {
        let mut begin = [R::Array::default(); V];
        if let Some(start) = start {
            R::flat_mut(&mut begin)[..self.used].copy_from_slice(&start[self.first..][..self.used]);
        }
        let begin = begin.map(R::of);
        for (group, places) in rows.places.chunks(ROWS).enumerate() {
            // A short last group reads its last row again and keeps one of the results.
            let place = std::array::from_fn(|r| places[r.min(places.len() - 1)]);
            let mut sums = [begin; ROWS];
            R::accumulate(&mut sums, Tile { rows, place, weights: &self.weights });
            for (r, sums) in sums.iter().enumerate().take(places.len()) {
                target.take(group * ROWS + r, self.first, sums, self.used);
            }
        }
    }
}

/// The sums of a tile, row by row.
pub type Sums<R, const V: usize> = [[R; V]; ROWS];

/// What is added to a tile: the product of the rows that start at `place` with the columns of a panel. The rows have
/// been checked.
#[derive(Clone, Copy)]
pub struct Tile<'a, R, const V: usize> {
    rows: Rows<'a>,
    place: [usize; ROWS],
    weights: &'a [[R; V]],
}

impl<R: Register, const V: usize> Tile<'_, R, V> {
    /// sums[r][c] += Σₖ rows[r][k] · weights[k][c]
    #[inline(always)]
    pub fn add_to(self, sums: &mut Sums<R, V>) {
        let Self { rows, place, weights } = self;
        let (mut tile, mut rest) = (*sums, weights);
        for run in rows.runs {
            let (weights, others) = rest.split_at(rows.len);
            rest = others;
            for (k, weights) in weights.iter().enumerate() {
                for r in 0..ROWS {
                    // SAFETY: `Rows::check` has seen that a row ends within the numbers wherever it starts.
                    let x = R::splat(unsafe { *rows.values.get_unchecked(place[r] + run + k) });
                    for v in 0..V {
                        tile[r][v] = tile[r][v].plus_product(x, weights[v]);
                    }
                }
            }
        }
        *sums = tile;
    }
}

/// The sum over samples of the outer product of two rows: total[i·m + j] += Σₛ x[s][i] · g[s][j].
///
/// x: rows of length `x.runs.len() · x.len`; g: as many rows of `m` numbers, one after another.
#[inline(always)]
pub fn add_outer<R: Register>(x: Rows, g: &[f32], m: usize, total: &mut [f32]) {
    x.check();
    assert_eq!(x.places.len() * m, g.len());
    for (r, run) in x.runs.iter().enumerate() {
        let mut i = 0;
        while i < x.len {
            let first = (r * x.len + i) * m;
            if x.len - i >= ROWS {
                outer_rows::<R, ROWS>(x, run + i, g, m, &mut total[first..first + ROWS * m]);
                i += ROWS;
            } else {
                outer_rows::<R, 1>(x, run + i, g, m, &mut total[first..first + m]);
                i += 1;
            }
        }
    }
}

/// `N` rows of the outer product: those of the numbers at `offset` of each of x's rows and after.
#[inline(always)]
fn outer_rows<R: Register, const N: usize>(
    x: Rows,
    offset: usize,
    g: &[f32],
    m: usize,
    total: &mut [f32],
) {
    let mut j = 0;
    while m - j >= 2 * R::LANES {
        outer_tile::<R, N, 2>(x, offset, g, m, j, total);
        j += 2 * R::LANES;
    }
    if m - j >= R::LANES {
        outer_tile::<R, N, 1>(x, offset, g, m, j, total);
        j += R::LANES;
    }
    if R::LANES > 4 && m - j >= 4 {
        outer_tile::<f32x4, N, 1>(x, offset, g, m, j, total);
        j += 4;
    }
    for j in j..m {
        for (place, g) in x.places.iter().zip(g.chunks_exact(m)) {
            for r in 0..N {
                total[r * m + j] += x.values[offset + place + r] * g[j];
            }
        }
    }
}

/// One tile of it: `V` registers' worth of columns from the one with number `first`.
#[inline(always)]
fn outer_tile<R: Register, const N: usize, const V: usize>(
    x: Rows,
    offset: usize,
    g: &[f32],
    m: usize,
    first: usize,
    total: &mut [f32],
) {
    let mut sums = [[R::splat(0.0); V]; N];
    for (s, place) in x.places.iter().enumerate() {
        // SAFETY: `add_outer` has seen that a row of x ends within its numbers wherever it starts, and that g has
        // a row of m for each of x's; `offset` + N lies within a row.
        let (x, g) = unsafe {
            let x = &*x.values.as_ptr().add(place + offset).cast::<[f32; N]>();
            (x, &*g.as_ptr().add(s * m + first).cast::<[R::Array; V]>())
        };
        for r in 0..N {
            let x = R::splat(x[r]);
            for v in 0..V {
                sums[r][v] = sums[r][v].plus_product(x, R::of(g[v]));
            }
        }
    }
    for (total, sums) in total.chunks_exact_mut(m).zip(&sums) {
        let total = &mut total[first..][..V * R::LANES];
        for v in 0..V {
            let total = &mut total[v * R::LANES..];
            (R::read(total) + sums[v]).write(total);
        }
    }
}
