//! The exponential linear unit.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = x` where `x` is positive, `a (e^x - 1)` elsewhere (Clevert et al. 2015). At 0 the gradient is `a`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// What it tends to far below 0, negated.
    pub a: f64,
}

impl Op<1> for Elu {
    const NAME: &'static str = "elu";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self { a: 0.7 }, inputs: &[Fill::of(&[3, 5], Draw::AwayFromZero)] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let a = T::from_f64(self.a);
        pointwise::forward(x, y, |x| if T::ZERO < x { x } else { a * x.exp_m1() });
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        let a = T::from_f64(self.a);
        pointwise::backward(saved.x[0], dy, dx, |x| if T::ZERO < x { T::ONE } else { a * x.exp() });
    }
}
