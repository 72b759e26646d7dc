//! The cross-entropy of rows of a few logits, turned into columns: as many rows as there are in a block side by side.

use super::gemm::BLOCK;
use super::isa::{FusedLoop, Loop};
use crate::Scalar;
use crate::ops::SoftmaxCrossEntropy;

/// Whether columns of logits are all that it takes.
pub(super) fn is_plain(op: SoftmaxCrossEntropy) -> bool {
    op.smoothing == 0.0
}

/// What rows cost whose logits are columns; those become the softmax.
pub(super) struct ColumnCosts<'a, T> {
    pub(super) n: usize,
    pub(super) columns: &'a mut [T],
    pub(super) classes: &'a [T],
}

impl<T: Scalar> FusedLoop for ColumnCosts<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn eval<const FUSED: bool>(self) -> f64 {
        let Self { n, columns: mut rest, classes: mut others } = self;
        let mut costs = [0.0; BLOCK];
        let (mut products, mut factors) = ([T::ONE; BLOCK], 0);
        while !others.is_empty() {
            let (columns, behind) = rest.split_at_mut(BLOCK * n);
            let (classes, of_others) = others.split_at(BLOCK.min(others.len()));
            (rest, others) = (behind, of_others);
            let (columns, _) = columns.as_chunks_mut::<BLOCK>();
            let of = whole(classes);
            let mut most = columns[0];
            for column in &*columns {
                for i in 0..BLOCK {
                    most[i] = wider(most[i], column[i]);
                }
            }
            // A class that is none gives NaN.
            let (mut below, mut exponentials) = ([T::NAN; BLOCK], [T::ZERO; BLOCK]);
            for (j, column) in columns.iter_mut().enumerate() {
                let j = T::from_usize(j);
                for i in 0..BLOCK {
                    let distance = most[i] - column[i];
                    below[i] = if of[i] == j { distance } else { below[i] };
                    column[i] = distance.fast_exp_of_minus::<FUSED>();
                    exponentials[i] += column[i];
                }
            }
            for column in columns {
                for i in 0..BLOCK {
                    column[i] /= exponentials[i];
                }
            }
            // Rows that only fill up the block cost nothing.
            if classes.len() < BLOCK {
                below[classes.len()..].fill(T::ZERO);
                exponentials[classes.len()..].fill(T::ONE);
            }
            // The logarithm of a product is the sum of those of its factors. Each is from 1 to as many as there are logits.
            for i in 0..BLOCK {
                products[i] *= exponentials[i];
            }
            factors += 1;
            if factors == BLOCK || others.is_empty() {
                for i in 0..BLOCK {
                    below[i] += products[i].fast_ln::<FUSED>();
                }
                (products, factors) = ([T::ONE; BLOCK], 0);
            }
            for i in 0..BLOCK {
                costs[i] += below[i].to_f64();
            }
        }
        let mut count = BLOCK;
        while 1 < count {
            count /= 2;
            for i in 0..count {
                costs[i] += costs[i + count];
            }
        }
        costs[0]
    }
}

/// The classes of a block, filled up with zeros.
#[inline(always)]
fn whole<T: Scalar>(classes: &[T]) -> [T; BLOCK] {
    classes.first_chunk().copied().unwrap_or_else(|| {
        let mut all = [T::ZERO; BLOCK];
        all[..classes.len()].copy_from_slice(classes);
        all
    })
}

/// The gradient by logits that are columns.
pub(super) struct ColumnSlopes<'a, T> {
    pub(super) n: usize,
    pub(super) p: &'a [T],
    pub(super) classes: &'a [T],
    pub(super) share: T,
    pub(super) dx: &'a mut [T],
}

impl<T: Scalar> Loop for ColumnSlopes<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { n, p: mut ps, classes: mut others, share, dx: mut dxs } = self;
        while !others.is_empty() {
            let (p, behind) = ps.split_at(BLOCK * n);
            let (dx, of_dx) = dxs.split_at_mut(BLOCK * n);
            let (classes, of_others) = others.split_at(BLOCK.min(others.len()));
            (ps, dxs, others) = (behind, of_dx, of_others);
            let of = whole(classes);
            let mut shares = [share; BLOCK];
            if classes.len() < BLOCK {
                shares[classes.len()..].fill(T::ZERO);
            }
            let columns = p.as_chunks::<BLOCK>().0.iter().zip(dx.as_chunks_mut::<BLOCK>().0);
            for (j, (p, dx)) in columns.enumerate() {
                let j = T::from_usize(j);
                // In a variable of its own: so the compiler makes vectors of it.
                let mut slopes = *p;
                for i in 0..BLOCK {
                    let target = if of[i] == j { T::ONE } else { T::ZERO };
                    slopes[i] = shares[i] * (slopes[i] - target);
                }
                *dx = slopes;
            }
        }
    }
}

/// The larger, NaN if one is NaN.
#[inline(always)]
pub(super) fn wider<T: Scalar>(a: T, b: T) -> T {
    if a < b || b.is_nan() { b } else { a }
}
