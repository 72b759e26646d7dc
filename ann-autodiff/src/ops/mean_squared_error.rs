//! The mean squared error.

use crate::Scalar;
use crate::op::{Case, Draw, Fill};
use crate::pointwise::{MeanLoss, mean_loss};

/// The mean of `(x - t)^2` over all elements, or their weighted mean.
///
/// Output and target have the same sizes; a third input, if there is one, holds weights of the output's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanSquaredError;

impl MeanLoss for MeanSquaredError {
    fn value<T: Scalar>(&self, x: T, t: T) -> T {
        (x - t) * (x - t)
    }

    fn slope<T: Scalar>(&self, x: T, t: T) -> T {
        T::from_f64(2.0) * (x - t)
    }
}

mean_loss!(
    MeanSquaredError,
    "mean_squared_error",
    [
        Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[2, 3])] },
        Case {
            name: "images",
            op: Self,
            inputs: &[Fill::normal(&[2, 1, 3, 2]), Fill::normal(&[2, 1, 3, 2])],
        },
    ],
    weighted [
        Case {
            name: "examples",
            op: Self,
            inputs: &[Fill::normal(&[2, 3]), Fill::normal(&[2, 3]), Fill::of(&[2], Draw::Positive)],
        },
        Case {
            name: "steps, some of them padding",
            op: Self,
            inputs: &[
                Fill::normal(&[2, 3, 2]),
                Fill::normal(&[2, 3, 2]),
                Fill::of(&[2, 3], Draw::These(&[1.0, 1.0, 0.0, 0.5, 0.0, 0.0])),
            ],
        },
    ]
);
