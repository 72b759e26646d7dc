//! Huber's loss.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// The mean over all elements of `d^2 / 2` where `|d| <= delta`, `delta (|d| - delta / 2)` beyond; `d = x - t` (Huber 1964).
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the square goes over into a line.
    pub delta: f64,
}

impl Op<2> for Huber {
    const NAME: &'static str = "huber";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 2] = [Role::Differentiable, Role::Fixed];
    const CASES: &'static [Case<Self>] = &[Case {
        name: "both signs",
        op: Self { delta: 0.8 },
        inputs: &[Fill::normal(&[3, 4]), Fill::normal(&[3, 4])],
    }];

    fn shape(&self, [x, t]: [Extents; 2]) -> Result<Extents, String> {
        // Negated, so that NaN is refused too.
        if !(0.0..).contains(&self.delta) || self.delta == 0.0 {
            return Err(format!("a delta of {} is not positive", self.delta));
        }
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, x: [View<'_, T>; 2], y: Output<'_, T>) {
        let (delta, half) = (T::from_f64(self.delta), T::from_f64(0.5));
        pointwise::mean(x, y, |x, t| {
            let d = (x - t).abs();
            if d <= delta { half * d * d } else { delta * (d - half * delta) }
        });
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        let delta = T::from_f64(self.delta);
        pointwise::mean_backward(saved, dy, dx, |x, t| {
            let d = x - t;
            if d.abs() <= delta { d } else { delta * d.sign() }
        });
    }
}
