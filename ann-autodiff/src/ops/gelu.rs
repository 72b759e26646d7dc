//! The Gaussian error linear unit.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::special::{normal_density, normal_distribution};
use crate::{Extents, Scalar, pointwise};

/// `y = x Φ(x)`, `Φ` the standard normal distribution function, exactly (Hendrycks and Gimpel 2016): not its approximation by tanh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gelu;

impl Op<1> for Gelu {
    const NAME: &'static str = "gelu";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::normal(&[3, 5])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        pointwise::forward(x, y, |x| x * T::from_f64(normal_distribution(x.to_f64())));
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        pointwise::backward(saved.x[0], dy, dx, |x| {
            let x = x.to_f64();
            T::from_f64(normal_distribution(x) + x * normal_density(x))
        });
    }
}
