//! Products of `bf16`: operands are rounded to it, two adjacent ones along `k` in the place of an `f32`. Sums are in `f32`.
//!
//! A product of pairs is one of half the depth, for which the tiles have instructions of twice the rate. A is copied as pairs before,
//! all of it; B where its panels are copied.

use std::ops::Range;

use super::squares::{Square, Squares};
use super::tile::Tiles;
use super::{NUMBERS, Product, Run, Shared, Strides};
use crate::Scalar;
use crate::cpu::isa::{Isa, Loop};

/// The numbers that a product's pairs are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unpaired {
    pub(super) k: usize,
    pub(super) a: Strides,
    pub(super) b: Strides,
}

/// What there is for pairs in the place of numbers.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<T: 'static> {
    /// Tiles whose operands are pairs; their C is of numbers.
    pub(super) tiles: Tiles<T>,
    /// Copies lines of numbers as pairs.
    pub(super) copy: fn(Isa, Lines<'_, T>),
    /// Copies a panel of B whose columns lie along `k`.
    pub(super) panel: fn(Isa, Panel<'_, T>),
}

impl Pairs<f32> {
    pub(super) const fn new(tiles: Tiles<f32>) -> Self {
        Self { tiles, copy: |isa, lines| isa.run(lines), panel: |isa, panel| isa.run(panel) }
    }
}

/// Lines of numbers, each `line` after the one before, to be copied as pairs to lines of `width`.
pub(super) struct Lines<'a, T> {
    pub(super) from: &'a [T],
    pub(super) line: usize,
    /// How many lines.
    pub(super) count: usize,
    /// Numbers of a line.
    pub(super) numbers: usize,
    /// Whether a pair is two adjacent numbers; else it is one above the other, of two adjacent lines.
    pub(super) along: bool,
    pub(super) to: &'a mut [T],
    pub(super) width: usize,
}

impl Loop for Lines<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { from, line, count, numbers, along, to, width } = self;
        for (i, to) in to.chunks_exact_mut(width).enumerate() {
            if along {
                join(&from[i * line..][..numbers], to);
                continue;
            }
            let first = &from[2 * i * line..][..numbers];
            let (pairs, rest) = to.split_at_mut(numbers);
            if 2 * i + 1 < count {
                interleave(first, &from[(2 * i + 1) * line..][..numbers], pairs);
            } else {
                for (pair, first) in pairs.iter_mut().zip(first) {
                    *pair = pair_of(*first, 0.0);
                }
            }
            rest.fill(0.0);
        }
    }
}

/// Columns of B, each `k` adjacent numbers and `column` after the one before, as a panel of pairs, `width` wide; columns that are not
/// there become zero.
pub(super) struct Panel<'a, T> {
    pub(super) b: &'a [T],
    pub(super) column: usize,
    pub(super) columns: usize,
    pub(super) k: usize,
    pub(super) squares: Option<Squares<T>>,
    pub(super) to: &'a mut [T],
    pub(super) width: usize,
}

/// The side of the largest square.
const SIDE: usize = 16;

impl Loop for Panel<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { b, column, columns, k, squares, to: panel, width } = self;
        if columns < width {
            panel.fill(0.0);
        }
        let side = squares.map_or(1, |squares| squares.side);
        // Whole squares of pairs.
        let whole = |size: usize| if squares.is_some() { size / side * side } else { 0 };
        let (down, across) = (whole(k / 2), whole(columns));
        let mut pairs = [0.0; SIDE * SIDE];
        for p in (0..down).step_by(side) {
            for j in (0..across).step_by(side) {
                for i in 0..side {
                    join(&b[(j + i) * column + 2 * p..][..2 * side], &mut pairs[i * side..][..side]);
                }
                let Some(squares) = squares else { continue };
                let to = &mut panel[p * width + j..(p + side - 1) * width + j + side];
                // SAFETY: both squares are within their slices; there are squares for this instruction set only.
                unsafe {
                    (squares.transpose)(Square {
                        from: pairs.as_ptr(),
                        from_row: side,
                        to: to.as_mut_ptr(),
                        to_row: width,
                    });
                }
            }
        }
        for j in 0..columns {
            let done = if j < across { down } else { 0 };
            let rest = &b[j * column..][2 * done..k];
            for (p, pair) in rest.chunks(2).enumerate() {
                panel[(done + p) * width + j] = pair_of(pair[0], pair.get(1).copied().unwrap_or(0.0));
            }
        }
    }
}

/// Two adjacent numbers each; a last one alone with zero.
#[inline(always)]
fn join(numbers: &[f32], pairs: &mut [f32]) {
    let (whole, rest) = numbers.as_chunks::<2>();
    for (pair, [first, second]) in pairs.iter_mut().zip(whole) {
        *pair = pair_of(*first, *second);
    }
    if let ([last], Some(pair)) = (rest, pairs.last_mut()) {
        *pair = pair_of(*last, 0.0);
    }
}

#[inline(always)]
fn interleave(first: &[f32], second: &[f32], pairs: &mut [f32]) {
    for ((pair, first), second) in pairs.iter_mut().zip(first).zip(second) {
        *pair = pair_of(*first, *second);
    }
}

/// A pair; the first number in the lower half of the bits.
#[inline(always)]
fn pair_of(first: f32, second: f32) -> f32 {
    f32::from_bits(bf16(first) >> 16 | bf16(second) & 0xffff_0000)
}

/// The bits of the nearest `bf16`, the even one of two, in the upper half; what is in the lower is anything. NaN stays NaN.
#[inline(always)]
fn bf16(value: f32) -> u32 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    if value.is_nan() { 0x7fc0_0000 } else { rounded }
}

