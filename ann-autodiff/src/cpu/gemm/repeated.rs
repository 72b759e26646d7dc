//! [`Repeated`]: a product whose B is copied into panels once and used many times, as the recurrent matrix is at every step.

use std::ops::Range;

use super::asks::Ahead;
use super::task::From;
use super::tile::ROW_PANELS;
use super::{Area, Into, Product, Run, STEPS, Shared, Strides, Team};
use crate::Scalar;
use crate::cpu::Arithmetic;

/// Multiply-adds of a task.
const TASK: usize = 1 << 17;

/// Up to `m` rows of A, `k` wide, times a B of `k` by `n` that stays the same. C has adjacent columns.
///
/// Each element is the same, to the bit, as that of a [`Product`] of these sizes, unless a library computes that one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeated {
    product: Product,
    /// Columns of B in groups of [`ROW_PANELS`] panels that lie side by side, for a tile of one row that goes over all of a group at once:
    /// from one stream the second cache gives a quarter more than from four. Those after them are panels by themselves.
    grouped: usize,
}

/// Most columns of a panel.
const WIDTH: usize = 32;

/// How one of the products goes.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    /// What it asks for on the way; with one row, whose tiles only read, nothing.
    pub(crate) ahead: &'a [Area],
    /// Whether it goes over B from the end: of a B that the cache has no room for, what the last product read last is still there.
    pub(crate) is_back: bool,
}

impl Visit<'_> {
    /// From the beginning, and nothing else.
    pub(crate) const PLAIN: Self = Self { ahead: &[], is_back: false };
}

impl Repeated {
    pub(crate) fn new<T: Scalar>(
        by: impl std::convert::Into<Arithmetic>,
        sizes: [usize; 3],
        a: Strides,
        b: Strides,
        c: Strides,
    ) -> Self {
        let plain = Product::unpacked::<T>(by, sizes, a, b, c);
        let group = ROW_PANELS * plain.width;
        let is_long = 2 * group <= plain.n && 0 < plain.k;
        let grouped = if plain.m == 1 && is_long { plain.n / group * group } else { 0 };
        Self { product: Product { packed: plain.n.next_multiple_of(plain.width), ..plain }, grouped }
    }

    /// Numbers of B in panels.
    pub(crate) fn packed(&self) -> usize {
        self.product.packed * self.product.k
    }

    /// Scratch memory of [`run`](Self::run).
    pub(crate) fn scratch(&self) -> usize {
        self.product.pairs_of_a() + self.product.own_scratch()
    }

    /// Copies B into panels.
    pub(crate) fn pack<T: Scalar>(&self, team: &Team, b: &[T], packed: &mut [T]) {
        let Product { n, k, .. } = self.product;
        let [_, end] = self.product.ends();
        assert!(end <= b.len() && self.packed() <= packed.len(), "B is as large as the product was made for");
        let (groups, panels) = packed.split_at_mut(self.grouped * k);
        self.pack_groups(team, b, groups);
        self.product.pack(&|n_tasks, task| team.run(n_tasks, task), b, self.grouped..n, 0..k, panels);
    }

    fn pack_groups<T: Scalar>(&self, team: &Team, b: &[T], groups: &mut [T]) {
        let Product { k, width, .. } = self.product;
        let group = ROW_PANELS * width;
        let of_group = k.div_ceil(STEPS);
        let groups = Shared(groups.as_mut_ptr());
        team.run(self.grouped / group * of_group, &|number, _| {
            let (first, part) = (number / of_group * group, number % of_group);
            let steps = part * STEPS..k.min((part + 1) * STEPS);
            // SAFETY: within the groups, and each of their parts belongs to one task.
            let to = unsafe {
                let at = groups.at(first * k + steps.start * group);
                std::slice::from_raw_parts_mut(at, steps.len() * group)
            };
            let mut panel = [T::ZERO; STEPS * WIDTH];
            let panel = &mut panel[..steps.len() * width];
            for place in (0..group).step_by(width) {
                let columns = first + place..first + place + width;
                self.product.pack_panels(b, columns, steps.clone(), panel);
                for (to, from) in to.chunks_exact_mut(group).zip(panel.chunks_exact(width)) {
                    to[place..place + width].copy_from_slice(from);
                }
            }
        });
    }

