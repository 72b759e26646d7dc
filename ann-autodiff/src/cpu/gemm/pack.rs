//! Operands copied into the order in which the tiles read them.

use super::Strides;

/// Columns `first..first + used` of B as a panel: row `p` at `p width`, the columns that are not used zero.
pub(super) fn panel<T: Copy + Default>(
    b: &[T],
    at: Strides,
    first: usize,
    used: usize,
    width: usize,
    panel: &mut [T],
) {
    if at.column == 1 {
        for (p, row) in panel.chunks_exact_mut(width).enumerate() {
            let from = p * at.row + first;
            let (row, rest) = row.split_at_mut(used);
            row.copy_from_slice(&b[from..from + used]);
            rest.fill(T::default());
        }
        return;
    }
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
