//! The task of a thread: some rows and columns of the product, tile by tile.

use std::ops::Range;

use super::asks::Ahead;
use super::tile::{self, Operands};
use super::{Area, Into, K_BLOCK, Product, Strides, Unpaired, pack};
use crate::Scalar;

impl Product {
    /// Where columns of B lie, at some steps of `k`.
    pub(super) fn area<T>(&self, b: &[T], columns: Range<usize>, depth: Range<usize>) -> Area {
        match self.unpaired {
            None => part(b, self.b, depth, columns),
            Some(Unpaired { k, b: at, .. }) => part(b, at, 2 * depth.start..k.min(2 * depth.end), columns),
        }
    }

    /// Parts of the work of a task, as [`Ahead`] counts them: elements of C at each visit.
    pub(super) fn parts(&self, rows: usize, columns: usize, depth: usize) -> usize {
        depth.div_ceil(self.k_block).max(1) * rows * columns
    }
}

/// Where rows and columns of a matrix lie, one of whose strides is 1.
fn part<T>(matrix: &[T], at: Strides, rows: Range<usize>, columns: Range<usize>) -> Area {
    let first = matrix.as_ptr().wrapping_add(rows.start * at.row + columns.start * at.column);
    if at.column == 1 {
        Area::new(first, rows.len(), at.row, columns.len())
    } else {
        Area::new(first, columns.len(), at.column, rows.len())
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
        mut ahead: Option<&mut Ahead<'_>>,
        scratch: &mut [T],
    ) {
        let (packed_a, corner) = scratch.split_at_mut(self.height * K_BLOCK);
        let is_far = self.a.column == 1 && NEAR < self.m * self.k;
        let n_blocks = depth.len().div_ceil(self.k_block).max(1);
        for block in 0..n_blocks {
            let skip = block * self.k_block;
            let (start, k) = (depth.start + skip, self.k_block.min(depth.len() - skip));
            let add = 0 < block || into == Into::Sum;
            let mut row = rows.start;
            while row < rows.end {
                let height = tiles.next_height(rows.end - row);
                let next = row + height;
                let area = if rows.end <= next {
                    Area::NONE
                } else if 0 < self.panels_of_a {
                    let height = tiles.next_height(rows.end - next);
                    let first = a.as_ptr().wrapping_add(next * self.panels_of_a + start * height);
                    Area::new(first, 1, 0, height * k)
                } else if is_far {
                    part(a, self.a, next..(next + self.height).min(rows.end), start..start + k)
                } else {
                    Area::NONE
                };
                let mut next_rows = Ahead::new(std::slice::from_ref(&area), columns.len());
                let (a_at, a_row, a_step) = if 0 < self.panels_of_a {
                    (a.as_ptr().wrapping_add(row * self.panels_of_a + start * height), 1, height)
                } else if self.a.column == 1 {
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
                    let of_rows = area.is_some().then(|| next_rows.take(used));
                    let further = ahead.as_mut().map(|ahead| ahead.take(height * used));
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
                            asks: [of_rows, further],
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
