//! Rows of a few numbers turned into columns: as many numbers of one column side by side as there are rows in a block. What is the same
//! for all rows, as a dense layer of a few inputs and outputs is, is then done for whole vectors of rows.

use super::turn::Turn;
use super::vector::Array;
use crate::cpu::isa::{Isa, by_level};

/// Rows of a block: the longest vector. The last block is filled up, with zeros where rows are turned.
pub(crate) const BLOCK: usize = 16;
/// Columns that are computed together.
pub(super) const TOGETHER: usize = 4;

/// `Y = max(bias + X C, floor)`: each column of Y is a sum of those of X, each times its coefficient, from the bias on: to the bits of
/// [`ShortRows`](super::ShortRows).
pub(crate) struct Mix<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) coefficients: &'a [T],
    /// From the coefficients of a column of Y to those of the next, and from one to the next for the same column.
    pub(crate) steps: [usize; 2],
    /// Zeros if it is empty.
    pub(crate) bias: &'a [T],
    pub(crate) floor: T,
    pub(crate) y: &'a mut [T],
    pub(crate) blocks: usize,
    /// Columns of X and of Y.
    pub(crate) k: usize,
    pub(crate) n: usize,
}

/// `C = A^T B` and the sums of the columns of A.
pub(crate) struct Sums<'a, T> {
    pub(crate) a: &'a [T],
    pub(crate) b: &'a [T],
    pub(crate) c: &'a mut [T],
    /// The sums of the columns of A.
    pub(crate) of_a: &'a mut [T],
    pub(crate) blocks: usize,
    /// Columns of A and of B.
    pub(crate) m: usize,
    pub(crate) n: usize,
}

