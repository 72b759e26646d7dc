//! The natural logarithm.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = ln x`, elementwise: -infinity at 0, NaN below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ln;

impl Op<1> for Ln {
    const NAME: &'static str = "ln";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "positive", op: Self, inputs: &[Fill::of(&[3, 5], Draw::Positive)] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, T::ln);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.x[0], dy, dx, |x| T::ONE / x);
    }
}
