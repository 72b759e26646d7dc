//! Bounds.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = low` where `x` is below, `high` where it is above, else `x`; elementwise. The gradient is 1 from `low` to `high`, both
/// included, and 0 beyond. NaN stays NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clamp {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Op<1> for Clamp {
    const NAME: &'static str = "clamp";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case {
            name: "both ends",
            op: Self { low: -0.33, high: 0.62 },
            inputs: &[Fill::of(&[4, 8], Draw::Distinct)],
        },
        Case {
            name: "one end",
            op: Self { low: f64::NEG_INFINITY, high: 0.02 },
            inputs: &[Fill::of(&[7], Draw::Distinct)],
        },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        if self.low <= self.high { Ok(x) } else { Err(format!("{} is not below {}", self.low, self.high)) }
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let (low, high) = (T::from_f64(self.low), T::from_f64(self.high));
        pointwise::forward(x, y, |x| x.maximum(low).minimum(high));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let (low, high) = (T::from_f64(self.low), T::from_f64(self.high));
        // Beyond the bounds nothing passes, not even infinity.
        for ((x, dy), dx) in saved.x[0].iter().zip(dy).zip(dx) {
            if low <= *x && *x <= high {
                *dx += *dy;
            }
        }
    }
}
