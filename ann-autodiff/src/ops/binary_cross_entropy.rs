//! Cross-entropy of yes and no on logits.

use crate::epilogue::sigmoid;
use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// The mean over all elements of `max(x, 0) - x t + ln(1 + e^-|x|)`, which is `-(t ln p + (1 - t) ln(1 - p))` with `p = 1 / (1 + e^-x)`.
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinaryCrossEntropy;

impl Op<2> for BinaryCrossEntropy {
    const NAME: &'static str = "binary_cross_entropy";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "both signs",
            op: Self,
            inputs: &[Fill::normal(&[2, 3]), Fill::of(&[2, 3], Draw::Probability)],
        },
        Case { name: "certain", op: Self, inputs: &[Fill::normal(&[4]), Fill::of(&[4], Draw::Below(2))] },
    ];

    fn shape(&self, [x, t]: [Extents; 2]) -> Result<Extents, String> {
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, x: [View<'_, T>; 2], y: Output<'_, T>) {
        pointwise::mean(x, y, |x, t| x.maximum(T::ZERO) - x * t + (-x.abs()).exp().ln_1p());
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        pointwise::mean_backward(saved, dy, dx, |x, t| sigmoid(x) - t);
    }
}
