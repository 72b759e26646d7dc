//! Vector registers of each instruction set, as the tiles use them.

/// A vector register.
pub(super) trait Vector: Copy {
    type Element: Copy;
    const LANES: usize;

    unsafe fn load(from: *const Self::Element) -> Self;
    unsafe fn store(self, to: *mut Self::Element);
    unsafe fn splat(value: Self::Element) -> Self;
    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise; an element is a float, whose zero is all bits 0.
        unsafe { Self::splat(std::mem::zeroed()) }
    }
    /// `self * a + sum`
    unsafe fn multiply_add(self, a: Self, sum: Self) -> Self;
    unsafe fn plus(self, other: Self) -> Self;
}

/// A vector register of which some lanes may be all there is.
pub(super) trait Lanes: Vector {
    /// The first `count`; the other lanes are zero, and nothing is read for them.
    unsafe fn load_some(from: *const Self::Element, count: usize) -> Self;
    /// The first `count`.
    unsafe fn store_some(self, to: *mut Self::Element, count: usize);
    /// What is below the floor is the floor; NaN stays.
    unsafe fn at_least(self, floor: Self) -> Self;
}

/// Numbers that the compiler puts into whatever vectors there are; product and sum are rounded one after the other, as a
/// fused multiply-add is a slow function call where it is no instruction.
#[derive(Clone, Copy)]
pub(super) struct Array<T, const N: usize>([T; N]);

macro_rules! array {
    ($float:ident, $lanes:literal) => {
        impl Vector for Array<$float, $lanes> {
            type Element = $float;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn load(from: *const $float) -> Self {
                // SAFETY: the caller's promise; an array of floats has no other needs than a float.
                Self(unsafe { from.cast::<[$float; $lanes]>().read() })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $float) {
                // SAFETY: as above.
                unsafe { to.cast::<[$float; $lanes]>().write(self.0) }
            }
            #[inline(always)]
            unsafe fn splat(value: $float) -> Self {
                Self([value; $lanes])
            }
            #[inline(always)]
            unsafe fn multiply_add(self, a: Self, sum: Self) -> Self {
                let mut result = sum.0;
                for i in 0..$lanes {
                    result[i] += self.0[i] * a.0[i];
                }
                Self(result)
            }
            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                let mut result = self.0;
                for i in 0..$lanes {
                    result[i] += other.0[i];
                }
                Self(result)
            }
        }
    };
}

array!(f32, 4);
array!(f64, 2);

impl<T: Copy + Default + PartialOrd, const N: usize> Lanes for Array<T, N>
where
    Self: Vector<Element = T>,
{
    #[inline(always)]
    unsafe fn load_some(from: *const T, count: usize) -> Self {
        let mut lanes = [T::default(); N];
        for (i, lane) in lanes.iter_mut().enumerate().take(count) {
            // SAFETY: the caller's promise: so many can be read.
            *lane = unsafe { *from.add(i) };
        }
        Self(lanes)
    }
    #[inline(always)]
    unsafe fn store_some(self, to: *mut T, count: usize) {
        for (i, lane) in self.0.into_iter().enumerate().take(count) {
            // SAFETY: the caller's promise: so many can be written.
            unsafe { *to.add(i) = lane }
        }
    }
    #[inline(always)]
    unsafe fn at_least(self, floor: Self) -> Self {
        let mut result = self.0;
        for (lane, floor) in result.iter_mut().zip(floor.0) {
            *lane = if *lane < floor { floor } else { *lane };
        }
        Self(result)
    }
}

/// Pairs of `bf16`, each in the place of an `f32`, or sums of their products; for processors without instructions for them.
#[derive(Clone, Copy)]
pub(super) struct PairArray<const N: usize>([f32; N]);

