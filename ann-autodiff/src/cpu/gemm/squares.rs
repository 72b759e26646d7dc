//! Squares of numbers in registers: to transpose what lies the other way round, and to multiply few rows by it.

/// What there is for squares of an instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Squares<T> {
    /// Numbers of a side.
    pub(super) side: usize,
    /// Transposes one.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set; both squares can be read, the second written.
    pub(super) transpose: unsafe fn(Square<T>),
    /// Multiplies few rows.
    ///
    /// # Safety
    ///
    /// The processor has the instruction set; the elements named can be read, those of C written.
    pub(super) few: unsafe fn(Few<T>),
}

/// Row `i` of the one square at `from + i from_row`, of the other at `to + i to_row`.
#[derive(Clone, Copy)]
pub(super) struct Square<T> {
    pub(super) from: *const T,
    pub(super) from_row: usize,
    pub(super) to: *mut T,
    pub(super) to_row: usize,
}

/// Most rows of a [`Few`].
pub(super) const MOST: usize = 3;

/// Up to [`MOST`] rows of A, `k` adjacent numbers each, times columns of B, `k` adjacent numbers each, with a visit to C after
/// every `k_block` of them, as tiles make them: each element of C is that of a tile to the bit.
#[derive(Clone, Copy)]
pub(super) struct Few<T> {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) k: usize,
    pub(super) k_block: usize,
    pub(super) a: *const T,
    pub(super) a_row: usize,
    pub(super) b: *const T,
    pub(super) b_column: usize,
    pub(super) c: *mut T,
    pub(super) c_row: usize,
    pub(super) c_column: usize,
    pub(super) add: bool,
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{OF_8, OF_16};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, __mmask16, _mm256_add_ps, _mm256_cmpgt_epi32, _mm256_fmadd_ps, _mm256_loadu_ps,
        _mm256_maskload_ps, _mm256_permute2f128_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setr_epi32,
        _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_storeu_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
        _mm512_add_ps, _mm512_castpd_ps, _mm512_castps_pd, _mm512_fmadd_ps, _mm512_loadu_ps,
        _mm512_maskz_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_shuffle_f32x4, _mm512_storeu_ps,
        _mm512_unpackhi_pd, _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
    };

    use super::{Few, MOST, Square, Squares};

    /// The vectors of an AVX2 processor.
    pub(in crate::cpu::gemm) const OF_8: Squares<f32> =
        Squares { side: 8, transpose: transpose_8, few: few_8 };
    /// Those of an AVX-512 processor.
    pub(in crate::cpu::gemm) const OF_16: Squares<f32> =
        Squares { side: 16, transpose: transpose_16, few: few_16 };

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn transposed_8(mut a: [__m256; 8]) -> [__m256; 8] {
        // Of rows 2i and 2i + 1 columns 0, 1 (4, 5) in turn, then columns 2, 3 (6, 7).
        let mut b = a;
        for i in 0..4 {
            b[2 * i] = _mm256_unpacklo_ps(a[2 * i], a[2 * i + 1]);
            b[2 * i + 1] = _mm256_unpackhi_ps(a[2 * i], a[2 * i + 1]);
        }
        // Of rows 4i to 4i + 3 column c and, in the upper half, column 4 + c.
        for i in 0..2 {
            a[4 * i] = _mm256_shuffle_ps::<0x44>(b[4 * i], b[4 * i + 2]);
            a[4 * i + 1] = _mm256_shuffle_ps::<0xee>(b[4 * i], b[4 * i + 2]);
            a[4 * i + 2] = _mm256_shuffle_ps::<0x44>(b[4 * i + 1], b[4 * i + 3]);
            a[4 * i + 3] = _mm256_shuffle_ps::<0xee>(b[4 * i + 1], b[4 * i + 3]);
        }
        for c in 0..4 {
            b[c] = _mm256_permute2f128_ps::<0x20>(a[c], a[4 + c]);
            b[4 + c] = _mm256_permute2f128_ps::<0x31>(a[c], a[4 + c]);
        }
        b
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn transposed_16(mut a: [__m512; 16]) -> [__m512; 16] {
        // As above, in quarters instead of halves.
        let mut b = a;
        for i in 0..8 {
            b[2 * i] = _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]);
            b[2 * i + 1] = _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]);
        }
        for i in 0..4 {
            let pair = |j: usize| _mm512_castps_pd(b[4 * i + j]);
            a[4 * i] = _mm512_castpd_ps(_mm512_unpacklo_pd(pair(0), pair(2)));
            a[4 * i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(pair(0), pair(2)));
            a[4 * i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(pair(1), pair(3)));
            a[4 * i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(pair(1), pair(3)));
        }
        // Quarter q of a[4 i + c] is column 4 q + c of rows 4 i to 4 i + 3.
        for c in 0..4 {
            let even = [0, 8].map(|i| _mm512_shuffle_f32x4::<0x88>(a[i + c], a[i + 4 + c]));
            let odd = [0, 8].map(|i| _mm512_shuffle_f32x4::<0xdd>(a[i + c], a[i + 4 + c]));
            b[c] = _mm512_shuffle_f32x4::<0x88>(even[0], even[1]);
            b[4 + c] = _mm512_shuffle_f32x4::<0x88>(odd[0], odd[1]);
            b[8 + c] = _mm512_shuffle_f32x4::<0xdd>(even[0], even[1]);
            b[12 + c] = _mm512_shuffle_f32x4::<0xdd>(odd[0], odd[1]);
        }
        b
    }

    /// The first `len` numbers, up to 8; zeros behind them.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    unsafe fn load_8(from: *const f32, len: usize) -> __m256 {
        if len == 8 {
            // SAFETY: the caller's promise.
            return unsafe { _mm256_loadu_ps(from) };
        }
        let numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(i32::try_from(len).unwrap_or(0)), numbers);
        // SAFETY: the caller's promise; what the mask leaves out is not read.
        unsafe { _mm256_maskload_ps(from, mask) }
    }

    /// The first `len` numbers, up to 16; zeros behind them.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn load_16(from: *const f32, len: usize) -> __m512 {
        if len == 16 {
            // SAFETY: the caller's promise.
            return unsafe { _mm512_loadu_ps(from) };
        }
        let mask = ((1_u32 << len) - 1) as __mmask16;
        // SAFETY: the caller's promise; what the mask leaves out is not read.
        unsafe { _mm512_maskz_loadu_ps(mask, from) }
    }

    macro_rules! squares {
        (
            $side:literal, $vector:ty, $features:literal, $transpose:ident, $few:ident, $transposed:ident, $load:ident,
            $zero:ident $store:ident $splat:ident $fma:ident $add:ident
        ) => {
            #[target_feature(enable = $features)]
            unsafe fn $transpose(square: Square<f32>) {
                let Square { from, from_row, to, to_row } = square;
                let mut rows: [$vector; $side] = [$zero(); $side];
                for (i, row) in rows.iter_mut().enumerate() {
                    // SAFETY: the caller's promise.
                    *row = unsafe { $load(from.add(i * from_row), $side) };
                }
                for (i, row) in $transposed(rows).into_iter().enumerate() {
                    // SAFETY: the caller's promise.
                    unsafe { $store(to.add(i * to_row), row) };
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn $few(few: Few<f32>) {
                let Few { rows, columns, k, k_block, a, a_row, b, b_column, c, c_row, c_column, add } = few;
                for first in (0..columns).step_by($side) {
                    let used = (columns - first).min($side);
                    let mut totals: [$vector; MOST] = [$zero(); MOST];
                    for start in (0..k).step_by(k_block) {
                        let end = (start + k_block).min(k);
                        let mut sums: [$vector; MOST] = [$zero(); MOST];
                        for p in (start..end).step_by($side) {
                            let depth = (end - p).min($side);
                            let mut square: [$vector; $side] = [$zero(); $side];
                            for (j, row) in square.iter_mut().enumerate() {
                                // Columns that are not there are read as the last one: their sums go nowhere.
                                let column = first + j.min(used - 1);
                                // SAFETY: the caller's promise.
                                *row = unsafe { $load(b.add(column * b_column + p), depth) };
                            }
                            let square = $transposed(square);
                            for (row, sum) in sums.iter_mut().enumerate().take(rows) {
                                // SAFETY: the caller's promise.
                                let a = unsafe { a.add(row * a_row + p) };
                                if depth == $side {
                                    for (i, b) in square.iter().enumerate() {
                                        // SAFETY: as above.
                                        *sum = $fma($splat(unsafe { *a.add(i) }), *b, *sum);
                                    }
                                } else {
                                    for (i, b) in square.iter().enumerate().take(depth) {
                                        // SAFETY: as above.
                                        *sum = $fma($splat(unsafe { *a.add(i) }), *b, *sum);
                                    }
                                }
                            }
                        }
                        for (total, sum) in totals.iter_mut().zip(sums) {
                            *total = if start == 0 { sum } else { $add(*total, sum) };
                        }
                    }
                    for (row, total) in totals.into_iter().enumerate().take(rows) {
                        let mut numbers = [0.0; $side];
                        // SAFETY: as many numbers as the vector has.
                        unsafe { $store(numbers.as_mut_ptr(), total) };
                        for (j, number) in numbers.into_iter().enumerate().take(used) {
                            // SAFETY: the caller's promise.
                            unsafe {
                                let to = c.add(row * c_row + (first + j) * c_column);
                                *to = if add { *to + number } else { number };
                            }
                        }
                    }
                }
            }
        };
    }

    squares!(
        8, __m256, "avx2,fma", transpose_8, few_8, transposed_8, load_8,
        _mm256_setzero_ps _mm256_storeu_ps _mm256_set1_ps _mm256_fmadd_ps _mm256_add_ps
    );
    squares!(
        16, __m512, "avx512f", transpose_16, few_16, transposed_16, load_16,
        _mm512_setzero_ps _mm512_storeu_ps _mm512_set1_ps _mm512_fmadd_ps _mm512_add_ps
    );
}