    /// Scratch memory of [`parallel`](Self::parallel).
    pub(crate) fn scratch_of(&self, team: &Team) -> usize {
        self.product.pairs_of_a() + team.threads() * self.product.own_scratch()
    }

    /// All of the product, some columns a task.
    pub(crate) fn parallel<T: Scalar>(
        &self,
        team: &Team,
        a: &[T],
        packed: &[T],
        c: &mut [T],
        scratch: &mut [T],
    ) {
        let Product { m, n, k, width, .. } = self.product;
        let own = self.product.own_scratch();
        assert!(
            self.fits(m, a, packed, c) && self.scratch_of(team) <= scratch.len(),
            "operands are as large as the product was made for"
        );
        let (a, scratch) = self.product.operand(&|n_tasks, task| team.run(n_tasks, task), m, a, scratch);
        let group = ROW_PANELS * width;
        let together = (TASK / (m * k).max(1)).next_multiple_of(group).max(group);
        let (c, scratch) = (Shared(c.as_mut_ptr()), Shared(scratch.as_mut_ptr()));
        team.run(n.div_ceil(together), &|number, thread| {
            let columns = number * together..n.min((number + 1) * together);
            // SAFETY: the assertion: C and the scratch memory are that large and borrowed for this call; tasks have different columns, and no
            // two tasks of a thread run at a time.
            unsafe {
                let own = std::slice::from_raw_parts_mut(scratch.at(thread * own), own);
                self.columns(m, columns, a, packed, c.at(0), Into::Fresh, Visit::PLAIN, own);
            }
        });
    }

    /// Whether the operands are large enough for so many rows.
    fn fits<T>(&self, rows: usize, a: &[T], packed: &[T], c: &[T]) -> bool {
        let Product { m, n, c: c_at, .. } = self.product;
        let [a_end, _] = Product { m: rows, ..self.product }.ends();
        rows <= m && a_end <= a.len() && c_at.end(rows, n) <= c.len() && self.packed() <= packed.len()
    }

