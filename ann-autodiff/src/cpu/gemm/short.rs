//! Products whose rows are shorter than a tile is wide, such as those of a dense layer of a few inputs and outputs: gone through row by row
//! in registers, with no task made of them. A tile would take longer to begin than they have to compute.

use super::vector::{Array, Lanes, Vector};
use crate::cpu::isa::{Isa, by_level};

/// Most numbers of a row.
pub(crate) const MOST: usize = 16;
/// Rows gone through together, so that one needs not wait for the sums of another.
const TOGETHER: usize = 4;
/// Most rows of the result that are summed together.
const SUMS: usize = 8;

/// `C = max(bias + A B, floor)`, the rows of A and C side by side. Each element is summed from the bias and the lowest index up.
pub(crate) struct ShortRows<'a, T> {
    pub(crate) a: &'a [T],
    /// Rows [`MOST`] apart, whatever lies between them.
    pub(crate) b: &'a [T],
    pub(crate) bias: &'a [T; MOST],
    pub(crate) floor: T,
    pub(crate) c: &'a mut [T],
    /// Rows of A and C; numbers of a row of A, and of C.
    pub(crate) rows: usize,
    pub(crate) k: usize,
    pub(crate) n: usize,
}

/// `C = A^T B` and the sums of the columns of A, the rows of all side by side. Each element is summed from the first row on.
pub(crate) struct ShortSums<'a, T> {
    pub(crate) a: &'a [T],
    pub(crate) b: &'a [T],
    pub(crate) c: &'a mut [T],
    pub(crate) sums_of_a: &'a mut [T],
    /// Rows of A and B; numbers of a row of A, and of B.
    pub(crate) rows: usize,
    pub(crate) m: usize,
    pub(crate) n: usize,
}

