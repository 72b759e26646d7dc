//! [`Collected`]: a product over rows that come one at a time, as the steps of a recurrent layer do: each goes straight to where the tiles
//! read it, and is not looked for again among all the others.

use super::task::From;
use super::{Area, Into, Product, Shared, Strides, Team};
use crate::Scalar;
use crate::cpu::Arithmetic;
use crate::cpu::isa::Loop;

/// `C = L^T R`, or `C += L^T R`: the sum over all rows of the products of each number of a row of L, `m`, with each of R, `n`.
///
/// Each element is the same, to the bit, as that of a [`Product`] of these sizes, unless a library computes that one.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    product: Product,
    rows: usize,
    left: Panels,
    right: Panels,
}

/// How rows are cut into panels: a panel is as many numbers of each row, from the first row to the last.
#[derive(Clone, Debug)]
struct Panels {
    cuts: Vec<Cut>,
    /// Numbers of a row, and of all rows of one number.
    width: usize,
    rows: usize,
}

/// Adjacent panels of one width, from that number of a row on.
#[derive(Clone, Copy, Debug)]
struct Cut {
    first: usize,
    width: usize,
    count: usize,
}

impl Panels {
    fn numbers(&self) -> usize {
        self.cuts.last().map_or(0, |Cut { first, width, count }| (first + width * count) * self.rows)
    }

    /// Where these rows lie.
    fn area<T: Scalar>(&self, row: usize, rows: usize, to: Shared<T>) -> Area {
        // The first is what nearly all are.
        let Some(Cut { width, count, .. }) = self.cuts.first() else { return Area::NONE };
        Area::new(to.0.wrapping_add(row * width), *count, width * self.rows, width * rows)
    }
}

impl Collected {
    /// The product over so many rows; C is stored row by row.
    pub(crate) fn new<T: Scalar>(by: impl std::convert::Into<Arithmetic>, [m, n, rows]: [usize; 3]) -> Self {
        let (left, right) = (Strides::rows(m).transposed(), Strides::rows(n));
        let by = by.into();
        let plain = Product::unpacked::<T>(by, [m, n, rows], left, right, right);
        if plain.unpaired.is_some() || cfg!(any(feature = "gemm", feature = "matrixmultiply")) {
            // Pairs and libraries take rows as they are.
            let whole = |width: usize| Panels { cuts: vec![Cut { first: 0, width, count: 1 }], width, rows };
            let product = Product::new::<T>(by, [m, n, rows], left, right, right);
            return Self { product, rows, left: whole(m), right: whole(n) };
        }
        let tiles = plain.tiles::<T>();
        let mut heights: Vec<Cut> = Vec::new();
        let mut row = 0;
        while row < m {
            let height = tiles.next_height(m - row);
            match heights.last_mut() {
                Some(cut) if cut.width == height => cut.count += 1,
                _ => heights.push(Cut { first: row, width: height, count: 1 }),
            }
            row += height;
        }
        let widths = vec![Cut { first: 0, width: plain.width, count: n.div_ceil(plain.width) }];
        // Panels begin an odd number of lines apart, or a row of them would lie in few sets of the cache.
        let apart = rows.next_multiple_of(8) + 4;
        Self {
            product: Product { panels_of_a: apart, task: plain.cut(), ..plain },
            rows,
            left: Panels { cuts: heights, width: m, rows: apart },
            right: Panels { cuts: widths, width: n, rows: apart },
        }
    }

    /// Numbers of all rows of L.
    pub(crate) fn left(&self) -> usize {
        self.left.numbers()
    }

    /// Numbers of all rows of R.
    pub(crate) fn right(&self) -> usize {
        self.right.numbers()
    }

    /// Puts a row of L among all, `left` numbers from `to` on.
    ///
    /// # Safety
    ///
    /// There are so many numbers, and nobody else uses this row of them.
    pub(crate) unsafe fn put_left<T: Scalar>(&self, row: usize, values: &[T], to: Shared<T>) {
        // SAFETY: passed on.
        unsafe { self.put(&self.left, row, values, to) };
    }

    /// Puts a row of R among all, `right` numbers from `to` on.
    ///
    /// # Safety
    ///
    /// As [`put_left`](Self::put_left).
    pub(crate) unsafe fn put_right<T: Scalar>(&self, row: usize, values: &[T], to: Shared<T>) {
        // SAFETY: passed on.
        unsafe { self.put(&self.right, row, values, to) };
    }

