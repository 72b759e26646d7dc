//! Cross-entropy of yes and no on logits.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use crate::Scalar;
use crate::epilogue::{sigmoid, softplus};
use crate::op::{Case, Draw, Fill};
use crate::pointwise::{MeanLoss, mean_loss};

/// The mean over all elements of `ln(1 + e^x) - x t`, which is `-(t ln p + (1 - t) ln(1 - p))` with
/// `p = 1 / (1 + e^-x)`. Or their weighted mean.
///
/// Output and target have the same sizes; a third input, if there is one, holds weights of the output's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinaryCrossEntropy;

impl MeanLoss for BinaryCrossEntropy {
    fn value<T: Scalar>(&self, x: T, t: T) -> T {
        softplus(x) - x * t
    }

    fn slope<T: Scalar>(&self, x: T, t: T) -> T {
        sigmoid(x) - t
    }

    #[inline(always)]
    fn fast_value<T: Scalar>(&self, x: T, t: T) -> T {
        x.fast_softplus::<false>() - x * t
    }

    #[inline(always)]
    fn fast_slope<T: Scalar>(&self, x: T, t: T) -> T {
        x.fast_sigmoid::<false>() - t
    }
}

mean_loss!(
    BinaryCrossEntropy,
    "binary_cross_entropy",
    [
        Case {
            name: "both signs",
            op: Self,
            inputs: &[Fill::normal(&[2, 3]), Fill::of(&[2, 3], Draw::Probability)],
        },
        Case { name: "certain", op: Self, inputs: &[Fill::normal(&[4]), Fill::of(&[4], Draw::Below(2))] },
    ],
    weighted[Case {
        name: "examples",
        op: Self,
        inputs: &[
            Fill::normal(&[2, 3]),
            Fill::of(&[2, 3], Draw::Probability),
            Fill::of(&[2], Draw::Positive),
        ],
    }]
);
