//! The mean absolute error.

use crate::Scalar;
use crate::op::{Case, Draw, Fill};
use crate::pointwise::{MeanLoss, mean_loss};

/// The mean of `|x - t|` over all elements, or their weighted mean; the gradient at 0 is 0.
///
/// Output and target have the same sizes; a third input, if there is one, holds weights of the output's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeanAbsoluteError;

impl MeanLoss for MeanAbsoluteError {
    fn value<T: Scalar>(&self, x: T, t: T) -> T {
        (x - t).abs()
    }

    fn slope<T: Scalar>(&self, x: T, t: T) -> T {
        (x - t).sign()
    }
}

const OUTPUT: Fill = Fill::of(&[2, 3], Draw::Distinct);
const TARGET: Fill = Fill::of(&[2, 3], Draw::These(&[0.01, 0.02, 0.03, 0.01, 0.02, 0.03]));

mean_loss!(
    MeanAbsoluteError,
    "mean_absolute_error",
    [Case { name: "both signs", op: Self, inputs: &[OUTPUT, TARGET] }],
    weighted[Case { name: "examples", op: Self, inputs: &[OUTPUT, TARGET, Fill::of(&[2], Draw::Positive)] }]
);