    /// # Safety
    ///
    /// As [`put_left`](Self::put_left).
    unsafe fn put<T: Scalar>(&self, panels: &Panels, row: usize, values: &[T], to: Shared<T>) {
        assert!(row < self.rows && values.len() == panels.width, "a row of the product");
        self.product.isa.run(Put { panels, row, values, to });
    }

    /// Where these rows of L will be.
    pub(crate) fn area_of_left<T: Scalar>(&self, row: usize, rows: usize, to: Shared<T>) -> Area {
        self.left.area(row, rows, to)
    }

    /// Where these rows of R will be.
    pub(crate) fn area_of_right<T: Scalar>(&self, row: usize, rows: usize, to: Shared<T>) -> Area {
        self.right.area(row, rows, to)
    }

    /// Scratch memory of [`parallel`](Self::parallel).
    pub(crate) fn scratch_of(&self, team: &Team) -> usize {
        let Self { product, .. } = self;
        if product.panels_of_a == 0 {
            product.scratch_of(team)
        } else {
            team.threads() * product.own_scratch()
        }
    }

    /// Computes it on all threads of the team.
    pub(crate) fn parallel<T: Scalar>(
        &self,
        team: &Team,
        left: &[T],
        right: &[T],
        c: &mut [T],
        into: Into,
        scratch: &mut [T],
    ) {
        let Self { product, .. } = self;
        if product.panels_of_a == 0 {
            return product.parallel(team, left, right, c, into, scratch);
        }
        let Product { m, n, k, width, height, task: [rows, columns], .. } = *product;
        let own = product.own_scratch();
        assert!(
            self.left() <= left.len()
                && self.right() <= right.len()
                && m * n <= c.len()
                && team.threads() * own <= scratch.len(),
            "operands are as large as the product was made for"
        );
        if m == 0 || n == 0 {
            return;
        }
        let tiles = product.tiles();
        let (c, scratch) = (Shared(c.as_mut_ptr()), Shared(scratch.as_mut_ptr()));
        let n_columns = n.div_ceil(columns);
        // A last few rows belong to the task before them, or it would cut them into other tiles than there are panels for.
        let n_rows = if m % rows < height { (m / rows).max(1) } else { m / rows + 1 };
        let mut start = 0;
        loop {
            let depth = start..k.min(start + product.k_block);
            let from = From { data: &right[start * width..], row: width, panel: width * self.right.rows };
            let into = if start == 0 { into } else { Into::Sum };
            team.run(n_rows * n_columns, &|number, thread| {
                let (number, column) = (number / n_columns, number % n_columns * columns);
                let rows = number * rows..if number + 1 == n_rows { m } else { (number + 1) * rows };
                let columns = column..n.min(column + columns);
                // SAFETY: the assertion: the scratch memory is large enough for every thread, C for all rows and columns, of which tasks have
                // different ones; no two tasks of a thread run at a time. R is whole panels.
                unsafe {
                    let own = std::slice::from_raw_parts_mut(scratch.at(thread * own), own);
                    product.task(&tiles, left, from, c.at(0), rows, columns, depth.clone(), into, None, own);
                }
            });
            start = depth.end;
            if start == k {
                break;
            }
        }
    }
}

/// A row that is put into panels.
struct Put<'a, T> {
    panels: &'a Panels,
    row: usize,
    values: &'a [T],
    /// See [`Collected::put_left`], whose promise is that of who makes this.
    to: Shared<T>,
}

impl<T: Scalar> Loop for Put<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { panels, row, values, to } = self;
        for Cut { first, width, count } in &panels.cuts {
            let values = &values[*first..panels.width.min(first + width * count)];
            let apart = width * panels.rows;
            // SAFETY: the promise of who made this: the numbers of these panels are within what there is, and nobody else uses this row.
            unsafe {
                let to = Shared(to.at(first * panels.rows + row * width));
                // The usual widths known to the compiler.
                match width {
                    32 => put::<T, 32>(values, to, apart),
                    16 => put::<T, 16>(values, to, apart),
                    12 => put::<T, 12>(values, to, apart),
                    8 => put::<T, 8>(values, to, apart),
                    6 => put::<T, 6>(values, to, apart),
                    4 => put::<T, 4>(values, to, apart),
                    _ => {
                        for (i, from) in values.chunks(*width).enumerate() {
                            let to = std::slice::from_raw_parts_mut(to.at(i * apart), *width);
                            to[..from.len()].copy_from_slice(from);
                            to[from.len()..].fill(T::ZERO);
                        }
                    }
                }
            }
        }
    }
}

