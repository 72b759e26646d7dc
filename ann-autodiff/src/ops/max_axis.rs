//! The largest element along an axis.

use super::softmax::{checked, lines};
use super::sum_axis::without;
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The largest element along an axis, which the output no longer has: `[a, b, c] -> [a, c]` for axis 1. The first of equals
/// has the gradient; NaN is larger than anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAxis {
    /// The axis.
    pub axis: usize,
}

impl MaxAxis {
    /// Where the largest element of a line is.
    fn largest<T: Scalar>(x: &[T], (start, step, count): (usize, usize, usize)) -> usize {
        let mut best = start;
        for at in (1..count).map(|i| start + i * step) {
            if x[best] < x[at] || (x[at].is_nan() && !x[best].is_nan()) {
                best = at;
            }
        }
        best
    }
}

impl Op<1> for MaxAxis {
    const NAME: &'static str = "max_axis";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "last axis", op: Self { axis: 1 }, inputs: &[Fill::of(&[3, 5], Draw::Distinct)] },
        Case { name: "middle axis", op: Self { axis: 1 }, inputs: &[Fill::of(&[2, 4, 3], Draw::Distinct)] },
        Case { name: "an axis of one", op: Self { axis: 0 }, inputs: &[Fill::of(&[1, 3], Draw::Distinct)] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        without(checked(x, self.axis)?, self.axis)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for (line, y) in lines(x.extents, self.axis).zip(y.iter_mut()) {
            *y = x[Self::largest(&x, line)];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let [x] = saved.x;
        for (line, dy) in lines(x.extents, self.axis).zip(dy) {
            dx[Self::largest(&x, line)] += *dy;
        }
    }
}
