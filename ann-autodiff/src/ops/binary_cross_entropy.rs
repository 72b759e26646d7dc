//! Cross-entropy of yes and no on logits.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The mean over all elements of `max(x, 0) - x t + ln(1 + e^-|x|)`, which is `-(t ln p + (1 - t) ln(1 - p))` with `p = 1 / (1 + e^-x)`.
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossEntropy;

impl BinaryCrossEntropy {
    fn value<T: Scalar>(x: T, t: T) -> T {
        (if x < T::ZERO { T::ZERO } else { x }) - x * t + (-x.abs()).exp().ln_1p()
    }

    fn slope<T: Scalar>(x: T, t: T) -> T {
        T::ONE / (T::ONE + (-x).exp()) - t
    }
}

impl Op<2> for BinaryCrossEntropy {
    const NAME: &'static str = "binary_cross_entropy";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[Case {
        name: "both signs",
        op: Self,
        inputs: &[Fill::normal(&[2, 3]), Fill::of(&[2, 3], Draw::Probability)],
    }];

    fn shape(&self, [x, t]: [Extents; 2]) -> Result<Extents, String> {
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, [x, t]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let sum: T = x.iter().zip(t.iter()).map(|(x, t)| Self::value(*x, *t)).sum();
        y[0] = sum / T::from_usize(x.len());
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        let [x, t] = saved.x;
        let share = dy[0] / T::from_usize(x.len());
        for ((x, t), dx) in x.iter().zip(t.iter()).zip(dx) {
            *dx += share * Self::slope(*x, *t);
        }
    }
}
