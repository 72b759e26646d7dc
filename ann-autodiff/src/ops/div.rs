//! The quotient of two tensors.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, broadcast};

/// `y = a / b`, elementwise, with broadcasting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Div;

impl Op<2> for Div {
    const NAME: &'static str = "div";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "same sizes",
            op: Self,
            inputs: &[Fill::normal(&[2, 3]), Fill::of(&[2, 3], Draw::Positive)],
        },
        Case {
            name: "a column",
            op: Self,
            inputs: &[Fill::normal(&[2, 3]), Fill::of(&[2, 1], Draw::Positive)],
        },
        Case {
            name: "a row over a tensor",
            op: Self,
            inputs: &[Fill::normal(&[3]), Fill::of(&[2, 2, 3], Draw::Positive)],
        },
        Case { name: "a number", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::of(&[], Draw::Positive)] },
    ];

    fn shape(&self, [a, b]: [Extents; 2]) -> Result<Extents, String> {
        broadcast::shape(a, b)
    }

    fn forward<T: Scalar>(&self, [a, b]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let whole = y.extents;
        for (i, y) in y.iter_mut().enumerate() {
            *y = a[broadcast::index(i, whole, a.extents)] / b[broadcast::index(i, whole, b.extents)];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [da, db]: [&mut [T]; 2]) {
        let [a, b] = saved.x;
        for (i, dy) in dy.iter().enumerate() {
            let (at_a, at_b) = (
                broadcast::index(i, saved.y.extents, a.extents),
                broadcast::index(i, saved.y.extents, b.extents),
            );
            if let Some(da) = da.get_mut(at_a) {
                *da += *dy / b[at_b];
            }
            if let Some(db) = db.get_mut(at_b) {
                // Not by the square, which is too large or too small sooner than the result.
                *db -= *dy * (a[at_a] / b[at_b] / b[at_b]);
            }
        }
    }
}