/// The loops of an instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Short<T> {
    /// # Safety
    ///
    /// The processor has the instruction set, and operands are as long as their sizes say.
    rows: unsafe fn(ShortRows<'_, T>),
    /// # Safety
    ///
    /// As above.
    sums: unsafe fn(ShortSums<'_, T>),
}

/// That the operands are as long as they have to be.
const LENGTHS: &str = "operands are as long as their sizes say";

impl<T> Short<T> {
    /// Computes it.
    ///
    /// # Panics
    /// If a vector is shorter than the sizes say.
    pub(crate) fn rows(&self, of: ShortRows<'_, T>) {
        let ShortRows { rows, k, n, .. } = of;
        assert!(n <= MOST && k * MOST <= of.b.len(), "{LENGTHS}");
        assert!(rows * k <= of.a.len() && rows * n <= of.c.len(), "{LENGTHS}");
        // SAFETY: a `Short` is only given out for an `Isa`; the lengths were checked.
        unsafe { (self.rows)(of) }
    }

    /// Computes it.
    ///
    /// # Panics
    /// If a vector is shorter than the sizes say.
    pub(crate) fn sums(&self, of: ShortSums<'_, T>) {
        let ShortSums { rows, m, n, .. } = of;
        assert!(rows * m <= of.a.len() && rows * n <= of.b.len(), "{LENGTHS}");
        assert!(m * n <= of.c.len() && m <= of.sums_of_a.len(), "{LENGTHS}");
        // SAFETY: as above.
        unsafe { (self.sums)(of) }
    }
}

#[inline(always)]
unsafe fn rows<V: Lanes>(of: ShortRows<'_, V::Element>) {
    let ShortRows { a, b, bias, floor, c, rows, k, n } = of;
    // What is stored behind a row is covered by the next one: so the last columns come first.
    for first in (0..n).step_by(V::LANES).rev() {
        let count = V::LANES.min(n - first);
        // Rows behind which there is room for a whole vector.
        let whole = (rows * n).checked_sub(first + V::LANES).map_or(0, |room| rows.min(room / n.max(1) + 1));
        // SAFETY: the caller's promise: every place is of a row below `rows`, or one behind which there is room.
        unsafe {
            let columns = Columns::<V> {
                b: b.as_ptr().add(first),
                k,
                bias: V::load_some(bias.as_ptr().add(first), count),
                floor: V::splat(floor),
            };
            let (a, c) = (a.as_ptr(), c.as_mut_ptr().add(first));
            let mut row = 0;
            while row + TOGETHER <= rows {
                let values = columns.values::<TOGETHER>(a.add(row * k));
                if row + TOGETHER <= whole {
                    for (i, values) in values.into_iter().enumerate() {
                        values.store(c.add((row + i) * n));
                    }
                } else {
                    for (i, values) in values.into_iter().enumerate() {
                        values.store_some(c.add((row + i) * n), count);
                    }
                }
                row += TOGETHER;
            }
            while row < rows {
                let [values] = columns.values::<1>(a.add(row * k));
                values.store_some(c.add(row * n), count);
                row += 1;
            }
        }
    }
}

/// What a vector of columns of [`ShortRows`] is computed from.
#[derive(Clone, Copy)]
struct Columns<V: Vector> {
    b: *const V::Element,
    k: usize,
    bias: V,
    floor: V,
}

impl<V: Lanes> Columns<V> {
    /// Of so many rows, the first of which begins at `a`.
    #[inline(always)]
    unsafe fn values<const ROWS: usize>(self, a: *const V::Element) -> [V; ROWS] {
        // SAFETY: the caller's promise: so many rows can be read, and `k` of B.
        unsafe {
            let mut values = [self.bias; ROWS];
            for p in 0..self.k {
                let row = V::load(self.b.add(p * MOST));
                for (i, value) in values.iter_mut().enumerate() {
                    *value = V::splat(*a.add(i * self.k + p)).multiply_add(row, *value);
                }
            }
            values.map(|value| value.at_least(self.floor))
        }
    }
}

#[inline(always)]
unsafe fn sums<V: Lanes>(of: ShortSums<'_, V::Element>) {
    let ShortSums { a, b, c, sums_of_a, rows, m, n } = of;
    let (a, b) = (a.as_ptr(), b.as_ptr());
    // SAFETY: the caller's promise: every place is of a row below `rows`, or of one of C below `m`.
    unsafe {
        for first in (0..m).step_by(V::LANES) {
            let count = V::LANES.min(m - first);
            let mut sum = V::zero();
            for row in 0..rows {
                sum = sum.plus(V::load_some(a.add(row * m + first), count));
            }
            sum.store_some(sums_of_a.as_mut_ptr().add(first), count);
        }
        for first in (0..m).step_by(SUMS) {
            let of = Block { a: a.add(first), b, c: c.as_mut_ptr().add(first * n), rows, m, n };
            match m - first {
                1 => of.sums::<V, 1>(),
                2 => of.sums::<V, 2>(),
                3 => of.sums::<V, 3>(),
                4 => of.sums::<V, 4>(),
                5 => of.sums::<V, 5>(),
                6 => of.sums::<V, 6>(),
                7 => of.sums::<V, 7>(),
                _ => of.sums::<V, SUMS>(),
            }
        }
    }
}

/// Some rows of C of [`ShortSums`].
#[derive(Clone, Copy)]
struct Block<T> {
    a: *const T,
    b: *const T,
    c: *mut T,
    rows: usize,
    m: usize,
    n: usize,
}

impl<T: Copy> Block<T> {
    #[inline(always)]
    unsafe fn sums<V: Lanes<Element = T>, const M: usize>(self) {
        let Self { a, b, c, rows, m, n } = self;
        // SAFETY: the caller's promise: so many rows can be read, and `M` of C written.
        unsafe {
            for first in (0..n).step_by(V::LANES) {
                let count = V::LANES.min(n - first);
                let mut sums = [V::zero(); M];
                for row in 0..rows {
                    let numbers = V::load_some(b.add(row * n + first), count);
                    for (i, sum) in sums.iter_mut().enumerate() {
                        *sum = V::splat(*a.add(row * m + i)).multiply_add(numbers, *sum);
                    }
                }
                for (i, sum) in sums.into_iter().enumerate() {
                    sum.store_some(c.add(i * n + first), count);
                }
            }
        }
    }
}

macro_rules! short {
    ($name:ident, $vector:ty, $float:ty, $(#[$feature:meta])*) => {
        mod $name {
            use super::*;

            $(#[$feature])*
            unsafe fn rows(of: ShortRows<'_, $float>) {
                // SAFETY: passed on.
                unsafe { super::rows::<$vector>(of) }
            }

            $(#[$feature])*
            unsafe fn sums(of: ShortSums<'_, $float>) {
                // SAFETY: passed on.
                unsafe { super::sums::<$vector>(of) }
            }

            pub(super) const SHORT: Short<$float> = Short { rows, sums };
        }
    };
}

short!(portable_f32, Array<f32, 4>, f32,);
short!(portable_f64, Array<f64, 2>, f64,);
#[cfg(target_arch = "x86_64")]
short!(avx2_f32, std::arch::x86_64::__m256, f32, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
short!(avx2_f64, std::arch::x86_64::__m256d, f64, #[target_feature(enable = "avx2,fma")]);
// Half a register: behind the rows of a layer of a few numbers there is seldom room for a whole one.
#[cfg(target_arch = "x86_64")]
short!(avx512_f32, std::arch::x86_64::__m256, f32, #[target_feature(enable = "avx2,fma,avx512f,avx512vl")]);
#[cfg(target_arch = "x86_64")]
short!(avx512_f64, std::arch::x86_64::__m256d, f64, #[target_feature(enable = "avx2,fma,avx512f,avx512vl")]);

pub(super) fn of_f32(isa: Isa) -> Short<f32> {
    by_level!(isa, portable_f32::SHORT, avx2_f32::SHORT, avx512_f32::SHORT)
}

pub(super) fn of_f64(isa: Isa) -> Short<f64> {
    by_level!(isa, portable_f64::SHORT, avx2_f64::SHORT, avx512_f64::SHORT)
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

    /// All sizes there are against sums in `f64`; what lies behind the results stays as it was.
    fn sums_of_every_size<T: Scalar>(bound: f64) {
        const BEHIND: f64 = 7.0;
        let check = |found: &[T], expected: &dyn Fn(usize) -> f64, len: usize, what: &dyn Fn() -> String| {
            for (i, found) in found.iter().enumerate() {
                let expected = if i < len { expected(i) } else { BEHIND };
                assert!((found.to_f64() - expected).abs() <= bound, "{}, number {i}", what());
            }
        };
        for isa in Isa::all() {
            let short = T::short(isa);
            for (n, k, rows) in (1..=MOST)
                .flat_map(|n| (1..=MOST).flat_map(move |k| [0, 1, 3, 4, 7, 13].map(|rows| (n, k, rows))))
            {
                let what = || format!("{isa:?}: {rows} rows, {n} by {k}");
                let (a, b) = (drawn::<T>(1, rows * k), drawn::<T>(2, k * MOST));
                let bias: [T; MOST] = drawn(3, MOST).try_into().unwrap();
                let mut c = vec![T::from_f64(BEHIND); rows * n + MOST];
                short.rows(ShortRows {
                    a: &a,
                    b: &b,
                    bias: &bias,
                    floor: T::ZERO,
                    c: &mut c[..rows * n],
                    rows,
                    k,
                    n,
                });
                let value = |i: usize| {
                    let (row, column) = (i / n, i % n);
                    let product = |p: usize| a[row * k + p].to_f64() * b[p * MOST + column].to_f64();
                    ((0..k).map(product).sum::<f64>() + bias[column].to_f64()).max(0.0)
                };
                check(&c, &value, rows * n, &what);

                let (a, b) = (drawn::<T>(4, rows * n), drawn::<T>(5, rows * k));
                let mut c = vec![T::from_f64(BEHIND); n * k + MOST];
                let mut sums_of_a = vec![T::from_f64(BEHIND); n + MOST];
                short.sums(ShortSums {
                    a: &a,
                    b: &b,
                    c: &mut c[..n * k],
                    sums_of_a: &mut sums_of_a[..n],
                    rows,
                    m: n,
                    n: k,
                });
                let sum = |i: usize| -> f64 {
                    (0..rows).map(|row| a[row * n + i / k].to_f64() * b[row * k + i % k].to_f64()).sum()
                };
                check(&c, &sum, n * k, &what);
                let sum = |i: usize| -> f64 { (0..rows).map(|row| a[row * n + i].to_f64()).sum() };
                check(&sums_of_a, &sum, n, &what);
            }
        }
    }

    // At most 17 roundings of sums below 32: of 2^-20 each, and of 2^-49.
    #[test]
    fn rows_and_sums_of_every_size_are_what_they_are_by_definition() {
        sums_of_every_size::<f32>(17.0 / 1_048_576.0);
        sums_of_every_size::<f64>(17.0 / 562_949_953_421_312.0);
    }

    #[test]
    fn nan_is_above_any_floor() {
        for isa in Isa::all() {
            let (b, bias) = ([1.0f32; MOST], [0.0; MOST]);
            let mut c = [0.0; 3];
            let a = [f32::NAN, -1.0, 2.0];
            f32::short(isa).rows(ShortRows {
                a: &a,
                b: &b,
                bias: &bias,
                floor: 0.0,
                c: &mut c,
                rows: 3,
                k: 1,
                n: 1,
            });
            assert!(c[0].is_nan() && c[1..] == [0.0, 2.0], "{isa:?}");
        }
    }
}
