//! Vector registers along the rows of a block of [columns](super::columns): rows of a few numbers turned into columns and back.

use std::ops::Add;

use super::columns::{BLOCK, TOGETHER};
use super::vector::{Array, Lanes, Vector};

/// A vector register of so many rows.
pub(super) trait Turn: Vector<Element: Add<Output = Self::Element>> {
    /// Columns whose products by others are summed together: as many as there are registers for.
    const TALL: usize = 2;

    /// What is below the floor is the floor; NaN stays.
    unsafe fn at_least(self, floor: Self) -> Self;

    /// The sums of all lanes of each.
    #[inline(always)]
    unsafe fn sums(of: [Self; TOGETHER]) -> [Self::Element; TOGETHER] {
        // SAFETY: the caller's promise; no register is longer than a block.
        unsafe {
            let mut sums: [Self::Element; TOGETHER] = std::mem::zeroed();
            for (sum, vector) in sums.iter_mut().zip(of) {
                let mut lanes: [Self::Element; BLOCK] = std::mem::zeroed();
                vector.store(lanes.as_mut_ptr());
                let mut count = Self::LANES;
                while 1 < count {
                    count /= 2;
                    for i in 0..count {
                        lanes[i] = lanes[i] + lanes[i + count];
                    }
                }
                *sum = lanes[0];
            }
            sums
        }
    }

    /// Turns rows of `n` numbers, at most as many as there are rows, into columns.
    #[inline(always)]
    unsafe fn turn(rows: *const Self::Element, n: usize, columns: *mut Self::Element) {
        // SAFETY: the caller's promise: there is a block of both.
        unsafe {
            for column in 0..n {
                for row in 0..BLOCK {
                    *columns.add(column * BLOCK + row) = *rows.add(row * n + column);
                }
            }
        }
    }

    /// Turns them back.
    #[inline(always)]
    unsafe fn turn_back(columns: *const Self::Element, n: usize, rows: *mut Self::Element) {
        // SAFETY: as above.
        unsafe {
            for column in 0..n {
                for row in 0..BLOCK {
                    *rows.add(row * n + column) = *columns.add(column * BLOCK + row);
                }
            }
        }
    }
}

