//! The logarithm of the softmax.

use super::softmax::{checked, lines};
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x - ln(sum of e^x)` along an axis, the largest element taken out first so that nothing overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSoftmax {
    /// The axis.
    pub axis: usize,
}

impl Op<1> for LogSoftmax {
    const NAME: &'static str = "log_softmax";
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "last axis", op: Self { axis: 1 }, inputs: &[Fill::normal(&[2, 5])] },
        Case { name: "channels", op: Self { axis: 1 }, inputs: &[Fill::normal(&[2, 3, 2, 1])] },
        Case { name: "first axis", op: Self { axis: 0 }, inputs: &[Fill::normal(&[3, 2])] },
        Case { name: "an axis of one", op: Self { axis: 1 }, inputs: &[Fill::normal(&[2, 1, 3])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        checked(x, self.axis)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for (start, step, count) in lines(x.extents, self.axis) {
            let at = |i: usize| start + i * step;
            let largest = (0..count).fold(x[start], |m, i| m.maximum(x[at(i)]));
            let sum: T = (0..count).map(|i| (x[at(i)] - largest).exp()).sum();
            let log = sum.ln();
            for i in 0..count {
                y[at(i)] = x[at(i)] - largest - log;
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let y = saved.y;
        for (start, step, count) in lines(y.extents, self.axis) {
            let at = |i: usize| start + i * step;
            let sum: T = (0..count).map(|i| dy[at(i)]).sum();
            for i in 0..count {
                dx[at(i)] += dy[at(i)] - y[at(i)].exp() * sum;
            }
        }
    }
}