/// The loops of an instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Columns<T> {
    /// # Safety
    ///
    /// The processor has the instruction set, and operands are as long as their sizes say. So too below.
    turn: unsafe fn(&[T], usize, &mut [T]),
    /// # Safety
    ///
    /// As above.
    turn_back: unsafe fn(&[T], usize, &mut [T]),
    /// # Safety
    ///
    /// As above.
    mix: unsafe fn(&mut Mix<'_, T>),
    /// # Safety
    ///
    /// As above.
    sums: unsafe fn(&mut Sums<'_, T>),
}

/// That the operands are as long as they have to be.
const LENGTHS: &str = "operands are as long as their sizes say";

/// Numbers of so many rows of `n` in blocks.
pub(crate) fn numbers(rows: usize, n: usize) -> usize {
    rows.next_multiple_of(BLOCK) * n
}

impl<T> Columns<T> {
    /// Turns rows of `n` numbers into blocks of `n` columns.
    ///
    /// # Panics
    /// If the rows are no whole rows, or the columns are of another number.
    pub(crate) fn turn(&self, rows: &[T], n: usize, columns: &mut [T]) {
        check(rows, n, columns);
        // SAFETY: `Columns` are only given out for an `Isa`; the lengths were checked.
        unsafe { (self.turn)(rows, n, columns) }
    }

    /// Turns them back.
    ///
    /// # Panics
    /// If the rows are no whole rows, or the columns are of another number.
    pub(crate) fn turn_back(&self, columns: &[T], n: usize, rows: &mut [T]) {
        check(rows, n, columns);
        // SAFETY: as above.
        unsafe { (self.turn_back)(columns, n, rows) }
    }

    /// Computes it.
    ///
    /// # Panics
    /// If a vector is shorter than the sizes say.
    pub(crate) fn mix(&self, mut of: Mix<'_, T>) {
        let Mix { blocks, k, n, steps, .. } = of;
        assert!(0 < k && 0 < n, "there are columns");
        assert!(blocks * k * BLOCK <= of.x.len() && blocks * n * BLOCK <= of.y.len(), "{LENGTHS}");
        assert!((n - 1) * steps[0] + (k - 1) * steps[1] < of.coefficients.len(), "{LENGTHS}");
        assert!(of.bias.is_empty() || n <= of.bias.len(), "{LENGTHS}");
        // SAFETY: as above.
        unsafe { (self.mix)(&mut of) }
    }

    /// Computes it.
    ///
    /// # Panics
    /// If a vector is shorter than the sizes say.
    pub(crate) fn sums(&self, mut of: Sums<'_, T>) {
        let Sums { blocks, m, n, .. } = of;
        assert!(blocks * m * BLOCK <= of.a.len() && blocks * n * BLOCK <= of.b.len(), "{LENGTHS}");
        assert!(m * n <= of.c.len() && m <= of.of_a.len(), "{LENGTHS}");
        // SAFETY: as above.
        unsafe { (self.sums)(&mut of) }
    }
}

fn check<T>(rows: &[T], n: usize, columns: &[T]) {
    assert!((1..=BLOCK).contains(&n), "a block is at most as wide as it is high");
    assert!(rows.len().is_multiple_of(n) && numbers(rows.len() / n, n) == columns.len(), "{LENGTHS}");
}

#[inline(always)]
unsafe fn turn<V: Turn>(rows: &[V::Element], n: usize, columns: &mut [V::Element]) {
    for (rows, columns) in rows.chunks(BLOCK * n).zip(columns.chunks_exact_mut(BLOCK * n)) {
        // SAFETY: both are a whole block, which is at most as wide as it is high.
        unsafe {
            if rows.len() == columns.len() {
                V::turn(rows.as_ptr(), n, columns.as_mut_ptr());
            } else {
                let mut whole: [V::Element; BLOCK * BLOCK] = std::mem::zeroed();
                whole[..rows.len()].copy_from_slice(rows);
                V::turn(whole.as_ptr(), n, columns.as_mut_ptr());
            }
        }
    }
}

#[inline(always)]
unsafe fn turn_back<V: Turn>(columns: &[V::Element], n: usize, rows: &mut [V::Element]) {
    for (rows, columns) in rows.chunks_mut(BLOCK * n).zip(columns.chunks_exact(BLOCK * n)) {
        // SAFETY: as above.
        unsafe {
            if rows.len() == columns.len() {
                V::turn_back(columns.as_ptr(), n, rows.as_mut_ptr());
            } else {
                let mut whole: [V::Element; BLOCK * BLOCK] = std::mem::zeroed();
                V::turn_back(columns.as_ptr(), n, whole.as_mut_ptr());
                rows.copy_from_slice(&whole[..rows.len()]);
            }
        }
    }
}

#[inline(always)]
unsafe fn mix<V: Turn>(of: &mut Mix<'_, V::Element>) {
    let n = of.n;
    for first in (0..n).step_by(TOGETHER) {
        // SAFETY: the caller's promise: there are so many columns.
        unsafe {
            match n - first {
                1 => mix_some::<V, 1>(of, first),
                2 => mix_some::<V, 2>(of, first),
                3 => mix_some::<V, 3>(of, first),
                _ => mix_some::<V, TOGETHER>(of, first),
            }
        }
    }
}

/// Columns `first` to `first + N` of Y in all blocks, two registers of rows at a time.
#[inline(always)]
unsafe fn mix_some<V: Turn, const N: usize>(of: &mut Mix<'_, V::Element>, first: usize) {
    let Mix { steps: [of_column, step], floor, blocks, k, n, .. } = *of;
    // SAFETY: the caller's promise: there are so many blocks, coefficients and columns.
    unsafe {
        let coefficients = of.coefficients.as_ptr().add(first * of_column);
        let floor = V::splat(floor);
        let mut bias = [[V::zero(); 2]; N];
        if !of.bias.is_empty() {
            for (j, bias) in bias.iter_mut().enumerate() {
                *bias = [V::splat(*of.bias.as_ptr().add(first + j)); 2];
            }
        }
        let of_two = (2 * V::LANES).div_ceil(BLOCK);
        for block in (0..blocks).step_by(of_two) {
            // The second register of rows is of the next block if a block is one; of the same rows if there is none.
            let is_last = block + of_two > blocks;
            let [next_x, next_y] = match (V::LANES < BLOCK, is_last) {
                (true, _) => [V::LANES; 2],
                (false, false) => [k * BLOCK, n * BLOCK],
                (false, true) => [0; 2],
            };
            for part in (0..BLOCK).step_by(2 * V::LANES) {
                let mut x = of.x.as_ptr().add(block * k * BLOCK + part);
                let y = of.y.as_mut_ptr().add((block * n + first) * BLOCK + part);
                let mut sums = bias;
                let mut coefficient = coefficients;
                for _ in 0..k {
                    let [upper, lower] = [V::load(x), V::load(x.add(next_x))];
                    for (j, sums) in sums.iter_mut().enumerate() {
                        let factor = V::splat(*coefficient.wrapping_add(j * of_column));
                        sums[0] = factor.multiply_add(upper, sums[0]);
                        sums[1] = factor.multiply_add(lower, sums[1]);
                    }
                    (x, coefficient) = (x.wrapping_add(BLOCK), coefficient.wrapping_add(step));
                }
                for (j, sums) in sums.into_iter().enumerate() {
                    let y = y.add(j * BLOCK);
                    sums[1].at_least(floor).store(y.add(next_y));
                    sums[0].at_least(floor).store(y);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn sums<V: Turn>(of: &mut Sums<'_, V::Element>) {
    let m = of.m;
    for first in (0..m).step_by(V::TALL) {
        // SAFETY: the caller's promise: there are so many columns.
        unsafe {
            match (m - first).min(V::TALL) {
                1 => sums_of::<V, 1>(of, first),
                2 => sums_of::<V, 2>(of, first),
                3 => sums_of::<V, 3>(of, first),
                _ => sums_of::<V, 4>(of, first),
            }
        }
    }
}

/// The sums of columns `first` to `first + M` of A, and of their products by those of B.
#[inline(always)]
unsafe fn sums_of<V: Turn, const M: usize>(of: &mut Sums<'_, V::Element>, first: usize) {
    let Sums { blocks, m, n, .. } = *of;
    // SAFETY: the caller's promise: there are so many blocks and columns, and room for their sums.
    unsafe {
        let a = of.a.as_ptr().add(first * BLOCK);
        let mut sums = [V::zero(); TOGETHER];
        for block in 0..blocks {
            for part in (0..BLOCK).step_by(V::LANES) {
                let a = a.add(block * m * BLOCK + part);
                for (i, sum) in sums.iter_mut().enumerate().take(M) {
                    *sum = sum.plus(V::load(a.add(i * BLOCK)));
                }
            }
        }
        let sums = V::sums(sums);
        of.of_a.as_mut_ptr().add(first).copy_from_nonoverlapping(sums.as_ptr(), M);
        for column in (0..n).step_by(TOGETHER) {
            match n - column {
                1 => products::<V, M, 1>(of, first, column),
                2 => products::<V, M, 2>(of, first, column),
                3 => products::<V, M, 3>(of, first, column),
                _ => products::<V, M, TOGETHER>(of, first, column),
            }
        }
    }
}

/// The sums of the products of `M` columns of A by `N` of B.
#[inline(always)]
unsafe fn products<V: Turn, const M: usize, const N: usize>(
    of: &mut Sums<'_, V::Element>,
    first: usize,
    column: usize,
) {
    let Sums { blocks, m, n, .. } = *of;
    // SAFETY: as above.
    unsafe {
        let (mut a, mut b) = (of.a.as_ptr().add(first * BLOCK), of.b.as_ptr().add(column * BLOCK));
        let mut sums = [[V::zero(); TOGETHER]; M];
        for _ in 0..blocks {
            for part in (0..BLOCK).step_by(V::LANES) {
                let mut numbers = [V::zero(); N];
                for (j, numbers) in numbers.iter_mut().enumerate() {
                    *numbers = V::load(b.add(j * BLOCK + part));
                }
                for (i, sums) in sums.iter_mut().enumerate() {
                    let factor = V::load(a.add(i * BLOCK + part));
                    for (sum, numbers) in sums.iter_mut().zip(numbers) {
                        *sum = factor.multiply_add(numbers, *sum);
                    }
                }
            }
            (a, b) = (a.wrapping_add(m * BLOCK), b.wrapping_add(n * BLOCK));
        }
        let mut c = of.c.as_mut_ptr().add(first * n + column);
        for sums in sums {
            c.copy_from_nonoverlapping(V::sums(sums).as_ptr(), N);
            c = c.wrapping_add(n);
        }
    }
}

macro_rules! columns {
    ($name:ident, $vector:ty, $float:ty, $(#[$feature:meta])*) => {
        mod $name {
            use super::*;

            $(#[$feature])*
            unsafe fn turn(rows: &[$float], n: usize, columns: &mut [$float]) {
                // SAFETY: passed on.
                unsafe { super::turn::<$vector>(rows, n, columns) }
            }

            $(#[$feature])*
            unsafe fn turn_back(columns: &[$float], n: usize, rows: &mut [$float]) {
                // SAFETY: passed on.
                unsafe { super::turn_back::<$vector>(columns, n, rows) }
            }

            $(#[$feature])*
            unsafe fn mix(of: &mut Mix<'_, $float>) {
                // SAFETY: passed on.
                unsafe { super::mix::<$vector>(of) }
            }

            $(#[$feature])*
            unsafe fn sums(of: &mut Sums<'_, $float>) {
                // SAFETY: passed on.
                unsafe { super::sums::<$vector>(of) }
            }

            pub(super) const COLUMNS: Columns<$float> = Columns { turn, turn_back, mix, sums };
        }
    };
}

columns!(portable_f32, Array<f32, 4>, f32,);
columns!(portable_f64, Array<f64, 2>, f64,);
#[cfg(target_arch = "x86_64")]
columns!(avx2_f32, std::arch::x86_64::__m256, f32, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
columns!(avx2_f64, std::arch::x86_64::__m256d, f64, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
columns!(avx512_f32, std::arch::x86_64::__m512, f32, #[target_feature(enable = "avx512f,avx512dq,avx512vl")]);
#[cfg(target_arch = "x86_64")]
columns!(avx512_f64, std::arch::x86_64::__m512d, f64, #[target_feature(enable = "avx512f,avx512dq,avx512vl")]);

pub(super) fn of_f32(isa: Isa) -> Columns<f32> {
    by_level!(isa, portable_f32::COLUMNS, avx2_f32::COLUMNS, avx512_f32::COLUMNS)
}

pub(super) fn of_f64(isa: Isa) -> Columns<f64> {
    by_level!(isa, portable_f64::COLUMNS, avx2_f64::COLUMNS, avx512_f64::COLUMNS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;
    use crate::cpu::Float;
    use crate::random::Random;

    fn drawn<T: Scalar>(stream: u64, len: usize) -> Vec<T> {
        (0..len).map(|i| T::from_f64(Random::new(1).stream(stream).normal(i as u64))).collect()
    }

    fn close<T: Scalar>(found: T, expected: f64, bound: f64, what: &dyn Fn() -> String) {
        assert!((found.to_f64() - expected).abs() <= bound, "{}: {found} for {expected}", what());
    }

    /// Where the number of a row lies among columns.
    fn at(row: usize, column: usize, n: usize) -> usize {
        (row / BLOCK * n + column) * BLOCK + row % BLOCK
    }

    fn rows_of_every_width<T: Scalar>() {
        for isa in Isa::all() {
            let of = T::columns(isa);
            for (n, rows) in (1..=BLOCK).flat_map(|n| [0, 1, 3, 15, 16, 17, 32, 37].map(|rows| (n, rows))) {
                let from = drawn::<T>(n as u64, rows * n);
                let mut columns = vec![T::NAN; numbers(rows, n)];
                of.turn(&from, n, &mut columns);
                for row in 0..rows.next_multiple_of(BLOCK) {
                    for column in 0..n {
                        let expected = from.get(row * n + column).copied().unwrap_or(T::ZERO);
                        assert!(columns[at(row, column, n)] == expected, "{isa:?}: {rows} rows of {n}");
                    }
                }
                let mut back = vec![T::NAN; rows * n];
                of.turn_back(&columns, n, &mut back);
                assert!(back == from, "{isa:?}: {rows} rows of {n}");
            }
        }
    }

    #[test]
    fn rows_of_every_width_are_turned_and_turned_back() {
        rows_of_every_width::<f32>();
        rows_of_every_width::<f64>();
    }

    /// All sizes there are against sums in `f64`.
    fn products_of_every_size<T: Scalar>(bound: f64) {
        for isa in Isa::all() {
            let of = T::columns(isa);
            let sizes = (1..=BLOCK)
                .flat_map(|n| (1..=BLOCK).flat_map(move |k| [0, 1, 3].map(|blocks| (n, k, blocks))));
            for (n, k, blocks) in sizes {
                let what = || format!("{isa:?}: {blocks} blocks, {n} of {k}");
                let (x, w, bias) =
                    (drawn::<T>(1, blocks * k * BLOCK), drawn::<T>(2, n * k), drawn::<T>(3, n));
                for (steps, bias, floor) in [([k, 1], &bias[..], T::ZERO), ([1, n], &[][..], -T::INFINITY)] {
                    let mut y = vec![T::NAN; blocks * n * BLOCK];
                    of.mix(Mix { x: &x, coefficients: &w, steps, bias, floor, y: &mut y, blocks, k, n });
                    for (row, column) in
                        (0..blocks * BLOCK).flat_map(|row| (0..n).map(move |column| (row, column)))
                    {
                        let product = |p: usize| {
                            x[at(row, p, k)].to_f64() * w[column * steps[0] + p * steps[1]].to_f64()
                        };
                        let sum: f64 = (0..k).map(product).sum();
                        let sum = sum + bias.get(column).map_or(0.0, |bias| bias.to_f64());
                        close(y[at(row, column, n)], sum.max(floor.to_f64()), bound, &what);
                    }
                }
                let (a, b) = (drawn::<T>(4, blocks * n * BLOCK), &x);
                let (mut c, mut of_a) = (vec![T::NAN; n * k], vec![T::NAN; n]);
                of.sums(Sums { a: &a, b, c: &mut c, of_a: &mut of_a, blocks, m: n, n: k });
                let of_rows = |value: &dyn Fn(usize) -> f64| -> f64 { (0..blocks * BLOCK).map(value).sum() };
                for i in 0..n {
                    let number = |row: usize| a[at(row, i, n)].to_f64();
                    close(of_a[i], of_rows(&number), bound, &what);
                    for j in 0..k {
                        close(
                            c[i * k + j],
                            of_rows(&|row| number(row) * b[at(row, j, k)].to_f64()),
                            bound,
                            &what,
                        );
                    }
                }
            }
        }
    }

    // At most 49 roundings of sums below 64: of 2^-19 each, and of 2^-48.
    #[test]
    fn products_of_every_size_are_what_they_are_by_definition() {
        products_of_every_size::<f32>(49.0 / 524_288.0);
        products_of_every_size::<f64>(49.0 / 281_474_976_710_656.0);
    }

    #[test]
    fn nan_is_above_any_floor() {
        for isa in Isa::all() {
            let mut x = [-1.0f32; BLOCK];
            (x[0], x[1]) = (f32::NAN, 2.0);
            let (floor, mut y) = (0.0, [7.0; BLOCK]);
            let steps = [1, 1];
            let of = Mix {
                x: &x,
                coefficients: &[1.0],
                steps,
                bias: &[],
                floor,
                y: &mut y,
                blocks: 1,
                k: 1,
                n: 1,
            };
            f32::columns(isa).mix(of);
            assert!(y[0].is_nan() && y[1] == 2.0 && y[2..] == [0.0; BLOCK - 2], "{isa:?}");
        }
    }
}
