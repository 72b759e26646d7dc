//! The sigmoid linear unit.

use crate::epilogue::sigmoid;
use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = x / (1 + e^-x)` (Elfwing et al. 2017), `x` times [`Sigmoid`](super::Sigmoid).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silu;

impl Op<1> for Silu {
    const NAME: &'static str = "silu";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, |x| x * sigmoid(x));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.x[0], dy, dx, |x| {
            let s = sigmoid(x);
            s * (T::ONE + x * (T::ONE - s))
        });
    }
}
