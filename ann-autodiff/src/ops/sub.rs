//! The difference of two tensors.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, broadcast};

/// `y = a - b`, elementwise, with broadcasting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sub;

impl Op<2> for Sub {
    const NAME: &'static str = "sub";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 2] = [Role::Differentiable; 2];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "same sizes", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[2, 3])] },
        Case { name: "a row", op: Self, inputs: &[Fill::normal(&[3]), Fill::normal(&[2, 3])] },
        Case {
            name: "a middle axis",
            op: Self,
            inputs: &[Fill::normal(&[2, 1, 3]), Fill::normal(&[2, 4, 1])],
        },
        Case { name: "a number", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[])] },
    ];

    fn shape(&self, [a, b]: [Extents; 2]) -> Result<Extents, String> {
        broadcast::shape(a, b)
    }

    fn forward<T: Scalar>(&self, [a, b]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let whole = y.extents;
        for (i, y) in y.iter_mut().enumerate() {
            *y = a[broadcast::index(i, whole, a.extents)] - b[broadcast::index(i, whole, b.extents)];
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [da, db]: [&mut [T]; 2]) {
        let [a, b] = saved.x;
        for (i, dy) in dy.iter().enumerate() {
            if let Some(da) = da.get_mut(broadcast::index(i, saved.y.extents, a.extents)) {
                *da += *dy;
            }
            if let Some(db) = db.get_mut(broadcast::index(i, saved.y.extents, b.extents)) {
                *db -= *dy;
            }
        }
    }
}
