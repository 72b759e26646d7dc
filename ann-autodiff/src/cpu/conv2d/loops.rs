//! A small loop of the convolution's backward pass.

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
