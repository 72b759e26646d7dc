//! The sigmoid linear unit.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::{Extents, Scalar};

/// `y = x / (1 + e^-x)` (Elfwing et al. 2017).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silu;

impl Silu {
    fn value<T: Scalar>(x: T) -> T {
        x / (T::ONE + (-x).exp())
    }

    fn slope<T: Scalar>(x: T) -> T {
        let s = T::ONE / (T::ONE + (-x).exp());
        s * (T::ONE + x * (T::ONE - s))
    }
}

impl Op<1> for Silu {
    const NAME: &'static str = "silu";
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
