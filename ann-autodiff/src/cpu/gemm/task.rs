//! The task of a thread: some rows and columns of the product, tile by tile.

use std::ops::Range;

use super::tile::{self, Operands};
use super::{Asks, Into, K_BLOCK, Product, Strides, Unpaired, pack};
use crate::Scalar;

/// A part of a matrix that is asked for while another one is multiplied by.
pub(super) struct Ahead<'a, T> {
    pub(super) matrix: &'a [T],
    pub(super) at: Strides,
    pub(super) columns: Range<usize>,
    pub(super) depth: Range<usize>,
}

impl Product {
    /// Columns of B and steps of `k`, to be asked for.
    pub(super) fn ahead<'a, T>(
        &self,
        matrix: &'a [T],
        columns: Range<usize>,
        depth: Range<usize>,
    ) -> Ahead<'a, T> {
        match self.unpaired {
            None => Ahead { matrix, at: self.b, columns, depth },
            Some(Unpaired { k, b: at, .. }) => {
                Ahead { matrix, at, columns, depth: 2 * depth.start..k.min(2 * depth.end) }
            }
        }
    }
}

impl<T> Ahead<'_, T> {
    /// Its lines of numbers that lie side by side: which, how far apart, and which numbers of each.
    fn lines(&self) -> (&Range<usize>, usize, &Range<usize>) {
        if self.at.column == 1 {
            (&self.depth, self.at.row, &self.columns)
        } else {
            (&self.columns, self.at.column, &self.depth)
        }
    }

    /// How many lines make one of so many parts.
    fn of_one(&self, parts: usize) -> f64 {
        self.lines().0.len() as f64 / parts as f64
    }

    /// Adds the places of a share of it, that from the first of these to the second of the parts of which one is so many lines.
    fn add_to(&self, asks: &mut Asks, [first, last]: [usize; 2], of_one: f64) {
        let (lines, line, numbers) = self.lines();
        let place = |part: usize| lines.end.min(lines.start + (part as f64 * of_one) as usize);
        for i in place(first)..place(last) {
            asks.add(self.matrix.as_ptr(), i * line + numbers.start..i * line + numbers.end);
        }
    }
}

/// An A of no more numbers stays in the second cache.
const NEAR: usize = 1 << 15;

impl Product {
    /// What these steps of `k` give to the part of C in these rows and columns; columns count from where `b` and `c` start, steps
    /// of B from where `b` starts.
    ///
    /// # Safety
    ///
    /// `c` and `b` hold these elements; nobody else uses that part of C.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    pub(super) unsafe fn task<T: Scalar>(
        &self,
        tiles: &tile::Tiles<T>,
        a: &[T],
        b: From<'_, T>,
        c: *mut T,
        rows: Range<usize>,
        columns: Range<usize>,
        depth: Range<usize>,
        into: Into,
        ahead: Option<&Ahead<'_, T>>,
        scratch: &mut [T],
    ) {
        let (packed_a, corner) = scratch.split_at_mut(self.height * K_BLOCK);
        let mut asks = Asks::none();
        let is_far = self.a.column == 1 && NEAR < self.m * self.k;
        let n_blocks = depth.len().div_ceil(self.k_block).max(1);
        let all = n_blocks * rows.len() * columns.len();
        let of_ahead = ahead.map_or(0.0, |ahead| ahead.of_one(all));
        for block in 0..n_blocks {
            let skip = block * self.k_block;
            let (start, k) = (depth.start + skip, self.k_block.min(depth.len() - skip));
            let add = 0 < block || into == Into::Sum;
            let mut row = rows.start;
            while row < rows.end {
                let height = tiles.next_height(rows.end - row);
                let next = row + height;
                let next_rows = Ahead {
                    matrix: a,
                    at: self.a,
                    columns: start..start + k,
                    depth: next..(next + self.height).min(rows.end),
                };
                let of_next = next_rows.of_one(columns.len());
                let (a_at, a_row, a_step) = if self.a.column == 1 {
                    (a.as_ptr().wrapping_add(row * self.a.row + start), self.a.row, 1)
                } else {
                    pack::rows(a, self.a, row, height, start, &mut packed_a[..height * k]);
                    (packed_a.as_ptr(), 1, height)
                };
                let mut column = columns.start;
                while column < columns.end {
                    let rest = columns.end - column;
                    let wide = height == 1 && self.c.column == 1 && tile::ROW_PANELS * self.width <= rest;
                    let used = if wide { tile::ROW_PANELS * self.width } else { self.width.min(rest) };
                    let whole = used == self.width || used == self.width / 2;
                    let in_place = whole && self.c.column == 1;
                    asks.clear();
                    if is_far && next < rows.end {
                        let share = [column - columns.start, column - columns.start + used];
                        next_rows.add_to(&mut asks, share, of_next);
                    }
                    if let Some(ahead) = ahead {
                        // As large a share as that of the tile in all that is computed.
                        let done = block * rows.len() * columns.len()
                            + (row - rows.start) * columns.len()
                            + height * (column - columns.start);
                        ahead.add_to(&mut asks, [done, done + height * used], of_ahead);
                    }
                    // SAFETY: `b` holds the panel, whole vectors of it: packed it is as wide as the tile, in place the columns
                    // are a multiple of a vector. C as promised, or the corner, which is as large as a tile.
                    unsafe {
                        let b_at = b.data.as_ptr().add(column / self.width * b.panel + skip * b.row);
                        let to = c.add(row * self.c.row + column * self.c.column);
                        let operands = Operands {
                            k,
                            a: a_at,
                            a_row,
                            a_step,
                            b: b_at,
                            b_row: b.row,
                            c: to,
                            c_row: self.c.row,
                            add,
                            asks: asks.places(),
                        };
                        if wide {
                            tiles.run_row(operands, b.panel);
                        } else if in_place {
                            tiles.run(height, used, operands);
                        } else {
                            let corner_at = corner.as_mut_ptr();
                            tiles.run(
                                height,
                                used,
                                Operands { c: corner_at, c_row: self.width, add: false, ..operands },
                            );
                            self.scatter(corner, height, used, to, add);
                        }
                    }
                    column += used;
                }
                row = next;
            }
        }
    }

    /// Brings a tile to where C lies.
    ///
    /// # Safety
    ///
    /// `c` holds that many rows and columns at C's strides, and nobody else uses them.
    unsafe fn scatter<T: Scalar>(&self, corner: &[T], height: usize, used: usize, c: *mut T, add: bool) {
        for j in 0..used {
            for i in 0..height {
                let value = corner[i * self.width + j];
                // SAFETY: the caller's promise.
                unsafe {
                    let to = c.add(i * self.c.row + j * self.c.column);
                    *to = if add { *to + value } else { value };
                }
            }
        }
    }
}

/// Where the panels of B are: row `p` of panel `j` at `j panel + p row`.
#[derive(Clone, Copy)]
pub(super) struct From<'a, T> {
    pub(super) data: &'a [T],
    pub(super) row: usize,
    pub(super) panel: usize,
}
