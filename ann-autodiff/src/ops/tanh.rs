//! The hyperbolic tangent.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = tanh(x)`, elementwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tanh;

impl Op<1> for Tanh {
    const NAME: &'static str = "tanh";
    // y' = 1 - y^2
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, T::tanh);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.y, dy, dx, |y| T::ONE - y * y);
    }
}
