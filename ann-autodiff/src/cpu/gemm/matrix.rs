//! How the operands of a product lie in memory.

/// Where the elements of a matrix lie: `(i, j)` at `i row + j column`. One of the two is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strides {
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl Strides {
    /// Row-major, each row of `width`.
    pub(crate) const fn rows(width: usize) -> Self {
        Self { row: width, column: 1 }
    }

    /// Of the transposed matrix.
    pub(crate) const fn transposed(self) -> Self {
        Self { row: self.column, column: self.row }
    }

    /// One past the highest index of a matrix of these sizes; `usize::MAX`, which no slice has, where that is beyond it.
    pub(super) fn end(self, rows: usize, columns: usize) -> usize {
        if rows == 0 || columns == 0 {
            return 0;
        }
        let last_row = (rows - 1).saturating_mul(self.row);
        last_row.saturating_add((columns - 1).saturating_mul(self.column)).saturating_add(1)
    }
}

/// What becomes of what was in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Into {
    /// It is overwritten; it may be anything.
    Fresh,
    /// The product is added to it.
    Sum,
}

impl Into {
    /// As a gradient says it.
    pub(crate) fn gradient(fresh: bool) -> Self {
        if fresh { Self::Fresh } else { Self::Sum }
    }
}
