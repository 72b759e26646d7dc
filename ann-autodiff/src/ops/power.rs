//! A power.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = x^p`, elementwise: NaN where `x` is negative, unless `p` is a whole number. Of `p = 0` the gradient is 0 everywhere;
/// NaN stays NaN even then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// The exponent.
    pub p: f64,
}

impl Op<1> for Power {
    const NAME: &'static str = "power";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] = &[
        Case { name: "a fraction", op: Self { p: 1.7 }, inputs: &[Fill::of(&[3, 5], Draw::Positive)] },
        Case { name: "a reciprocal", op: Self { p: -1.0 }, inputs: &[Fill::of(&[5], Draw::Positive)] },
        Case { name: "whole, both signs", op: Self { p: 3.0 }, inputs: &[Fill::normal(&[3, 5])] },
        Case { name: "zero", op: Self { p: 0.0 }, inputs: &[Fill::normal(&[4])] },
    ];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let p = T::from_f64(self.p);
        pointwise::forward(x, y, |x| if x.is_nan() { x } else { x.powf(p) });
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        if self.p != 0.0 {
            let (p, less) = (T::from_f64(self.p), T::from_f64(self.p - 1.0));
            pointwise::backward(saved.x[0], dy, dx, |x| p * x.powf(less));
        }
    }
}
