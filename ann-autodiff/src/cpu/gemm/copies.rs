//! Products of a narrow B: each thread copies all of it for itself, so that none reads what another one wrote. What goes from the
//! cache of one processor to that of another takes longer than to copy it twice.

use super::task::From;
use super::{Into, Product, Run, Shared};
use crate::Scalar;

/// Least rows of A for each thread: to copy B, three quarters of a cycle a number, then takes a fifth of a thread's time, or less.
const ROWS: usize = 64;

impl Product {
    /// How many copies of B there are.
    pub(super) fn copies(&self, threads: usize) -> usize {
        let is_narrow = self.packed == self.width && self.depth == self.k && threads * ROWS <= self.m;
        if is_narrow { threads } else { 1 }
    }

    /// The product, a task the rows of a thread.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    pub(super) fn by_copies<T: Scalar>(
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
        let panel = self.packed * self.depth;
        let own = panel + self.own_scratch();
        assert!(threads * own <= scratch.len(), "scratch memory is as large as asked for");
        let (scratch, c) = (Shared(scratch.as_mut_ptr()), Shared(c.as_mut_ptr()));
        // The rows that would be a thread's share of tasks, here as everywhere.
        let n_tasks = self.m.div_ceil(self.task[0]);
        let first = |thread: usize| self.m.min(thread * n_tasks / threads * self.task[0]);
        run(threads, &|number, thread| {
            // SAFETY: the slice was long enough for every thread, and no two tasks of a thread run at a time.
            let own = unsafe { std::slice::from_raw_parts_mut(scratch.at(thread * own), own) };
            let (packed, own) = own.split_at_mut(panel);
            self.pack_panels(b, 0..self.n, 0..self.k, packed);
            let from = From { data: &*packed, row: self.width, panel };
            let rows = first(number)..first(number + 1);
            // SAFETY: C is as large as `end` said and borrowed for this call, tasks have different rows; B is a whole panel.
            unsafe { self.task(&tiles, a, from, c.at(0), rows, 0..self.n, 0..self.k, into, None, own) };
        });
    }
}
