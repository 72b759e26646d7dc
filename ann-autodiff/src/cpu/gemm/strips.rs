//! Products that hand over what they make: a strip of C lies in a thread's own memory until it is taken, and nowhere after.

use std::ops::Range;

use super::asks::Ahead;
use super::task::From;
use super::tile::Operands;
use super::{K_BLOCK, Product, Run, Shared, Strides, pack};
use crate::cpu::Arithmetic;
use crate::cpu::taker::{Lines, Taker};
use crate::cpu::team::Team;
use crate::{Scalar, cpu::gemm::choose::PACKED};

/// A product, such as the gradient of a large weight, whose elements are taken as they come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strips(Product);

impl Strips {
    /// The product of an `m` by `k` matrix by a `k` by `n` one, if it can be made strip by strip. What is taken is numbered row by row.
    pub(crate) fn new<T: Scalar>(
        by: impl Into<Arithmetic>,
        [m, n, k]: [usize; 3],
        a: Strides,
        b: Strides,
    ) -> Option<Self> {
        let mut product = Product::unpacked::<T>(by, [m, n, k], a, b, Strides::rows(n));
        // Of a larger batch too few columns of B, all of them, would be copied at once.
        let is_small = 0 < k && k <= 4 * K_BLOCK;
        if cfg!(any(feature = "gemm", feature = "matrixmultiply")) || m * n == 0 || !is_small {
            return None;
        }
        if !product.reads_in_place() {
            // All of `k` at once, so that what is made of some columns is all there is to them.
            let columns = 2 * PACKED / k / product.width * product.width;
            product.packed = columns.min(n.next_multiple_of(product.width));
        }
        // Long pieces of lines are what memory gives fastest; their panels of B are to stay in the second cache.
        let most = (PANEL_NUMBERS / product.k_block / product.width).clamp(1, MOST) * product.width;
        let block = if product.packed == 0 { n } else { product.packed };
        let columns = block.div_ceil(block.div_ceil(most)).next_multiple_of(product.width);
        product.task = [product.cut()[0], columns];
        Some(Self(product))
    }

    /// Scratch memory of one thread: rows of A and a strip of C.
    fn own_scratch(&self) -> usize {
        self.0.height * (K_BLOCK + self.line())
    }

    /// Numbers of a row of a strip, whole panels.
    fn line(&self) -> usize {
        self.0.task[1].next_multiple_of(self.0.width)
    }

    /// Scratch memory of [`hand_over`](Self::hand_over).
    pub(crate) fn scratch_of(&self, team: &Team) -> usize {
        self.0.pairs_of_a() + self.0.packed * self.0.k + team.threads() * self.own_scratch()
    }

    /// Computes it on all threads of the team.
    pub(crate) fn hand_over<T: Scalar>(
        &self,
        team: &Team,
        a: &[T],
        b: &[T],
        taker: Taker<'_, T>,
        scratch: &mut [T],
    ) {
        let Self(product) = self;
        let Product { m, n, k, .. } = *product;
        let [a_end, b_end] = product.ends();
        assert!(a_end <= a.len() && b_end <= b.len(), "operands are as large as the product was made for");
        let run: Run<'_> = &|n_tasks, task| team.run(n_tasks, task);
        let (a, scratch) = product.operand(run, m, a, scratch);
        let own = self.own_scratch();
        let (packed, own_scratch) = scratch.split_at_mut(product.packed * k);
        assert!(team.threads() * own <= own_scratch.len(), "scratch memory is as large as asked for");
        let own_scratch = Shared(own_scratch.as_mut_ptr());
        let step = if product.packed == 0 { n } else { product.packed };
        for first in (0..n).step_by(step) {
            let block = first..(first + step).min(n);
            let from = if product.packed == 0 {
                From { data: b, row: product.b.row, panel: product.width }
            } else {
                product.pack(run, b, block.clone(), 0..k, packed);
                From { data: &*packed, row: product.width, panel: product.width * k }
            };
            let [rows, columns] = product.task;
            let n_columns = block.len().div_ceil(columns);
            // Tasks of the same rows follow one another, so that a thread has some rows of the weight.
            run(m.div_ceil(rows) * n_columns, &|number, thread| {
                let (row, column) = (number / n_columns * rows, number % n_columns * columns);
                let columns = column..(column + columns).min(block.len());
                // SAFETY: the slice was long enough for every thread, and no two tasks of a thread run at a time.
                let own = unsafe { std::slice::from_raw_parts_mut(own_scratch.at(thread * own), own) };
                self.task(a, from, row..(row + rows).min(m), columns, block.start, taker, own);
            });
        }
    }

    /// The strips of these rows and columns; columns count from `first`, where those of `b` start.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    fn task<T: Scalar>(
        &self,
        a: &[T],
        b: From<'_, T>,
        rows: Range<usize>,
        columns: Range<usize>,
        first: usize,
        taker: Taker<'_, T>,
        scratch: &mut [T],
    ) {
        let Self(product) = self;
        let tiles = product.tiles();
        let (packed_a, strip) = scratch.split_at_mut(product.height * K_BLOCK);
        let line = self.line();
        let mut row = rows.start;
        while row < rows.end {
            let height = tiles.next_height(rows.end - row);
            let place = |i: usize| (row + i) * product.n + first + columns.start;
            let lines = Lines { first: place(0), len: columns.len(), count: height, apart: product.n };
            let needs = taker.needs(lines);
            let mut needs = Ahead::new(&needs, columns.len());
            for start in (0..product.k).step_by(product.k_block) {
                let k = product.k_block.min(product.k - start);
                pack::rows(a, product.a, row, height, start, &mut packed_a[..height * k]);
                for column in columns.clone().step_by(product.width) {
                    let used = product.width.min(columns.end - column);
                    let asks = [if start == 0 { Some(needs.take(used)) } else { None }, None];
                    // SAFETY: `b` holds the panel, whole vectors of it: packed it is as wide as the tile, in place the columns are a
                    // multiple of a vector. The strip is as high and as wide as whole tiles.
                    unsafe {
                        tiles.run(
                            height,
                            used,
                            Operands {
                                k,
                                a: packed_a.as_ptr(),
                                a_row: 1,
                                a_step: height,
                                b: b.data.as_ptr().add(column / product.width * b.panel + start * b.row),
                                b_row: b.row,
                                c: strip.as_mut_ptr().add(column - columns.start),
                                c_row: line,
                                add: 0 < start,
                                asks,
                            },
                        );
                    }
                }
            }
            for (i, made) in strip.chunks_exact_mut(line).take(height).enumerate() {
                // SAFETY: elements of these rows and columns, which no other task and no other strip has.
                unsafe { taker.take(place(i), &mut made[..columns.len()]) };
            }
            row += height;
        }
    }
}

/// Most panels of B that a task goes over, and numbers in them.
const MOST: usize = 24;
const PANEL_NUMBERS: usize = 1 << 17;
