//! The mean absolute error.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// The mean of `|x - t|` over all elements; the gradient at 0 is 0.
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanAbsoluteError;

impl Op<2> for MeanAbsoluteError {
    const NAME: &'static str = "mean_absolute_error";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[Case {
        name: "both signs",
        op: Self,
        inputs: &[
            Fill::of(&[2, 3], Draw::Distinct),
            Fill::of(&[2, 3], Draw::These(&[0.01, 0.02, 0.03, 0.01, 0.02, 0.03])),
        ],
    }];

    fn shape(&self, [x, t]: [Extents; 2]) -> Result<Extents, String> {
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, x: [View<'_, T>; 2], y: Output<'_, T>) {
        pointwise::mean(x, y, |x, t| (x - t).abs());
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        pointwise::mean_backward(saved, dy, dx, |x, t| (x - t).sign());
    }
}
