//! The exponential function.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = e^x`, elementwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exp;

impl Op<1> for Exp {
    const NAME: &'static str = "exp";
    // y' = y
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, T::exp);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.y, dy, dx, |y| y);
    }
}
