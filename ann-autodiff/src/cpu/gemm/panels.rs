//! Products of a wide B: each task copies the panels of its own columns, so that no thread reads what another one wrote, or reads them
//! where they lie.

use std::ops::Range;

use super::asks::Ahead;
use super::task::From;
use super::{Into, K_BLOCK, NUMBERS, Product, Run, Shared, Strides, pack};
use crate::Scalar;
use crate::cpu::isa::Loop;

/// Numbers of a B that is worth two matrices for C.
const LARGE: usize = 1 << 16;

impl Product {
    /// Whether B is larger than A, whose rows need no copy: then a panel is copied once for all of them, and only by the thread that
    /// uses it.
    pub(super) fn prefers_own_panels(&self) -> bool {
        self.a.column == 1 && self.m < self.n && !self.reads_in_place() && self.c.column == 1
    }

    /// Panels of a task: as many as leave some two dozen tasks, few enough for the second cache.
    pub(super) fn n_panels(&self) -> usize {
        (self.n.div_ceil(self.width) / 24).clamp(1, 2)
    }

    /// The same with the lines of a large B in two halves, each summed apart. A thread then reads as many lines of a weight as are in its
    /// share of the weight's gradient and update, and none that another one changes: those would have to go from cache to cache.
    pub(crate) fn in_halves(mut self) -> Self {
        if 0 < self.own && 4 * self.m < self.k && LARGE <= self.k * self.n {
            self.parts = 2;
            self.k_block = self.k.div_ceil(2 * self.k.div_ceil(2 * K_BLOCK));
        }
        self
    }

    /// Numbers of what is summed apart.
    pub(super) fn apart(&self) -> usize {
        (self.parts - 1) * self.m * self.n
    }

    /// The product, a task all rows of some columns.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    pub(super) fn by_panels<T: Scalar>(
        &self,
        run: Run<'_>,
        threads: usize,
        a: &[T],
        b: &[T],
        c: &mut [T],
        into: Into,
        scratch: &mut [T],
    ) {
        let tiles = self.tiles();
        let own = self.own_scratch();
        let (apart, scratch) = scratch.split_at_mut(self.apart());
        assert!(threads * own <= scratch.len(), "scratch memory is as large as asked for");
        let scratch = Shared(scratch.as_mut_ptr());
        let c_at = Shared(c.as_mut_ptr());
        let apart_at = Shared(apart.as_mut_ptr());
        let together = self.own * self.width;
        let n_tasks = self.n.div_ceil(together);
        let n_blocks = self.k.div_ceil(self.k_block).max(1);
        run(self.parts * n_tasks, &|number, thread| {
            let (part, number) = (number / n_tasks, number % n_tasks);
            let blocks = part * n_blocks / self.parts..(part + 1) * n_blocks / self.parts;
            let first = number * together;
            let columns = first..self.n.min(first + together);
            // The first part goes to its place, the second to a matrix apart, row by row.
            let (c, c_row, into) = match part {
                0 => (c_at, self.c.row, into),
                _ => (apart_at, self.n, Into::Fresh),
            };
            // SAFETY: the slice was long enough for every thread, and no two tasks of a thread run at a time.
            let own = unsafe { std::slice::from_raw_parts_mut(scratch.at(thread * own), own) };
            let (panels, own) = own.split_at_mut(together * self.k_block);
            let of_block = |block: usize| block * self.k_block..((block + 1) * self.k_block).min(self.k);
            let product = Self { c: Strides { row: c_row, column: 1 }, ..*self };
            for block in blocks.clone() {
                let depth = of_block(block);
                let from = if self.lies_as_panels(columns.len()) {
                    let data = &b[depth.start * self.b.row + columns.start..];
                    From { data, row: self.b.row, panel: self.width }
                } else {
                    self.pack_panels(b, columns.clone(), depth.clone(), panels);
                    From { data: &*panels, row: self.width, panel: self.width * depth.len() }
                };
                let into = if block == blocks.start { into } else { Into::Sum };
                // What comes next: the next block of `k`, or the first one of the next columns.
                let (next, next_block) = if block + 1 < blocks.end {
                    (columns.clone(), block + 1)
                } else {
                    (columns.end..self.n.min(columns.end + together), blocks.start)
                };
                let parts = self.parts(self.m, columns.len(), depth.len());
                let areas = [self.area(b, next, of_block(next_block))];
                let mut ahead = Ahead::new(&areas, parts);
                // SAFETY: C is as large as `end` said and borrowed for this call, tasks have different columns; B is whole panels, or whole
                // vectors of rows.
                unsafe {
                    let c = c.at(first);
                    let columns = 0..columns.len();
                    product.task(
                        &tiles,
                        a,
                        from,
                        c,
                        0..self.m,
                        columns,
                        depth.clone(),
                        into,
                        Some(&mut ahead),
                        own,
                    );
                }
            }
        });
        if 1 < self.parts {
            self.add_up(run, c, apart);
        }
    }

    /// Whether so many columns of B, whole vectors of them, are as well read where they lie, while the next are asked for.
    fn lies_as_panels(&self, columns: usize) -> bool {
        self.b.column == 1 && self.unpaired.is_none() && columns.is_multiple_of(self.width / 2)
    }

    /// Adds what was summed apart to C.
    fn add_up<T: Scalar>(&self, run: Run<'_>, c: &mut [T], apart: &[T]) {
        let c = Shared(c.as_mut_ptr());
        let together = (NUMBERS / self.n).max(1);
        run(self.m.div_ceil(together), &|number, _| {
            for row in number * together..((number + 1) * together).min(self.m) {
                // SAFETY: C is as large as `end` said and borrowed for this call; each row is one task's.
                let sums = unsafe { std::slice::from_raw_parts_mut(c.at(row * self.c.row), self.n) };
                self.isa.run(AddTo { sums, further: &apart[row * self.n..][..self.n] });
            }
        });
    }

    /// Copies columns of B into panels that follow one another.
    pub(super) fn pack_panels<T: Scalar>(
        &self,
        b: &[T],
        columns: Range<usize>,
        depth: Range<usize>,
        panels: &mut [T],
    ) {
        if depth.is_empty() {
            return;
        }
        if let Some(pairs) = self.pairs() {
            return self.pack_pairs(pairs, b, columns, depth, panels);
        }
        let (width, depth, b) = (self.width, depth.len(), &b[(depth.start * self.b.row).min(b.len())..]);
        if self.b.column == 1 {
            let b = &b[columns.start..];
            self.isa.run(pack::Lines { b, line: self.b.row, columns: columns.len(), depth, width, panels });
            return;
        }
        let tiles = T::tiles(self.isa);
        for (first, to) in columns.clone().step_by(width).zip(panels.chunks_exact_mut(depth * width)) {
            let used = width.min(columns.end - first);
            pack::panel(&tiles, b, self.b, first, used, width, to);
        }
    }
}

struct AddTo<'a, T> {
    sums: &'a mut [T],
    further: &'a [T],
}

impl<T: Scalar> Loop for AddTo<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        for (sum, further) in self.sums.iter_mut().zip(self.further) {
            *sum += *further;
        }
    }
}
