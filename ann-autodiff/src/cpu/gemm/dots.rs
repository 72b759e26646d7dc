//! Products of few rows by scalar products: a prediction for one example reads each weight once, and there is nothing to gain
//! from copying it first.

use super::tile::Dots;
use super::{Into, Product, Run, Shared};
use crate::Scalar;

/// Multiply-adds of a task.
const TASK: usize = 1 << 17;
/// Numbers of B that stay in the first cache while all rows of A meet them.
const BLOCK: usize = 1 << 12;

impl Product {
    /// Whether scalar products are faster: where both operands lie along `k` and there are few rows. In sixteenths of a cycle a
    /// scalar product takes some 160 and 0.6 a term, a tile half of 16 a term of all its rows.
    pub(super) fn prefers_dots(&self) -> bool {
        self.a.column == 1 && self.b.row == 1 && self.m * (160 + self.k * 6 / 10) < 8 * self.k
    }

    pub(super) fn by_dots<T: Scalar>(&self, run: Run<'_>, a: &[T], b: &[T], c: &mut [T], into: Into) {
        let tiles = T::tiles(self.isa);
        let together = (TASK / (self.m * self.k)).max(4).next_multiple_of(4);
        let block = (BLOCK / self.k).max(4).next_multiple_of(4);
        let c = Shared(c.as_mut_ptr());
        run(self.n.div_ceil(together), &|number, _| {
            let columns = number * together..((number + 1) * together).min(self.n);
            for first in columns.clone().step_by(block) {
                for row in 0..self.m {
                    // SAFETY: A, B and C are as large as their strides say, which `compute` asserted; C is borrowed for this call,
                    // and tasks have different columns.
                    unsafe {
                        tiles.run_dots(Dots {
                            k: self.k,
                            columns: block.min(columns.end - first),
                            a: a.as_ptr().add(row * self.a.row),
                            b: b.as_ptr().add(first * self.b.column),
                            b_column: self.b.column,
                            c: c.at(row * self.c.row + first * self.c.column),
                            c_column: self.c.column,
                            add: into == Into::Sum,
                        });
                    }
                }
            }
        });
    }
}
