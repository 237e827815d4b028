//! How many multiply-adds a second one core reaches in WebAssembly's SIMD, with nothing to load or store:
//! the limit that a training step is held against. `cargo xtask bench` compiles this file alone and runs
//! it in the browser. `peak_N` keeps N sums going, so that one need not wait for another.

use core::arch::wasm32::{f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, v128};

/// Multiply-adds in a call of `peak_N(rounds)`: N · LANES · rounds.
const LANES: usize = 4;

#[inline(always)]
fn peak<const N: usize>(rounds: u32) -> f32 {
    // Neither is known when this is compiled, and the sums stay near 1.
    let (a, b) =
        (f32x4_splat(1.0 - 1.0 / (rounds as f32 + 2.0)), f32x4_splat(1.0 / (rounds as f32 + 2.0)));
    let mut sums: [v128; N] = core::array::from_fn(|i| f32x4_splat(i as f32));
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = f32x4_add(f32x4_mul(*sum, a), b);
        }
    }
    sums.iter().fold(0.0, |total, &sum| total + f32x4_extract_lane::<0>(sum))
}

macro_rules! peaks {
    ($($name:ident $n:literal),*) => {
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $name(rounds: u32) -> f32 {
                peak::<$n>(rounds)
            }
        )*
    };
}

peaks!(peak_8 8, peak_10 10, peak_12 12, peak_14 14);

#[unsafe(no_mangle)]
pub extern "C" fn lanes() -> u32 {
    LANES as u32
}
