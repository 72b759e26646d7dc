//! The Gaussian error linear unit.

use crate::op::{Case, Draw, Fill, Op, Output, Role, Saved, Saves, View};
use crate::special::normal_distribution;
use crate::{Extents, Scalar};

/// `y = x Φ(x)`, `Φ` the standard normal distribution function, exactly (Hendrycks and Gimpel 2016).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gelu;

impl Gelu {
    fn value<T: Scalar>(x: T) -> T {
        x * T::from_f64(normal_distribution(x.to_f64()))
    }

    fn slope<T: Scalar>(x: T) -> T {
        let x = x.to_f64();
        let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
        T::from_f64(normal_distribution(x) + x * density)
    }
}

impl Op<1> for Gelu {
    const NAME: &'static str = "gelu";
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
