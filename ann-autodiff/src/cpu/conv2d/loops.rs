//! Small loops of the convolution's backward pass.

use crate::Scalar;
use crate::cpu::isa::Loop;

/// The sum of all, in 16 lanes that are added in order.
pub(super) struct LaneSum<'a, T>(pub(super) &'a [T]);

impl<T: Scalar> Loop for LaneSum<'_, T> {
    type Output = T;

    #[inline(always)]
    fn eval(self) -> T {
        let mut lanes = [T::ZERO; 16];
        let chunks = self.0.chunks_exact(16);
        let rest = chunks.remainder();
        for chunk in chunks {
            for i in 0..16 {
                lanes[i] += chunk[i];
            }
        }
        for (lane, value) in lanes.iter_mut().zip(rest) {
            *lane += *value;
        }
        let mut sum = T::ZERO;
        for lane in lanes {
            sum += lane;
        }
        sum
    }
}

/// `to[j, i] = from[i, j]`, `rows` of `from`, lines of `to` filled up with zeros to `width`.
pub(super) struct Transpose<'a, T> {
    pub(super) from: &'a [T],
    pub(super) line: usize,
    pub(super) rows: usize,
    pub(super) to: &'a mut [T],
    pub(super) width: usize,
}

impl<T: Scalar> Loop for Transpose<'_, T> {
    type Output = ();

    #[inline(always)]
    fn eval(self) {
        let Self { from, line, rows, to, width } = self;
        for (j, to) in to.chunks_exact_mut(width.max(1)).enumerate() {
            let (to, padding) = to.split_at_mut(rows);
            for (to, from) in to.iter_mut().zip(from[j..].iter().step_by(line)) {
                *to = *from;
            }
            padding.fill(T::ZERO);
        }
    }
}