    /// The first `rows` rows of the product, on this thread.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    pub(crate) fn run<T: Scalar>(
        &self,
        rows: usize,
        a: &[T],
        packed: &[T],
        c: &mut [T],
        into: Into,
        visit: Visit<'_>,
        scratch: &mut [T],
    ) {
        assert!(
            self.fits(rows, a, packed, c) && self.scratch() <= scratch.len(),
            "operands are as large as the product was made for"
        );
        let one_by_one: Run<'_> = &|n_tasks, task| (0..n_tasks).for_each(|number| task(number, 0));
        let (a, scratch) = self.product.operand(one_by_one, rows, a, scratch);
        // SAFETY: the assertion; C is borrowed for this call.
        unsafe { self.columns(rows, 0..self.product.n, a, packed, c.as_mut_ptr(), into, visit, scratch) };
    }

    /// Some rows and columns of the product, the columns from a whole panel on; of A as the tiles read it.
    ///
    /// # Safety
    ///
    /// The operands are large enough, see `fits`; nobody else uses these columns of C.
    #[expect(
        clippy::too_many_arguments,
        reason = "slices as separate arguments let the compiler know them apart"
    )]
    unsafe fn columns<T: Scalar>(
        &self,
        rows: usize,
        columns: Range<usize>,
        a: &[T],
        packed: &[T],
        c: *mut T,
        into: Into,
        visit: Visit<'_>,
        scratch: &mut [T],
    ) {
        let Product { k, width, .. } = self.product;
        let tiles = self.product.tiles();
        // A panel of B at a time, so that it stays in the first cache for all rows.
        let together = if rows == 1 { ROW_PANELS * width } else { width };
        let mut ahead = Ahead::new(visit.ahead, self.product.parts(rows, columns.len(), k));
        let n_parts = columns.len().div_ceil(together);
        for part in 0..n_parts {
            let part = if visit.is_back { n_parts - 1 - part } else { part };
            let column = columns.start + part * together;
            let columns = column..(column + together).min(columns.end);
            let from = if column < self.grouped {
                // A group's numbers begin at k times its first column, from which panels are counted here.
                From { data: &packed[column * (k - 1)..], row: ROW_PANELS * width, panel: width }
            } else {
                From { data: packed, row: width, panel: width * k }
            };
            // SAFETY: the caller's promise; B is whole panels.
            unsafe {
                self.product.task(
                    &tiles,
                    a,
                    from,
                    c,
                    0..rows,
                    columns,
                    0..k,
                    into,
                    Some(&mut ahead),
                    scratch,
                );
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::MatmulPrecision;
    use crate::cpu::isa::Isa;
    use crate::random::Random;

    #[test]
    fn a_packed_matrix_gives_the_same_bits_as_one_that_is_packed_for_each_product() {
        let team = Team::new(2);
        let drawn = |stream: u64, len: usize| -> Vec<f32> {
            (0..len).map(|i| Random::new(1).stream(stream).normal(i as u64) as f32).collect()
        };
        let precisions = [MatmulPrecision::Full, MatmulPrecision::Bf16];
        for by in
            Isa::all().into_iter().flat_map(|isa| precisions.map(|precision| Arithmetic { isa, precision }))
        {
            let sizes = [
                (1, 1, false),
                (40, 7, true),
                (33, 400, false),
                (1024, 256, true),
                (300, 390, true),
                (140, 33, false),
            ];
            for ((n, k, transposed), m) in sizes.into_iter().flat_map(|size| [(size, 17), (size, 1)]) {
                let gap = 3;
                let b_at = if transposed { Strides::rows(k).transposed() } else { Strides::rows(n) };
                let (a_at, c_at) = (Strides::rows(k + gap), Strides::rows(n));
                let (a, b) = (drawn(1, m * (k + gap)), drawn(2, n * k));
                let repeated = Repeated::new::<f32>(by, [m, n, k], a_at, b_at, c_at);
                let mut packed = vec![f32::NAN; repeated.packed()];
                repeated.pack(&team, &b, &mut packed);
                for rows in [1, 5, 16, 17].into_iter().filter(|rows| *rows <= m) {
                    for (into, is_back) in [(Into::Fresh, false), (Into::Sum, true)] {
                        let visit = Visit { is_back, ..Visit::PLAIN };
                        let product = Product::plain::<f32>(by, [rows, n, k], a_at, b_at, c_at, n);
                        let (mut c, mut expected) = (drawn(3, m * n), drawn(3, m * n));
                        let mut scratch = vec![f32::NAN; repeated.scratch().max(product.scratch())];
                        repeated.run(rows, &a, &packed, &mut c, into, visit, &mut scratch);
                        product.serial(&a, &b, &mut expected, into, &mut scratch);
                        // A library sums in an order of its own: `k` roundings of sums of the order of the root of `k` differ
                        // by some `k` units in the last place of 1.
                        let is_ours = by.precision == MatmulPrecision::Bf16
                            || !cfg!(any(feature = "gemm", feature = "matrixmultiply"));
                        let allowed = if is_ours { 0.0 } else { 4.0 * k as f32 * f32::EPSILON };
                        let differ = |(one, other): (&f32, &f32)| allowed < (one - other).abs();
                        let found = c.iter().zip(&expected).position(differ);
                        assert_eq!(found, None, "{by:?} {rows} rows, {n} by {k}");
                        if rows == m && into == Into::Fresh {
                            let mut shared_out = drawn(3, m * n);
                            let mut scratch = vec![f32::NAN; repeated.scratch_of(&team)];
                            repeated.parallel(&team, &a, &packed, &mut shared_out, &mut scratch);
                            assert!(shared_out == c, "{by:?} {n} by {k} in parallel");
                        }
                    }
                }
            }
        }
    }
}
