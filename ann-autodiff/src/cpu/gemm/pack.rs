//! Operands copied into the order in which the tiles read them.

use super::Strides;
use super::squares::Square;
use super::tile::Tiles;
use crate::Scalar;
use crate::cpu::isa::{Isa, Loop};

/// Adjacent columns of B as panels that follow one another, `depth` rows of `width` each: row `p` of B begins at `p line` of
/// `b`. Columns that are not used become zero.
pub(super) struct Lines<'a, T> {
    pub(super) b: &'a [T],
    pub(super) line: usize,
    /// How many columns there are.
    pub(super) columns: usize,
    pub(super) depth: usize,
    pub(super) width: usize,
    pub(super) panels: &'a mut [T],
}

impl<T: Scalar> Loop for Lines<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        // Widths that there are, known to the compiler.
        match self.width {
            32 => self.wide::<32>(),
            16 => self.wide::<16>(),
            8 => self.wide::<8>(),
            _ => self.wide::<4>(),
        }
    }
}

impl<T: Scalar> Lines<'_, T> {
    #[inline(always)]
    fn wide<const WIDTH: usize>(self) {
        let Self { b, line, columns, depth, panels, .. } = self;
        for (first, panel) in (0..columns).step_by(WIDTH).zip(panels.chunks_exact_mut(depth * WIDTH)) {
            let used = WIDTH.min(columns - first);
            let (rows, _) = panel.as_chunks_mut::<WIDTH>();
            let mut at = first;
            if used == WIDTH {
                for row in rows {
                    row.copy_from_slice(&b[at..at + WIDTH]);
                    at += line;
                }
            } else {
                for row in rows {
                    row[..used].copy_from_slice(&b[at..at + used]);
                    row[used..].fill(T::ZERO);
                    at += line;
                }
            }
        }
    }
}

/// `to[j, i] = from[i, j]`: so many rows of `from`, each `line` after the one before; rows of `to` are `width` long, what is beyond those
/// of `from` stays as it is.
pub(crate) fn transpose<T: Scalar>(
    isa: Isa,
    from: &[T],
    [rows, line]: [usize; 2],
    to: &mut [T],
    width: usize,
) {
    columns(&T::tiles(isa), from, Strides::rows(line).transposed(), 0, rows, width, to);
}

/// Columns `first..first + used` of B as a panel: row `p` at `p width`, the columns that are not used zero.
pub(super) fn panel<T: Scalar>(
    tiles: &Tiles<T>,
    b: &[T],
    at: Strides,
    first: usize,
    used: usize,
    width: usize,
    panel: &mut [T],
) {
    if used < width {
        panel.fill(T::ZERO);
    }
    columns(tiles, b, at, first, used, width, panel);
}

/// The columns that are used.
fn columns<T: Scalar>(
    tiles: &Tiles<T>,
    b: &[T],
    at: Strides,
    first: usize,
    used: usize,
    width: usize,
    panel: &mut [T],
) {
    let depth = panel.len() / width;
    // Without squares, none.
    let squares = tiles.squares.filter(|_| at.row == 1);
    let side = squares.map_or(1, |squares| squares.side);
    let whole = |size: usize| if squares.is_some() { size / side * side } else { 0 };
    let (squares_down, squares_across) = (whole(depth), whole(used));
    assert!(at.end(depth, first + used) <= b.len(), "B is as large as the product was made for");
    // A strip of rows at a time, so that what is written stays in the first cache while it is filled column by column.
    for (strip, rows) in panel.chunks_mut(width * STRIP).enumerate() {
        let p = strip * STRIP;
        let n_rows = rows.len() / width;
        let done = n_rows.min(squares_down.saturating_sub(p));
        for j in (0..squares_across).step_by(side) {
            for i in (0..done).step_by(side) {
                let from = (p + i) + (first + j) * at.column;
                let Some(squares) = squares else { continue };
                // SAFETY: the square's rows are `side` columns of B from row `p + i` on, all within B by the assertion; it goes to
                // rows `i..i + side`, columns `j..j + side` of this strip.
                unsafe {
                    (squares.transpose)(Square {
                        from: b.as_ptr().add(from),
                        from_row: at.column,
                        to: rows.as_mut_ptr().add(i * width + j),
                        to_row: width,
                    });
                }
            }
        }
        for j in 0..used {
            let skip = if j < squares_across { done } else { 0 };
            if skip == n_rows {
                continue;
            }
            let start = (p + skip) * at.row + (first + j) * at.column;
            let column = b[start..].iter().step_by(at.row.max(1));
            for (row, value) in rows.chunks_exact_mut(width).skip(skip).zip(column) {
                row[j] = *value;
            }
        }
    }
}

/// A multiple of the side of every square.
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
    let from = first * at.row + start * at.column;
    let n_columns = packed.len() / height;
    match height {
        _ if at.row != 1 => {
            for (p, column) in packed.chunks_exact_mut(height).enumerate() {
                for (i, to) in column.iter_mut().enumerate() {
                    *to = a[from + p * at.column + i * at.row];
                }
            }
        }
        _ if n_columns == 0 => {}
        // The usual ones known to the compiler.
        12 => adjacent::<T, 12>(&a[from..], at.column, packed),
        10 => adjacent::<T, 10>(&a[from..], at.column, packed),
        8 => adjacent::<T, 8>(&a[from..], at.column, packed),
        6 => adjacent::<T, 6>(&a[from..], at.column, packed),
        4 => adjacent::<T, 4>(&a[from..], at.column, packed),
        _ => {
            for (p, column) in packed.chunks_exact_mut(height).enumerate() {
                column.copy_from_slice(&a[from + p * at.column..][..height]);
            }
        }
    }
}

/// `N` rows that lie side by side.
fn adjacent<T: Copy, const N: usize>(a: &[T], column: usize, packed: &mut [T]) {
    let (columns, _) = packed.as_chunks_mut::<N>();
    for (p, to) in columns.iter_mut().enumerate() {
        to.copy_from_slice(&a[p * column..][..N]);
    }
}
