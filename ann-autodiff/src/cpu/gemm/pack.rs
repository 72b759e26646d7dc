//! Operands copied into the order in which the tiles read them.

use std::ops::Range;

use super::Strides;

/// A row of a panel; the columns that are not used zero.
#[inline(always)]
pub(super) fn row<T: Copy + Default>(piece: &[T], to: &mut [T]) {
    if piece.len() == to.len() {
        to.copy_from_slice(piece);
    } else {
        let (to, rest) = to.split_at_mut(piece.len());
        to.copy_from_slice(piece);
        rest.fill(T::default());
    }
}

/// Columns `first..first + used` of B as a panel: row `p` at `p width`, the columns that are not used zero.
pub(super) fn panel<T: Copy + Default>(
    b: &[T],
    at: Strides,
    first: usize,
    used: usize,
    width: usize,
    panel: &mut [T],
) {
    // A strip of rows at a time, so that what is written stays in the first cache while it is filled column by column.
    for (strip, rows) in panel.chunks_mut(width * STRIP).enumerate() {
        let p = strip * STRIP;
        if used < width {
            rows.fill(T::default());
        }
        for j in 0..used {
            let start = p * at.row + (first + j) * at.column;
            let column = b[start..].iter().step_by(at.row.max(1));
            for (row, value) in rows.chunks_exact_mut(width).zip(column) {
                row[j] = *value;
            }
        }
    }
}

const STRIP: usize = 32;

/// Rows `first..first + height`, columns `start..start + k` of A, column after column.
pub(super) fn rows<T: Copy>(
    a: &[T],
    at: Strides,
    first: usize,
    height: usize,
    start: usize,
    packed: &mut [T],
) {
    for (p, column) in packed.chunks_exact_mut(height).enumerate() {
        let from = first * at.row + (start + p) * at.column;
        if at.row == 1 {
            column.copy_from_slice(&a[from..from + height]);
        } else {
            for (i, to) in column.iter_mut().enumerate() {
                *to = a[from + i * at.row];
            }
        }
    }
}

/// Asks for rows that will be read soon, so that they have come into the cache by then: rows far apart are more than the
/// processor foresees by itself.
pub(super) fn prefetch<T>(a: &[T], row: usize, rows: Range<usize>, columns: Range<usize>) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let line = 64 / size_of::<T>();
        for i in rows {
            for p in columns.clone().step_by(line) {
                // SAFETY: a hint: it may be given any address, and reads nothing that the program could see.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(a.as_ptr().wrapping_add(i * row + p).cast()) };
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (a, row, rows, columns);
}
