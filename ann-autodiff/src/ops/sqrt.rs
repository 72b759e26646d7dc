//! The square root.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = sqrt(x)`, elementwise: NaN below 0. The gradient at 0 is infinite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sqrt;

impl Op<1> for Sqrt {
    const NAME: &'static str = "sqrt";
    // y' = 1 / 2y
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "positive", op: Self, inputs: &[Fill::of(&[3, 5], Draw::Positive)] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, T::sqrt);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.y, dy, dx, |y| T::from_f64(0.5) / y);
    }
}
