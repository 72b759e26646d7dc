//! The innermost loops of the matrix product: one tile of the result, kept in registers.
//!
//! A tile is up to [`Tiles::height`] rows by [`Tiles::width`] columns, two vectors. Each element is the sum over `k` from the
//! lowest index up, with fused multiply-adds where the processor has them: so it does not depend on the tile it is in.

use std::cell::Cell;

use super::asks::Asks;
use super::columns::{self, Columns};
use super::pairs::Pairs;
use super::short::{self, Short};
#[cfg(target_arch = "x86_64")]
use super::squares;
use super::squares::Squares;
use super::subsets::{self, Panel};
#[cfg(target_arch = "x86_64")]
use super::vector;
use super::vector::{Array, PairArray, Vector};
use crate::cpu::halving::{self, Halves};
use crate::cpu::isa::{Isa, by_level};

/// Where the operands of a tile lie. Element `(i, p)` of A is at `a + i a_row + p a_step`; row `p` of B, `width` numbers, at
/// `b + p b_row`; row `i` of C at `c + i c_row`.
#[derive(Clone, Copy)]
pub(super) struct Operands<'a, T> {
    pub(super) k: usize,
    pub(super) a: *const T,
    pub(super) a_row: usize,
    pub(super) a_step: usize,
    pub(super) b: *const T,
    pub(super) b_row: usize,
    pub(super) c: *mut T,
    pub(super) c_row: usize,
    /// Whether the product is added to C; else it is written there.
    pub(super) add: bool,
    /// What is asked for on the way, one line a step of `k`; what is more than these are, before.
    pub(super) asks: [Option<&'a Cell<Asks>>; 2],
}

