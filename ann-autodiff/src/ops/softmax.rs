//! The softmax.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = e^x / sum of e^x` along an axis, the largest element taken out first so that nothing overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softmax {
    /// The axis that sums to 1.
    pub axis: usize,
}

/// The lines along an axis: for each, where it begins, the distance of its elements, and how many there are.
pub(super) fn lines(extents: Extents, axis: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let count = extents[axis];
    let step: usize = extents[axis + 1..].iter().product();
    let outer: usize = extents[..axis].iter().product();
    (0..outer).flat_map(move |o| (0..step).map(move |i| (o * count * step + i, step, count)))
}

/// The axis has to be there and may not be empty.
pub(super) fn checked(x: Extents, axis: usize) -> Result<Extents, String> {
    match x.get(axis) {
        None => Err(format!("there is no axis {axis}")),
        Some(0) => Err(format!("axis {axis} is empty")),
        Some(_) => Ok(x),
    }
}

impl Op<1> for Softmax {
    const NAME: &'static str = "softmax";
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
            let mut sum = T::ZERO;
            for i in 0..count {
                y[at(i)] = (x[at(i)] - largest).exp();
                sum += y[at(i)];
            }
            for i in 0..count {
                y[at(i)] /= sum;
            }
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let y = saved.y;
        for (start, step, count) in lines(y.extents, self.axis) {
            let at = |i: usize| start + i * step;
            let sum: T = (0..count).map(|i| y[at(i)] * dy[at(i)]).sum();
            for i in 0..count {
                dx[at(i)] += y[at(i)] * (dy[at(i)] - sum);
            }
        }
    }
}
