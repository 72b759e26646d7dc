//! The mean squared error.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// The mean of `(x - t)^2` over all elements.
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanSquaredError;

impl Op<2> for MeanSquaredError {
    const NAME: &'static str = "mean_squared_error";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[2, 3])] },
        Case {
            name: "images",
            op: Self,
            inputs: &[Fill::normal(&[2, 1, 3, 2]), Fill::normal(&[2, 1, 3, 2])],
        },
    ];

    fn shape(&self, [x, t]: [Extents; 2]) -> Result<Extents, String> {
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, x: [View<'_, T>; 2], y: Output<'_, T>) {
        pointwise::mean(x, y, |x, t| (x - t) * (x - t));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        pointwise::mean_backward(saved, dy, dx, |x, t| T::from_f64(2.0) * (x - t));
    }
}