/// Panels of one width, that far apart; what the last is wider than the values becomes zero.
///
/// # Safety
///
/// As [`Collected::put_left`], for these numbers of the row.
#[inline(always)]
unsafe fn put<T: Scalar, const WIDTH: usize>(values: &[T], to: Shared<T>, apart: usize) {
    let (whole, rest) = values.as_chunks::<WIDTH>();
    // SAFETY: the caller's promise.
    let panel = |i: usize| unsafe { std::slice::from_raw_parts_mut(to.at(i * apart), WIDTH) };
    for (i, from) in whole.iter().enumerate() {
        panel(i).copy_from_slice(from);
    }
    if !rest.is_empty() {
        let (used, unused) = panel(whole.len()).split_at_mut(rest.len());
        used.copy_from_slice(rest);
        unused.fill(T::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::MatmulPrecision;
    use crate::cpu::isa::Isa;
    use crate::random::Random;

    fn keeps_to_the_product<T: Scalar>(by: Arithmetic, sizes: [usize; 3]) {
        let [m, n, rows] = sizes;
        let drawn = |stream: u64, len: usize| -> Vec<T> {
            (0..len).map(|i| T::from_f64(Random::new(1).stream(stream).normal(i as u64))).collect()
        };
        let (left, right) = (drawn(1, rows * m), drawn(2, rows * n));
        let product = Product::plain::<T>(
            by,
            sizes,
            Strides::rows(m).transposed(),
            Strides::rows(n),
            Strides::rows(n),
            n,
        );
        let collected = Collected::new::<T>(by, sizes);
        let mut panels = [collected.left(), collected.right()].map(|len| vec![T::NAN; len]);
        let [to_left, to_right] = panels.each_mut().map(|panels| Shared(panels.as_mut_ptr()));
        // In any order.
        for row in (0..rows).rev() {
            // SAFETY: the panels are as large as asked for, and nobody else uses them.
            unsafe {
                collected.put_left(row, &left[row * m..][..m], to_left);
                collected.put_right(row, &right[row * n..][..n], to_right);
            }
        }
        for into in [Into::Fresh, Into::Sum] {
            let mut expected = drawn(3, m * n);
            let mut scratch = vec![T::NAN; product.scratch()];
            product.serial(&left, &right, &mut expected, into, &mut scratch);
            for threads in [1, 2, 3] {
                let team = Team::new(threads);
                let mut found = drawn(3, m * n);
                let mut scratch = vec![T::NAN; collected.scratch_of(&team)];
                let [left, right] = &panels;
                collected.parallel(&team, left, right, &mut found, into, &mut scratch);
                // A library sums in an order of its own.
                let is_ours = !cfg!(any(feature = "gemm", feature = "matrixmultiply"));
                let allowed = if is_ours { 0.0 } else { 4.0 * rows as f64 * T::EPSILON.to_f64() };
                let differ = |(one, other): (&T, &T)| allowed < (one.to_f64() - other.to_f64()).abs();
                let at = found
                    .iter()
                    .zip(&expected)
                    .position(|(one, other)| one.to_f64().is_nan() || differ((one, other)));
                assert_eq!(at, None, "{by:?} {sizes:?} on {threads} threads");
            }
        }
    }

    #[test]
    fn rows_that_come_one_by_one_give_the_bits_of_the_product() {
        let precisions = [MatmulPrecision::Full, MatmulPrecision::Bf16];
        for by in
            Isa::all().into_iter().flat_map(|isa| precisions.map(|precision| Arithmetic { isa, precision }))
        {
            // One number; a last panel that is narrow, and one of rows that another task would cut into other tiles; several blocks of rows.
            for sizes in [[1, 1, 1], [3, 5, 2], [30, 40, 7], [47, 33, 400], [512, 64, 800], [1028, 20, 50]] {
                keeps_to_the_product::<f32>(by, sizes);
                keeps_to_the_product::<f64>(by, sizes);
            }
        }
    }
}
