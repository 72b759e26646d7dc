//! Products of few rows: a prediction for one example reads each weight once, and there is nothing to gain from copying it first.

use super::squares::{Few, MOST};
use super::{Into, Product, Run, Shared};
use crate::Scalar;

/// Multiply-adds of a task.
const TASK: usize = 1 << 17;
/// Columns of a task are a multiple of this, which no side of a square exceeds.
const TOGETHER: usize = 16;

impl Product {
    /// Whether the columns of B, which lie along `k`, are better transposed in registers than copied: where few rows meet them.
    pub(super) fn prefers_few<T: Scalar>(&self) -> bool {
        let there_are = T::tiles(self.isa).squares.is_some();
        there_are
            && self.unpaired.is_none()
            && self.a.column == 1
            && self.b.row == 1
            && 1 < self.b.column
            && self.m <= MOST
            && 0 < self.k
    }

    /// The product, each element that of a tile to the bit.
    pub(super) fn by_few<T: Scalar>(&self, run: Run<'_>, a: &[T], b: &[T], c: &mut [T], into: Into) {
        let Some(squares) = T::tiles(self.isa).squares else { return };
        let together = (TASK / (self.m * self.k)).next_multiple_of(TOGETHER).max(TOGETHER);
        let c = Shared(c.as_mut_ptr());
        // As tiles do it: what is there already is added to block by block.
        let depth = if into == Into::Sum { self.k_block } else { self.k };
        run(self.n.div_ceil(together), &|number, _| {
            let first = number * together;
            for start in (0..self.k).step_by(depth) {
                // SAFETY: A, B and C are as large as their strides say, which `compute` asserted; C is borrowed for this call, and
                // tasks have different columns.
                unsafe {
                    (squares.few)(Few {
                        rows: self.m,
                        columns: together.min(self.n - first),
                        k: depth.min(self.k - start),
                        k_block: self.k_block,
                        a: a.as_ptr().add(start),
                        a_row: self.a.row,
                        b: b.as_ptr().add(first * self.b.column + start),
                        b_column: self.b.column,
                        c: c.at(first * self.c.column),
                        c_row: self.c.row,
                        c_column: self.c.column,
                        add: into == Into::Sum,
                    });
                }
            }
        });
    }
}