impl<T: Copy + Add<Output = T> + Default + PartialOrd, const N: usize> Turn for Array<T, N>
where
    Self: Vector<Element = T>,
{
    const TALL: usize = 1;

    #[inline(always)]
    unsafe fn at_least(self, floor: Self) -> Self {
        // SAFETY: passed on.
        unsafe { Lanes::at_least(self, floor) }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #[allow(
        clippy::wildcard_imports,
        reason = "the names of half of them are made of those of others in macros"
    )]
    use std::arch::x86_64::*;
    use std::mem::transmute;

    use super::{BLOCK, TOGETHER, Turn, Vector};

    macro_rules! turn {
        ($vector:ident, $max:ident $($turned:item)*) => {
            impl Turn for std::arch::x86_64::$vector {
                #[inline(always)]
                unsafe fn at_least(self, floor: Self) -> Self {
                    // SAFETY: the instruction set is the caller's promise. Of two numbers of which one is NaN it is the second that is given.
                    unsafe { std::arch::x86_64::$max(floor, self) }
                }

                $($turned)*
            }
        };
    }

    turn!(__m256, _mm256_max_ps);
    turn!(__m256d, _mm256_max_pd);
    /// The call, compiled for each of the few numbers that `n` may be most often.
    macro_rules! of_few {
        ($n:ident, $turn:ident($from:ident, $same:ident, $to:ident)) => {
            match $n {
                1 => $turn($from, 1, $to),
                2 => $turn($from, 2, $to),
                3 => $turn($from, 3, $to),
                4 => $turn($from, 4, $to),
                5 => $turn($from, 5, $to),
                6 => $turn($from, 6, $to),
                _ => $turn($from, $n, $to),
            }
        };
    }

    // A vector of the one side is put together from those of the other: each gives the lanes that it has.
    macro_rules! turned {
        ($vector:ident, $float:ident, $max:ident, $sums:ident, $lanes:expr, $splat:ident $times:ident $plus:ident $minus:ident $behind:ident $equal:ident $zero:ident $permute:ident) => {
            turn! { $vector, $max
                const TALL: usize = 4;

                #[inline(always)]
                unsafe fn sums(of: [Self; TOGETHER]) -> [$float; TOGETHER] {
                    // SAFETY: the instruction set is the caller's promise.
                    unsafe { $sums(of) }
                }

                #[inline(always)]
                unsafe fn turn(rows: *const $float, n: usize, columns: *mut $float) {
                    // SAFETY: as in `Turn`; the instruction set is the caller's promise.
                    unsafe {
                        /// Of as many rows as a vector has lanes.
                        #[inline(always)]
                        unsafe fn turn_lanes(rows: *const $float, n: usize, columns: *mut $float) {
                            // SAFETY: as above.
                            unsafe {
                                for column in 0..n {
                                    let place = $plus($times($lanes, $splat(n)), $splat(column));
                                    let vector = $behind::<{ $vector::LANES.trailing_zeros() }>(place);
                                    let mut turned = $zero();
                                    for number in 0..n {
                                        let has = $equal(vector, $splat(number));
                                        turned = $permute(turned, has, place, $vector::load(rows.add(number * $vector::LANES)));
                                    }
                                    turned.store(columns.add(column * BLOCK));
                                }
                            }
                        }
                        for part in (0..BLOCK).step_by($vector::LANES) {
                            let (rows, columns) = (rows.add(part * n), columns.add(part));
                            of_few!(n, turn_lanes(rows, n, columns));
                        }
                    }
                }

                #[inline(always)]
                unsafe fn turn_back(columns: *const $float, n: usize, rows: *mut $float) {
                    // SAFETY: as above.
                    unsafe {
                        #[inline(always)]
                        unsafe fn turn_lanes(columns: *const $float, n: usize, rows: *mut $float) {
                            // SAFETY: as above.
                            unsafe {
                                for number in 0..n {
                                    let place = $plus($lanes, $splat(number * $vector::LANES));
                                    // There are at most 2^8 places, divided by at most 2^4: this rounds none of them up.
                                    let row = $behind::<16>($times(place, $splat(65_536 / n + 1)));
                                    let of = $minus(place, $times(row, $splat(n)));
                                    let mut turned = $zero();
                                    for column in 0..n {
                                        let has = $equal(of, $splat(column));
                                        turned = $permute(turned, has, row, $vector::load(columns.add(column * BLOCK)));
                                    }
                                    turned.store(rows.add(number * $vector::LANES));
                                }
                            }
                        }
                        for part in (0..BLOCK).step_by($vector::LANES) {
                            let (columns, rows) = (columns.add(part), rows.add(part * n));
                            of_few!(n, turn_lanes(columns, n, rows));
                        }
                    }
                }
            }
        };
    }

    #[inline(always)]
    unsafe fn splat_32(number: usize) -> __m512i {
        // SAFETY: the instruction set is the caller's promise.
        unsafe { _mm512_set1_epi32((number as u32).cast_signed()) }
    }

    #[inline(always)]
    unsafe fn splat_64(number: usize) -> __m512i {
        // SAFETY: as above.
        unsafe { _mm512_set1_epi64((number as u64).cast_signed()) }
    }

    /// In each quarter of one register the sums of a quarter of each, then the halves of that one, and their halves.
    #[inline(always)]
    unsafe fn sums_of_16(of: [__m512; TOGETHER]) -> [f32; TOGETHER] {
        // SAFETY: the instruction set is the caller's promise.
        unsafe {
            let [a, b, c, d] = of;
            let ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
            let cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
            let [ab, cd] = [_mm512_castps_pd(ab), _mm512_castps_pd(cd)];
            let [low, high] = [_mm512_unpacklo_pd(ab, cd), _mm512_unpackhi_pd(ab, cd)];
            let all = _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high));
            let half = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(all)));
            let half = _mm256_add_ps(_mm512_castps512_ps256(all), half);
            let sums = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps::<1>(half));
            transmute::<__m128, [f32; 4]>(sums)
        }
    }

    /// The same, of two at a time.
    #[inline(always)]
    unsafe fn sums_of_8(of: [__m512d; TOGETHER]) -> [f64; TOGETHER] {
        // SAFETY: as above.
        unsafe {
            let mut sums = [_mm_setzero_pd(); 2];
            for (sums, two) in sums.iter_mut().zip(of.as_chunks::<2>().0) {
                let [a, b] = *two;
                let all = _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b));
                let half = _mm256_add_pd(_mm512_castpd512_pd256(all), _mm512_extractf64x4_pd::<1>(all));
                *sums = _mm_add_pd(_mm256_castpd256_pd128(half), _mm256_extractf128_pd::<1>(half));
            }
            transmute::<[__m128d; 2], [f64; 4]>(sums)
        }
    }

    turned!(__m512, f32, _mm512_max_ps, sums_of_16, _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
        splat_32 _mm512_mullo_epi32 _mm512_add_epi32 _mm512_sub_epi32 _mm512_srli_epi32 _mm512_cmpeq_epi32_mask
        _mm512_setzero_ps _mm512_mask_permutexvar_ps);
    turned!(__m512d, f64, _mm512_max_pd, sums_of_8, _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7),
        splat_64 _mm512_mullo_epi64 _mm512_add_epi64 _mm512_sub_epi64 _mm512_srli_epi64 _mm512_cmpeq_epi64_mask
        _mm512_setzero_pd _mm512_mask_permutexvar_pd);
}
