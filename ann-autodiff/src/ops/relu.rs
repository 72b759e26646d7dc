//! The rectifier.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = max(x, 0)`, elementwise. At 0 the gradient is 0; NaN stays NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relu;

impl Op<1> for Relu {
    const NAME: &'static str = "relu";
    // y > 0 exactly where x > 0, so the output is enough.
    const SAVES: Saves = Saves::OUTPUT;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::of(&[3, 5], Draw::AwayFromZero)] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for (x, y) in x.iter().zip(y.iter_mut()) {
            *y = if *x < T::ZERO { T::ZERO } else { *x };
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for ((y, dy), dx) in saved.y.iter().zip(dy).zip(dx) {
            if T::ZERO < *y {
                *dx += *dy;
            }
        }
    }
}