impl<const N: usize> Vector for PairArray<N> {
    type Element = f32;
    const LANES: usize = N;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise; an array of floats has no other needs than a float.
        Self(unsafe { from.cast::<[f32; N]>().read() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { to.cast::<[f32; N]>().write(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; N])
    }
    #[inline(always)]
    unsafe fn multiply_add(self, a: Self, sum: Self) -> Self {
        let mut result = sum.0;
        for ((sum, x), y) in result.iter_mut().zip(self.0).zip(a.0) {
            let (x, y) = (x.to_bits(), y.to_bits());
            // The products are exact: twice 8 bits fit into 24.
            *sum += f32::from_bits(x & SECOND) * f32::from_bits(y & SECOND);
            *sum += f32::from_bits(x << 16) * f32::from_bits(y << 16);
        }
        Self(result)
    }
    #[inline(always)]
    unsafe fn plus(self, other: Self) -> Self {
        let mut result = self.0;
        for (sum, other) in result.iter_mut().zip(other.0) {
            *sum += other;
        }
        Self(result)
    }
}

/// Where the second number of a pair is.
const SECOND: u32 = 0xffff_0000;

#[cfg(target_arch = "x86_64")]
macro_rules! register {
    ($vector:ident, $float:ident, $lanes:literal, $load:ident $store:ident $splat:ident $fma:ident $add:ident) => {
        impl Vector for std::arch::x86_64::$vector {
            type Element = $float;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn load(from: *const $float) -> Self {
                // SAFETY: passed on: the instruction set and the memory are the caller's promise.
                unsafe { std::arch::x86_64::$load(from) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $float) {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$store(to, self) }
            }
            #[inline(always)]
            unsafe fn splat(value: $float) -> Self {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$splat(value) }
            }
            #[inline(always)]
            unsafe fn multiply_add(self, a: Self, sum: Self) -> Self {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$fma(self, a, sum) }
            }
            #[inline(always)]
            unsafe fn plus(self, other: Self) -> Self {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$add(self, other) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
macro_rules! lanes {
    ($vector:ident, $float:ident, $ones:ident, $load:ident $store:ident $max:ident) => {
        impl Lanes for std::arch::x86_64::$vector {
            #[inline(always)]
            unsafe fn load_some(from: *const $float, count: usize) -> Self {
                // SAFETY: passed on: the instruction set and the memory, of which lanes without a mask read nothing, are the caller's promise.
                unsafe { std::arch::x86_64::$load(from, mask(&$ones, count)) }
            }
            #[inline(always)]
            unsafe fn store_some(self, to: *mut $float, count: usize) {
                // SAFETY: as above.
                unsafe { std::arch::x86_64::$store(to, mask(&$ones, count), self) }
            }
            #[inline(always)]
            unsafe fn at_least(self, floor: Self) -> Self {
                // SAFETY: as above. Of two numbers of which one is NaN it is the second that is given.
                unsafe { std::arch::x86_64::$max(floor, self) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m256i, __m512, __m512bh, _mm256_and_si256, _mm256_castps_si256, _mm256_castsi256_ps,
        _mm256_fmadd_ps, _mm256_loadu_si256, _mm256_set1_epi32, _mm256_slli_epi32, _mm512_and_si512,
        _mm512_castps_si512, _mm512_castsi512_ps, _mm512_dpbf16_ps, _mm512_fmadd_ps, _mm512_set1_epi32,
        _mm512_slli_epi32,
    };
    use std::mem::transmute;

    use super::{Lanes, Vector};

    register!(__m256, f32, 8, _mm256_loadu_ps _mm256_storeu_ps _mm256_set1_ps _mm256_fmadd_ps _mm256_add_ps);
    register!(__m256d, f64, 4, _mm256_loadu_pd _mm256_storeu_pd _mm256_set1_pd _mm256_fmadd_pd _mm256_add_pd);
    register!(__m512, f32, 16, _mm512_loadu_ps _mm512_storeu_ps _mm512_set1_ps _mm512_fmadd_ps _mm512_add_ps);
    register!(__m512d, f64, 8, _mm512_loadu_pd _mm512_storeu_pd _mm512_set1_pd _mm512_fmadd_pd _mm512_add_pd);

    /// All bits of as many lanes as there are, and no bits of as many.
    const EIGHT: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    const FOUR: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

    /// All bits of the first `count` lanes.
    #[inline(always)]
    unsafe fn mask<T, const N: usize>(ones: &'static [T; N], count: usize) -> __m256i {
        let lanes = N / 2;
        let from = &ones[lanes - count.min(lanes)..][..lanes];
        // SAFETY: the instruction set is the caller's promise; so many numbers fill a register.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    lanes!(__m256, f32, EIGHT, _mm256_maskload_ps _mm256_maskstore_ps _mm256_max_ps);
    lanes!(__m256d, f64, FOUR, _mm256_maskload_pd _mm256_maskstore_pd _mm256_max_pd);

    /// Pairs of `bf16`, each in the place of an `f32`, or sums of their products.
    macro_rules! pairs {
        ($name:ident, $vector:ident, $multiply_add:ident) => {
            #[derive(Clone, Copy)]
            pub(in crate::cpu::gemm) struct $name($vector);

            impl Vector for $name {
                type Element = f32;
                const LANES: usize = <$vector as Vector>::LANES;

                #[inline(always)]
                unsafe fn load(from: *const f32) -> Self {
                    // SAFETY: passed on: the instruction set and the memory are the caller's promise.
                    Self(unsafe { $vector::load(from) })
                }
                #[inline(always)]
                unsafe fn store(self, to: *mut f32) {
                    // SAFETY: as above.
                    unsafe { self.0.store(to) }
                }
                #[inline(always)]
                unsafe fn splat(value: f32) -> Self {
                    // SAFETY: as above.
                    Self(unsafe { $vector::splat(value) })
                }
                #[inline(always)]
                unsafe fn multiply_add(self, a: Self, sum: Self) -> Self {
                    // SAFETY: as above.
                    Self(unsafe { $multiply_add(self.0, a.0, sum.0) })
                }
                #[inline(always)]
                unsafe fn plus(self, other: Self) -> Self {
                    // SAFETY: as above.
                    Self(unsafe { self.0.plus(other.0) })
                }
            }
        };
    }

    /// Each pair of the one times that of the other, added up.
    #[inline(always)]
    unsafe fn split_8(x: __m256, y: __m256, sum: __m256) -> __m256 {
        // SAFETY: the instruction set is the caller's promise.
        unsafe {
            let (x, y) = (_mm256_castps_si256(x), _mm256_castps_si256(y));
            let mask = _mm256_set1_epi32(SECOND);
            let (x_2, y_2) = (_mm256_and_si256(x, mask), _mm256_and_si256(y, mask));
            let sum = _mm256_fmadd_ps(_mm256_castsi256_ps(x_2), _mm256_castsi256_ps(y_2), sum);
            let (x_1, y_1) = (_mm256_slli_epi32::<16>(x), _mm256_slli_epi32::<16>(y));
            _mm256_fmadd_ps(_mm256_castsi256_ps(x_1), _mm256_castsi256_ps(y_1), sum)
        }
    }

    /// Each pair of the one times that of the other, added up.
    #[inline(always)]
    unsafe fn split_16(x: __m512, y: __m512, sum: __m512) -> __m512 {
        // SAFETY: the instruction set is the caller's promise.
        unsafe {
            let (x, y) = (_mm512_castps_si512(x), _mm512_castps_si512(y));
            let mask = _mm512_set1_epi32(SECOND);
            let (x_2, y_2) = (_mm512_and_si512(x, mask), _mm512_and_si512(y, mask));
            let sum = _mm512_fmadd_ps(_mm512_castsi512_ps(x_2), _mm512_castsi512_ps(y_2), sum);
            let (x_1, y_1) = (_mm512_slli_epi32::<16>(x), _mm512_slli_epi32::<16>(y));
            _mm512_fmadd_ps(_mm512_castsi512_ps(x_1), _mm512_castsi512_ps(y_1), sum)
        }
    }

    /// The same by the processor's own instruction.
    #[inline(always)]
    unsafe fn native_16(x: __m512, y: __m512, sum: __m512) -> __m512 {
        // SAFETY: as above; registers of the same size, any bits of which are numbers.
        unsafe { _mm512_dpbf16_ps(sum, transmute::<__m512, __m512bh>(x), transmute::<__m512, __m512bh>(y)) }
    }

    pairs!(Pairs8, __m256, split_8);
    pairs!(Pairs16, __m512, split_16);
    pairs!(NativePairs16, __m512, native_16);

    /// Where the second number of a pair is.
    const SECOND: i32 = 0xffff_0000_u32.cast_signed();
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{NativePairs16, Pairs8, Pairs16};
