//! Squares of numbers, transposed in registers.

use std::arch::x86_64::{
    __m256, __m512, _mm256_loadu_ps, _mm256_permute2f128_ps, _mm256_setzero_ps, _mm256_shuffle_ps,
    _mm256_storeu_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps, _mm512_castpd_ps, _mm512_castps_pd,
    _mm512_loadu_ps, _mm512_setzero_ps, _mm512_shuffle_f32x4, _mm512_storeu_ps, _mm512_unpackhi_pd,
    _mm512_unpackhi_ps, _mm512_unpacklo_pd, _mm512_unpacklo_ps,
};

use super::tile::Square;

/// 8 by 8.
///
/// # Safety
///
/// The processor has AVX2; both squares can be read, the second written.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn of_8(square: Square<f32>) {
    let Square { from, from_row, to, to_row } = square;
    let mut a: [__m256; 8] = [_mm256_setzero_ps(); 8];
    for (i, row) in a.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *row = unsafe { _mm256_loadu_ps(from.add(i * from_row)) };
    }
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
        // SAFETY: the caller's promise.
        unsafe {
            _mm256_storeu_ps(to.add(c * to_row), _mm256_permute2f128_ps::<0x20>(a[c], a[4 + c]));
            _mm256_storeu_ps(to.add((4 + c) * to_row), _mm256_permute2f128_ps::<0x31>(a[c], a[4 + c]));
        }
    }
}

/// 16 by 16.
///
/// # Safety
///
/// The processor has AVX-512; both squares can be read, the second written.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn of_16(square: Square<f32>) {
    let Square { from, from_row, to, to_row } = square;
    let mut a: [__m512; 16] = [_mm512_setzero_ps(); 16];
    for (i, row) in a.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *row = unsafe { _mm512_loadu_ps(from.add(i * from_row)) };
    }
    // As in `of_8`, in quarters instead of halves.
    let mut b = a;
    for i in 0..8 {
        b[2 * i] = _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]);
        b[2 * i + 1] = _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]);
    }
    let pairs = |low: bool, x: __m512, y: __m512| {
        let (x, y) = (_mm512_castps_pd(x), _mm512_castps_pd(y));
        _mm512_castpd_ps(if low { _mm512_unpacklo_pd(x, y) } else { _mm512_unpackhi_pd(x, y) })
    };
    for i in 0..4 {
        a[4 * i] = pairs(true, b[4 * i], b[4 * i + 2]);
        a[4 * i + 1] = pairs(false, b[4 * i], b[4 * i + 2]);
        a[4 * i + 2] = pairs(true, b[4 * i + 1], b[4 * i + 3]);
        a[4 * i + 3] = pairs(false, b[4 * i + 1], b[4 * i + 3]);
    }
    // Quarter q of a[4 i + c] is column 4 q + c of rows 4 i to 4 i + 3.
    for c in 0..4 {
        let even = [a[c], a[4 + c], a[8 + c], a[12 + c]];
        let (near, far) = (
            [_mm512_shuffle_f32x4::<0x88>(even[0], even[1]), _mm512_shuffle_f32x4::<0x88>(even[2], even[3])],
            [_mm512_shuffle_f32x4::<0xdd>(even[0], even[1]), _mm512_shuffle_f32x4::<0xdd>(even[2], even[3])],
        );
        // SAFETY: the caller's promise.
        unsafe {
            _mm512_storeu_ps(to.add(c * to_row), _mm512_shuffle_f32x4::<0x88>(near[0], near[1]));
            _mm512_storeu_ps(to.add((8 + c) * to_row), _mm512_shuffle_f32x4::<0xdd>(near[0], near[1]));
            _mm512_storeu_ps(to.add((4 + c) * to_row), _mm512_shuffle_f32x4::<0x88>(far[0], far[1]));
            _mm512_storeu_ps(to.add((12 + c) * to_row), _mm512_shuffle_f32x4::<0xdd>(far[0], far[1]));
        }
    }
}
