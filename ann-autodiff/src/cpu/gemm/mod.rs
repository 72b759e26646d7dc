//! [`Product`]: the matrix product behind all dense and convolutional kernels, `C = A B` or `C += A B`.
//!
//! Everything is chosen when a plan is compiled: which operand is copied into panels, how the result is cut into tasks, how
//! much scratch memory it takes. Running it allocates nothing. Each element of C is summed over `k` in one order that
//! depends on the sizes only: not on the threads, not on the tile.
//!
//! The loops are those of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008) for products
//! of moderate size: panels of B stay in the second cache, a tile's rows of A in the first.

mod asks;
mod choose;
mod collected;
mod columns;
mod copies;
mod few;
#[cfg(any(feature = "gemm", feature = "matrixmultiply"))]
mod library;
mod matrix;
mod pack;
mod pairs;
mod panels;
mod repeated;
mod short;
mod squares;
mod strips;
mod subsets;
mod task;
mod tile;
mod turn;
mod vector;

use std::ops::Range;

use super::isa::Isa;
use super::team::Team;
use crate::Scalar;
pub(crate) use asks::{Area, ask};
pub(crate) use collected::Collected;
pub(crate) use columns::{BLOCK, Mix, Sums, numbers as in_columns};
pub(crate) use matrix::{Into, Strides};
pub(crate) use pack::transpose;
use pairs::Unpaired;
pub(crate) use repeated::{Repeated, Visit};
pub(crate) use short::{MOST as SHORT, ShortRows, ShortSums};
pub(crate) use strips::Strips;
pub(crate) use subsets::Subsets;
use task::From;
pub(crate) use tile::Float;

/// Most steps of `k` between two visits to a tile: its rows of A, 12 by 384 numbers, fill half of the first cache.
const K_BLOCK: usize = 384;
/// Most panels a task goes over in turn: with `K_BLOCK` rows of two vectors, half a megabyte.
const PANELS: usize = 12;

/// Numbers of B that one task copies, and a multiple of the steps of `k` that are copied at a time.
const NUMBERS: usize = 1 << 14;
const STEPS: usize = 32;

/// How tasks are run: on a team, or one after the other.
type Run<'a> = &'a dyn Fn(usize, &(dyn Fn(usize, usize) + Sync));

/// A product of fixed sizes: `m` by `k` times `k` by `n`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    isa: Isa,
    m: usize,
    n: usize,
    k: usize,
    a: Strides,
    b: Strides,
    c: Strides,
    /// Whether it is the transposed product that is computed, `B^T A^T`.
    swapped: bool,
    /// Whether it is a product of few rows.
    few: bool,
    /// Columns of B that can be read.
    readable: usize,
    height: usize,
    width: usize,
    /// Steps of `k` between two visits to a tile.
    k_block: usize,
    /// Columns of B that are copied at once; 0 if B is read where it lies. And rows.
    packed: usize,
    depth: usize,
    /// Panels of B that a task copies for itself, a block of `k` at a time; 0 if tasks share what is copied, or nothing is.
    own: usize,
    /// How many ranges of `k` are summed apart, each into a C of its own; they are added up in the end.
    parts: usize,
    /// Rows and columns of C in one task.
    task: [usize; 2],
    /// Where its operands are pairs, which A and B are to be read as, what they are made of.
    unpaired: Option<Unpaired>,
    /// Where A lies in panels, as high as the tiles that its rows fall into and column after column: how many columns each has room for;
    /// else 0.
    panels_of_a: usize,
}

impl Product {
    /// Scratch memory of one thread: rows of A, a tile of C that does not lie as tiles do, panels of its own.
    fn own_scratch(&self) -> usize {
        self.height * K_BLOCK + self.height * self.width + self.own * self.width * self.k_block
    }

    /// Scratch memory of [`serial`](Self::serial).
    pub(crate) fn scratch(&self) -> usize {
        self.pairs_of_a() + self.packed * self.depth + self.apart() + self.own_scratch()
    }

    /// Scratch memory of [`parallel`](Self::parallel).
    pub(crate) fn scratch_of(&self, team: &Team) -> usize {
        let copies = self.copies(team.threads()) * self.packed * self.depth;
        self.pairs_of_a() + copies + self.apart() + team.threads() * self.own_scratch()
    }

    /// Computes it on this thread.
    pub(crate) fn serial<T: Scalar>(&self, a: &[T], b: &[T], c: &mut [T], into: Into, scratch: &mut [T]) {
        self.compute(None, a, b, c, into, scratch);
    }

    /// Computes it on all threads of the team.
    pub(crate) fn parallel<T: Scalar>(
        &self,
        team: &Team,
        a: &[T],
        b: &[T],
        c: &mut [T],
        into: Into,
        scratch: &mut [T],
    ) {
        self.compute(Some(team), a, b, c, into, scratch);
    }

