//! A value taken as it is.

use crate::op::{Case, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x`, through which no gradient flows: what comes after takes it for data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detach;

impl Op<1> for Detach {
    const NAME: &'static str = "detach";
    const SAVES: Saves = Saves::NOTHING;
    const ROLES: [Role; 1] = [Role::Fixed];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "plain", op: Self, inputs: &[Fill::normal(&[2, 3])] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], y: Output<'_, T>) {
        y.data.copy_from_slice(x.data);
    }

    fn backward<T: Scalar>(&self, _: Saved<'_, T, 1>, _: &[T], _: [&mut [T]; 1]) {}
}