/// Computes a tile.
///
/// # Safety
///
/// The processor has the instruction set; all elements named by the operands, as high as the tile and as wide as its
/// columns, can be read, and those of C written.
type Tile<T> = unsafe fn(Operands<'_, T>);

/// The tiles of an instruction set for one kind of number.
#[derive(Clone, Copy)]
pub(crate) struct Tiles<T: 'static> {
    /// Most rows.
    pub(super) height: usize,
    /// Columns.
    pub(super) width: usize,
    /// Heights there are, and the tile of this height with one vector of columns and with two.
    by_height: &'static [(usize, [Tile<T>; 2])],
    /// A row of C in [`ROW_PANELS`] panels at once: one row of a panel alone would wait for its own sums.
    row: unsafe fn(Operands<'_, T>, usize),
    /// Sums of rows of B that zeros and ones choose.
    subsets: unsafe fn(Panel<'_, T>),
    /// What is done with squares of numbers in registers, where there is something.
    pub(super) squares: Option<Squares<T>>,
}

/// How many panels [`Tiles::run_row`] goes over.
pub(super) const ROW_PANELS: usize = 4;

impl<T> Tiles<T> {
    /// The height of the next tile where `rest` rows are left; the last few are shared out evenly.
    pub(super) fn next_height(&self, rest: usize) -> usize {
        if 2 * self.height <= rest {
            return self.height;
        }
        let even = rest.div_ceil(rest.div_ceil(self.height).max(1));
        self.by_height.iter().map(|(height, _)| *height).rfind(|height| *height <= even).unwrap_or(1)
    }

    /// Computes a tile of `height`, one that `next_height` gave, and at most `columns` used columns of the width.
    ///
    /// # Safety
    ///
    /// As [`Tile`]: `width / 2` columns where `columns` is not more, else `width`.
    #[inline]
    pub(super) unsafe fn run(&self, height: usize, columns: usize, operands: Operands<'_, T>) {
        let vectors = usize::from(self.width / 2 < columns);
        // The highest is the usual one.
        for (of, tile) in self.by_height.iter().rev() {
            if *of == height {
                // SAFETY: passed on; the instruction set is there because `Tiles` are only given out for an `Isa`.
                return unsafe { tile[vectors](operands) };
            }
        }
    }
}

impl<T> Tiles<T> {
    /// Computes one row of C in [`ROW_PANELS`] panels, those of B `panel` numbers apart. Each element is that of a tile to the bit.
    ///
    /// # Safety
    ///
    /// As [`Tile`], for a tile of one row and as wide as the panels.
    #[inline]
    pub(super) unsafe fn run_row(&self, operands: Operands<'_, T>, panel: usize) {
        // SAFETY: passed on.
        unsafe { (self.row)(operands, panel) }
    }

    /// Adds up the rows of B that zeros and ones choose.
    ///
    /// # Safety
    ///
    /// As [`subsets::add_up`], for two vectors of the tiles.
    #[inline]
    pub(super) unsafe fn add_up(&self, panel: Panel<'_, T>) {
        // SAFETY: passed on.
        unsafe { (self.subsets)(panel) }
    }
}

/// Numbers with kernels of their own. Implemented for `f32` and `f64`.
#[allow(private_interfaces, reason = "the trait is sealed: nobody outside calls it")]
pub trait Float: crate::cpu::math::Math {
    #[doc(hidden)]
    fn tiles(isa: Isa) -> Tiles<Self>;

    /// What there is for pairs of `bf16`; nothing where a number has no room for a pair.
    #[doc(hidden)]
    fn pairs(isa: Isa) -> Option<Pairs<Self>>;

    /// The loops over short rows.
    #[doc(hidden)]
    fn short(isa: Isa) -> Short<Self>;

    /// The loops over columns of short rows.
    #[doc(hidden)]
    fn columns(isa: Isa) -> Columns<Self>;

    /// The loops over windows of 2 by 2, if there are such.
    #[doc(hidden)]
    fn halves(isa: Isa) -> Option<Halves<Self>>;
}

#[inline(always)]
unsafe fn tile<V: Vector, const HEIGHT: usize, const VECTORS: usize>(operands: Operands<'_, V::Element>) {
    let Operands { k, a, a_row, a_step, b, b_row, c, c_row, add, asks } = operands;
    // SAFETY: the caller's promise, see `Tile`; every access below is within the tile's operands.
    unsafe {
        let mut sums = [[V::zero(); VECTORS]; HEIGHT];
        let [mut first, mut second] = asks.map(|asks| asks.map_or(Asks::NONE, Cell::get));
        for _ in k..first.count() + second.count() {
            let _ = first.ask() || second.ask();
        }
        for p in 0..k {
            let _ = first.ask() || second.ask();
            let row = b.add(p * b_row);
            let mut columns = [V::zero(); VECTORS];
            for (j, column) in columns.iter_mut().enumerate() {
                *column = V::load(row.add(j * V::LANES));
            }
            let at = a.add(p * a_step);
            for (i, sums) in sums.iter_mut().enumerate() {
                let factor = V::splat(*at.add(i * a_row));
                for (sum, column) in sums.iter_mut().zip(columns) {
                    *sum = factor.multiply_add(column, *sum);
                }
            }
        }
        for (asks, left) in asks.into_iter().zip([first, second]) {
            if let Some(asks) = asks {
                asks.set(left);
            }
        }
        for (i, sums) in sums.into_iter().enumerate() {
            for (j, sum) in sums.into_iter().enumerate() {
                let to = c.add(i * c_row + j * V::LANES);
                if add { V::load(to).plus(sum).store(to) } else { sum.store(to) }
            }
        }
    }
}

/// One row in several panels.
#[inline(always)]
unsafe fn row<V: Vector>(operands: Operands<'_, V::Element>, panel: usize) {
    let Operands { k, a, a_step, b, b_row, c, add, .. } = operands;
    // SAFETY: the caller's promise, see `Tiles::run_row`.
    unsafe {
        let mut sums = [[V::zero(); 2]; ROW_PANELS];
        for p in 0..k {
            let factor = V::splat(*a.add(p * a_step));
            for (number, sums) in sums.iter_mut().enumerate() {
                let row = b.add(number * panel + p * b_row);
                for (j, sum) in sums.iter_mut().enumerate() {
                    *sum = factor.multiply_add(V::load(row.add(j * V::LANES)), *sum);
                }
            }
        }
        for (number, sums) in sums.into_iter().enumerate() {
            for (j, sum) in sums.into_iter().enumerate() {
                let to = c.add((2 * number + j) * V::LANES);
                if add { V::load(to).plus(sum).store(to) } else { sum.store(to) }
            }
        }
    }
}

macro_rules! tiles {
    ($name:ident, $vector:ty, $float:ty, [$($height:literal)+], $highest:literal, $squares:expr, $(#[$feature:meta])*) => {
        mod $name {
            use super::*;

            $(#[$feature])*
            unsafe fn entry<const HEIGHT: usize, const VECTORS: usize>(operands: Operands<'_, $float>) {
                // SAFETY: passed on.
                unsafe { tile::<$vector, HEIGHT, VECTORS>(operands) }
            }

            $(#[$feature])*
            unsafe fn row(operands: Operands<'_, $float>, panel: usize) {
                // SAFETY: passed on.
                unsafe { super::row::<$vector>(operands, panel) }
            }

            $(#[$feature])*
            unsafe fn add_up(panel: Panel<'_, $float>) {
                // SAFETY: passed on.
                unsafe { subsets::add_up::<$vector>(panel) }
            }

            pub(super) const TILES: Tiles<$float> = Tiles {
                height: $highest,
                width: 2 * <$vector as Vector>::LANES,
                by_height: &[$(($height, [entry::<$height, 1>, entry::<$height, 2>])),+],
                row,
                subsets: add_up,
                squares: $squares,
            };
        }
    };
}

#[allow(private_interfaces, reason = "the trait is sealed: nobody outside calls it")]
impl Float for f32 {
    fn tiles(isa: Isa) -> Tiles<Self> {
        by_level!(isa, portable_f32::TILES, avx2_f32::TILES, avx512_f32::TILES, avx512_f32::TILES)
    }

    fn pairs(isa: Isa) -> Option<Pairs<Self>> {
        Some(Pairs::new(by_level!(
            isa,
            portable_pairs::TILES,
            avx2_pairs::TILES,
            avx512_pairs::TILES,
            avx512_bf16_pairs::TILES
        )))
    }

    fn short(isa: Isa) -> Short<Self> {
        short::of_f32(isa)
    }

    fn columns(isa: Isa) -> Columns<Self> {
        columns::of_f32(isa)
    }

    fn halves(isa: Isa) -> Option<Halves<Self>> {
        halving::of_f32(isa)
    }
}

#[allow(private_interfaces, reason = "the trait is sealed: nobody outside calls it")]
impl Float for f64 {
    fn tiles(isa: Isa) -> Tiles<Self> {
        by_level!(isa, portable_f64::TILES, avx2_f64::TILES, avx512_f64::TILES, avx512_f64::TILES)
    }

    fn pairs(_: Isa) -> Option<Pairs<Self>> {
        None
    }

    fn short(isa: Isa) -> Short<Self> {
        short::of_f64(isa)
    }

    fn columns(isa: Isa) -> Columns<Self> {
        columns::of_f64(isa)
    }

    fn halves(isa: Isa) -> Option<Halves<Self>> {
        halving::of_f64(isa)
    }
}

tiles!(portable_f32, Array<f32, 4>, f32, [1 2 4], 4, None,);
tiles!(portable_f64, Array<f64, 2>, f64, [1 2 4], 4, None,);
tiles!(portable_pairs, PairArray<4>, f32, [1 2 4], 4, None,);

// 16 registers: 6 rows of two, two for B, one for A. 32 registers: 12 rows of two. Fewer where pairs are taken apart.
#[cfg(target_arch = "x86_64")]
tiles!(avx2_f32, std::arch::x86_64::__m256, f32, [1 2 4 6], 6, Some(squares::OF_8), #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx2_f64, std::arch::x86_64::__m256d, f64, [1 2 4 6], 6, None, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx2_pairs, vector::Pairs8, f32, [1 2 4], 4, Some(squares::OF_8), #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx512_f32, std::arch::x86_64::__m512, f32, [1 2 4 6 8 10 12], 12, Some(squares::OF_16), #[target_feature(enable = "avx512f")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx512_f64, std::arch::x86_64::__m512d, f64, [1 2 4 6 8 10 12], 12, None, #[target_feature(enable = "avx512f")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx512_pairs, vector::Pairs16, f32, [1 2 4 6 8], 8, Some(squares::OF_16), #[target_feature(enable = "avx512f")]);
#[cfg(target_arch = "x86_64")]
tiles!(avx512_bf16_pairs, vector::NativePairs16, f32, [1 2 4 6 8 10 12], 12, Some(squares::OF_16), #[target_feature(enable = "avx512f,avx512bf16")]);