    fn compute<T: Scalar>(
        &self,
        team: Option<&Team>,
        a: &[T],
        b: &[T],
        c: &mut [T],
        into: Into,
        scratch: &mut [T],
    ) {
        let (a, b) = if self.swapped { (b, a) } else { (a, b) };
        let [a_end, b_end] = self.ends();
        assert!(
            a_end <= a.len() && b_end <= b.len() && self.c.end(self.m, self.n) <= c.len(),
            "operands are as large as the product was made for"
        );
        if self.m == 0 || self.n == 0 {
            return;
        }
        let run = |n_tasks: usize, task: &(dyn Fn(usize, usize) + Sync)| match team {
            Some(team) => team.run(n_tasks, task),
            None => (0..n_tasks).for_each(|number| task(number, 0)),
        };
        #[cfg(any(feature = "gemm", feature = "matrixmultiply"))]
        if self.unpaired.is_none() {
            return library::compute(self, &run, a, b, c, into);
        }
        let (a, scratch) = self.operand(&run, self.m, a, scratch);
        self.by_tiles(&run, team.map_or(1, Team::threads), a, b, c, into, scratch);
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    fn by_tiles<T: Scalar>(
        &self,
        run: Run<'_>,
        threads: usize,
        a: &[T],
        b: &[T],
        c: &mut [T],
        into: Into,
        scratch: &mut [T],
    ) {
        if self.few {
            return self.by_few(run, a, b, c, into);
        }
        if 0 < self.own {
            return self.by_panels(run, threads, a, b, c, into, scratch);
        }
        if 1 < self.copies(threads) {
            return self.by_copies(run, threads, a, b, c, into, scratch);
        }
        let tiles = self.tiles();
        let own = self.own_scratch();
        let (packed, own_scratch) = scratch.split_at_mut(self.packed * self.depth);
        assert!(threads * own <= own_scratch.len(), "scratch memory is as large as asked for");
        let own_scratch = Shared(own_scratch.as_mut_ptr());
        let c = Shared(c.as_mut_ptr());
        let step = if self.packed == 0 { self.n } else { self.packed };
        for first in (0..self.n).step_by(step) {
            let block = first..(first + step).min(self.n);
            let mut start = 0;
            loop {
                let depth = start..(start + self.depth).min(self.k);
                let from = if self.packed == 0 {
                    From {
                        data: &b[(depth.start * self.b.row).min(b.len())..],
                        row: self.b.row,
                        panel: self.width,
                    }
                } else {
                    self.pack(run, b, block.clone(), depth.clone(), packed);
                    From { data: &*packed, row: self.width, panel: self.width * depth.len() }
                };
                let into = if start == 0 { into } else { Into::Sum };
                let n_rows = self.m.div_ceil(self.task[0]);
                let n_columns = block.len().div_ceil(self.task[1]);
                run(n_rows * n_columns, &|number, thread| {
                    // Tasks of the same rows follow one another, so that a thread's share of them is some rows of C, in a weight's
                    // gradient as in the weight's update.
                    let (row, column) =
                        (number / n_columns * self.task[0], number % n_columns * self.task[1]);
                    let rows = row..(row + self.task[0]).min(self.m);
                    let columns = column..(column + self.task[1]).min(block.len());
                    // SAFETY: the slice was long enough for every thread, and no two tasks of a thread run at a time.
                    let own = unsafe { std::slice::from_raw_parts_mut(own_scratch.at(thread * own), own) };
                    // SAFETY: C is as large as `end` said and borrowed for this call, tasks have different rows or columns;
                    // B is as large as its strides say, in place or packed up to the width.
                    unsafe {
                        let c = c.at(block.start * self.c.column);
                        self.task(&tiles, a, from, c, rows, columns, depth.clone(), into, None, own);
                    }
                });
                start = depth.end;
                if start == self.k {
                    break;
                }
            }
        }
    }

    /// Copies the columns of B into panels of `width`.
    fn pack<T: Scalar>(
        &self,
        run: Run<'_>,
        b: &[T],
        columns: Range<usize>,
        depth: Range<usize>,
        packed: &mut [T],
    ) {
        let panel = self.width * depth.len();
        let n_panels = columns.len().div_ceil(self.width);
        assert!(n_panels * panel <= packed.len(), "scratch memory is as large as asked for");
        let packed = Shared(packed.as_mut_ptr());
        let together = (NUMBERS / panel.max(1)).clamp(1, n_panels.max(1));
        // A large panel in parts, so that few of them keep all threads busy, too.
        let steps = if NUMBERS < panel { NUMBERS / self.width / STEPS * STEPS } else { depth.len() };
        let of_panel = depth.len().div_ceil(steps.max(1)).max(1);
        run(n_panels.div_ceil(together) * of_panel, &|number, _| {
            let (group, part) = (number / of_panel, number % of_panel);
            let part = part * steps..((part + 1) * steps).min(depth.len());
            for index in group * together..((group + 1) * together).min(n_panels) {
                let first = columns.start + index * self.width;
                let last = columns.end.min(first + self.width);
                let (at, len) = (index * panel + part.start * self.width, part.len() * self.width);
                // SAFETY: within `packed`, and each part of a panel belongs to one task.
                let to = unsafe { std::slice::from_raw_parts_mut(packed.at(at), len) };
                self.pack_panels(b, first..last, depth.start + part.start..depth.start + part.end, to);
            }
        });
    }
}

/// A place that several threads write to, each its own part.
#[derive(Clone, Copy)]
pub(in crate::cpu) struct Shared<T>(pub(in crate::cpu) *mut T);

// SAFETY: those who use it see to it that no two threads use one element.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    ///
    /// `offset` is within what it was made from.
    pub(in crate::cpu) unsafe fn at(&self, offset: usize) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.0.add(offset) }
    }
}

#[cfg(test)]
mod tests;
