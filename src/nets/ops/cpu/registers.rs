//! SIMD registers, and which of them a machine has.
//!
//! WebAssembly and ARM have registers of four floats, which is known at compile time. A program for x86-64 must run on
//! any such processor, and all of them have four, too; but nearly all also have AVX2 and FMA: eight floats and a fused
//! multiply-add. So each operation is compiled for both there (`operations!` in the module above) and chosen at run
//! time.

use super::tile::{Sums, Tile};
use super::{PackedWeight, Packings};
use std::fmt::Debug;
use std::ops::{Add, Mul, Sub};
use wide::f32x4;

/// A few numbers that are computed with at once. All of it is inlined into operations, which are compiled for the
/// registers that they use.
pub trait Register:
    Copy + Debug + Send + Sync + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// As they lie in memory.
    type Array: Copy + Default + AsRef<[f32]>;

    /// How many.
    const LANES: usize;

    fn of(array: Self::Array) -> Self;

    /// The first ones of a slice.
    fn read(array: &[f32]) -> Self;

    /// Into the first places of a slice.
    fn write(self, to: &mut [f32]);

    fn into_array(self) -> Self::Array;

    fn sum(self) -> f32;

    fn splat(x: f32) -> Self;

    /// self + a·b, rounded once where the machine can.
    fn plus_product(self, a: Self, b: Self) -> Self;

    /// The numbers of several registers, in order.
    fn flat<const V: usize>(array: &[Self::Array; V]) -> &[f32];

    fn flat_mut<const V: usize>(array: &mut [Self::Array; V]) -> &mut [f32];

    /// What a weight is for registers of this kind.
    fn packings(of: &PackedWeight) -> &Packings<Self>;

    /// Fills a tile.
    fn accumulate<const V: usize>(sums: &mut Sums<Self, V>, tile: Tile<Self, V>);
}

impl Register for f32x4 {
    type Array = [f32; 4];

    const LANES: usize = 4;

    #[inline(always)]
    fn of(array: [f32; 4]) -> Self {
        Self::from(array)
    }

    #[inline(always)]
    fn read(array: &[f32]) -> Self {
        Self::from([array[0], array[1], array[2], array[3]])
    }

    #[inline(always)]
    fn write(self, to: &mut [f32]) {
        to[..4].copy_from_slice(&self.to_array());
    }

    #[inline(always)]
    fn into_array(self) -> [f32; 4] {
        self.to_array()
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        self.reduce_add()
    }

    #[inline(always)]
    fn splat(x: f32) -> Self {
        Self::splat(x)
    }

    #[inline(always)]
    fn plus_product(self, a: Self, b: Self) -> Self {
        self + a * b
    }

    #[inline(always)]
    fn flat<const V: usize>(array: &[[f32; 4]; V]) -> &[f32] {
        array.as_flattened()
    }

    #[inline(always)]
    fn flat_mut<const V: usize>(array: &mut [[f32; 4]; V]) -> &mut [f32] {
        array.as_flattened_mut()
    }

    #[inline(always)]
    fn packings(of: &PackedWeight) -> &Packings<Self> {
        &of.of_four
    }

    /// Natively not a part of its caller, in whose midst the compiler runs out of registers (a third of the
    /// speed); a browser's compiler does not, and would only lose by the call.
    #[cfg_attr(target_arch = "wasm32", inline(always))]
    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    fn accumulate<const V: usize>(sums: &mut Sums<Self, V>, tile: Tile<Self, V>) {
        tile.add_to(sums);
    }
}

#[cfg(test)]
thread_local! {
    /// Whether operations on this thread make do with four, as on a machine that has no more.
    pub static ONLY_FOUR: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Eight, has_eight};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use std::arch::x86_64::*;
    use std::mem::transmute;

    /// A register of AVX2, which only machines with [`has_eight`] may compute with.
    #[derive(Clone, Copy, Debug)]
    pub struct Eight(__m256);

    /// Whether this machine has AVX2 and FMA.
    #[inline(always)]
    pub fn has_eight() -> bool {
        #[cfg(test)]
        if super::ONLY_FOUR.get() {
            return false;
        }
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }

    // SAFETY, of all below: an operation is compiled for `Eight` where it has been seen that the machine has it.

    impl Add for Eight {
        type Output = Self;

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }
    }

    impl Sub for Eight {
        type Output = Self;

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(unsafe { _mm256_sub_ps(self.0, other.0) })
        }
    }

    impl Mul for Eight {
        type Output = Self;

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(unsafe { _mm256_mul_ps(self.0, other.0) })
        }
    }

    impl Register for Eight {
        type Array = [f32; 8];

        const LANES: usize = 8;

        #[inline(always)]
        fn of(array: [f32; 8]) -> Self {
            // Not the instruction: weights are laid out by code that nobody compiles for AVX2.
            Self(unsafe { transmute::<[f32; 8], __m256>(array) })
        }

        #[inline(always)]
        fn read(array: &[f32]) -> Self {
            // SAFETY: so many are there.
            Self(unsafe { _mm256_loadu_ps(array[..8].as_ptr()) })
        }

        #[inline(always)]
        fn write(self, to: &mut [f32]) {
            // SAFETY: so many are there.
            unsafe { _mm256_storeu_ps(to[..8].as_mut_ptr(), self.0) };
        }

        #[inline(always)]
        fn sum(self) -> f32 {
            let [low, high] = unsafe { transmute::<__m256, [f32x4; 2]>(self.0) };
            (low + high).reduce_add()
        }

        #[inline(always)]
        fn into_array(self) -> [f32; 8] {
            unsafe { transmute::<__m256, [f32; 8]>(self.0) }
        }

        #[inline(always)]
        fn splat(x: f32) -> Self {
            Self(unsafe { _mm256_set1_ps(x) })
        }

        #[inline(always)]
        fn plus_product(self, a: Self, b: Self) -> Self {
            Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
        }

        #[inline(always)]
        fn flat<const V: usize>(array: &[[f32; 8]; V]) -> &[f32] {
            array.as_flattened()
        }

        #[inline(always)]
        fn flat_mut<const V: usize>(array: &mut [[f32; 8]; V]) -> &mut [f32] {
            array.as_flattened_mut()
        }

        #[inline(always)]
        fn packings(of: &PackedWeight) -> &Packings<Self> {
            &of.of_eight
        }

        #[inline(always)]
        fn accumulate<const V: usize>(sums: &mut Sums<Self, V>, tile: Tile<Self, V>) {
            tile.add_to(sums);
        }
    }
}
