//! A multiple plus a number.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar, pointwise};

/// `y = scale * x + shift`, elementwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// What `x` is multiplied by.
    pub scale: f64,
    /// What is added.
    pub shift: f64,
}

impl Op<1> for Affine {
    const NAME: &'static str = "affine";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both", op: Self { scale: -1.5, shift: 0.25 }, inputs: &[Fill::normal(&[3, 2])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        let (scale, shift) = (T::from_f64(self.scale), T::from_f64(self.shift));
        pointwise::forward(x, y, |x| scale * x + shift);
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for (dy, dx) in dy.iter().zip(dx) {
            *dx += T::from_f64(self.scale) * *dy;
        }
    }
}
