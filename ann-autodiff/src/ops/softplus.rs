//! The smooth rectifier.

use crate::epilogue::{sigmoid, softplus};
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = ln(1 + e^x)`, as `max(x, 0) + ln(1 + e^-|x|)`, without overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softplus;

impl Op<1> for Softplus {
    const NAME: &'static str = "softplus";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, softplus);
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.x[0], dy, dx, sigmoid);
    }
}
