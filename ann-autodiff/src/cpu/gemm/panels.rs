//! Products of a wide B: each task copies the panels of its own columns, so that no thread reads what another one wrote.

use std::ops::Range;

use super::tile::Tiles;
use super::{From, Into, Product, Run, Shared, pack};
use crate::Scalar;

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
        let tiles = T::tiles(self.isa);
        let own = self.own_scratch();
        assert!(threads * own <= scratch.len(), "scratch memory is as large as asked for");
        let (scratch, c) = (Shared(scratch.as_mut_ptr()), Shared(c.as_mut_ptr()));
        let together = self.own * self.width;
        run(self.n.div_ceil(together), &|number, thread| {
            let first = number * together;
            let columns = first..self.n.min(first + together);
            // SAFETY: the slice was long enough for every thread, and no two tasks of a thread run at a time.
            let own = unsafe { std::slice::from_raw_parts_mut(scratch.at(thread * own), own) };
            let (panels, own) = own.split_at_mut(together * self.k_block);
            for start in (0..self.k.max(1)).step_by(self.k_block) {
                let depth = start..(start + self.k_block).min(self.k);
                self.pack_panels(&tiles, b, columns.clone(), depth.clone(), panels);
                let from = From { data: &*panels, row: self.width, panel: self.width * depth.len() };
                let into = if start == 0 { into } else { Into::Sum };
                // What comes next: the next block of `k`, or the first one of the next columns.
                let (ahead, from_k) = if depth.end < self.k {
                    (columns.clone(), depth.end)
                } else {
                    (columns.end..self.n.min(columns.end + together), 0)
                };
                let ahead_depth = from_k..(from_k + self.k_block).min(self.k);
                let together = 2 * self.height;
                for row in (0..self.m).step_by(together) {
                    let rows = row..(row + together).min(self.m);
                    self.ask_for(b, ahead.clone(), ahead_depth.clone(), rows.clone());
                    // SAFETY: C is as large as `end` said and borrowed for this call, tasks have different columns; B is whole panels.
                    unsafe {
                        let c = c.at(first * self.c.column);
                        self.task(&tiles, a, from, c, rows, 0..columns.len(), depth.clone(), into, own);
                    }
                }
            }
        });
    }

    /// Asks for a share of the numbers of B that will be copied next: that of these of the `m` rows.
    fn ask_for<T>(&self, b: &[T], columns: Range<usize>, depth: Range<usize>, rows: Range<usize>) {
        let share = |len: usize| rows.start * len / self.m..rows.end * len / self.m;
        if self.b.column == 1 {
            let steps = share(depth.len());
            pack::prefetch::<_, { pack::SECOND }>(
                b,
                self.b.row,
                depth.start + steps.start..depth.start + steps.end,
                columns,
            );
        } else {
            let steps = share(columns.len());
            pack::prefetch::<_, { pack::SECOND }>(
                b,
                self.b.column,
                columns.start + steps.start..columns.start + steps.end,
                depth,
            );
        }
    }

    /// Copies columns of B into panels that follow one another.
    pub(super) fn pack_panels<T: Scalar>(
        &self,
        tiles: &Tiles<T>,
        b: &[T],
        columns: Range<usize>,
        depth: Range<usize>,
        panels: &mut [T],
    ) {
        let (width, depth, b) = (self.width, depth.len(), &b[(depth.start * self.b.row).min(b.len())..]);
        if depth == 0 {
            return;
        }
        if self.b.column == 1 {
            let b = &b[columns.start..];
            self.isa.run(pack::Lines { b, line: self.b.row, columns: columns.len(), depth, width, panels });
            return;
        }
        for (first, to) in columns.clone().step_by(width).zip(panels.chunks_exact_mut(depth * width)) {
            let used = width.min(columns.end - first);
            pack::panel(tiles, b, self.b, first, used, width, to);
        }
    }
}