impl Product {
    /// What of `T` computes it.
    pub(super) fn tiles<T: Scalar>(&self) -> Tiles<T> {
        match self.pairs::<T>() {
            Some((_, pairs)) => pairs.tiles,
            None => T::tiles(self.isa),
        }
    }

    pub(super) fn pairs<T: Scalar>(&self) -> Option<(Unpaired, Pairs<T>)> {
        self.unpaired.zip(T::pairs(self.isa))
    }

    /// The same with operands rounded to `bf16`, if there is room for two in a `T`.
    pub(super) fn paired<T: Scalar>(self) -> Self {
        let Some(pairs) = T::pairs(self.isa) else { return self };
        let Self { m, k, a, b, .. } = self;
        let depth = k.div_ceil(2);
        let (height, width) = (pairs.tiles.height, pairs.tiles.width);
        // A as it lies, by rows or by columns.
        let paired_a = if a.column == 1 { Strides::rows(depth) } else { Strides::rows(m).transposed() };
        let unpaired = Some(Unpaired { k, a, b });
        Self {
            k: depth,
            k_block: super::choose::k_block(depth),
            depth,
            a: paired_a,
            b: Strides { row: 2 * b.row, ..b },
            height,
            width,
            unpaired,
            ..self
        }
    }

    /// Scratch memory for the pairs of A.
    pub(super) fn pairs_of_a(&self) -> usize {
        if self.unpaired.is_some() { self.m * self.k } else { 0 }
    }

    /// How far A and B reach, as they are given.
    pub(super) fn ends(&self) -> [usize; 2] {
        let Unpaired { k, a, b } = self.unpaired.unwrap_or(Unpaired { k: self.k, a: self.a, b: self.b });
        [a.end(self.m, k), b.end(k, self.readable)]
    }

    /// The first `rows` rows of A as the tiles read them: pairs go to the beginning of scratch memory. And what is left of that.
    pub(super) fn operand<'a, T: Scalar>(
        &self,
        run: Run<'_>,
        rows: usize,
        a: &'a [T],
        scratch: &'a mut [T],
    ) -> (&'a [T], &'a mut [T]) {
        let Some((unpaired, pairs)) = self.pairs::<T>().filter(|_| 0 < rows * self.k) else {
            return (a, scratch);
        };
        let (to, scratch) = scratch.split_at_mut(self.pairs_of_a());
        let along = unpaired.a.column == 1;
        // Lines that are read, of how many numbers; lines that are written, of how many pairs; how many there are of these.
        let (line, [count, numbers], width, n_lines) = if along {
            (unpaired.a.row, [rows, unpaired.k], self.k, rows)
        } else {
            (unpaired.a.column, [unpaired.k, rows], self.m, self.k)
        };
        let together = (NUMBERS / width.max(1)).max(1);
        let lines_of_one = if along { 1 } else { 2 };
        let shared = Shared(to.as_mut_ptr());
        run(n_lines.div_ceil(together), &|number, _| {
            let first = number * together;
            let lines = together.min(n_lines - first);
            // SAFETY: `to` holds `n_lines` lines, and each belongs to one task.
            let to = unsafe { std::slice::from_raw_parts_mut(shared.at(first * width), lines * width) };
            let from = &a[first * lines_of_one * line..];
            let count = count - first * lines_of_one;
            (pairs.copy)(self.isa, Lines { from, line, count, numbers, along, to, width });
        });
        (to, scratch)
    }

    /// Copies columns of B into panels of pairs.
    pub(super) fn pack_pairs<T: Scalar>(
        &self,
        (unpaired, pairs): (Unpaired, Pairs<T>),
        b: &[T],
        columns: Range<usize>,
        depth: Range<usize>,
        panels: &mut [T],
    ) {
        let (isa, width, at) = (self.isa, self.width, unpaired.b);
        let k = 2 * depth.start..unpaired.k.min(2 * depth.end);
        for (first, panel) in columns.clone().step_by(width).zip(panels.chunks_exact_mut(depth.len() * width))
        {
            let used = width.min(columns.end - first);
            let b = &b[k.start * at.row + first * at.column..];
            if at.column == 1 {
                let (count, numbers) = (k.len(), used);
                let lines = Lines { from: b, line: at.row, count, numbers, along: false, to: panel, width };
                (pairs.copy)(isa, lines);
            } else {
                let (k, squares) = (k.len(), pairs.tiles.squares);
                let panel = Panel { b, column: at.column, columns: used, k, squares, to: panel, width };
                (pairs.panel)(isa, panel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest_even_and_nan_stays_nan() {
        let rounded = |value: f32| f32::from_bits(bf16(value) & 0xffff_0000);
        // 1 and what follows it: 8 bits are 1 + i / 128.
        let step = 1.0 / 128.0;
        for (value, nearest) in [
            (1.0, 1.0),
            (1.0 + 0.4 * step, 1.0),
            (1.0 + 0.5 * step, 1.0),
            (1.0 + 1.5 * step, 1.0 + 2.0 * step),
            (1.0 + 0.6 * step, 1.0 + step),
            (0.0, 0.0),
            (f32::INFINITY, f32::INFINITY),
            // Beyond the largest `bf16` by more than half a step.
            (f32::MAX, f32::INFINITY),
            (f32::MIN_POSITIVE, f32::MIN_POSITIVE),
        ] {
            assert_eq!(rounded(value), nearest, "{value:e}");
            assert_eq!(rounded(-value).to_bits(), (-nearest).to_bits(), "{:e}", -value);
        }
        // Those whose bits a rounding up would carry over, and one whose upper half alone would be infinity.
        for bits in [0x7fff_ffff, 0xffff_ffff, 0x7f80_0001, 0xff80_0001, 0x7fc0_0000] {
            assert!(rounded(f32::from_bits(bits)).is_nan(), "{bits:x}");
        }
    }
}
