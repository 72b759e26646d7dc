//! The smooth rectifier.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = ln(1 + e^x)`, as `max(x, 0) + ln(1 + e^-|x|)`, without overflow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus;

impl Softplus {
    fn value<T: Scalar>(x: T) -> T {
        let positive = if x < T::ZERO { T::ZERO } else { x };
        positive + (-x.abs()).exp().ln_1p()
    }

    fn slope<T: Scalar>(x: T) -> T {
        T::ONE / (T::ONE + (-x).exp())
    }
}

impl Op<1> for Softplus {
    const NAME: &'static str = "softplus";
    const SAVES: Saves = Saves::INPUTS;
    const ROLES: [Role; 1] = [Role::Differentiable];
    const CASES: &'static [Case<Self>] =
        &[Case { name: "both signs", op: Self, inputs: &[Fill::of(&[3, 5], Draw::AwayFromZero)] }];

    fn shape(&self, [x]: [Extents; 1]) -> Result<Extents, String> {
        Ok(x)
    }

    fn forward<T: Scalar>(&self, [x]: [View<'_, T>; 1], mut y: Output<'_, T>) {
        for (x, y) in x.iter().zip(y.iter_mut()) {
            *y = Self::value(*x);
        }
    }

    fn backward<T: Scalar>(&self, saved: Saved<'_, T, 1>, dy: &[T], [dx]: [&mut [T]; 1]) {
        for ((x, dy), dx) in saved.x[0].iter().zip(dy).zip(dx) {
            *dx += *dy * Self::slope(*x);
        }
    }
}
