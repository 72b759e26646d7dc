//! A copy.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x`. A plan puts it where one value is used twice by one operation: the two gradients need two places.
#[derive(Clone, ::core::marker::Copy, Debug, PartialEq, Eq)]
pub struct Copy;

impl Op<1> for Copy {
    const NAME: &'static str = "copy";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        y.copy_from_slice(&x);
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx += *dy;
        }
    }
}
