//! Huber's loss.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// The mean over all elements of `d^2 / 2` where `|d| <= delta`, `delta (|d| - delta / 2)` beyond; `d = x - t` (Huber 1964).
///
/// Both inputs have the same sizes; the second, the target, has no gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// Where the square goes over into a line.
    pub delta: f64,
}

impl Huber {
    fn value<T: Scalar>(self, x: T, t: T) -> T {
        {
            let (d, delta, half) = ((x - t).abs(), T::from_f64(self.delta), T::from_f64(0.5));
            if d <= delta { half * d * d } else { delta * (d - half * delta) }
        }
    }

    fn slope<T: Scalar>(self, x: T, t: T) -> T {
        {
            let (d, delta) = (x - t, T::from_f64(self.delta));
            if d.abs() <= delta { d } else { delta * d.sign() }
        }
    }
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
        if x == t {
            Ok(Extents::SCALAR)
        } else {
            Err("output and target have to be of the same sizes".into())
        }
    }

    fn forward<T: Scalar>(&self, [x, t]: [View<'_, T>; 2], mut y: Output<'_, T>) {
        let sum: T = x.iter().zip(t.iter()).map(|(x, t)| self.value(*x, *t)).sum();
        y[0] = sum / T::from_usize(x.len());
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 2>, dy: &[T], [dx, _]: [&mut [T]; 2]) {
        let [x, t] = saved.x;
        let share = dy[0] / T::from_usize(x.len());
        for ((x, t), dx) in x.iter().zip(t.iter()).zip(dx) {
            *dx += share * self.slope(*x, *t);
        }
    }
}
