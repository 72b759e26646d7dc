//! Products whose rows are shorter than a tile is wide, such as those of a dense layer of a few inputs and outputs: gone through row by row
//! in registers, with no task made of them. A tile would take longer to begin than they have to compute.

use super::vector::{Array, Lanes, Vector};
use crate::cpu::isa::{Isa, Level};

/// Most numbers of a row.
pub(crate) const MOST: usize = 16;
/// Rows gone through together, so that one needs not wait for the sums of another.
const TOGETHER: usize = 4;
/// Most rows of the result that are summed together.
const SUMS: usize = 8;

/// `C = max(A B + bias, floor)`, the rows of A and C side by side. Each element is summed from the lowest index up.
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
            let mut values = [V::zero(); ROWS];
            for p in 0..self.k {
                let row = V::load(self.b.add(p * MOST));
                for (i, value) in values.iter_mut().enumerate() {
                    *value = V::splat(*a.add(i * self.k + p)).multiply_add(row, *value);
                }
            }
            values.map(|value| value.plus(self.bias).at_least(self.floor))
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

macro_rules! by_level {
    ($isa:expr, $portable:ident $avx2:ident $avx512:ident) => {
        match $isa.level() {
            Level::Portable => $portable::SHORT,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => $avx2::SHORT,
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 | Level::Avx512Bf16 => $avx512::SHORT,
        }
    };
}

pub(super) fn of_f32(isa: Isa) -> Short<f32> {
    by_level!(isa, portable_f32 avx2_f32 avx512_f32)
}

pub(super) fn of_f64(isa: Isa) -> Short<f64> {
    by_level!(isa, portable_f64 avx2_f64 avx512_f64)
}
